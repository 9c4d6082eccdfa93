"""What a person typed becomes a value, or a sentence beside each field that needs another look."""

import json
from typing import Annotated, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from functions.kernel.errors import BadRequest
from functions.kernel.forms import FormModel, decode, read_form, read_json
from functions.kernel.text import PlainLine


class Invitation(FormModel):
    """A form with one of each: a line, a choice of many, and something that may be left out."""

    name: Annotated[PlainLine, Field(max_length=20)]
    topics: tuple[str, ...] = ()
    note: str | None = None

    sentences: ClassVar = {"name": "Enter your name", "topics": "Choose topics", "note": "Shorten the note"}


def test_a_form_is_read_as_it_was_typed_without_the_spaces_around_it() -> None:
    form = read_form(Invitation, decode("name=++Wyn+%C5%B4r+&topics=a&topics=b"))
    assert form.value == Invitation(name="Wyn Ŵr", topics=("a", "b"))
    assert not form.errors


def test_one_of_many_is_still_a_list_and_a_blank_field_was_not_given() -> None:
    form = read_form(Invitation, decode("name=Ann&topics=a&note=+++"))
    assert form.value == Invitation(name="Ann", topics=("a",))


def test_a_gap_is_explained_beside_its_field_and_the_rest_is_kept() -> None:
    form = read_form(Invitation, decode("name=&note=hello"))
    assert form.value is None
    assert form.errors == {"name": "Enter your name"}
    assert form.values == {"note": "hello"}


def test_a_reader_that_has_more_to_say_says_it() -> None:
    form = read_form(Invitation, decode("name=http%3A%2F%2Fevil.test"))
    assert form.errors == {"name": "Leave out web addresses here."}


def test_what_was_typed_is_kept_as_a_page_can_show_it() -> None:
    form = read_form(Invitation, decode("name=A%00nn%1b&note=a%07&topics=%08b"))
    assert form.values == {"name": "Ann", "note": "a", "topics": ["b"]}


def test_requirement_22_a_field_that_the_form_does_not_have_is_refused_with_a_sentence() -> None:
    form = read_form(Invitation, decode("name=Ann&role=coordinator"))
    assert form.value is None
    assert form.errors == {"form": "This form has changed since you opened it. Open the page again, and try again."}


def test_requirement_22_a_field_sent_twice_is_refused_and_shown_once() -> None:
    form = read_form(Invitation, decode("name=Ann&name=Bob"))
    assert form.errors == {"name": "Enter your name"}
    assert form.values == {"name": "Ann"}


def test_sentences_come_in_the_order_of_the_fields() -> None:
    form = read_form(Invitation, decode("zzz=1&note=a&note=b&aaa=2"))
    assert list(form.errors) == ["name", "note", "form"]


@pytest.mark.parametrize(
    "text", ["name=%FF", "name=%ED%A0%80", "%C3%28=1", "&".join("a=1" for _ in range(300))], ids=repr
)
def test_requirement_21_what_is_not_utf8_or_never_ends_is_a_bad_request(text: str) -> None:
    with pytest.raises(BadRequest):
        decode(text)


def test_a_percent_sign_that_begins_nothing_is_a_percent_sign() -> None:
    assert decode("name=100%25&note=5%ZZ") == {"name": ["100%"], "note": ["5%ZZ"]}


@given(st.text())
def test_requirement_21_any_body_is_a_form_or_a_bad_request(text: str) -> None:
    try:
        fields = decode(text)
    except BadRequest:
        return
    form = read_form(Invitation, fields)
    assert (form.value is None) == bool(form.errors)


@given(st.dictionaries(st.sampled_from(["name", "topics", "note", "form", "", "zzz"]), st.lists(st.text(), max_size=3)))
def test_any_fields_at_all_end_in_a_value_or_in_sentences(fields: dict[str, list[str]]) -> None:
    form = read_form(Invitation, fields)
    assert (form.value is None) == bool(form.errors)
    assert all(form.errors.values())


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(JSON_VALUES)
def test_json_is_read_as_it_was_meant(value: object) -> None:
    assert read_json(json.dumps(value)) == value


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "nul",
        "NaN",
        '{"a": Infinity}',
        "-Infinity",
        "1e999",
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 2}}',
        '"\\ud800"',
        '{"\\udfff": 1}',
        "9" * 5_000,
        "'single'",
        "[1,]",
        "\x00",
    ],
    ids=lambda body: repr(body)[:20],
)
def test_requirement_21_json_that_could_mean_two_things_is_a_bad_request(body: str) -> None:
    with pytest.raises(BadRequest):
        read_json(body)


@pytest.mark.parametrize("depth", [21, 300, 900, 3_000, 20_000, 49_000])
@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"a":', "}")])
def test_requirement_21_json_of_any_depth_is_a_bad_request(depth: int, opens: str, closes: str) -> None:
    with pytest.raises(BadRequest):
        read_json(opens * depth + "1" + closes * depth)


def test_json_may_be_as_deep_as_any_need() -> None:
    assert read_json("[" * 19 + "1" + "]" * 19)


@given(st.text())
def test_requirement_21_any_text_is_json_or_a_bad_request(text: str) -> None:
    try:
        value = read_json(text)
    except BadRequest:
        return
    assert json.loads(text) == value
