"""Forms: what a person typed becomes a value, or a sentence beside each field that needs another look.

A form is a frozen pydantic model whose ``sentences`` say, for each field, what to do when it is missing or wrong.
"""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from email import message_from_string
from email.message import Message
from typing import Annotated, Any, ClassVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from functions.kernel.errors import BadRequest, TooLarge
from functions.kernel.text import showable

MAX_BODY = 100_000
"""Bytes. No form of ours comes near it."""
_MAX_FIELDS = 200
_MAX_DEPTH = 20

CHANGED = "This form has changed since you opened it. Open the page again, and try again."
"""What to say of a field that the form does not have."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

type Fields = dict[str, list[str]]


def _day(typed: object) -> date:
    if not isinstance(typed, str) or not _DAY.fullmatch(typed):
        raise ValueError("Enter the date as year, month and day, like 2026-11-27")
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise ValueError("Enter a date that exists, like 2026-11-27") from None


Day = Annotated[date, BeforeValidator(_day)]
"""A day as a form sends it (HTML Standard, "valid date string")."""


class FormModel(BaseModel):
    """The fields of one form. Unknown ones are refused (security requirement 22)."""

    # What checks a form is built when the first one is sent.
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, defer_build=True)

    sentences: ClassVar[Mapping[str, str]] = {}
    """What to say beside a field. A validator that has more to say raises ``ValueError`` with its own sentence."""


WORDS_CHANGED = "These words have changed since you opened the page. Read them, and send the form again"


class AgreementForm(FormModel):
    """A form by which somebody agrees to words, which must be those of today."""

    wording: Annotated[str, Field(max_length=40, description="The words shown. Left out, today's.")] | None = None
    """The reference of the wording that the page showed (``kernel/consents.py``)."""

    agrees_to: ClassVar[str]
    """The reference of today's wording."""

    sentences: ClassVar[Mapping[str, str]] = {"wording": WORDS_CHANGED}

    @field_validator("wording")
    @classmethod
    def _is_todays(cls, reference: str | None) -> str | None:
        if reference is not None and reference != cls.agrees_to:
            raise ValueError(WORDS_CHANGED)
        return reference


@dataclass(frozen=True, slots=True)
class Form[M: FormModel]:
    """A form as it was sent: its value when all is well, otherwise what was typed and what is wrong with it."""

    value: M | None = None
    values: Mapping[str, str | list[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def refused(self, errors: Mapping[str, str]) -> "Form[M]":
        """The same form with what turned out to be wrong after it was read."""
        return Form(None, self.values, errors)


def body_of(event: Mapping[str, Any]) -> str:
    """The body of a request. Raises ``TooLarge`` or ``BadRequest``."""
    body = event.get("body") or ""
    if len(body) > MAX_BODY:
        raise TooLarge
    try:
        raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
        text = raw.decode()
    except ValueError as error:
        raise BadRequest from error
    if len(raw) > MAX_BODY:
        raise TooLarge
    return text


def decode(text: str) -> Fields:
    """The fields of a query or of a body in the form's own encoding (WHATWG URL, section 5).

    Raises ``BadRequest`` when it is not UTF-8 or holds more fields than any form of ours.
    """
    fields: Fields = {}
    try:
        for name, value in parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS):
            value.encode()
            fields.setdefault(name, []).append(value)
    except ValueError as error:
        raise BadRequest from error
    return fields


def read_form[M: FormModel](model: type[M], fields: Fields) -> Form[M]:
    """Read the fields of a form. Blank ones count as not given."""
    given = {name: kept for name, values in fields.items() if (kept := [each for each in values if each.strip()])}
    lists = {name for name, about in model.model_fields.items() if _takes_many(about.annotation)}
    values: dict[str, str | list[str]] = {
        name: kept if name in lists or len(kept) > 1 else kept[0] for name, kept in given.items()
    }
    shown = _showable(values, lists)
    try:
        return Form(model.model_validate(values), shown)
    except ValidationError as error:
        return Form(None, shown, _errors(model, error))


def _takes_many(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) in {list, tuple}


def _showable(values: Mapping[str, str | list[str]], lists: set[str]) -> dict[str, str | list[str]]:
    """What was typed, as a page can show it. A field that was sent twice is its first value, unless it takes many."""
    shown: dict[str, str | list[str]] = {}
    for name, value in values.items():
        several = [showable(each) for each in (value if isinstance(value, list) else [value])]
        shown[name] = several if name in lists else several[0]
    return shown


def _errors(model: type[FormModel], error: ValidationError) -> dict[str, str]:
    sentences: dict[str, str] = {}
    for each in error.errors(include_url=False, include_input=False):
        name = str(each["loc"][0]) if each["loc"] else "form"
        if each["type"] == "value_error":
            sentence = str(each["ctx"]["error"])
        elif name in model.model_fields:
            sentence = model.sentences[name]
        else:
            name, sentence = "form", CHANGED
        sentences.setdefault(name, sentence)
    order = [*model.model_fields, "form"]
    return dict(sorted(sentences.items(), key=lambda pair: order.index(pair[0])))


def is_one_click(content_type: str, body: str) -> bool:
    """Whether this is the press on "stop" that a mail provider makes for its user (RFC 8058 section 3.1).

    It comes in either encoding of a form, and a provider should choose the one in parts.
    """
    match content_type.partition(";")[0].strip().lower():
        case "application/x-www-form-urlencoded":
            return body == "List-Unsubscribe=One-Click"
        case "multipart/form-data":
            parts = message_from_string(f"content-type: {content_type}\n\n{body}").get_payload()
            return isinstance(parts, list) and list(map(_part, parts)) == [("List-Unsubscribe", "One-Click")]
        case _:
            return False


def _part(part: Message) -> tuple[Any, Any]:
    return part.get_param("name", header="content-disposition"), part.get_payload()


def read_json(body: str) -> Any:
    """The value of a JSON body.

    Stricter than ``json.loads``: a name that stands twice in an object, ``NaN``, what is or becomes ``Infinity``, half
    a surrogate pair and nesting beyond any need are refused (RFC 8259 leaves their meaning open; security
    requirement 21).

    Raises ``BadRequest``.
    """
    try:
        value = json.loads(body, object_pairs_hook=_no_repeats, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise BadRequest("The JSON is not valid.") from error
    if not _within(_MAX_DEPTH, value):
        raise BadRequest("The JSON is nested too deeply.")
    return value


def _no_repeats(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name stands twice")
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _within(levels: int, value: Any) -> bool:
    """Whether a value is nested at most so deep. It looks no deeper, so that its own recursion has an end."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_within(levels - 1, each) for each in inner)
