"""Requirement 24: names keep their letters, and lose what no name needs."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.text import long_text, plain_line, showable


@pytest.mark.parametrize(
    "name",
    [
        "Siân Ŵyn-Jones",
        "Wyn Ŵr",
        "Seán Ó Súilleabháin",
        "Pat O'Neill",
        "Pat O’Neill",
        "D'Arcy St. John-Smythe Jr.",
        "Ngũgĩ wa Thiong'o",
        "Nguyễn Thị Minh",
        "محمد علي",
        "王小明",
        "Þórdís Æ",
        "Ann & Bob (Anytown) / NHS: 24-7 + more; yes, 100%",
    ],
)
def test_requirement_24_people_are_called_what_they_are_called(name: str) -> None:
    assert plain_line(name) == name


def test_requirement_24_two_ways_to_write_the_same_letter_become_one() -> None:
    assert plain_line("Sia\u0302n") == "Siân"


def test_white_space_is_made_single() -> None:
    assert plain_line("  Ann \t  Example\u00a0Smith ") == "Ann Example Smith"


@pytest.mark.parametrize(
    "unseen",
    [
        "\u202e",
        "\u2066",
        "\u200b",
        "\u200d",
        "\ufeff",
        "\u00ad",
        "\x00",
        "\x07",
        "\x1b",
        "\x7f",
        "\x85",
        "\u2028",
        "\u2029",
        "\r",
        "\n",
        "\U000e0041",
        "\ud800",
        "\ue000",
    ],
    ids=ascii,
)
def test_requirement_24_characters_that_nobody_sees_are_refused(unseen: str) -> None:
    with pytest.raises(ValueError, match="cannot be seen"):
        plain_line(f"Ann{unseen}Example")


@pytest.mark.parametrize(
    "link", ["http://evil.test", "see HTTPS://evil.test", "www.evil.test", "WWW.evil.test", "ftp://evil.test"]
)
def test_requirement_24_a_name_is_not_an_advertisement(link: str) -> None:
    with pytest.raises(ValueError, match="web addresses"):
        plain_line(f"Ann {link}")


def test_a_note_has_lines_and_may_name_a_page() -> None:
    assert long_text(" One\r\nTwo\rThree\n\thttps://psmn.test \n") == "One\nTwo\nThree\n\thttps://psmn.test"


def test_requirement_24_a_note_has_no_unseen_characters_either() -> None:
    with pytest.raises(ValueError, match="cannot be seen"):
        long_text("All good \u202egnihtyna")


@given(st.text())
def test_a_line_is_one_line_of_characters_that_can_be_seen_and_stays_as_it_is(text: str) -> None:
    try:
        line = plain_line(text)
    except ValueError:
        return
    assert plain_line(line) == line == unicodedata.normalize("NFC", line)
    assert line.splitlines() in ([], [line])
    assert line == line.strip()


def test_what_was_typed_is_shown_again_without_what_no_page_can_carry() -> None:
    assert showable("A\x00n\x08n\x1b \x7f\x9fŴr\ufdd0\ufffe\U0001ffff\r\n\t\u202e<b>") == "Ann Ŵr\r\n\t\u202e<b>"
