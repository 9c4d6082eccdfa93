"""The door of a session: members go in, and whoever chairs it sees how many have."""

from dataclasses import replace

from aws_lambda_powertools import Logger

from functions.kernel.auth import Access
from functions.kernel.consents import DOOR
from functions.kernel.errors import Unavailable
from functions.kernel.forms import Form, read_form
from functions.kernel.headers import content_policy
from functions.kernel.http import Answer, Request, see_other
from functions.sessions import edit, forms
from functions.sessions.door import Door, door, opens_at
from functions.sessions.model import Session
from functions.sessions.routes import done, moment_in_words, routes, session_of
from functions.sessions.store import Attendance, Programme

log = Logger(service="sessions")

COUNTED_EVERY = 10
"""Seconds between two looks at the count."""

# Meeting services lead on to other hosts, so nobody can say beforehand to which.
DOOR_POLICY = content_policy(forms=("https:",))


@routes.get("/sessions/{id}/door", Access.MEMBER)
def show_door(request: Request) -> Answer:
    """The terms of the safe space while the door is open; otherwise when it opens, or why it does not."""
    return _at_the_door(request, session_of(request))


@routes.post("/sessions/{id}/door", Access.MEMBER)
def go_in(request: Request) -> Answer:
    """Send a member who has agreed to the meeting. They agree each time, because people forget."""
    session = session_of(request)
    form = read_form(forms.DoorForm, request.fields)
    if door(session, request.now) is not Door.OPEN or session.meeting_url is None:
        return see_other(request.path)
    if form.value is None:
        return _at_the_door(request, session, form)
    _count_in(request, session)
    return see_other(session.meeting_url)


def _count_in(request: Request, session: Session) -> None:
    """Count whoever goes in. Being counted is for us: a count that fails keeps nobody out."""
    try:
        Attendance(request.table).go_in(request.member.member_id, session.id, request.now)
    except Unavailable:
        log.warning("not counted", extra={"session": session.id})


def _at_the_door(request: Request, session: Session, form: Form[forms.DoorForm] | None = None) -> Answer:
    return request.page(
        "sessions/pages/door.jinja",
        policy=DOOR_POLICY,
        session=session,
        door=door(session, request.now).name,
        opens=moment_in_words(opens_at(session)),
        wording=DOOR,
        form=form or Form(),
        back=f"/sessions/{session.id}",
    )


@routes.get("/coordinate/sessions/{id}/door", Access.COORDINATOR)
def show_chairs_door(request: Request) -> Answer:
    """How many went in, the words to read out, and the meeting link. It follows the count by itself."""
    session = session_of(request)
    shown = Form[forms.LinkForm](values={"meeting_url": session.meeting_url or ""})
    return _chairs_door(request, session, shown, still=request.query.get("still") == ["yes"])


@routes.post("/coordinate/sessions/{id}/door", Access.COORDINATOR)
def change_link(request: Request) -> Answer:
    """Change where the meeting is. It works at the door at once, and nobody gets a mail."""
    session = session_of(request)
    form = read_form(forms.LinkForm, request.fields)
    if form.value is None:
        return _chairs_door(request, session, form, still=True)
    by, programme = request.member.member_id, Programme(request.table)
    edit.link(session, form.value.meeting_url, by=by, programme=programme, now=request.now)
    return see_other(f"{request.path}?done=linked")


def _chairs_door(request: Request, session: Session, form: Form[forms.LinkForm], *, still: bool) -> Answer:
    state = door(session, request.now)
    page = request.page(
        "sessions/pages/coordinate_door.jinja",
        session=session,
        count=Attendance(request.table).count(session.id),
        state=state.name,
        opens=moment_in_words(opens_at(session)),
        still=still,
        wording=DOOR,
        form=form,
        notice=done(request, {"linked": "The meeting link is changed. It works at the door now."}),
        back=f"/coordinate/sessions/{session.id}",
    )
    follows = not still and state in {Door.OPEN, Door.NO_LINK, Door.CLOSED}
    # Without a script. A page on which somebody types, or has asked for rest, stays as it is (WCAG 2.2.1 and 2.2.2).
    return replace(page, headers={"refresh": f"{COUNTED_EVERY};url={request.path}"}) if follows else page
