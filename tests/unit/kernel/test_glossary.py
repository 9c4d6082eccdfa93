"""The dictionary: sound in itself, written for people, and found in what they write."""

import csv
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel import glossary
from functions.kernel.pages import render
from functions.kernel.pages.engine import engine
from functions.kernel.text import words_in


def named(text: str) -> list[str]:
    return [term.term for term in glossary.terms_in(text)]


def test_the_terms_are_in_the_order_of_the_alphabet_and_each_has_a_place_of_its_own() -> None:
    terms = glossary.terms()
    assert [term.term for term in terms] == sorted((term.term for term in terms), key=str.lower)
    assert len({term.slug for term in terms}) == len(terms)
    assert all(re.fullmatch(r"[a-z0-9-]+", term.slug) for term in terms)


def test_no_two_terms_go_by_one_name() -> None:
    names = [
        (tuple(words_in(name.lower())), term.term) for term in glossary.terms() for name in {term.term, *term.also}
    ]
    assert not [(name, term) for name, term in names for other, its in names if name == other and term != its]


def test_whatever_a_term_refers_to_is_a_term() -> None:
    for term in glossary.terms():
        for name in (*term.see, *term.finds):
            assert named(name) == [name], f"{term.term} refers to {name}"
            assert name != term.term


@pytest.mark.parametrize("term", glossary.terms(), ids=lambda term: term.slug)
def test_a_meaning_is_one_to_four_short_sentences(term: glossary.Term) -> None:
    assert term.meaning[0].isupper()
    assert term.meaning.endswith(".")
    sentences = re.split(r"[.:] ", term.meaning)
    assert len(sentences) <= 4
    assert max(len(sentence.split()) for sentence in sentences) <= 30
    assert not {"should", "please", "utilise", "via"} & {*term.meaning.lower().split()}


def test_short_forms_in_a_meaning_are_short_forms_that_are_explained() -> None:
    for term in glossary.terms():
        for short in re.findall(r"\b[A-Z]{2,}\b", term.meaning):
            assert short in {"NHS", "UK"} or glossary.find(short) is not None, f"{term.term}: {short}"


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("PSIRF", "PSIRF"),
        ("psirf", "PSIRF"),
        ("Patient Safety Incident Response Framework", "PSIRF"),
        ("ICBs", "ICB"),
        ("a&e", "A&E"),
        ("Martha’s Rule", "Martha's Rule"),
        ("martha's rule", "Martha's Rule"),
        ("safety 2", "Safety-II"),
        ("multi-disciplinary team", "MDT"),
        ("his", "HIS"),
    ],
)
def test_a_term_is_known_by_all_of_its_names(name: str, term: str) -> None:
    found = glossary.find(name)
    assert found is not None
    assert found.term == term


@pytest.mark.parametrize("name", ["", "?", "ward", "PSIRF plan for winter", "the PSIRF"])
def test_what_is_no_name_is_no_term(name: str) -> None:
    assert glossary.find(name) is None


def test_the_terms_of_a_text_come_once_each_in_order_and_the_longer_before_the_shorter() -> None:
    text = "An MDT review of near misses. The MDT met twice, and the review led to an after action review (AAR)."
    assert named(text) == ["MDT review", "near miss", "MDT", "AAR"]


def test_an_ordinary_word_is_no_short_form() -> None:
    assert named("His stamp is nice, said Ed. As si and cas.") == []
    assert named("HIS and NICE agree. In ED, STAMP.") == ["HIS", "NICE", "ED", "STAMP"]


def test_a_term_is_a_word_and_not_a_piece_of_one() -> None:
    assert named("charms, harmless, incidental, swarming") == []


@given(st.text())
def test_any_text_may_be_asked_for_its_terms(text: str) -> None:
    assert set(glossary.terms_in(text)) <= set(glossary.terms())
    assert set(glossary.like(text)) <= set(glossary.terms())
    assert glossary.find(text) in {None, *glossary.terms()}


def test_looking_goes_through_names_and_meanings() -> None:
    assert [term.term for term in glossary.like("electronic record")] == ["EPR"]
    assert "HSSIB" in {term.term for term in glossary.like("healthcare safety branch october")} | {
        term.term for term in glossary.like("october 2023")
    }
    assert glossary.like(" ") == glossary.terms()
    assert glossary.like("xylophone") == ()


def test_other_words_in_the_file_are_another_edition(monkeypatch: pytest.MonkeyPatch) -> None:
    before = glossary.edition.__wrapped__()
    changed = glossary._FILE.read_bytes() + b"x"
    monkeypatch.setattr(type(glossary._FILE), "read_bytes", lambda _: changed)
    assert glossary.edition.__wrapped__() != before


def test_the_file_is_one_that_a_spreadsheet_reads() -> None:
    with glossary._FILE.open(encoding="utf-8", newline="") as file:
        rows = [*csv.reader(file, strict=True)]
    assert {len(row) for row in rows} == {7}
    assert {row[-1] for row in rows[1:]} == {"", "yes"}


def words_used(text: str) -> str:
    template = engine().pages.from_string(
        '{% from "kernel/pages/macros.jinja" import words_used %}{{ words_used(text) }}'
    )
    return template.render(text=text).strip()


def test_a_page_explains_the_words_on_it_without_scripts() -> None:
    shown = words_used("How we use PSIRF & swarm huddles <b>")
    assert shown.startswith("<details")
    assert "What do these words mean?" in shown
    assert 'href="/words#psirf"' in shown
    assert 'href="/words#swarm-huddle"' in shown
    assert "patient safety incident response framework" in shown
    assert "<b>" not in shown


def test_a_text_without_special_words_is_left_alone() -> None:
    assert words_used("How we met on Friday") == ""


def test_every_link_of_the_page_leads_to_a_term() -> None:
    page = render("site/pages/words.jinja", terms=glossary.terms(), wanted="", path="/words")
    ids = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="(?:/words)?#([^"]+)"', page)) <= ids
    assert {term.slug for term in glossary.terms()} <= ids
