"""The door of a session: members go in, and whoever chairs it sees how many have."""

from dataclasses import replace

from functions.kernel.auth import Access
from functions.kernel.forms import Form, read_form
from functions.kernel.http import SECURITY_HEADERS, Answer, Request, see_other
from functions.sessions import forms
from functions.sessions.door import Door, door, opens_at
from functions.sessions.model import Session
from functions.sessions.routes import moment_in_words, routes, session_of

# Chromium holds a form to form-action wherever its answer leads, and meeting services lead on to other hosts.
DOOR_POLICY = SECURITY_HEADERS["content-security-policy"].replace("form-action 'self'", "form-action 'self' https:")


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
    return see_other(session.meeting_url)


def _at_the_door(request: Request, session: Session, form: Form[forms.DoorForm] | None = None) -> Answer:
    page = request.page(
        "sessions/pages/door.jinja",
        session=session,
        door=door(session, request.now).name,
        opens=moment_in_words(opens_at(session)),
        form=form or Form(),
        back=f"/sessions/{session.id}",
    )
    return replace(page, headers={"content-security-policy": DOOR_POLICY})
