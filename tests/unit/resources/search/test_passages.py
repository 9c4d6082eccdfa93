"""The passage that shows somebody why an item was found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel import glossary
from functions.resources.search import passages

DECK = [
    ("slide 1", "Welcome to the ward."),
    ("slide 2", "She will still need the hill, the mill and the till."),
    ("slide 3", "Ill people fall. Falls at night are the worst for people who are ill."),
]


def shown(words: str, *terms: str, summary: str = "", parts: list[tuple[str, str]] = DECK) -> tuple[str, str]:
    """The passage, its matches in brackets, and its place."""
    named = [term for name in terms if (term := glossary.find(name))]
    assert len(named) == len(terms)
    passage = passages.best(summary, parts, passages.wanted(words.split(), named))
    return "".join(f"[{text}]" if is_match else text for text, is_match in passage.runs), passage.place


def test_it_is_the_part_with_the_most_of_the_words() -> None:
    assert shown("ward") == ("Welcome to the [ward].", "slide 1")
    assert shown("falls night")[1] == "slide 3"


def test_a_word_within_another_is_no_match() -> None:
    assert shown("ill") == ("[Ill] people fall. Falls at night are the worst for people who are [ill].", "slide 3")


def test_other_forms_of_a_word_are_matches() -> None:
    text, _ = shown("falling nights")
    assert text == "Ill people [fall]. [Falls] at [night] are the worst for people who are ill."


def test_the_summary_comes_first_unless_a_part_says_more() -> None:
    assert shown("fall", summary="A fall, and falls.") == ("A [fall], and [falls].", "")
    assert shown("fall night", summary="A fall.")[1] == "slide 3"


def test_without_a_match_it_is_the_beginning_of_the_summary() -> None:
    assert shown("xylophone", summary="About wards.") == ("About wards.", "")
    assert shown("", summary="About wards.") == ("About wards.", "")
    assert shown("xylophone") == ("", "")


def test_all_names_of_a_term_are_matches() -> None:
    parts = [("page 1", "Our Patient Safety Incident Response Framework (PSIRF) in A&E."), ("page 2", "Nothing.")]
    assert shown("", "PSIRF", parts=parts) == (
        "Our [Patient Safety Incident Response Framework] ([PSIRF]) in A&E.",
        "page 1",
    )
    assert shown("", "A&E", parts=parts)[0].endswith("in [A&E].")
    assert shown("", "Martha's Rule", parts=[("page 9", "Martha’s Rule, by phone")]) == (
        "[Martha’s Rule], by phone",
        "page 9",
    )


def test_accents_make_no_difference_however_they_are_written() -> None:
    assert shown("ty", parts=[("page 1", "y tŷ"), ("page 2", "bach")]) == ("y [tŷ]", "page 1")
    assert shown("ty", parts=[("page 1", "y ty\u0302")]) == ("y [tŷ]", "page 1")


@pytest.mark.parametrize("before", [0, 5, 100])
@pytest.mark.parametrize("after", [0, 5, 100])
def test_a_long_text_is_cut_around_the_match_and_says_so(before: int, after: int) -> None:
    text = " ".join(["before"] * before + ["sepsis"] + ["after"] * after)
    piece, _ = shown("sepsis", parts=[("page 1", text)])
    assert "[sepsis]" in piece
    assert len(piece.replace("…", "").split()) <= 30
    assert piece.startswith("…") == (before > 8 and before + 1 + after > 30)
    assert piece.endswith("…") == (before + 1 + after > 30 and after > 21)


def test_where_many_words_stand_together_is_shown_rather_than_where_one_stands_first() -> None:
    text = "sepsis " + "and so on " * 30 + "sepsis in a child with a fever"
    assert shown("sepsis child fever", parts=[("page 1", text)])[0].endswith("[sepsis] in a [child] with a [fever]")


@given(st.text(), st.lists(st.tuples(st.just("page 1"), st.text()), max_size=3), st.text(max_size=10))
def test_a_passage_is_a_piece_of_what_was_written(summary: str, parts: list[tuple[str, str]], typed: str) -> None:
    passage = passages.best(summary, parts, passages.wanted(typed.lower().split(), ()))
    assert all(run.text for run in passage.runs)
    assert passage.place in {"", "page 1"}
