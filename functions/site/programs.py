"""What the site tells programs that look around: where to report a weakness, and which pages are for the public."""

from datetime import datetime, timedelta

GOOD_FOR = timedelta(days=90)
"""RFC 9116 section 2.5.5 asks for less than a year."""

ROBOTS = """\
User-agent: *
Disallow: /account
Disallow: /api/
Disallow: /calendar/
Disallow: /coordinate
Disallow: /home
Disallow: /library
Disallow: /reply/
Disallow: /sessions/*/door
Disallow: /sessions/*/reply
Disallow: /sign-in/recovery
Disallow: /sign-in/second
Disallow: /still-you/
Disallow: /unsubscribe/
Disallow: /vouch/
"""
"""Members' pages, and addresses that are somebody's own secret (RFC 9309). It keeps nobody out: the routes do that."""


def security_text(origin: str, mailbox: str, now: datetime) -> str:
    """Where to report a weakness (RFC 9116).

    It is made whenever somebody asks, so it is right as long as the site answers. What expires is a copy of it that
    somebody keeps: at a midnight, so that it says the same all day.
    """
    expires = (now + GOOD_FOR).replace(hour=0, minute=0, second=0)
    return (
        f"Contact: mailto:{mailbox}\n"
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}\n"
        "Preferred-Languages: en\n"
        f"Canonical: {origin}/.well-known/security.txt\n"
    )
