"""The page where a contact answers whether they can confirm somebody's work."""

from typing import Annotated, ClassVar

from pydantic import Field

from functions.kernel.auth import Access
from functions.kernel.errors import Invalid
from functions.kernel.forms import Form, FormModel, read_form
from functions.kernel.http import Answer, Request, see_other
from functions.membership import vouching
from functions.membership.model import VouchAnswer
from functions.membership.routes import routes
from functions.membership.store import Applications, Codes


class VouchForm(FormModel):
    """A contact's answer, with the code from the mail that asked."""

    answer: VouchAnswer
    code: Annotated[str, Field(max_length=40)]

    sentences: ClassVar = {
        "answer": "Choose your answer",
        "code": "Enter the 8-digit code from the email we sent you",
    }


@routes.get("/vouch/{token}", Access.HOLDER)
def show_question(request: Request) -> Answer:
    """Who asks, and what is to be confirmed. Opening it answers nothing."""
    question = vouching.question_of_token(request.parameters["token"], Applications(request.table))
    return request.page("membership/pages/vouch.jinja", form=Form(), question=question)


@routes.post("/vouch/{token}", Access.HOLDER)
def answer_question(request: Request) -> Answer:
    """Take the answer, once."""
    applications = Applications(request.table)
    question = vouching.question_of_token(request.parameters["token"], applications)
    if question.answer is not None:
        return see_other(request.path)
    form = read_form(VouchForm, request.fields)
    if form.value is not None:
        try:
            vouching.answer(
                question,
                form.value.code,
                form.value.answer,
                codes=Codes(request.table),
                applications=applications,
                now=request.now,
            )
        except Invalid as refused:
            form = form.refused(refused.fields)
        else:
            return see_other(request.path)
    return request.page("membership/pages/vouch.jinja", form=form, question=question)
