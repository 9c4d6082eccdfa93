"""When invitations go, to which sessions, and why not to the others.

They go at 9am on the Monday before, by UK clocks: early enough to keep the hour free, late enough to know
what the session is about. Whoever joins after that Monday is invited at once.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from functions.kernel.when import clock_in_words, day_in_words, in_uk, uk_local
from functions.sessions.model import MONDAY, Session

GO_AT = time(9)
LOOKS_BACK, LOOKS_AHEAD = timedelta(weeks=1), timedelta(weeks=4)
"""How far around a run its report looks for sessions to explain. Only sessions within a week can be due."""


def invitations_at(session: Session) -> datetime:
    """When the invitations to a session go: Monday at 9am of its week.

    A session on a Monday is announced a week before, since that same morning would be too late.
    """
    days_since_monday = (session.day.weekday() - MONDAY) % 7 or 7
    return uk_local(session.day - timedelta(days=days_since_monday), GO_AT)


def why_not(session: Session, at: datetime) -> str | None:
    """Why nobody is invited to a session at a moment, as a sentence; ``None`` when people are."""
    if at >= session.end:
        return "It is over."
    if at >= session.start:
        return "It has started."
    if not session.goes_ahead:
        return "It is called off."
    if at < (goes := invitations_at(session)):
        local = in_uk(goes)
        return f"Its invitations go at {clock_in_words(local.time())} on {day_in_words(local.date())}."
    return None


def due(sessions: Iterable[Session], at: datetime) -> list[Session]:
    """The sessions whose invitations have to be out by a moment, and which have not begun."""
    return [session for session in sessions if why_not(session, at) is None]
