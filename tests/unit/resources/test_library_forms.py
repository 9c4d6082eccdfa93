"""What a sharer types becomes words about an item, or a sentence beside the field."""

from datetime import date

import pytest

from functions.kernel.forms import Fields, read_form
from functions.resources.forms import DecisionForm, WordsForm, blank, filled, patient_details, wrong_days
from functions.resources.model import Permission, Words

TODAY = date(2026, 11, 23)
TYPED: Fields = {
    "title": ["Falls huddle checklist"],
    "summary": ["One page.\r\n\r\nFor the start of a shift."],
    "topics": ["falls", "psirf", "falls"],
    "source": ["Bwrdd Iechyd Enghraifft"],
    "permission": ["change"],
    "review_on": ["2027-11-23"],
}


def told(**other: list[str]) -> WordsForm:
    form = read_form(WordsForm, TYPED | other)
    assert form.value is not None, form.errors
    return form.value


def test_what_is_typed_becomes_words_and_each_choice_counts_once() -> None:
    assert told(nations=["wales"], issued_on=["2026-03-01"], settings=["acute"], organisations=["trust"]).words() == (
        Words(
            title="Falls huddle checklist",
            summary="One page.\n\nFor the start of a shift.",
            topics=("falls", "psirf"),
            source="Bwrdd Iechyd Enghraifft",
            permission=Permission.CHANGE,
            review_on=date(2027, 11, 23),
            issued_on=date(2026, 3, 1),
            nations=("wales",),
            settings=("acute",),
            organisations=("trust",),
        )
    )


def test_one_topic_is_enough_and_what_is_optional_may_be_left_out() -> None:
    words = told(topics=["medicines"]).words()
    assert (words.topics, words.issued_on, words.nations) == (("medicines",), None, ())


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("title", [], "Enter a title of 120 characters or fewer"),
        ("title", ["x" * 121], "Enter a title of 120 characters or fewer"),
        ("title", ["See https://evil.test"], "Leave out web addresses here."),
        (
            "title",
            ["Falls\u202etxt.exe"],
            "Remove the characters that cannot be seen. Typing the text again is the surest way.",
        ),
        ("summary", [" "], "Say in a few sentences what it is and who can use it, in 4,000 characters or fewer"),
        (
            "summary",
            ["x" * 4_001],
            "Say in a few sentences what it is and who can use it, in 4,000 characters or fewer",
        ),
        ("topics", [], "Choose 1 to 12 topics"),
        ("topics", ["falls"] * 13, "Choose 1 to 12 topics"),
        ("topics", ["promotions"], "Choose from the list"),
        ("source", [], "Enter who made it, in 200 characters or fewer"),
        ("permission", ["sell"], "Choose what others may do with it"),
        ("permission", [], "Choose what others may do with it"),
        ("review_on", ["23/11/2027"], "Enter the date as year, month and day, like 2026-11-27"),
        ("review_on", ["2027-02-29"], "Enter a date that exists, like 2026-11-27"),
        ("review_on", [], "Enter the day when somebody has to look whether it still holds"),
        ("issued_on", ["soon"], "Enter the date as year, month and day, like 2026-11-27"),
        ("nations", ["ireland"], "Choose from the list"),
        ("settings", ["acute", "moon"], "Choose from the list"),
        ("organisations", ["supplier"], "Choose from the list"),
    ],
)
def test_a_field_that_is_wrong_has_a_sentence_beside_it(name: str, typed: list[str], said: str) -> None:
    assert read_form(WordsForm, TYPED | {name: typed}).errors == {name: said}


@pytest.mark.parametrize("name", ["owner", "status", "version", "id", "published_at", "file", "made_at"])
def test_requirement_15_nobody_sets_what_is_not_theirs_to_set(name: str) -> None:
    form = read_form(WordsForm, TYPED | {name: ["x"]})
    assert form.value is None
    assert set(form.errors) == {"form"}


@pytest.mark.parametrize(
    ("review_on", "said"),
    [
        ("2026-11-22", "The review date must be in the future"),
        ("2026-11-23", "The review date must be in the future"),
        ("2026-11-24", None),
        ("2031-11-23", None),
        ("2031-11-24", "The review date must be within 5 years"),
    ],
)
def test_a_review_date_is_in_the_future_and_not_too_far(review_on: str, said: str | None) -> None:
    assert wrong_days(told(review_on=[review_on]), TODAY).get("review_on") == said


def test_nothing_was_issued_tomorrow() -> None:
    assert wrong_days(told(issued_on=["2026-11-23"]), TODAY) == {}
    assert set(wrong_days(told(issued_on=["2026-11-24"]), TODAY)) == {"issued_on"}


@pytest.mark.parametrize("name", ["title", "summary", "source"])
def test_requirement_36_a_patients_number_in_any_text_is_asked_about(name: str) -> None:
    typed = told(**{name: ["Notes on 999 000 0018, an NHS number"]})
    wrong = patient_details(typed)
    assert set(wrong) == {name}
    assert wrong[name].startswith("Is this a patient's NHS number?")
    assert "999" not in wrong[name]
    assert patient_details(told()) == {}


@pytest.mark.parametrize(
    ("today", "suggested"),
    [(TODAY, "2027-11-23"), (date(2028, 2, 29), "2029-03-01"), (date(2027, 2, 28), "2028-02-28")],
)
def test_a_new_form_suggests_to_look_again_in_a_year(today: date, suggested: str) -> None:
    assert blank(today).values == {"review_on": suggested}


def test_a_form_that_is_filled_and_sent_again_says_the_same() -> None:
    words = told(nations=["wales"], issued_on=["2026-03-01"]).words()
    values = filled(words).values
    fields: Fields = {name: [value] if isinstance(value, str) else value for name, value in values.items()}
    again = read_form(WordsForm, fields)
    assert again.value is not None
    assert again.value.words() == words


def test_a_decision_is_one_of_three() -> None:
    assert read_form(DecisionForm, {}).errors == {"decision": "Choose what to decide"}
    assert read_form(DecisionForm, {"decision": ["erase"]}).errors == {"decision": "Choose what to decide"}
    assert read_form(DecisionForm, {"decision": ["publish"], "version": ["x"]}).errors == {
        "version": "Open the page again before you decide"
    }
    read = read_form(DecisionForm, {"decision": ["return"], "note": [" Take out slide 3. "]})
    assert read.value == DecisionForm(decision="return", note="Take out slide 3.")
