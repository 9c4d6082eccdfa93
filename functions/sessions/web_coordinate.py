"""What a coordinator does with sessions."""

from collections.abc import Mapping

from functions.kernel import tokens
from functions.kernel.auth import Access
from functions.kernel.errors import Invalid
from functions.kernel.forms import Form, FormModel, read_form
from functions.kernel.http import Answer, Request, see_other
from functions.kernel.when import clock_in_words, in_uk
from functions.sessions import answers, edit, forms
from functions.sessions.model import Session, Status
from functions.sessions.programme import can_undo
from functions.sessions.routes import coming, done, routes, session_of
from functions.sessions.store import Answers, Programme

DONE = {
    "added": "The session is added.",
    "saved": "The session is saved. The website and private calendars show it now.",
    "undone": "The change is undone. Nobody was told of it.",
    "not-undone": "There was nothing to undo. This is how the session stands now.",
    "told": "Members are told now.",
    "call-off": "The session is called off.",
    "go-ahead": "The session goes ahead.",
    "swapped": "The two sessions have changed places. The website and private calendars show it now.",
}
"""What can have been done, and how the next page says so."""


@routes.get("/coordinate/sessions", Access.COORDINATOR)
def show_sessions_to_edit(request: Request) -> Answer:
    """What is coming, what may be a break, and a form to add a session."""
    return _sessions_to_edit(request, forms.blank(tokens.new_id()))


@routes.post("/coordinate/sessions", Access.COORDINATOR)
def add_session(request: Request) -> Answer:
    """Add a session that belongs to no series."""
    form = read_form(forms.NewSessionForm, request.fields)
    if form.value is None:
        return _sessions_to_edit(request, form)
    try:
        edit.add(form.value, by=request.member.member_id, programme=Programme(request.table), now=request.now)
    except Invalid as invalid:
        return _sessions_to_edit(request, form.refused(invalid.fields))
    return see_other("/coordinate/sessions?done=added")


def _sessions_to_edit(request: Request, form: Form[forms.NewSessionForm]) -> Answer:
    return request.page(
        "sessions/pages/coordinate_sessions.jinja",
        sessions=coming(request),
        form=form,
        notice=done(request, DONE),
        back="/coordinate",
    )


@routes.get("/coordinate/sessions/{id}", Access.COORDINATOR)
def show_session_to_edit(request: Request) -> Answer:
    """One session: who is coming, what members are still to be told, and a form to change it or call it off."""
    session = session_of(request)
    return _session_to_edit(request, session, forms.filled(session))


@routes.post("/coordinate/sessions/{id}", Access.COORDINATOR)
def edit_session(request: Request) -> Answer:
    """Change a session or call it off, undo that, or tell members of it now."""
    session = session_of(request)
    if "action" in request.fields:
        return _step(request, session)
    form = read_form(forms.EditSessionForm, request.fields)
    if form.value is None:
        return _session_to_edit(request, session, form)
    try:
        edit.save(
            session,
            form.value,
            by=request.member.member_id,
            programme=Programme(request.table),
            now=request.now,
        )
    except Invalid as invalid:
        return _session_to_edit(request, session, form.refused(invalid.fields))
    return see_other(f"{request.path}?done=saved")


def _step(request: Request, session: Session) -> Answer:
    form = read_form(forms.StepForm, request.fields)
    if form.value is None:
        return _session_to_edit(request, session, _about(session, form.errors))
    action, seen = form.value.action, form.value.version
    by, programme, now = request.member.member_id, Programme(request.table), request.now
    what: str = action
    try:
        match action:
            case "undo":
                what = "undone" if edit.undo(session, seen, by=by, programme=programme, now=now) else "not-undone"
            case "tell":
                edit.tell_now(session, seen, by=by, programme=programme, now=now)
                what = "told"
            case "call-off":
                edit.decide(session, seen, Status.CANCELLED, by=by, programme=programme, now=now)
            case "go-ahead":
                edit.decide(session, seen, Status.CONFIRMED, by=by, programme=programme, now=now)
    except Invalid as invalid:
        return _session_to_edit(request, session, _about(session, invalid.fields))
    return see_other(f"{request.path}?done={what}")


def _about(session: Session, errors: Mapping[str, str]) -> Form[forms.EditSessionForm]:
    """The form as it stands, with what was wrong about a press on another button."""
    return forms.filled(session).refused({"form": next(iter(errors.values()))})


def _session_to_edit(request: Request, session: Session, form: Form[forms.EditSessionForm]) -> Answer:
    told_at = in_uk(session.announce_at) if session.before and session.announce_at else None
    given = (answer for _, answer in Answers(request.table).of_session(session.id))
    return request.page(
        "sessions/pages/coordinate_session.jinja",
        session=session,
        told_at=clock_in_words(told_at.time().replace(second=0)) if told_at else None,
        can_undo=can_undo(session, request.now),
        can_swap=edit.can_swap(session, request.now),
        answers=answers.tally(session, given),
        form=form,
        notice=done(request, DONE),
        back="/coordinate/sessions",
    )


@routes.get("/coordinate/sessions/{id}/swap", Access.COORDINATOR)
def show_swap(request: Request) -> Answer:
    """The sessions that this one can change places with."""
    session = session_of(request)
    return _swap(request, session, Form(values={"version": str(session.version)}))


@routes.post("/coordinate/sessions/{id}/swap", Access.COORDINATOR)
def swap_sessions(request: Request) -> Answer:
    """Let what two sessions are about change places. Dates, times, links and answers stay."""
    session = session_of(request)
    form = read_form(forms.SwapForm, request.fields)
    if form.value is None:
        return _swap(request, session, form)
    try:
        edit.swap(
            session,
            form.value.version,
            form.value.swap_with,
            by=request.member.member_id,
            programme=Programme(request.table),
            now=request.now,
        )
    except Invalid as invalid:
        return _swap(request, session, form.refused(invalid.fields))
    return see_other(f"/coordinate/sessions/{session.id}?done=swapped")


def _swap[M: FormModel](request: Request, session: Session, form: Form[M]) -> Answer:
    others = [each for each in coming(request) if each.id != session.id and edit.can_swap(each, request.now)]
    return request.page(
        "sessions/pages/swap.jinja",
        session=session,
        others=[(each.id, f"{each.starts_in_short}: {each.title}") for each in others],
        form=form,
        back=f"/coordinate/sessions/{session.id}",
    )
