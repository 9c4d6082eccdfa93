"""The pages of joining. Each step is a plain form, and a step taken too early leads back to the one before it."""

from datetime import timedelta
from typing import Any

from functions.kernel import auth, tokens
from functions.kernel.auth import Access
from functions.kernel.consents import JOINING
from functions.kernel.errors import Invalid
from functions.kernel.forms import Form, read_form
from functions.kernel.http import Answer, Request, see_other
from functions.membership import join
from functions.membership.addresses import parse
from functions.membership.forms import AboutYouForm, CodeForm, JoinForm
from functions.membership.model import NETWORKS, Answers, Application, Draft, Status
from functions.membership.register import register
from functions.membership.routes import routes
from functions.membership.store import Applications, Codes

COOKIE = "__Host-join"
COOKIE_LASTS = timedelta(hours=24)


def _drafts(request: Request) -> Codes:
    return Codes(request.table)


def _browser(request: Request) -> str | None:
    """The digest by which this browser's draft is known."""
    secret = request.cookies.get(COOKIE)
    return tokens.digest(secret) if secret else None


def _proven(request: Request) -> Draft | None:
    return join.proven(_browser(request), _drafts(request))


@routes.get("/join", Access.ANYONE)
def show_start(request: Request) -> Answer:
    """What the network is, who can join, and the address to start with."""
    return request.page("membership/pages/join.jinja", form=Form())


@routes.post("/join", Access.ANYONE)
def start(request: Request) -> Answer:
    """Send a code. The answer is the same whether or not we know the address."""
    form = read_form(JoinForm, request.fields)
    if form.value is None:
        return request.page("membership/pages/join.jinja", form=form)
    secret = join.begin(
        parse(form.value.email),
        codes=_drafts(request),
        applications=Applications(request.table),
        client=request.client,
        now=request.now,
    )
    return see_other("/join/code", cookies=(auth.cookie(COOKIE, secret, lasts=COOKIE_LASTS),))


@routes.get("/join/code", Access.ANYONE)
def show_code(request: Request) -> Answer:
    """Where the code goes."""
    draft = _drafts(request).draft(_browser(request) or "")
    if draft is None:
        return see_other("/join")
    if draft.proven_at is not None:
        return see_other("/join/about-you")
    return request.page("membership/pages/join_code.jinja", form=Form(), address=draft.address, back="/join")


@routes.post("/join/code", Access.ANYONE)
def enter_code(request: Request) -> Answer:
    """Prove the mailbox."""
    browser = _browser(request)
    if browser is None:
        return see_other("/join")
    form = read_form(CodeForm, request.fields)
    if form.value is not None:
        try:
            join.enter_code(form.value.code, browser, codes=_drafts(request), now=request.now)
        except Invalid as refused:
            form = form.refused(refused.fields)
        else:
            return see_other("/join/about-you")
    draft = _drafts(request).draft(browser)
    if draft is None:
        return see_other("/join")
    return request.page("membership/pages/join_code.jinja", form=form, address=draft.address, back="/join")


@routes.get("/join/about-you", Access.ANYONE)
def show_about_you(request: Request) -> Answer:
    """The questions, with what the person told us before."""
    draft = _proven(request)
    if draft is None:
        return see_other("/join/code")
    answers = join.known_answers(draft, Applications(request.table))
    return _about_you(request, Form(None, _as_typed(answers) if answers else {}))


@routes.post("/join/about-you", Access.ANYONE)
def save_about_you(request: Request) -> Answer:
    """Keep the answers in the draft."""
    draft = _proven(request)
    if draft is None:
        return see_other("/join/code")
    form = read_form(AboutYouForm, request.fields)
    if form.value is not None:
        told = form.value.model_dump(exclude={"agree", "wording"})
        answers = Answers(**told, agreed_at=request.now, agreed_to=JOINING.reference)
        try:
            join.save_answers(draft, answers, codes=_drafts(request))
        except Invalid as refused:
            form = form.refused(refused.fields)
        else:
            return see_other("/join/check")
    return _about_you(request, form)


def _about_you(request: Request, form: Form[AboutYouForm]) -> Answer:
    known = register()
    return request.page(
        "membership/pages/join_about_you.jinja",
        form=form,
        roles=[
            (role.code, role.label, role.hint) if role.hint else (role.code, role.label)
            for role in known.roles.values()
        ],
        nations=[(nation.code, nation.label) for nation in known.nations.values() if nation.offered],
        networks=list(NETWORKS.items()),
        wording=JOINING,
    )


def _as_typed(answers: Answers) -> dict[str, str | list[str]]:
    typed = answers.model_dump(exclude_none=True, exclude={"agreed_at", "agreed_to", "networks"})
    return {**typed, "networks": list(answers.networks)}


@routes.get("/join/check", Access.ANYONE)
def show_check(request: Request) -> Answer:
    """The answers, to be checked before they are sent."""
    draft = _proven(request)
    if draft is None:
        return see_other("/join/code")
    if draft.answers is None:
        return see_other("/join/about-you")
    return request.page(
        "membership/pages/join_check.jinja",
        address=draft.address,
        answers=draft.answers,
        words=told_in_words(draft.answers),
        back="/join/about-you",
    )


def told_in_words(answers: Answers) -> dict[str, str | list[str]]:
    """The codes among the answers, as the words that people chose."""
    known = register()
    return {
        "role": known.roles[answers.role].label,
        "nation": known.nations[answers.nation].label,
        "networks": [NETWORKS[code] for code in answers.networks],
    }


@routes.post("/join/check", Access.ANYONE)
def submit(request: Request) -> Answer:
    """Send the application in, and decide on it at once where the rules can."""
    draft = _proven(request)
    if draft is None:
        return see_other("/join/code")
    if draft.answers is None:
        return see_other("/join/about-you")
    submitted = join.submit(draft, applications=Applications(request.table), now=request.now)
    return see_other("/join/outcome", cookies=(submitted.cookie,) if submitted.cookie else ())


@routes.get("/join/outcome", Access.ANYONE)
def show_outcome(request: Request) -> Answer:
    """The decision, its reason, and what happens next."""
    draft = _proven(request)
    applications = Applications(request.table)
    application = applications.get(draft.application_id) if draft and draft.application_id else None
    if application is None:
        return see_other("/join")
    return request.page("membership/pages/join_outcome.jinja", **_outcome(application, applications))


def _outcome(application: Application, applications: Applications) -> dict[str, Any]:
    asked = None
    if application.status is Status.VOUCHING and application.vouch_id is not None:
        asked = applications.vouch(application.vouch_id)
    return {
        "application": application,
        "reason": register().reasons[application.verdict.reason],
        "asked": asked,
    }
