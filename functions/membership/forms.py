"""The forms of membership: what a person types, and what to say when it needs another look."""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, ValidationError

from functions.kernel.consents import JOINING
from functions.kernel.forms import AgreementForm, FormModel
from functions.kernel.text import PlainLine
from functions.membership.addresses import NotAnAddress, parse
from functions.membership.model import NETWORKS
from functions.membership.register import register


def real_address(typed: str) -> str:
    """An address as it was typed, if mail can be sent to it.

    Raises ``ValueError`` with the rules' own sentence.
    """
    try:
        return str(parse(typed))
    except NotAnAddress as error:
        raise ValueError(register().reasons["E01"].text) from error


def _web_address(typed: str) -> str:
    whole = typed if "://" in typed else f"https://{typed}"
    from pydantic import HttpUrl, TypeAdapter  # noqa: PLC0415 - a fiftieth of a start, for one question of one form.

    try:
        return str(TypeAdapter(HttpUrl).validate_python(whole))
    except ValidationError as error:
        raise ValueError("Enter the address of a web page, for example www.kcl.ac.uk/people/jo-bloggs") from error


def _role(code: str) -> str:
    if code not in register().roles:
        raise ValueError(AboutYouForm.sentences["role"])
    return code


def _nation(code: str) -> str:
    nation = register().nations.get(code)
    if nation is None or not nation.offered:
        raise ValueError(AboutYouForm.sentences["nation"])
    return code


def _network(code: str) -> str:
    if code not in NETWORKS:
        raise ValueError(AboutYouForm.sentences["networks"])
    return code


def one_of(codes: Callable[[], Iterable[str]]) -> Callable[[dict[str, Any]], None]:
    """Tells other programs, in the schema of a field, which codes it takes."""

    def add(schema: dict[str, Any]) -> None:
        schema["enum"] = list(codes())

    return add


def _offered() -> list[str]:
    return [nation.code for nation in register().nations.values() if nation.offered]


Address = Annotated[str, Field(max_length=320), AfterValidator(real_address)]
Role = Annotated[str, Field(max_length=40, json_schema_extra=one_of(lambda: register().roles)), AfterValidator(_role)]
Nation = Annotated[str, Field(max_length=40, json_schema_extra=one_of(_offered)), AfterValidator(_nation)]
Network = Annotated[str, Field(max_length=40, json_schema_extra=one_of(lambda: NETWORKS)), AfterValidator(_network)]


class JoinForm(FormModel):
    """The address that somebody wants to join with."""

    email: Address

    sentences: ClassVar = {"email": "Enter your email address, for example name@nhs.net"}


class CodeForm(FormModel):
    """A code from a mail."""

    code: Annotated[str, Field(max_length=40)]

    sentences: ClassVar = {"code": "Enter the 8-digit code from the email we sent you"}


class AboutYouForm(AgreementForm):
    """What a person tells us about themselves."""

    name: Annotated[PlainLine, Field(max_length=100)]
    role: Role
    nation: Nation
    organisation: PlainLine
    networks: Annotated[tuple[Network, ...], Field(max_length=20)] = ()
    profile_url: Annotated[str, Field(max_length=500), AfterValidator(_web_address)] | None = None
    voucher_name: Annotated[PlainLine, Field(max_length=100)] | None = None
    voucher_email: Address | None = None
    agree: Annotated[str, Field(max_length=10)]

    agrees_to: ClassVar[str] = JOINING.reference
    sentences: ClassVar[Mapping[str, str]] = {
        **AgreementForm.sentences,
        "name": "Enter your full name",
        "role": "Choose what best describes your work",
        "nation": "Choose where you work",
        "organisation": "Enter the organisation you work for or with",
        "networks": "Choose from the networks in the list",
        "profile_url": "Enter the address of a web page, with at most 500 characters",
        "voucher_name": "Enter the full name of your contact",
        "voucher_email": "Enter your contact's email address, for example name@nhs.net",
        "agree": "Tick the box if you agree to how we keep this a safe space",
    }
