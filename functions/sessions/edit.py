"""What a coordinator does with sessions: add one, change it, call it off, swap two, and take it back in time."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from functions.kernel import audit, tokens
from functions.kernel.errors import Clash, Invalid, NotFound, Unavailable
from functions.kernel.table import Write
from functions.kernel.when import NoSuchTime, uk_local
from functions.mail.store import planned
from functions.sessions import breaks
from functions.sessions.forms import EditSessionForm, NewSessionForm, SessionForm
from functions.sessions.model import Session, Status
from functions.sessions.programme import (
    Changes,
    can_undo,
    changed,
    decided,
    edited,
    linked,
    one_off,
    swapped,
    told_at_once,
    undone,
)
from functions.sessions.store import Programme

OVERTAKEN = (
    "Somebody else changed this session while you had it open, so nothing of yours was saved. "
    "Open the page again to see what they changed."
)
_TRIES = 4
TOO_LATE = "It is too late to undo the change. Members are being told of it. You can change the session again."


def add(form: NewSessionForm, *, by: str, programme: Programme, now: datetime) -> Session:
    """Add a session of no series. A form that is sent twice adds one.

    Raises ``Invalid`` with a sentence for each field at fault.
    """
    wanted = _wanted(form)
    _must_be_ahead(wanted, now)
    session = one_off(form.asked or tokens.new_id(), wanted, now)
    session = session.model_copy(update={"holiday": breaks.holiday_on(session.day)})
    with suppress(Clash):
        programme.add(session, audit.line(session.id, "session added", by=by, now=now))
    return session


def save(session: Session, form: EditSessionForm, *, by: str, programme: Programme, now: datetime) -> Session:
    """Change a session, if it is still the one that the coordinator saw. Saving it unchanged writes nothing.

    Raises ``Invalid`` with a sentence for each field at fault.
    """
    _must_be_as_seen(session, form.version)
    wanted = _wanted(form, form.status)
    names = changed(session, wanted)
    if not names:
        return session
    if "start" in names:
        _must_be_ahead(wanted, now)
    if "status" in names and wanted.status is Status.PROPOSED_BREAK:
        raise Invalid({"status": form.sentences["status"]})
    after = edited(session, wanted, now, tell=form.tell is not None)
    _keep([(session, after)], by=by, programme=programme, now=now)
    return after


def decide(session: Session, seen: int | None, status: Status, *, by: str, programme: Programme, now: datetime) -> None:
    """Say whether a session that may be a break goes ahead. Once that is decided, this changes nothing.

    Raises ``Invalid`` when somebody else changed the session since the coordinator saw it.
    """
    if session.status is not Status.PROPOSED_BREAK:
        return
    _must_be_as_seen(session, seen)
    _keep([(session, decided(session, status, now))], by=by, programme=programme, now=now)


def undo(session: Session, seen: int | None, *, by: str, programme: Programme, now: datetime) -> bool:
    """Take the last change back, a swap on both sides. ``False`` when there is nothing to take back.

    Raises ``Invalid`` when it is too late, or somebody else changed the session since the coordinator saw it.
    """
    if session.before is None:
        return False
    _must_be_as_seen(session, seen)
    if not can_undo(session, now):
        raise Invalid({"form": TOO_LATE})
    pairs = [(each, undone(each, now)) for each in _together(session, programme, now)]
    _keep(pairs, by=by, programme=programme, now=now)
    return True


def tell_now(session: Session, seen: int | None, *, by: str, programme: Programme, now: datetime) -> bool:
    """Tell members of the last change without waiting. ``False`` when they are told already, or there is nothing.

    Raises ``Invalid`` when somebody else changed the session since the coordinator saw it.
    """
    if not can_undo(session, now):
        return False
    _must_be_as_seen(session, seen)
    pairs = [(each, told_at_once(each, now)) for each in _together(session, programme, now)]
    _keep(pairs, by=by, programme=programme, now=now)
    return True


def swap(session: Session, seen: int | None, other_id: str, *, by: str, programme: Programme, now: datetime) -> None:
    """Let two sessions that go ahead change places.

    Raises ``Invalid`` when they cannot, or somebody else changed one of them meanwhile.
    """
    _must_be_as_seen(session, seen)
    other = programme.get(other_id)
    if other is None or other.id == session.id or not can_swap(other, now) or not can_swap(session, now):
        raise Invalid({"swap_with": "Choose another session that goes ahead and has not begun"})
    if (session.title, session.summary) == (other.title, other.summary):
        raise Invalid({"swap_with": "Choose another session. These two have the same title and the same summary"})
    first, second = swapped(session, other, now)
    _keep([(session, first), (other, second)], by=by, programme=programme, now=now)


def link(session: Session, meeting_url: str, *, by: str, programme: Programme, now: datetime) -> None:
    """Change where the meeting is, at the last minute. It works at the door at once, and nobody gets a mail.

    What somebody else changes in the same moment stays. Raises ``NotFound``, and ``Unavailable`` when there is no end
    of other changes.
    """
    for _ in range(_TRIES):
        after = linked(session, meeting_url, now)
        if after is session:
            return
        line = audit.line(after.id, "session changed", by=by, now=now, fields="meeting_url", version=after.version)
        with suppress(Clash):
            programme.save(session, after, line)
            return
        fresh = programme.get(session.id)
        if fresh is None:
            raise NotFound
        session = fresh
    raise Unavailable


def can_swap(session: Session, now: datetime) -> bool:
    """Whether a session can change places with another."""
    return session.goes_ahead and now < session.start


def _together(session: Session, programme: Programme, now: datetime) -> list[Session]:
    """The session, and the one that it changed places with if that can still be undone."""
    other = programme.get(session.swapped_with) if session.swapped_with else None
    paired = other is not None and other.swapped_with == session.id and can_undo(other, now)
    return [session, other] if paired and other is not None else [session]


def _keep(pairs: Sequence[tuple[Session, Session]], *, by: str, programme: Programme, now: datetime) -> None:
    kept, lines = [], _letters(pairs, by, programme, now)
    for before, after in pairs:
        kept.append((before, _on_its_day(before, after)))
        names = " ".join(changed(before, Changes.of(after)))
        about = {"fields": names} if names else {"told": "at once"}
        lines.append(audit.line(after.id, "session changed", by=by, now=now, **about, version=after.version))
    try:
        programme.save_all(kept, lines)
    except Clash as clash:
        raise Invalid({"form": OVERTAKEN}) from clash


def _letters(pairs: Sequence[tuple[Session, Session]], by: str, programme: Programme, now: datetime) -> list[Write]:
    """The letters to the other coordinators, of what members are to be told: a second person looks, and can undo it."""
    told = [after for before, after in pairs if after.invited and after.before and after.edition > before.edition]
    if not told:
        return []
    # Most that is imported with this module, the door among it, changes nothing that members are told of.
    from functions.membership.store import Members  # noqa: PLC0415 - see above.
    from functions.sessions import emails  # noqa: PLC0415 - see above.

    others = [each for each in Members(programme.table).coordinators() if each.id != by]
    return [planned(emails.changed_by_another(session, to, now)) for session in told for to in others]


def _on_its_day(before: Session, after: Session) -> Session:
    """The session with the bank holiday of its day, so that the pages can warn."""
    if after.day == before.day:
        return after
    return after.model_copy(update={"holiday": breaks.holiday_on(after.day)})


def _must_be_as_seen(session: Session, seen: int | None) -> None:
    if seen not in {None, session.version}:
        raise Invalid({"form": OVERTAKEN})


def _wanted(form: SessionForm, status: Status = Status.CONFIRMED) -> Changes:
    if form.end <= form.start:
        raise Invalid({"end": "The session must end after it starts"})
    moments: dict[str, datetime] = {}
    for name in ("start", "end"):
        try:
            moments[name] = uk_local(form.date, getattr(form, name))
        except NoSuchTime as error:
            raise Invalid({name: str(error)}) from error
    return Changes(form.title, form.summary, moments["start"], moments["end"], form.meeting_url, status)


def _must_be_ahead(wanted: Changes, now: datetime) -> None:
    if wanted.start <= now:
        raise Invalid({"date": "The session must start in the future"})
