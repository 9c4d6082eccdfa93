"""The calendar that members subscribe to: a private address, and the whole term behind it."""

from datetime import datetime, timedelta

from functions.kernel import tokens
from functions.kernel.errors import Clash, NotFound
from functions.kernel.pages.brand import BRAND
from functions.sessions.model import Session, entry
from functions.sessions.settings import SessionsSettings
from functions.sessions.store import Feeds, Programme

SUFFIX = ".ics"
KEPT = timedelta(weeks=4)
"""How long a session stays in the feed once it is over, so that calendars keep last week."""


def make(member_id: str, *, feeds: Feeds, now: datetime) -> str:
    """A new secret for a member's calendar address, told this once. The address before is void.

    The member's id leads the secret, as it does in a sign-in's cookie, so that one item answers for both.
    """
    secret = tokens.new_secret()
    try:
        feeds.put(member_id, _digest(secret), now)
    except Clash as clash:
        raise NotFound from clash
    return f"{member_id}.{secret}"


def opens(secret: str, *, feeds: Feeds) -> bool:
    """Whether this is a secret that somebody holds now."""
    member_id, _, rest = secret.partition(".")
    return bool(member_id and rest) and feeds.opens(member_id, _digest(rest))


def address(secret: str, site_origin: str) -> str:
    """Where calendars fetch the feed."""
    return f"{site_origin}/calendar/{secret}{SUFFIX}"


def whole_term(programme: Programme, settings: SessionsSettings, now: datetime) -> bytes:
    """Every session that is planned, and the last few that were."""
    return published(list(programme.between(now - KEPT)), settings)


def published(sessions: list[Session], settings: SessionsSettings) -> bytes:
    """Sessions as a calendar file that names no member and holds no meeting link."""
    from functions.kernel import ical  # noqa: PLC0415 - it takes a tenth of a second, and most pages need none.

    entries = [
        entry(
            session,
            site_origin=settings.site_origin,
            organizer=settings.events_sender,
        )
        for session in sessions
    ]
    return ical.publish(entries, name=BRAND.name)


def _digest(secret: str) -> str:
    return tokens.digest("feed", secret)
