"""The forms of the library: what a sharer says about an item, and what a coordinator decides on it."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from functions.kernel.consents import SHARING
from functions.kernel.forms import AgreementForm, Day, Form, FormModel
from functions.kernel.text import LongText, PlainLine
from functions.resources import words
from functions.resources.inspection.identifiers import signs_in
from functions.resources.model import Permission, Resource, Title, Words
from functions.resources.topics import NATIONS, ORGANISATIONS, SETTINGS, TOPICS

LONGEST_PROMISE = 5
"""Years. Nobody can say for longer that an item will hold."""
USUAL_PROMISE = 1
"""Years."""

_MOST = 12
"""How many choices of one list an item can have: more would say nothing any longer."""


def _one_of(choices: Mapping[str, str]) -> Callable[[str], str]:
    def known(value: str) -> str:
        if value not in choices:
            raise ValueError("Choose from the list")
        return value

    return known


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


Topic = Annotated[str, AfterValidator(_one_of(TOPICS))]
Nation = Annotated[str, AfterValidator(_one_of(NATIONS))]
Setting = Annotated[str, AfterValidator(_one_of(SETTINGS))]
Organisation = Annotated[str, AfterValidator(_one_of(ORGANISATIONS))]
_Once = AfterValidator(_each_once)
Version = Annotated[int, Field(ge=1, le=1_000_000)]


class WordsForm(AgreementForm):
    """What a sharer says about an item."""

    title: Title
    summary: Annotated[LongText, Field(min_length=1)]
    topics: Annotated[tuple[Topic, ...], Field(min_length=1, max_length=_MOST), _Once]
    source: PlainLine
    permission: Permission
    review_on: Day
    issued_on: Day | None = None
    nations: Annotated[tuple[Nation, ...], Field(max_length=_MOST), _Once] = ()
    settings: Annotated[tuple[Setting, ...], Field(max_length=_MOST), _Once] = ()
    organisations: Annotated[tuple[Organisation, ...], Field(max_length=_MOST), _Once] = ()

    agrees_to: ClassVar[str] = SHARING.reference
    sentences: ClassVar[Mapping[str, str]] = {
        **AgreementForm.sentences,
        "title": "Enter a title of 120 characters or fewer",
        "summary": "Say in a few sentences what it is and who can use it, in 4,000 characters or fewer",
        "topics": f"Choose 1 to {_MOST} topics",
        "source": "Enter who made it, in 200 characters or fewer",
        "permission": "Choose what others may do with it",
        "review_on": "Enter the day when somebody has to look whether it still holds",
        "issued_on": "Enter the day when it was issued, or leave it empty",
        "nations": "Choose from the list of nations",
        "settings": f"Choose {_MOST} settings or fewer",
        "organisations": "Choose from the list of organisations",
    }

    def words(self) -> Words:
        """The same as a value of the library."""
        return Words(**self.model_dump(exclude={"wording"}))


def wrong_days(form: WordsForm, today: date) -> dict[str, str]:
    """What is wrong with the days of a form on one day, by the field."""
    wrong = {}
    if form.review_on <= today:
        wrong["review_on"] = "The review date must be in the future"
    elif form.review_on > years_on(today, LONGEST_PROMISE):
        wrong["review_on"] = f"The review date must be within {LONGEST_PROMISE} years"
    if form.issued_on is not None and form.issued_on > today:
        wrong["issued_on"] = "The day when it was issued must not be in the future"
    return wrong


def patient_details(form: WordsForm) -> dict[str, str]:
    """What was typed that looks like details of a patient, by the field (security requirement 36)."""
    typed = {"title": form.title, "summary": form.summary, "source": form.source}
    signs = {name: signs_in(text) for name, text in typed.items()}
    return {name: words.typed(found[0]) for name, found in signs.items() if found}


def blank(today: date) -> Form[WordsForm]:
    """The form before anybody types, with the review date that is usual."""
    return Form(values={"review_on": years_on(today, USUAL_PROMISE).isoformat()})


def filled(words: Words) -> Form[WordsForm]:
    """The form as it stands for an item that has words."""
    values: dict[str, str | list[str]] = {
        name: list(value) if isinstance(value, list) else str(value)
        for name, value in words.model_dump(mode="json").items()
        if value is not None
    }
    return Form(values=values)


class DecisionForm(FormModel):
    """What a coordinator decides on an item."""

    decision: Literal["publish", "return", "remove"]
    note: LongText = ""
    looked: Literal["yes"] | None = None
    """Whether they have looked at each place where something was found."""
    version: Version | None = None
    """The version that the coordinator saw, where the page told it."""

    sentences: ClassVar[Mapping[str, str]] = {
        "decision": "Choose what to decide",
        "note": "The note must be 4,000 characters or fewer",
        "looked": "Tick the box, or leave it empty",
        "version": "Open the page again before you decide",
    }


class BeginForm(FormModel):
    """The press on Start."""

    asked: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None
    """Made with the page, so that a form sent twice begins one item (security requirement 77)."""

    sentences: ClassVar[Mapping[str, str]] = {"asked": "Open the page again before you start"}


class OwnerForm(FormModel):
    """What an owner does with a whole item."""

    action: Literal["withdraw"]

    sentences: ClassVar[Mapping[str, str]] = {"action": "Choose what to do with it"}


def deciding(resource: Resource) -> Form[DecisionForm]:
    """The form about an item as a coordinator sees it."""
    return Form(values={"version": str(resource.version)})


def years_on(day: date, years: int) -> date:
    """The same day in a later year, or 1 March for a 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28) + timedelta(days=1)
