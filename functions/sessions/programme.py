"""Which sessions a series makes, and what a change to one of them means to members and their calendars."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Self

from functions.kernel import tokens
from functions.kernel.when import in_uk, uk_local
from functions.sessions.model import Series, Session, Status, Told

TIME_TO_UNDO = timedelta(minutes=10)
"""How long a change waits before members are told of it."""
NO_TIME_TO_LOSE = timedelta(hours=3)
"""A session that starts so soon is not waited with."""

_ID_LENGTH = 32
# A calendar's stamp has no smaller unit (RFC 5545 section 3.3.5).
_ONE_SECOND = timedelta(seconds=1)
_WORDS = {"title", "summary"}


@dataclass(frozen=True, slots=True)
class Changes:
    """What a session is to be like."""

    title: str
    summary: str
    start: datetime
    end: datetime
    meeting_url: str | None
    status: Status = Status.CONFIRMED

    @classmethod
    def of(cls, session: Session) -> Self:
        """What the session is like already."""
        return cls(**{field.name: getattr(session, field.name) for field in fields(cls)})


def ahead(series: Series, now: datetime, bank_holidays: Mapping[date, str] | None = None) -> list[Session]:
    """The sessions that there must be at a moment: one a week, from the series' next day on.

    Each has an id that follows from its series and its day, so making them twice makes nothing twice, and one
    that was moved to another day is not made again on its first. One on a bank holiday is proposed as a break.
    """
    names = bank_holidays or {}
    return [_made(series, day, now, names.get(day)) for day in days(series, in_uk(now).date())]


def days(series: Series, first: date) -> list[date]:
    """The days of a series, from ``first`` on."""
    start = first + timedelta(days=(series.weekday - first.weekday()) % 7)
    return [start + timedelta(weeks=week) for week in range(series.weeks_ahead)]


def _made(series: Series, day: date, now: datetime, holiday: str | None) -> Session:
    return Session(
        id=_id("series", series.id, day.isoformat()),
        title=series.title,
        summary=series.summary,
        start=uk_local(day, series.start),
        end=uk_local(day, series.end),
        meeting_url=series.meeting_url,
        status=Status.PROPOSED_BREAK if holiday else Status.CONFIRMED,
        holiday=holiday,
        changed_at=_to_the_second(now),
    )


def one_off(asked: str, wanted: Changes, now: datetime) -> Session:
    """A session of no series. ``asked`` names the asking, so that a form sent twice makes one session.

    Members hear of it no sooner than of a change, so that a mistake can be put right.
    """
    return Session(
        id=_id("one-off", asked),
        title=wanted.title,
        summary=wanted.summary,
        start=wanted.start,
        end=wanted.end,
        meeting_url=wanted.meeting_url,
        changed_at=_to_the_second(now),
        announce_at=_to_the_second(now) + TIME_TO_UNDO,
    )


def changed(session: Session, wanted: Changes) -> tuple[str, ...]:
    """The names of the fields that ``wanted`` changes, in their order."""
    names = (field.name for field in fields(Changes))
    return tuple(name for name in names if getattr(session, name) != getattr(wanted, name))


def can_undo(session: Session, now: datetime) -> bool:
    """Whether there is a change that nobody has been told of yet."""
    return session.before is not None and session.announce_at is not None and now < session.announce_at


def edited(session: Session, wanted: Changes, now: datetime, *, tell: bool = False) -> Session:
    """The session after a change.

    Calendars take a version for newer by its sequence, which counts changes of start, end and status alone,
    and then by its stamp. So the stamp rises even when two changes fall into one second, or a clock runs
    behind.

    Members are told of a new start, end or status in any case, and of new words alone when ``tell`` says so. They are
    told ten minutes later, or at once when there is no time to lose. Until then, going back to what they know takes
    the announcement back.
    """
    names = set(changed(session, wanted))
    if not names:
        return session
    moved = bool({"start", "end", "status"} & names)
    told = moved or (tell and bool(_WORDS & names))
    after = session.model_copy(
        update={name: getattr(wanted, name) for name in names}
        | {
            "sequence": session.sequence + moved,
            "changed_at": max(_to_the_second(now), session.changed_at + _ONE_SECOND),
            "version": session.version + 1,
            "edition": session.edition + told,
        }
    )
    known = session.before if can_undo(session, now) else None
    waits: dict[str, object]
    if known is None:
        known = Told.of(session)
        revivals = session.revivals + _revives(known, after)
        waits = {"swapped_with": None, **_announced(known, after, now)} if told else {}
        return after.model_copy(update={"revivals": revivals} | waits)
    if not told:
        # New words that nobody is told of belong to both sides of the change that waits.
        same = {
            name: getattr(wanted, name) for name in _WORDS & names if getattr(known, name) == getattr(session, name)
        }
        known = known.model_copy(update=same)
    revivals = session.revivals - _revives(known, session) + _revives(known, after)
    if Told.of(after) == known:
        # Mail that was on its way meanwhile was stopped, so whoever has none is still to be told, and at once.
        again = _to_the_second(now) if session.invited else None
        waits = {"announce_at": again, "before": None, "swapped_with": None}
    else:
        waits = _announced(known, after, now) if told else {"before": known}
    return after.model_copy(update={"revivals": revivals} | waits)


def undone(session: Session, now: datetime) -> Session:
    """The session as members know it, when they have not been told of the last change yet. Otherwise as it is."""
    if session.before is None or not can_undo(session, now):
        return session
    return edited(session, replace(Changes.of(session), **dict(session.before)), now, tell=True)


def swapped(one: Session, other: Session, now: datetime) -> tuple[Session, Session]:
    """Two sessions after what they are about has changed places.

    The dates stay where they are, and with them the meeting links, the answers and the entries in calendars. So each
    member hears once about each date that they hold. Members are told of both at the same time, so that undoing the
    one undoes the other.
    """
    pair = tuple(
        edited(each, replace(Changes.of(each), title=about.title, summary=about.summary), now, tell=True)
        for each, about in ((one, other), (other, one))
    )
    first, second = pair
    if any(each.announce_at is not None and not can_undo(each, now) for each in pair):
        return told_at_once(first, now), told_at_once(second, now)
    if all(can_undo(each, now) for each in pair):
        first, second = (
            first.model_copy(update={"swapped_with": second.id}),
            second.model_copy(update={"swapped_with": first.id}),
        )
    return first, second


def decided(session: Session, status: Status, now: datetime) -> Session:
    """The session once somebody has said whether it goes ahead."""
    return edited(session, replace(Changes.of(session), status=status), now)


def linked(session: Session, meeting_url: str | None, now: datetime) -> Session:
    """The session with another meeting link."""
    return edited(session, replace(Changes.of(session), meeting_url=meeting_url), now)


def told_at_once(session: Session, now: datetime) -> Session:
    """The session whose last change is to be told without waiting."""
    if not can_undo(session, now):
        return session
    return session.model_copy(update={"announce_at": _to_the_second(now), "version": session.version + 1})


def _revives(known: Told, session: Session) -> bool:
    """Whether members know the session as called off, and it is on again."""
    return known.status is Status.CANCELLED and session.status is not Status.CANCELLED


def _announced(known: Told, after: Session, now: datetime) -> dict[str, object]:
    """When members are told of a change, and what they know until then. Nobody is told about a session that is over."""
    if max(known.end, after.end) <= now:
        return {"announce_at": None, "before": None}
    # One that is due already cannot be taken back any more, so another on top of it must not delay it.
    at_once = after.before is not None and after.announce_at is not None and after.announce_at <= now
    at_once |= min(known.start, after.start) - now <= NO_TIME_TO_LOSE
    return {"announce_at": _to_the_second(now) + (timedelta(0) if at_once else TIME_TO_UNDO), "before": known}


def _id(*parts: str) -> str:
    return tokens.digest("session", *parts)[:_ID_LENGTH]


def _to_the_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
