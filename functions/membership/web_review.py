"""The pages of coordinators: the queue of applications, one application, and looking a member up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Annotated, Any, ClassVar, Literal, NamedTuple
from urllib.parse import urlencode

from pydantic import AfterValidator, Field

from functions.kernel.auth import Access
from functions.kernel.errors import Invalid, NotFound
from functions.kernel.forms import Form, FormModel, read_form
from functions.kernel.http import Answer, Request, see_other
from functions.kernel.text import LongText
from functions.mail.store import Addresses
from functions.membership import review, review_words
from functions.membership.addresses import parse
from functions.membership.forms import real_address
from functions.membership.model import NETWORKS, Application, Choice, Member, Status
from functions.membership.register import register
from functions.membership.review_words import ApplicationInWords
from functions.membership.routes import routes
from functions.membership.store import Applications, Members, lines_about

QUEUE = "/coordinate/applications"
MOST_SHOWN = 50
"""Applications on one page. Those who have waited longest come first."""
_LOOKS_BACK = timedelta(days=365)

SHOWN = {
    "waiting": "Waiting for us",
    "undo": "Can be undone",
    "asked": "We asked for something",
    "contact": "Waiting for their contact",
    "abroad": "No network yet",
    "declined": "Declined",
}
"""The parts of the list that a coordinator can look at."""

_OF_STATUS = {
    "asked": Status.ASKED,
    "contact": Status.VOUCHING,
    "abroad": Status.ABROAD,
    "declined": Status.DECLINED,
}

SAID = {
    "decided": "Decided. Nothing is sent for 10 minutes, so you can undo it.",
    "already": "You had decided this already. Pressing again changed nothing.",
    "undone": "Undone. Nothing was sent.",
    "not-decided": "There was no decision to undo. Nothing was changed.",
}
"""What was just done, by the word that stands for it in the address."""


class DecisionForm(FormModel):
    """What a coordinator decides on one application, or that they undo it."""

    decision: Literal["accept", "ask", "decline", "undo"]
    reason: Annotated[str, Field(max_length=10)] = ""
    note: LongText = ""
    version: Annotated[int, Field(ge=1, le=1_000_000)] | None = None

    sentences: ClassVar = {
        "decision": "Choose what to decide",
        "reason": "Choose a reason from the list",
        "note": "The note must be 4,000 characters or fewer",
        "version": "Open the page again before you decide",
    }


class DecisionsForm(FormModel):
    """The same decision on several applications."""

    application: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[0-9a-f]{32}(\.[0-9]{1,6})?$")], ...],
        Field(min_length=1, max_length=MOST_SHOWN),
    ]
    """Their ids, each with the version that the coordinator saw."""
    decision: Literal["accept", "ask", "decline", "undo"]
    reason: Annotated[str, Field(max_length=10)] = ""
    note: LongText = ""

    sentences: ClassVar = {
        "application": "Choose at least one application",
        **{name: DecisionForm.sentences[name] for name in ("decision", "reason", "note")},
    }


class MemberForm(FormModel):
    """The address of the member to look up."""

    email: Annotated[str, Field(max_length=320), AfterValidator(real_address)]

    sentences: ClassVar = {"email": "Enter the member's email address, for example name@nhs.net"}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one application among several."""

    name: str
    href: str
    said: str
    done: bool


class SignedIn(NamedTuple):
    """The coordinator whose sign-in has been read. What they do is written only while they still are one."""

    id: str
    address_digest: str


def _coordinator(request: Request) -> SignedIn:
    return SignedIn(request.member.member_id, request.member.address_digest)


def _query(request: Request, name: str, known: Iterable[str], otherwise: str) -> str:
    given = request.query.get(name, [otherwise])[0]
    return given if given in known else otherwise


def _choices() -> dict[str, Any]:
    """What a coordinator chooses from."""
    return {
        "decisions": [(choice.value, words) for choice, words in review_words.CHOICES.items()],
        "reasons": review_words.choices_of_reason(),
        "texts": review_words.texts_of_reasons(),
    }


@routes.get(QUEUE, Access.COORDINATOR)
def show_queue(request: Request) -> Answer:
    """The applications, those who have waited longest first."""
    return _queue(request, Form())


@routes.post(QUEUE, Access.COORDINATOR)
def decide_many(request: Request) -> Answer:
    """Decide on several applications, or undo that. Each stands alone, and the page says what became of each."""
    form = read_form(DecisionsForm, request.fields)
    if form.value is None:
        return _queue(request, form)
    results = [_decide_one_of_many(request, mark, form.value) for mark in dict.fromkeys(form.value.application)]
    refused = [result for result in results if not result.done]
    if not refused:
        undone = form.value.decision == "undo"
        return see_other(f"{QUEUE}?" + urlencode({"said": "undone"} if undone else {"show": "undo", "said": "decided"}))
    sentence = f"{len(results) - len(refused)} of {len(results)} were done. Read what became of each below"
    return _queue(request, form.refused({"application": sentence}), results)


def _decide_one_of_many(request: Request, mark: str, wanted: DecisionsForm) -> Result:
    application_id, _, seen = mark.partition(".")
    applications = Applications(request.table)
    application = applications.get(application_id)
    name = application.answers.name if application else "An application that is no longer here"
    try:
        said = _acted(request, application_id, wanted, int(seen) if seen else None)
    except NotFound:
        said, done = "It is no longer here", False
    except Invalid as refused:
        said, done = " ".join(refused.fields.values()), False
    else:
        said, done = SAID[said], True
    return Result(name, f"{QUEUE}/{application_id}", said, done)


def _acted(request: Request, application_id: str, wanted: DecisionForm | DecisionsForm, seen: int | None) -> str:
    """Do what the form says to one application, and give the word for what was done."""
    applications, by = Applications(request.table), _coordinator(request)
    if wanted.decision == "undo":
        undone = review.undo(application_id, by=by, applications=applications, now=request.now)
        return "undone" if undone else "not-decided"
    decided = review.decide(
        application_id,
        Choice(wanted.decision),
        wanted.reason,
        wanted.note,
        seen=seen,
        by=by,
        applications=applications,
        now=request.now,
    )
    return "decided" if decided else "already"


def _queue(request: Request, form: Form[DecisionsForm], results: Iterable[Result] = ()) -> Answer:
    show = _query(request, "show", SHOWN, "waiting")
    applications = [ApplicationInWords(each, request.now) for each in _listed(request, show)]
    return request.page(
        "membership/pages/applications.jinja",
        form=form,
        show=show,
        shown=SHOWN,
        applications=applications[:MOST_SHOWN],
        more=len(applications) > MOST_SHOWN,
        results=list(results),
        notice=SAID.get(_query(request, "said", SAID, "")),
        back="/coordinate",
        **_choices(),
    )


def _listed(request: Request, show: str) -> list[Application]:
    applications = Applications(request.table)
    if show == "waiting":
        found = applications.now_of(islice(applications.waiting(), MOST_SHOWN + 1))
        return [each for each in found if each.status is Status.WAITING and each.unsettled is None]
    if show == "undo":
        found = applications.now_of(islice(applications.undoable(), MOST_SHOWN + 1))
        return [each for each in found if each.unsettled is not None]
    status = _OF_STATUS[show]
    found = applications.now_of(islice(applications.decided(status, request.now - _LOOKS_BACK), MOST_SHOWN + 1))
    return [each for each in found if each.status is status]


@routes.get(QUEUE + "/{id}", Access.COORDINATOR)
def show_application(request: Request) -> Answer:
    """What somebody told us, what is known, what the rules say, and what happened so far."""
    return _application(request, Form())


@routes.post(QUEUE + "/{id}", Access.COORDINATOR)
def decide_on_application(request: Request) -> Answer:
    """Decide on one application, or undo the decision."""
    form = read_form(DecisionForm, request.fields)
    if form.value is not None:
        try:
            said = _acted(request, request.parameters["id"], form.value, form.value.version)
        except Invalid as refused:
            form = form.refused(refused.fields)
        else:
            return see_other(f"{request.path}?" + urlencode({"said": said}))
    return _application(request, form)


def _application(request: Request, form: Form[DecisionForm]) -> Answer:
    applications = Applications(request.table)
    application = applications.get(request.parameters["id"])
    if application is None:
        raise NotFound
    vouch = applications.vouch(application.vouch_id) if application.vouch_id else None
    lines = lines_about(application.id, request.table)
    coordinators = {line["by"] for line in lines}
    if application.decision is not None:
        coordinators.add(application.decision.by)
    names = Members(request.table).names_of(coordinators)
    return request.page(
        "membership/pages/application.jinja",
        form=form,
        one=ApplicationInWords(application, request.now, vouch),
        application=application,
        own=review.is_own(application, _coordinator(request)),
        names=names,
        history=review_words.history(lines, names),
        notice=SAID.get(_query(request, "said", SAID, "")),
        back=QUEUE,
        **_choices(),
    )


@routes.get("/coordinate/members", Access.COORDINATOR)
def show_member(request: Request) -> Answer:
    """The member whom this coordinator has just looked up. There is no list of members."""
    member_id = request.query.get("member", [""])[0]
    found = None
    if member_id:
        found = review.looked_up(member_id, by=_coordinator(request), members=Members(request.table), now=request.now)
    return _member(request, Form(), found)


@routes.post("/coordinate/members", Access.COORDINATOR)
def look_up_member(request: Request) -> Answer:
    """Look one member up by their address, and write down who did."""
    form = read_form(MemberForm, request.fields)
    if form.value is not None:
        found = review.look_up(
            parse(form.value.email), by=_coordinator(request), members=Members(request.table), now=request.now
        )
        if found is not None:
            return see_other("/coordinate/members?" + urlencode({"member": found}))
        form = form.refused({"email": "No member has this email address. Check it for missing letters"})
    return _member(request, form, None)


def _member(request: Request, form: Form[MemberForm], member: Member | None) -> Answer:
    known = register()
    return request.page(
        "membership/pages/members.jinja",
        form=form,
        member=member,
        role=known.roles[member.role].label if member else None,
        nation=known.nations[member.nation].label if member else None,
        networks=[NETWORKS.get(code, code) for code in member.networks] if member else [],
        failing=Addresses(request.table).fails(member.address_digest) if member else None,
        coordinators=Members(request.table).coordinators(),
        back="/coordinate",
    )
