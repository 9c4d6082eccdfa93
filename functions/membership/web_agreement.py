"""The page on which a coordinator says yes or no to what the administrator may not do alone."""

from typing import ClassVar, Literal

from functions.kernel.auth import Access
from functions.kernel.errors import Invalid, NotFound
from functions.kernel.forms import Form, FormModel, read_form
from functions.kernel.http import Answer, Request, see_other
from functions.membership import agreeing
from functions.membership.agreements import LASTS, Agreements
from functions.membership.model import Agreement
from functions.membership.routes import routes


class AgreementForm(FormModel):
    """What a coordinator says."""

    answer: Literal["yes", "no"]

    sentences: ClassVar = {"answer": "Choose whether you agree"}


@routes.get("/coordinate/agreements/{id}", Access.FRESH)
def show_agreement(request: Request) -> Answer:
    """What the administrator wants to do and why, with the two answers or the one that was given."""
    return _agreement(request, _of(request), Form())


@routes.post("/coordinate/agreements/{id}", Access.FRESH)
def answer_agreement(request: Request) -> Answer:
    """Record the answer. Answering twice is answering once."""
    agreement, form = _of(request), read_form(AgreementForm, request.fields)
    if agreement.answered_at is not None:
        return see_other(request.path)
    if form.value is None:
        return _agreement(request, agreement, form)
    agreed, by = form.value.answer == "yes", request.member.member_id
    try:
        agreeing.answer(agreement, agreed=agreed, by=by, agreements=Agreements(request.table), now=request.now)
    except Invalid as refused:
        return _agreement(request, agreement, form.refused(refused.fields))
    return see_other(request.path)


def _of(request: Request) -> Agreement:
    agreement = Agreements(request.table).get(request.parameters["id"])
    if agreement is None:
        raise NotFound
    return agreement


def _agreement(request: Request, agreement: Agreement, form: Form[AgreementForm]) -> Answer:
    return request.page(
        "membership/pages/agreement.jinja",
        agreement=agreement,
        ends_at=(agreement.answered_at or agreement.asked_at) + LASTS,
        form=form,
        back="/coordinate",
    )
