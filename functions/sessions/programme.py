"""Which sessions a series makes, and what a change to one of them means to calendars."""

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from functions.kernel import tokens
from functions.kernel.when import in_uk, uk_local
from functions.sessions.model import Series, Session, Status

_ID_LENGTH = 32
# A calendar's stamp has no smaller unit (RFC 5545 section 3.3.5).
_ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a session is to be like."""

    title: str
    summary: str
    start: datetime
    end: datetime
    meeting_url: str | None
    status: Status = Status.CONFIRMED


def ahead(series: Series, now: datetime) -> list[Session]:
    """The sessions that there must be at a moment: one a week, from the series' next day on.

    Each has an id that follows from its series and its day, so making them twice makes nothing twice, and one
    that was moved to another day is not made again on its first.
    """
    return [_made(series, day, now) for day in days(series, in_uk(now).date())]


def days(series: Series, first: date) -> list[date]:
    """The days of a series, from ``first`` on."""
    start = first + timedelta(days=(series.weekday - first.weekday()) % 7)
    return [start + timedelta(weeks=week) for week in range(series.weeks_ahead)]


def _made(series: Series, day: date, now: datetime) -> Session:
    return Session(
        id=_id("series", series.id, day.isoformat()),
        title=series.title,
        summary=series.summary,
        start=uk_local(day, series.start),
        end=uk_local(day, series.end),
        meeting_url=series.meeting_url,
        changed_at=_to_the_second(now),
    )


def one_off(asked: str, wanted: Changes, now: datetime) -> Session:
    """A session of no series. ``asked`` names the asking, so that a form sent twice makes one session."""
    return Session(
        id=_id("one-off", asked),
        title=wanted.title,
        summary=wanted.summary,
        start=wanted.start,
        end=wanted.end,
        meeting_url=wanted.meeting_url,
        changed_at=_to_the_second(now),
    )


def changed(session: Session, wanted: Changes) -> tuple[str, ...]:
    """The names of the fields that ``wanted`` changes, in their order."""
    names = (field.name for field in fields(Changes))
    return tuple(name for name in names if getattr(session, name) != getattr(wanted, name))


def edited(session: Session, wanted: Changes, now: datetime) -> Session:
    """The session after a change.

    Calendars take a version for newer by its sequence, which counts changes of start, end and status alone,
    and then by its stamp. So the stamp rises even when two changes fall into one second, or a clock runs
    behind.
    """
    names = changed(session, wanted)
    if not names:
        return session
    moved = bool({"start", "end", "status"} & set(names))
    revived = "status" in names and wanted.status is Status.CONFIRMED
    return session.model_copy(
        update={name: getattr(wanted, name) for name in names}
        | {
            "sequence": session.sequence + moved,
            "revivals": session.revivals + revived,
            "changed_at": max(_to_the_second(now), session.changed_at + _ONE_SECOND),
            "version": session.version + 1,
        }
    )


def _id(*parts: str) -> str:
    return tokens.digest("session", *parts)[:_ID_LENGTH]


def _to_the_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
