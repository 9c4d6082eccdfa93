"""What other programs can ask and hand in. They speak JSON, sign in as nobody, and learn no more than a form tells."""

from typing import Any

from pydantic import ValidationError

from functions.kernel import tokens
from functions.kernel.auth import Access
from functions.kernel.consents import JOINING
from functions.kernel.errors import BadRequest, Invalid, NotFound
from functions.kernel.forms import FormModel
from functions.kernel.http import Answer, Request, json_answer
from functions.membership import join
from functions.membership.addresses import parse
from functions.membership.api_model import (
    ApplicationCode,
    ApplicationDecided,
    ApplicationHeld,
    EligibilityAnswer,
    EligibilityQuestion,
    NewApplication,
)
from functions.membership.eligibility import Evidence, Outcome, decide
from functions.membership.model import Answers, Application, Status
from functions.membership.register import register
from functions.membership.routes import routes
from functions.membership.store import Applications, Codes

CODE = "/api/applications/code"
_LONGEST_NAME = 100


def read_object[M: FormModel](model: type[M], value: Any) -> M:
    """The value of a JSON object. Optional fields that are ``null`` or empty count as not given, as in a form.

    Raises ``BadRequest``, and ``Invalid`` with a sentence for each field at fault.
    """
    if not isinstance(value, dict):
        raise BadRequest("Send one JSON object.")
    optional = {name for name, about in model.model_fields.items() if not about.is_required()}
    try:
        return model.model_validate(
            {name: each for name, each in value.items() if each not in (None, "") or name not in optional}
        )
    except ValidationError as error:
        sentences: dict[str, str] = {}
        for each in error.errors(include_url=False, include_input=False):
            name = str(each["loc"][0])[:_LONGEST_NAME]
            if each["type"] == "value_error":
                sentence = str(each["ctx"]["error"])
            else:
                sentence = model.sentences.get(name, "There is no such field here. Leave it out")
            sentences.setdefault(name, sentence)
        raise Invalid(sentences) from error


@routes.post("/api/eligibility", Access.PROGRAM)
def ask_eligibility(request: Request) -> Answer:
    """What the rules say about somebody. Nothing is stored or looked up, so it says nothing about who is a member."""
    asked = read_object(EligibilityQuestion, request.json)
    said = decide(
        Evidence(
            address=asked.email,
            role=asked.role,
            nation=asked.nation,
            vouched=asked.vouch,
            profile=asked.profile,
            proven=asked.proven,
        )
    )
    answer = EligibilityAnswer(
        decision=said.outcome.value,
        reason=said.reason,
        grade=said.grade,
        text=register().reasons[said.reason].text,
        rules_version=said.rules_version,
    )
    return json_answer(answer.model_dump())


@routes.post("/api/applications", Access.PROGRAM)
def hand_in(request: Request) -> Answer:
    """Hand in an application. The code goes to the mailbox, and nothing is decided before it comes back.

    The answer is the same whether or not we know the address (security requirement 44).
    """
    told = read_object(NewApplication, request.json)
    answers = Answers(
        **told.model_dump(exclude={"email", "agree", "wording"}),
        agreed_at=request.now,
        agreed_to=JOINING.reference,
    )
    proof = join.begin(
        parse(told.email),
        codes=Codes(request.table),
        applications=Applications(request.table),
        client=request.client,
        now=request.now,
        answers=answers,
    )
    held = ApplicationHeld(text=register().reasons["E02"].text, proof=proof, next=CODE)
    return json_answer(held.model_dump(), 202)


@routes.post(CODE, Access.PROGRAM)
def hand_in_code(request: Request) -> Answer:
    """Prove the mailbox and decide. Asking again with the same proof gives the same answer."""
    sent = read_object(ApplicationCode, request.json)
    codes, applications, browser = (
        Codes(request.table),
        Applications(request.table),
        tokens.digest(sent.proof),
    )
    draft = join.proven(browser, codes)
    if draft is None:
        join.enter_code(sent.code, browser, codes=codes, now=request.now)
        draft = join.proven(browser, codes)
    if draft is None:
        raise NotFound
    submitted = join.submit(draft, applications=applications, now=request.now)
    return json_answer(_decided(submitted.application).model_dump())


def _decided(application: Application) -> ApplicationDecided:
    decision, reason = application.verdict.outcome, application.verdict.reason
    text = register().reasons[reason].text
    if application.status is Status.WAITING and decision != Outcome.REFER:
        # The rules alone would say something else, and somebody has said before that a person has to look.
        decision = Outcome.REFER.value
        text = "A coordinator is looking at your application. They will write to you within 2 working days."
    return ApplicationDecided.model_validate(
        {"decision": decision, "reason": reason, "text": text, "application": application.id}
    )
