"""The pages for everybody who wants to come: the programme, one session, and answering whether one comes."""

from dataclasses import replace
from urllib.parse import urlencode

from functions.kernel.auth import Access
from functions.kernel.forms import Form, read_form
from functions.kernel.http import Answer, Request, json_answer, see_other
from functions.mail.model import Mail
from functions.mail.store import Ledger
from functions.sessions import answers, feed, forms
from functions.sessions.model import AnswerValue, Session, Source, public
from functions.sessions.routes import coming, done, found, routes, session_of, settings
from functions.sessions.store import Answers, Programme
from functions.sessions.web_calendar import CALENDAR

DONE = {"answered": "Thank you. Your answer is saved, and you can change it."}


@routes.get("/sessions", Access.ANYONE)
def show_programme(request: Request) -> Answer:
    """What is coming. Titles and dates are for anybody, so that people can see what they would join."""
    return request.page("sessions/pages/programme.jinja", sessions=coming(request))


@routes.get("/api/sessions", Access.PROGRAM)
def list_programme(request: Request) -> Answer:
    """The same for other programs."""
    planned = [public(session, settings().site_origin) for session in coming(request)]
    return json_answer({"sessions": [each.model_dump(mode="json") for each in planned]})


@routes.get("/sessions/{id}", Access.ANYONE)
def show_session(request: Request) -> Answer:
    """One session. The same path with ``.ics`` is its calendar file, for members."""
    name = request.parameters["id"]
    if name.endswith(feed.SUFFIX):
        return _calendar_file(request, name.removesuffix(feed.SUFFIX))
    session = session_of(request)
    return _session(request, session, Form())


def _session(request: Request, session: Session, form: Form[forms.AnswerForm]) -> Answer:
    member, kept = request.visitor, Answers(request.table)
    answer = kept.get(member.member_id, session.id) if member else None
    can_answer = member is not None and answers.can_answer(session, request.now)
    elsewhere = kept.from_elsewhere(member.member_id, session.id) if member and can_answer else None
    return request.page(
        "sessions/pages/session.jinja",
        session=session,
        over=request.now >= session.end,
        can_answer=can_answer,
        elsewhere=elsewhere if elsewhere and (answer is None or answer.stamp < elsewhere) else None,
        answer=answer,
        form=form,
        notice=done(request, DONE),
        back="/sessions",
    )


def _calendar_file(request: Request, session_id: str) -> Answer:
    if request.visitor is None:
        return see_other("/sign-in?" + urlencode({"next": request.path}))
    session = found(request, session_id)
    named = {"content-disposition": f'attachment; filename="session-{session.day}.ics"'}
    return Answer(feed.published([session], settings()), content_type=CALENDAR, headers=named)


@routes.post("/sessions/{id}/reply", Access.MEMBER)
def answer_session(request: Request) -> Answer:
    """Keep whether a member is coming. They can change it until the session ends."""
    session = session_of(request)
    form = read_form(forms.AnswerForm, request.fields)
    if form.value is None:
        return _session(request, session, form)
    _give(request, form.value, session, request.member.member_id, Source.SITE)
    return see_other(f"/sessions/{session.id}?done=answered")


@routes.get("/reply/{token}", Access.HOLDER)
def show_reply(request: Request) -> Answer:
    """The session that a mail is about, and the answer that was chosen there. Only a press on the button saves it."""
    mail, session = _asked(request)
    (chosen,) = request.query.get("answer", [""])[:1]
    return _reply(request, mail, session, Form(values={"answer": chosen, "sequence": str(session.sequence)}))


@routes.post("/reply/{token}", Access.HOLDER)
def save_reply(request: Request) -> Answer:
    """Keep the answer of whoever got the mail, signed in or not. The link goes on working, so they can change it."""
    mail, session = _asked(request)
    form = read_form(forms.AnswerForm, request.fields)
    if form.value is None:
        return _reply(request, mail, session, form)
    _give(request, form.value, session, mail.owner or "", Source.MAIL)
    return see_other(f"{request.path}?done=answered")


def _give(request: Request, form: forms.AnswerForm, session: Session, member_id: str, source: Source) -> None:
    answers.give(form, session, member_id, source, answers=Answers(request.table), now=request.now)


def _asked(request: Request) -> tuple[Mail, Session]:
    ledger, programme = Ledger(request.table), Programme(request.table)
    return answers.asked_by(request.parameters["token"], ledger=ledger, programme=programme)


def _reply(request: Request, mail: Mail, session: Session, form: Form[forms.AnswerForm]) -> Answer:
    answer = Answers(request.table).get(mail.owner or "", session.id)
    if not form.errors and form.values.get("answer") not in set(AnswerValue) and answer is not None:
        form = replace(form, values={**form.values, "answer": answer.value})
    return request.page(
        "sessions/pages/reply.jinja",
        session=session,
        can_answer=answers.can_answer(session, request.now),
        answer=answer,
        form=form,
        notice=done(request, DONE),
    )
