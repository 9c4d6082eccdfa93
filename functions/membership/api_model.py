"""What other programs send us and get back. The OpenAPI document is made from these models."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from functions.kernel.forms import FormModel
from functions.membership.forms import AboutYouForm, Address, Role, one_of
from functions.membership.register import register

Text = Annotated[str, Field(max_length=2_000, description="The reason in words, for the person.")]
ReasonCode = Annotated[str, Field(max_length=3, pattern=r"^[AED][0-9]{2}$", description="The code of the reason.")]
DecisionCode = Annotated[
    Literal["ACCEPT", "MORE", "REFER", "WAIT", "ALREADY", "HOLD", "DECLINE"],
    Field(
        description="ACCEPT: a member. MORE: we ask for one more thing. REFER: a person looks, within 2 working "
        "days. WAIT: no network for that country yet. ALREADY: a member before. HOLD: the mailbox is not proven. "
        "DECLINE: a person has said no."
    ),
]
Proof = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_-]{43}$",
        max_length=43,
        description="A secret that ties the code to the program that asked for it. Keep it, and show it to nobody.",
    ),
]


def _known_nation(code: str) -> str:
    """A nation as the pages offer it, or as files write it: ``UK`` for any of the four, ``IE`` for Ireland."""
    if code.lower() not in register().nations:
        raise ValueError(EligibilityQuestion.sentences["nation"])
    return code.lower()


def _nations() -> list[str]:
    known = register().nations.values()
    return [
        *(nation.code for nation in known),
        *(nation.code.upper() for nation in known if not nation.offered),
    ]


class Answer(BaseModel):
    """What we send: nothing but what is described."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class EligibilityQuestion(FormModel):
    """Somebody who thinks about joining."""

    email: Annotated[str, Field(max_length=320, description="Their email address, as typed.")]
    role: Role
    nation: Annotated[
        str,
        Field(max_length=40, json_schema_extra=one_of(_nations)),
        AfterValidator(_known_nation),
    ]
    vouch: Annotated[bool, Field(description="Whether somebody with a work address has confirmed what they do.")] = (
        False
    )
    profile: Annotated[bool, Field(description="Whether they can show a public page about themselves.")] = False
    proven: Annotated[
        bool,
        Field(
            description="Whether it is known that the mailbox is theirs. Left out, the answer is the one that would "
            "follow once it is."
        ),
    ] = True

    sentences: ClassVar = {
        "email": "Give an email address with at most 320 characters",
        "role": "Give one of the roles that the document lists",
        "nation": "Give one of the nations that the document lists",
        "vouch": "Give true or false",
        "profile": "Give true or false",
        "proven": "Give true or false",
    }


class EligibilityAnswer(Answer):
    """What the rules say. Nothing was stored."""

    decision: DecisionCode
    reason: ReasonCode
    grade: Annotated[str, Field(max_length=12, description="What the address alone says, from G1 to G7 and G0.")]
    text: Text
    rules_version: Annotated[str, Field(max_length=100, description="The same version always says the same.")]


class NewApplication(AboutYouForm):
    """An application to join, handed in by another program for the person at the keyboard."""

    email: Address
    agree: Annotated[
        Literal["yes"], Field(description="The person has read and agrees to how we keep this a safe space.")
    ]

    sentences: ClassVar = {
        **AboutYouForm.sentences,
        "email": "Enter an email address, for example name@nhs.net",
        "agree": "Send yes when the person agrees to how we keep this a safe space",
    }


class ApplicationHeld(Answer):
    """Nothing is decided before the mailbox is proven. The same answer whoever has the address."""

    decision: Literal["HOLD"] = "HOLD"
    reason: Literal["E02"] = "E02"
    text: Text
    proof: Proof
    next: Annotated[str, Field(max_length=100, description="Where the code goes that we have mailed, with the proof.")]


class ApplicationCode(FormModel):
    """The code that the person got by email."""

    proof: Proof
    code: Annotated[str, Field(max_length=40, description="Eight digits, with or without a space.")]

    sentences: ClassVar = {
        "proof": "Send the proof that you got with the application",
        "code": "Enter the 8-digit code from the email we sent",
    }


class ApplicationDecided(Answer):
    """What was decided. We have written the same to the person."""

    decision: DecisionCode
    reason: ReasonCode
    text: Text
    application: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", max_length=32, description="Its reference.")]


class Problem(Answer):
    """Why a request was refused, in a sentence for people."""

    status: Annotated[int, Field(ge=400, le=599)]
    message: Annotated[str, Field(max_length=500)]
    reference: Annotated[str, Field(max_length=100, description="Give us this when you ask about it.")]
    fields: Annotated[
        dict[str, Annotated[str, Field(max_length=500)]],
        Field(max_length=200, description="A sentence for each field at fault."),
    ] = {}


class Refused(Answer):
    """Every refusal has this shape."""

    error: Problem
