"""What a coordinator does with one session: add it, change it, call it off."""

from contextlib import suppress
from datetime import datetime

from functions.kernel import audit, tokens
from functions.kernel.errors import Clash, Invalid
from functions.kernel.when import NoSuchTime, uk_local
from functions.sessions.forms import EditSessionForm, NewSessionForm, SessionForm
from functions.sessions.model import Session, Status
from functions.sessions.programme import Changes, changed, edited, one_off
from functions.sessions.store import Programme

OVERTAKEN = (
    "Somebody else changed this session while you had it open, so nothing of yours was saved. "
    "Open the page again to see what they changed."
)


def add(form: NewSessionForm, *, by: str, programme: Programme, now: datetime) -> Session:
    """Add a session of no series. A form that is sent twice adds one.

    Raises ``Invalid`` with a sentence for each field at fault.
    """
    wanted = _wanted(form)
    _must_be_ahead(wanted, now)
    session = one_off(form.asked or tokens.new_id(), wanted, now)
    with suppress(Clash):
        programme.add(session, audit.line(session.id, "session added", by=by, now=now))
    return session


def save(session: Session, form: EditSessionForm, *, by: str, programme: Programme, now: datetime) -> Session:
    """Change a session, if it is still the one that the coordinator saw. Saving it unchanged writes nothing.

    Raises ``Invalid`` with a sentence for each field at fault.
    """
    if form.version not in {None, session.version}:
        raise Invalid({"form": OVERTAKEN})
    wanted = _wanted(form, form.status)
    names = changed(session, wanted)
    if not names:
        return session
    if "start" in names:
        _must_be_ahead(wanted, now)
    after = edited(session, wanted, now)
    line = audit.line(session.id, "session changed", by=by, now=now, fields=" ".join(names), version=after.version)
    try:
        programme.save(session, after, line)
    except Clash as clash:
        raise Invalid({"form": OVERTAKEN}) from clash
    return after


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
