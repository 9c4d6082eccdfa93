"""What a coordinator types about a session."""

from datetime import date, time

import pytest

from functions.kernel.forms import Fields, read_form
from functions.sessions.forms import DoorForm, EditSessionForm, NewSessionForm

GOOD = {
    "title": "Learning from excellence",
    "summary": "Two short talks.",
    "date": "2026-12-04",
    "start": "12:00",
    "end": "13:00",
    "meeting_url": "https://us02web.zoom.us/j/123?pwd=abc",
    "status": "confirmed",
    "version": "1",
}


def fields(**instead: str | None) -> Fields:
    """A good form, but for some fields; ``None`` leaves one out."""
    return {name: [value] for name, value in {**GOOD, **instead}.items() if value is not None}


def test_a_good_form_is_read() -> None:
    form = read_form(EditSessionForm, fields())
    assert form.value is not None
    assert (form.value.date, form.value.start, form.value.end) == (date(2026, 12, 4), time(12), time(13))


def test_a_session_needs_only_a_day_and_times() -> None:
    form = read_form(EditSessionForm, fields(title="", summary="", meeting_url=""))
    assert form.value is not None
    assert (form.value.title, form.value.summary, form.value.meeting_url) == ("Open session", "", None)


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("date", None, "Enter the date of the session"),
        ("date", "27/11/2026", "Enter the date as year, month and day, like 2026-11-27"),
        ("date", "1700000000", "Enter the date as year, month and day, like 2026-11-27"),
        ("date", "2026-02-30", "Enter a date that exists, like 2026-11-27"),
        ("start", "", "Enter the time the session starts"),
        ("start", "noon", "Enter the time on the 24-hour clock, like 12:00"),
        ("end", "25:00", "Enter a time that exists, like 12:00"),
        ("title", "x" * 101, "The title must be 100 characters or fewer"),
        ("summary", "x" * 4_001, "The summary must be 4,000 characters or fewer"),
        ("status", "maybe", "Choose whether the session goes ahead"),
        ("version", "zero", "Open the page again before you save"),
        (
            "meeting_url",
            "https://a.example/" + "x" * 1_000,
            "The meeting link must be 1,000 characters or fewer",
        ),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(name: str, typed: str | None, sentence: str) -> None:
    assert read_form(EditSessionForm, fields(**{name: typed})).errors == {name: sentence}


@pytest.mark.parametrize(
    "link",
    [
        "http://meet.example.org/1",
        "javascript:alert(1)",
        "https:meet.example.org",
        "https://localhost/1",
        "https://user@meet.example.org/",
        "https://meet.example.org/a b",
        "https://meet.example.org/\u202e",
        "https://[::1/",
        "meet.example.org/1",
    ],
)
def test_a_meeting_link_is_a_secure_address_of_another_site(link: str) -> None:
    errors = read_form(EditSessionForm, fields(meeting_url=link)).errors
    assert errors == {"meeting_url": "Enter the whole meeting link, starting with https://"}


@pytest.mark.parametrize("title", ["Now\u202egnitsal", "Zero\u200bwidth"])
def test_requirement_24_a_title_has_no_hidden_characters(title: str) -> None:
    assert list(read_form(EditSessionForm, fields(title=title)).errors) == ["title"]


def test_a_summary_keeps_its_lines_and_its_welsh_letters() -> None:
    form = read_form(EditSessionForm, fields(summary="Wyn Ŵr\r\n\r\nsays: <b>"))
    assert form.value is not None
    assert form.value.summary == "Wyn Ŵr\n\nsays: <b>"


@pytest.mark.parametrize("name", ["id", "sequence", "revivals", "changed_at", "kind"])
def test_requirement_15_nobody_can_set_what_the_form_does_not_ask(name: str) -> None:
    assert list(read_form(EditSessionForm, fields(**{name: "7"})).errors) == ["form"]


def test_a_new_session_carries_the_name_of_its_asking() -> None:
    new = fields(status=None, version=None, asked="f" * 32)
    assert read_form(NewSessionForm, new).value is not None
    assert list(read_form(NewSessionForm, {**new, "asked": ["../x"]}).errors) == ["asked"]


@pytest.mark.parametrize("agree", [None, "", "no", "on"])
def test_the_terms_are_agreed_to_with_a_tick(agree: str | None) -> None:
    form = read_form(DoorForm, {} if agree is None else {"agree": [agree]})
    assert form.errors == {"agree": "Tick the box to say that you agree"}
