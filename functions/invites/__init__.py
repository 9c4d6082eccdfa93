"""Who is told what about a session, and when.

It decides and plans. ``mail`` sends, and checks again at the last moment whether what was planned still
holds. What people and their calendars answer by mail is heard here too.
"""

PATHS = ("/coordinate/emails", "/coordinate/emails/{id}")
