"""The pages for complaints: the form for anybody, and for coordinators the list and the answer."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from functions.kernel import tokens
from functions.kernel.auth import Access
from functions.kernel.errors import Invalid, NotFound
from functions.kernel.forms import Form, FormModel, read_form
from functions.kernel.http import Answer, Request, see_other
from functions.kernel.text import LongText, PlainLine
from functions.kernel.when import day_in_words, in_uk
from functions.membership import complaining
from functions.membership.addresses import parse
from functions.membership.complaints import Complaints
from functions.membership.forms import Address
from functions.membership.model import Complaint
from functions.membership.routes import routes
from functions.membership.store import address_digest

LIST = "/coordinate/complaints"
_SOON = 10
"""Days that are left, from which on a complaint stands out."""


class ComplaintForm(FormModel):
    """What somebody complains of."""

    name: Annotated[PlainLine, Field(max_length=100)]
    email: Address
    happened: Annotated[LongText, Field(min_length=1)]
    wanted: LongText = ""
    asked: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None
    """Made with the page, so that a form sent twice makes one complaint."""

    sentences: ClassVar = {
        "name": "Enter your full name",
        "email": "Enter your email address, for example name@nhs.net",
        "happened": "Tell us what happened, in 4,000 characters or fewer",
        "wanted": "Tell us what would put it right, in 4,000 characters or fewer",
        "asked": "Open the page again before you send it",
    }


class OutcomeForm(FormModel):
    """What a coordinator answers."""

    outcome: Annotated[LongText, Field(min_length=1)]

    sentences: ClassVar = {"outcome": "Say what you found and what you did, in 4,000 characters or fewer"}


@routes.get("/complaints", Access.ANYONE)
def show_form(request: Request) -> Answer:
    """How to complain, and what happens then."""
    return _form(request, Form(values={"asked": tokens.new_id()}))


@routes.post("/complaints", Access.ANYONE)
def complain(request: Request) -> Answer:
    """Take a complaint from anybody."""
    form = read_form(ComplaintForm, request.fields)
    told = form.value
    if told is None:
        return _form(request, form)
    address = parse(told.email)
    complaint = Complaint(
        id=told.asked or tokens.new_id(),
        name=told.name,
        address=str(address),
        address_digest=address_digest(address.key),
        happened=told.happened,
        wanted=told.wanted,
        made_at=request.now,
    )
    complaining.make(complaint, complaints=Complaints(request.table), client=request.client, now=request.now)
    return see_other("/complaints/received")


def _form(request: Request, form: Form[ComplaintForm]) -> Answer:
    return request.page("membership/pages/complain.jinja", form=form)


@routes.get("/complaints/received", Access.ANYONE)
def show_received(request: Request) -> Answer:
    """Where somebody arrives who has just complained. It says nothing about anybody, so anybody can read it."""
    return request.page("membership/pages/complaint_received.jinja")


@routes.get(LIST, Access.COORDINATOR)
def show_complaints(request: Request) -> Answer:
    """The complaints that wait for an answer, with the days that are left, and those that have been answered."""
    complaints, today = Complaints(request.table), in_uk(request.now).date()
    return request.page(
        "membership/pages/complaints.jinja",
        waiting=[_row(each, today) for each in complaints.waiting()],
        answered=[_link(each) for each in reversed([*complaints.answered()])],
        notice="Your answer is on its way." if request.query.get("done") == ["answered"] else None,
        back="/coordinate",
    )


def _link(complaint: Complaint) -> dict[str, str]:
    return {"text": complaint.reference, "href": f"{LIST}/{complaint.id}"}


def _row(complaint: Complaint, today: date) -> list[str | dict[str, str]]:
    left = (complaint.answer_by - today).days
    if left < 0:
        tag = {"text": "Late", "colour": "red"}
    else:
        colour = "yellow" if left <= _SOON else "blue"
        tag = {"text": "Today is the last day" if left == 0 else f"{left} days left", "colour": colour}
    return [_link(complaint), day_in_words(in_uk(complaint.made_at)), tag]


@routes.get(f"{LIST}/{{id}}", Access.COORDINATOR)
def show_complaint(request: Request) -> Answer:
    """One complaint, with its answer or the form for it."""
    return _complaint(request, _of(request), Form())


@routes.post(f"{LIST}/{{id}}", Access.COORDINATOR)
def answer_complaint(request: Request) -> Answer:
    """Record the outcome and send it. Answering twice is answering once."""
    complaint, form = _of(request), read_form(OutcomeForm, request.fields)
    if complaint.answered_at is not None:
        return see_other(request.path)
    if form.value is None:
        return _complaint(request, complaint, form)
    by, complaints = request.member.member_id, Complaints(request.table)
    try:
        complaining.answer(complaint, form.value.outcome, by=by, complaints=complaints, now=request.now)
    except Invalid as refused:
        return _complaint(request, complaint, form.refused(refused.fields))
    return see_other(f"{LIST}?done=answered")


def _of(request: Request) -> Complaint:
    complaint = Complaints(request.table).get(request.parameters["id"])
    if complaint is None:
        raise NotFound
    return complaint


def _complaint(request: Request, complaint: Complaint, form: Form[OutcomeForm]) -> Answer:
    return request.page(
        "membership/pages/complaint.jinja",
        complaint=complaint,
        answer_by=day_in_words(complaint.answer_by),
        form=form,
        back=LIST,
    )
