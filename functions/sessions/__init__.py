"""What happens on Fridays: the programme, the door, and the calendar of it.

A weekly series makes sessions ahead of time. Once made, each stands alone: a coordinator changes or calls
off one without touching another.
"""

PATHS = (
    "/sessions",
    "/sessions/{id}",
    "/sessions/{id}/door",
    "/sessions/{id}/reply",
    "/reply/{token}",
    "/account/calendar",
    "/calendar/{secret}",
    "/coordinate/sessions",
    "/coordinate/sessions/{id}",
    "/coordinate/sessions/{id}/door",
    "/coordinate/sessions/{id}/swap",
    "/api/sessions",
)
"""``/sessions/{id}`` also serves ``/sessions/{id}.ics``, since an API's path parameter is a whole segment."""
