"""What people type, and what they find."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.resources.inspected import Part
from functions.resources.search import index
from functions.resources.search.model import PAGE, Entry, Query, Results
from functions.resources.search.query import find

TODAY = date(2026, 11, 27)

type Search = Callable[..., Results]


def entry(key: str, title: str, summary: str = "", *slides: str, **more: object) -> Entry:
    parts = tuple(Part(place=f"slide {number}", text=text) for number, text in enumerate(slides, 1))
    return Entry.model_validate(
        {"id": key, "title": title, "summary": summary, "parts": parts, "published_on": date(2026, 5, 1), **more}
    )


LIBRARY = (
    entry(
        "plan",
        "Our patient safety incident response plan",
        "How one hospital chose which incidents to look into.",
        topics=("psirf",),
        nations=("england",),
        organisations=("trust",),
        published_on=date(2026, 1, 9),
        review_on=date(2026, 11, 1),
        kind="docx",
    ),
    entry(
        "framework",
        "A guide to the patient safety incident response framework",
        topics=("psirf",),
        nations=("england",),
        settings=("mental-health",),
        published_on=date(2026, 2, 9),
    ),
    entry(
        "talk",
        "Talking with families",
        "What a family needs to hear after a death.",
        "Welcome. Who we are.",
        "We say sorry first. Then we listen.",
        "The infusion of levetiracetam ran for too long, and nobody had told the family's own nurse.",
        nations=("scotland",),
        published_on=date(2026, 3, 9),
        kind="pptx",
    ),
    entry(
        "branch",
        "What an HSIB report taught our maternity unit",
        "Investigations in a small unit.",
        topics=("maternity",),
        nations=("england",),
        published_on=date(2023, 4, 9),
    ),
    entry(
        "body",
        "Reading an HSSIB report as a team",
        topics=("learning-from-events",),
        nations=("england",),
        published_on=date(2026, 5, 9),
    ),
    entry(
        "wales",
        "Diogelwch cleifion yng Nghymru: tŷ bach a chŵn tywys",
        "Taflen am gleifion. Ó Súilleabháin wrote the Irish one.",
        nations=("wales",),
        published_on=date(2026, 6, 9),
    ),
    entry(
        "serious",
        "Serious incidents in our clinic, 2015 to 2020",
        nations=("northern-ireland",),
        published_on=date(2021, 6, 9),
    ),
    entry("culture", "Just culture in a small practice", "Near misses, never events and a fair hearing."),
)


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    path = tmp_path_factory.mktemp("library") / "index"
    index.create(path, LIBRARY)
    with closing(index.opened(path)) as opened:

        def ask(words: str = "", **more: object) -> Results:
            return find(opened, Query.model_validate({"words": words, **more}), today=TODAY)

        yield ask


def found(results: Results) -> list[str]:
    return [hit.id for hit in results.hits]


def shown(results: Results) -> str:
    """The snippet of the first hit, its matches in brackets."""
    return "".join(f"[{run.text}]" if run.is_match else run.text for run in results.hits[0].snippet)


def test_somebody_finds_slides_by_a_word_on_the_third_and_is_told_so(search: Search) -> None:
    results = search("levetiracetam")
    assert found(results) == ["talk"]
    assert results.hits[0].place == "slide 3"
    assert "infusion of [levetiracetam] ran" in shown(results)


def test_a_passage_of_the_summary_has_no_place(search: Search) -> None:
    results = search("hospital")
    assert results.hits[0].place == ""
    assert shown(results) == "How one [hospital] chose which incidents to look into."


def test_words_may_stand_in_different_parts_of_one_item(search: Search) -> None:
    assert found(search("families levetiracetam sorry")) == ["talk"]


@pytest.mark.parametrize("typed", ["investigation", "investigating", "INVESTIGATES"])
def test_a_word_is_found_in_its_other_forms(search: Search, typed: str) -> None:
    assert "branch" in found(search(typed))
    assert search(typed).meant is None


def test_what_is_in_the_title_comes_first(search: Search) -> None:
    assert found(search("families"))[0] == "talk"
    assert found(search("report"))[-1] in {"branch", "body"}


def test_psirf_finds_what_spells_it_out(search: Search) -> None:
    results = search("psirf")
    assert {"framework", "plan"} <= {*found(results)}
    assert "patient safety incident response framework" in results.shown_for


def test_who_spells_psirf_out_finds_it_and_hears_its_short_name(search: Search) -> None:
    results = search("patient safety incident response framework")
    assert found(results)[0] == "framework"
    assert "PSIRF" in results.shown_for


@pytest.mark.parametrize("typed", ["serious incident", "Serious Incidents", "serious  incident?"])
def test_psirf_is_found_by_serious_incident(search: Search, typed: str) -> None:
    results = search(typed)
    assert found(results)[0] == "serious"
    assert "framework" in found(results)
    assert "PSIRF" in results.shown_for


@pytest.mark.parametrize("typed", ["hsib", "HSSIB", "Healthcare Safety Investigation Branch"])
def test_hsib_and_hssib_find_each_other(search: Search, typed: str) -> None:
    assert {"branch", "body"} <= {*found(search(typed))}


def test_the_beginning_of_a_word_is_enough(search: Search) -> None:
    results = search("levetir")
    assert found(results) == ["talk"]
    assert results.meant is None
    assert found(search("report matern"))[0] == "branch"


@pytest.mark.parametrize(
    ("typed", "meant", "first"),
    [
        ("levetiracetm", None, "talk"),
        ("maternaty", "maternity", "branch"),
        ("matrenity", "maternity", "branch"),
        ("famlies sorry", "families sorry", "talk"),
        ("levtiracetamm", "levetiracetam", "talk"),
        ("serious incidnet", "serious incident", "serious"),
        ("how to listen to a Famly, please", "how to listen to a family, please", "talk"),
    ],
)
def test_a_slip_is_put_right_and_said(search: Search, typed: str, meant: str | None, first: str | None) -> None:
    results = search(typed)
    if meant is not None:
        assert results.meant == meant
        assert results.corrected
    if first is not None:
        assert found(results)[0] == first


def test_a_word_that_nothing_resembles_finds_nothing(search: Search) -> None:
    results = search("xylophone")
    assert (results.hits, results.total, results.pages, results.meant) == ((), 0, 1, None)


@pytest.mark.parametrize(
    "typed", ["tŷ", "ty", "TŶ", "chwn tywys", "chŵn", "cŵn tŷ", "o suilleabhain", "Ó Súilleabháin"]
)
def test_welsh_and_irish_are_found_with_and_without_their_accents(search: Search, typed: str) -> None:
    assert "wales" in found(search(typed))


def test_an_accent_that_comes_apart_from_its_letter_is_the_same(search: Search) -> None:
    results = search("ty\u0302 bach")
    assert found(results) == ["wales"]


def test_quotes_keep_words_together(search: Search) -> None:
    assert found(search('"family needs"')) == ["talk"]
    assert found(search("“family needs”")) == ["talk"]
    assert found(search('"needs family"')) == []
    assert found(search("needs family")) == ["talk"]


def test_empty_words_are_no_hindrance(search: Search) -> None:
    assert found(search("what does a family need to hear after a death"))[0] == "talk"


def test_items_with_some_of_the_words_follow_those_with_all(search: Search) -> None:
    results = search("maternity unit families")
    assert results.some_words
    assert found(results)[0] == "branch"
    assert "talk" in found(results)
    assert not search("maternity").some_words


def test_nothing_typed_shows_the_newest_first(search: Search) -> None:
    results = search()
    assert found(results)[:3] == ["wales", "body", "culture"]
    assert results.total == len(LIBRARY)
    assert found(search(" ?! ")) == found(results)


def test_choices_of_one_filter_add_up_and_those_of_two_must_both_fit(search: Search) -> None:
    assert {*found(search(nations=("wales", "scotland")))} == {"wales", "talk"}
    assert found(search(nations=("england",), settings=("mental-health",))) == ["framework"]
    assert found(search("report", topics=("maternity",))) == ["branch"]
    assert found(search("report", topics=("psirf",))) == []
    assert found(search(organisations=("trust",))) == ["plan"]


def test_what_an_item_is_filed_under_is_looked_through_as_it_reads_on_the_page(search: Search) -> None:
    assert found(search("scotland")) == ["talk"]
    assert "framework" in found(search("mental health"))
    assert found(search("lfpse")) == ["body"]
    assert found(search("health board"))[0] == "plan"


def test_each_choice_says_how_many_it_has(search: Search) -> None:
    assert search().counts["nations"] == {"england": 4, "scotland": 1, "wales": 1, "northern-ireland": 1}
    assert search("report").counts["topics"] == {"maternity": 1, "learning-from-events": 1}
    assert search("xylophone").counts == {}


def test_an_item_whose_review_is_due_is_marked(search: Search) -> None:
    due = {hit.id: hit.review_is_due for hit in search().hits}
    assert due["plan"]
    assert not due["framework"]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Callable[[Sequence[Entry]], Search]]:
    """A library of one's own."""
    with ExitStack() as stack:

        def made_of(entries: Sequence[Entry]) -> Search:
            index.create(tmp_path / "index", entries)
            opened = stack.enter_context(closing(index.opened(tmp_path / "index")))
            return lambda words="", **more: find(opened, Query(words=words, **more), today=TODAY)

        yield made_of


def test_pages_have_twenty_each_and_none_is_shown_twice(library: Callable[[Sequence[Entry]], Search]) -> None:
    many = [entry(f"n{number}", "Falls on a ward", published_on=TODAY - timedelta(number)) for number in range(45)]
    search = library(many)
    for words in ("", "falls ward", "fall wrad"):
        pages = [search(words, page=page) for page in (1, 2, 3, 4)]
        assert [len(page.hits) for page in pages] == [PAGE, PAGE, 5, 0]
        assert {(page.total, page.pages) for page in pages} == {(45, 3)}
        assert [hit.id for page in pages for hit in page.hits] == [each.id for each in many]


def test_an_empty_library_answers(library: Callable[[Sequence[Entry]], Search]) -> None:
    search = library([])
    for words in ("", "falls", '"falls on"', "two words"):
        assert search(words) == Results()


def test_a_frequent_neighbour_of_a_rare_word_is_offered(library: Callable[[Sequence[Entry]], Search]) -> None:
    search = library([*(entry(f"n{number}", "Sepsis") for number in range(30)), entry("slip", "Sepsus in pigs")])
    results = search("sepsus")
    assert (found(results), results.meant, results.corrected) == (["slip"], "sepsis", False)


HOSTILE = [
    '"', '""', '"""', "'", "*", "a*", "^a", "-a", "a -b", "NOT a", "AND", "OR OR", "a NEAR b", "NEAR(a b, 2)", "(", ")",
    "title:a", "{title summary}: a", "a + b", "\\", "%", "_", "a_b", ";", "--", "'; DROP TABLE item; --",
    "\x00", "a\x00b", "\ud7ff", "😀", "\u0301", "﷽", "ﱞ", "١٢", "İstanbul", "ß", "0psirf", '"unclosed',
    "“also unclosed", "a" * 10_000, '"' * 200,
]  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE)
def test_no_text_is_an_order_to_the_search(search: Search, typed: str) -> None:
    assert search(typed).total >= 0
    assert search().total == len(LIBRARY)


@given(typed=st.text(max_size=60) | st.text(alphabet="\"*^()-:+{}ab '“”", max_size=30), page=st.integers(1, 3))
def test_any_text_can_be_asked(search: Search, typed: str, page: int) -> None:
    results = search(typed, page=page)
    assert all(run.text for hit in results.hits for run in hit.snippet)


@given(item=st.sampled_from(LIBRARY), chance=st.randoms(use_true_random=False))
def test_whoever_types_the_title_in_any_order_finds_the_item(search: Search, item: Entry, chance: Random) -> None:
    words = item.title.split()
    chance.shuffle(words)
    assert item.id in found(search(" ".join(words)))
