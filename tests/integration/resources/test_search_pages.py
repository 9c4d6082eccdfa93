"""Finding things in the library by the pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.kernel.text import showable
from functions.resources import routes
from functions.resources.indexing import Indexer
from functions.resources.inspected import FileKind, Inspected, Part
from functions.resources.search.model import PAGE, Query
from functions.resources.web_search import address, read_query
from tests.library import Sharing
from tests.network import Network
from tests.shelves import describe, item, share
from tests.web import _HTML, Browser, Page


class Search:
    """The index of the search, made when a test says so."""

    def __init__(self, sharing: Sharing, folder: Path) -> None:
        self.indexer = Indexer(sharing.library, sharing.shelf, folder / "index.sqlite")
        self.sharing = sharing

    def refresh(self) -> None:
        """Do what the indexer does each minute."""
        self.indexer.refresh(self.sharing.network.clock.now(), lambda: True)


@pytest.fixture
def search(sharing: Sharing, tmp_path: Path) -> Iterator[Search]:
    """The search, on this test's own piece of disk."""
    catalogue = routes.catalogue()
    catalogue.path = tmp_path / "catalogue.sqlite"
    yield Search(sharing, tmp_path)
    if catalogue.connection is not None:
        catalogue.connection.close()


def deck(text: str, place: str = "slide 3") -> Inspected:
    return Inspected(kind=FileKind.SLIDES, parts=(Part(place=place, text=text),))


def titles(page: Page) -> list[str]:
    """What was found, in order."""
    return ["".join(each.itertext()).strip() for each in page.tree.iter(f"{_HTML}h3")]


def links(page: Page) -> list[str]:
    return [str(each.get("href")) for each in page.tree.iter(f"{_HTML}a")]


def test_while_there_is_no_index_the_library_says_so_and_one_can_share(anns: Browser, search: Search) -> None:
    page = anns.get("/library?q=falls")
    assert "The library is being got ready." in page.words
    assert "/library/share" in links(page)


def test_an_empty_library_says_what_to_do(anns: Browser, search: Search) -> None:
    search.refresh()
    page = anns.get("/library")
    assert "Nothing is here yet" in page.words
    assert {"/library/share", "/library/shared"} <= set(links(page))


def test_without_words_the_newest_come_first_with_what_helps_to_choose(
    sharing: Sharing, anns: Browser, bens: Browser, search: Search, network: Network
) -> None:
    share(sharing, anns, title="The older one", settings="hospice", nations="wales", review_on="2026-12-01")
    network.clock.move(days=9)
    browser = network.signed_in("ann.example@nhs.net")
    share(sharing, browser, title="The newer one")
    describe(browser, title="Not published")
    search.refresh()

    page = bens.get("/library")

    assert titles(page) == ["The newer one", "The older one"]
    assert "Plain text, 1 KB. Hospice and end of life care. Wales. Check before use" in page.words
    assert page.words.count("Check before use") == 1
    assert "Not published" not in page.words


def test_a_word_on_the_third_slide_is_found_and_marked_with_its_place(
    sharing: Sharing, anns: Browser, bens: Browser, search: Search
) -> None:
    share(sharing, anns, deck("Everybody sits down together."), title="After action reviews")
    search.refresh()

    page = bens.get("/library?q=sits")

    assert "1 item for “sits”" in page.words
    assert ["".join(each.itertext()) for each in page.tree.iter(f"{_HTML}mark")] == ["sits"]
    assert "(on slide 3)" in page.words
    assert page.title.startswith("sits - Library")
    assert page.value_of("q") == "sits"


def test_e55_the_old_name_finds_the_new_thing_and_says_so(sharing: Sharing, anns: Browser, search: Search) -> None:
    share(sharing, anns, title="Our PSIRF plan")
    search.refresh()
    page = anns.get("/library?q=serious+incident")
    assert titles(page) == ["Our PSIRF plan"]
    assert "We also looked for" in page.words


def test_e22_early_adopters_can_be_picked_out(sharing: Sharing, anns: Browser, search: Search) -> None:
    share(sharing, anns, title="From one who began early", topics=["psirf", "early-adopter"])
    share(sharing, anns, title="From somebody else")
    search.refresh()
    page = anns.get("/library?topics=early-adopter")
    assert titles(page) == ["From one who began early"]
    assert "Narrow it down (1 chosen)" in page.words
    ticked = [each.get("value") for each in page.tree.iter(f"{_HTML}input") if each.get("checked") is not None]
    assert ticked == ["early-adopter"]


def test_filters_and_words_narrow_down_together_and_the_choices_are_counted(
    sharing: Sharing, anns: Browser, search: Search
) -> None:
    share(sharing, anns, title="Falls on a ward", settings="acute", nations="wales")
    share(sharing, anns, title="Falls at home", settings="community", nations="england")
    search.refresh()
    assert len(titles(anns.get("/library?q=falls"))) == 2
    assert "Wales (1)" in anns.get("/library?q=falls").words
    assert titles(anns.get("/library?q=falls&nations=wales&nations=scotland&settings=acute")) == ["Falls on a ward"]
    nothing = anns.get("/library?q=falls&nations=wales&settings=community")
    assert "Nothing found for “falls”" in nothing.words
    assert "/library?q=falls" in links(nothing)


def test_a_slip_of_the_finger_still_finds_it(sharing: Sharing, anns: Browser, search: Search) -> None:
    share(sharing, anns, title="Deterioration on the ward")
    search.refresh()
    page = anns.get("/library?q=deterioraton")
    assert titles(page) == ["Deterioration on the ward"]
    assert "Nothing has these words as you typed them. This is what there is for deterioration" in page.words
    assert "/library?q=deterioration" in links(page)


def test_where_nothing_is_found_there_is_something_to_do(sharing: Sharing, anns: Browser, search: Search) -> None:
    share(sharing, anns)
    search.refresh()
    page = anns.get("/library?q=xylophones")
    assert "Nothing found for “xylophones”" in page.words
    for way in ("check the spelling", "ask on Friday", "share it"):
        assert way in page.words


def test_what_was_withdrawn_is_gone_before_the_index_knows(
    sharing: Sharing, anns: Browser, bens: Browser, search: Search
) -> None:
    """Security requirement 16."""
    resource_id = share(sharing, anns)
    search.refresh()
    assert len(titles(bens.get("/library"))) == 1
    anns.post(f"/library/{resource_id}", action="withdraw")
    assert titles(bens.get("/library")) == []
    assert item(sharing, resource_id).is_over


def test_long_lists_come_in_pages(sharing: Sharing, anns: Browser, search: Search) -> None:
    for number in range(PAGE + 1):
        share(sharing, anns, title=f"Falls {number}", topics="falls")
    search.refresh()
    page = anns.get("/library?q=falls&topics=falls")
    assert len(titles(page)) == PAGE
    assert "/library?q=falls&topics=falls&page=2" in links(page)
    second = anns.get("/library?q=falls&topics=falls&page=2")
    assert len(titles(second)) == 1
    assert "/library?q=falls&topics=falls" in links(second)


def test_e56_items_on_the_same_tool_stand_side_by_side_with_setting_and_nation(
    sharing: Sharing, anns: Browser, bens: Browser, search: Search
) -> None:
    one = share(sharing, anns, title="SEIPS in a hospice", topics="human-factors", settings="hospice", nations="wales")
    share(sharing, anns, title="SEIPS on a ward", topics="human-factors", settings="acute", nations="england")
    share(sharing, anns, title="Medicines", topics="medicines")
    search.refresh()

    page = bens.get(f"/library/{one}")

    (table,) = page.tree.iter(f"{_HTML}table")
    words = " ".join(" ".join(table.itertext()).split())
    assert words == (
        "More on this topic What Where it has been used Where it applies Who made it "
        "SEIPS on a ward Acute hospital England Anytown NHS Foundation Trust"
    )


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({}, Query()),
        ({"q": ["  falls \n huddle "]}, Query(words="falls huddle")),
        ({"q": ["falls", "again"]}, Query(words="falls")),
        ({"q": ["x" * 300]}, Query(words="x" * 200)),
        ({"q": ["a\x00b"]}, Query(words="ab")),
        ({"topics": ["falls", "moon", "psirf"]}, Query(topics=("psirf", "falls"))),
        ({"nations": ["wales"], "settings": ["x"]}, Query(nations=("wales",))),
        ({"page": ["3"]}, Query(page=3)),
        *(({"page": [page]}, Query()) for page in ("0", "-1", "1000", "x", "", "٣", "1e9")),
    ],
)
def test_whatever_an_address_holds_some_search_comes_of_it(query: dict[str, list[str]], wanted: Query) -> None:
    assert read_query(query) == wanted


def test_the_address_of_a_search_leads_to_the_same_search() -> None:
    wanted = Query(words="falls & slips", topics=("falls", "psirf"), nations=("wales",))
    assert address(wanted) == "/library?q=falls+%26+slips&topics=falls&topics=psirf&nations=wales"
    assert address(Query()) == "/library"
    assert address(wanted, page=2).endswith("&page=2")


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", '" onfocus="x', "{{ 7*7 }}", "\u202efdp", "*", '"', "a OR b NEAR("]
)
def test_requirement_40_what_is_looked_for_is_shown_as_typed(
    sharing: Sharing, anns: Browser, search: Search, typed: str
) -> None:
    share(sharing, anns)
    search.refresh()
    page = anns.get("/library?" + address(Query(words=typed)).partition("?")[2])
    assert page.status == 200
    assert page.value_of("q") == showable(typed)
    assert not list(page.tree.iter(f"{_HTML}script"))
