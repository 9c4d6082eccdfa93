"""When each kind of mail about a session goes, and why not before.

Invitations go at 9am on the Monday before, by UK clocks: early enough to keep the hour free, late enough to know
what the session is about. Whoever joins after that Monday is invited at once.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from functions.kernel.when import clock_in_words, day_in_words, in_uk, uk_local
from functions.sessions.model import FRIDAY, MONDAY, Session, Status

GO_AT = time(9)
LOOKS_BACK, LOOKS_AHEAD = timedelta(weeks=1), timedelta(weeks=4)
"""How far around a run its report looks for sessions to explain. Only sessions within a week can be due."""

MISSED_AFTER = timedelta(hours=1)
"""A schedule that failed is tried again for so long. After that its invitations have been missed."""

READY_AT = time(12)
"""On the day before. There is still an afternoon to put it right in."""

REMIND_AT = time(8, 30)
REMIND_UNTIL = timedelta(minutes=15)
"""A reminder that comes later than this before the start is of no use."""

WORKING_DAYS_AFTER = 2
ASK_FOR = timedelta(days=7)
"""How long after that the question about a session may still be asked, if something held it up."""
LONGEST_WAIT_TO_ASK = timedelta(days=5) + ASK_FOR
"""Two working days, with a weekend and a day between."""

DIGEST_ON, DIGEST_AT, DIGEST_UNTIL = FRIDAY + 1, time(8), time(20)
DIGEST_LOOKS_AHEAD = timedelta(weeks=2)
ONE_WEEK = timedelta(weeks=1)


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
    if session.status is Status.PROPOSED_BREAK:
        return "It may be a break, and nobody has said yet that it goes ahead."
    if not session.goes_ahead:
        return "It is called off."
    if at < (goes := invitations_at(session)):
        return f"Its invitations go at {_in_words(goes)}."
    return None


def missed(session: Session, at: datetime) -> bool:
    """Whether the invitations to a session should have gone and have not, or it was made after they would have."""
    late = at >= invitations_at(session) + MISSED_AFTER
    return late and not session.invited and waits(session, at) is None and why_not(session, at) is None


def waits(session: Session, at: datetime) -> str | None:
    """Why what there is to tell of a session is held back at a moment: a change of it can still be undone."""
    if session.announce_at is None or session.announce_at <= at:
        return None
    return f"It has just been changed. Members are told at {_in_words(session.announce_at)}."


def due(sessions: Iterable[Session], at: datetime) -> list[Session]:
    """The sessions whose invitations have to be out by a moment, and which have not begun."""
    return [session for session in sessions if why_not(session, at) is None]


def has_to_be_ready(session: Session, at: datetime) -> bool:
    """Whether the invitations to a session must all be planned by a moment: from midday of the day before, in the UK.

    For Friday that is Thursday midday, whatever the clocks do that week. The last ten minutes before members are told
    of a change do not count.
    """
    ready = uk_local(session.day - timedelta(days=1), READY_AT)
    return at >= ready and why_not(session, at) is None and waits(session, at) is None


def to_remind(session: Session, at: datetime) -> bool:
    """Whether the reminder of the day is due: from 8:30am, and not when it would be too late to be of use."""
    morning = uk_local(session.day, REMIND_AT)
    return session.goes_ahead and morning <= at < session.start - REMIND_UNTIL


def to_ask_about(session: Session, at: datetime) -> bool:
    """Whether it is time to ask those who came one question: two working days later, for a week."""
    asks = uk_local(_working_days_after(session.day, WORKING_DAYS_AFTER), GO_AT)
    return session.goes_ahead and asks <= at < asks + ASK_FOR


def _working_days_after(day: date, number: int) -> date:
    while number:
        day += timedelta(days=1)
        number -= day.weekday() <= FRIDAY
    return day


def digest_due(at: datetime) -> date | None:
    """The Saturday whose digest is due at a moment."""
    local = in_uk(at)
    on_time = local.weekday() == DIGEST_ON and DIGEST_AT <= local.time() < DIGEST_UNTIL
    return local.date() if on_time else None


def is_new(session: Session, at: datetime) -> bool:
    """Whether last week's digest did not have a session as it is now."""
    return session.start >= at + DIGEST_LOOKS_AHEAD - ONE_WEEK or session.changed_at >= at - ONE_WEEK


def _in_words(moment: datetime) -> str:
    local = in_uk(moment)
    return f"{clock_in_words(local.time())} on {day_in_words(local.date())}"
