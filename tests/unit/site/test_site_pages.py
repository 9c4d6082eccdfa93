"""The public pages, a member's home and a coordinator's, as they are read."""

import gzip
from itertools import pairwise
from types import SimpleNamespace
from xml.etree.ElementTree import Element

import html5lib
import pytest

from functions.kernel import glossary
from functions.kernel.kinds import KINDS
from functions.kernel.pages import render
from functions.kernel.purposes import BASES, PURPOSES

ADDRESS = "hello@psmn.test"
SAM = SimpleNamespace(name="Sam O'Neill <b>", is_coordinator=False, grace_until=None)
ALEX = SimpleNamespace(name="Alex", is_coordinator=True, grace_until=None)
HOURS = "11am to midday (UK time)"
TALK = SimpleNamespace(
    title="Learning from what goes well", when=f"Friday 27 November 2026, {HOURS}", href="/sessions/27"
)
OPEN = SimpleNamespace(title=None, when=f"Friday 4 December 2026, {HOURS}", href="/sessions/4")

PAGES: dict[str, dict[str, object]] = {
    "home": {"path": "/", "next_sessions": [TALK, OPEN]},
    "about": {"path": "/about"},
    "ways_of_working": {"path": "/ways-of-working"},
    "privacy": {
        "path": "/privacy",
        "kinds": KINDS,
        "purposes": PURPOSES,
        "bases": BASES,
        "contact_email": ADDRESS,
    },
    "accessibility": {"path": "/accessibility", "contact_email": ADDRESS},
    "contact": {"path": "/contact", "contact_email": ADDRESS},
    "words": {"path": "/words", "terms": glossary.terms(), "wanted": ""},
    "member_home": {"path": "/home", "visitor": SAM, "next_session": TALK, "mail_bounces": False},
    "coordinate": {
        "path": "/coordinate",
        "visitor": ALEX,
        "applications_waiting": 1,
        "sessions_coming": 12,
        "files_waiting": 2,
        "complaints_waiting": 1,
    },
}


LARGEST = {"words": 10_240}
"""The whole dictionary is one page, so that the browser's own search goes through it."""


def shown(name: str, **changes: object) -> Element:
    page = render(f"site/pages/{name}.jinja", **{**PAGES[name], **changes})
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False, strict=True)
    tree: Element = parser.parse(page)
    return tree


def words(tree: Element) -> str:
    main = tree.find(".//main")
    assert main is not None
    return " ".join("".join(main.itertext()).split())


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_sound_has_one_heading_and_names_the_network(name: str) -> None:
    tree = shown(name)
    assert len(tree.findall(".//h1")) == 1
    assert (tree.findtext(".//title") or "").endswith("Patient Safety Management Network")
    assert "Not an NHS or government service." in "".join(tree.itertext())


@pytest.mark.parametrize("name", PAGES)
def test_headings_leave_out_no_level(name: str) -> None:
    levels = [int(part.tag[1]) for part in shown(name).iter() if part.tag in {"h1", "h2", "h3", "h4"}]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_written_in_plain_words(name: str) -> None:
    text = words(shown(name))
    assert "!" not in text.replace("! Warning", "")
    assert not {"log in", "login", "please", "simply"} & {*text.lower().split()}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_at_most_4_kilobytes_on_the_wire(name: str) -> None:
    assert len(gzip.compress(render(f"site/pages/{name}.jinja", **PAGES[name]).encode())) <= LARGEST.get(name, 4_096)


def test_a_colleague_with_the_link_learns_what_joining_takes() -> None:
    text = words(shown("home"))
    for promise in ("It takes about 3 minutes", "It is free", "Your employer is not told", "Who can join"):
        assert promise in text
    assert shown("home").find(".//main//a[@href='/join']") is not None


def test_the_home_page_lists_what_comes_next_and_a_session_needs_no_title() -> None:
    text = words(shown("home"))
    assert "Learning from what goes well Friday 27 November 2026, 11am to midday (UK time)" in text
    assert "Open session Friday 4 December 2026" in text
    assert "Next sessions" not in words(shown("home", next_sessions=[]))


def test_the_safe_space_has_five_points() -> None:
    points = shown("ways_of_working").findall(".//ol/li/h2")
    assert [point.text for point in points] == [
        "We never record",
        "No note-taking tools",
        "No patient details",
        "Share ideas, not names",
        "You can leave at any time",
    ]


def test_the_privacy_page_names_every_personal_kind_that_is_kept_and_for_how_long() -> None:
    assert rows_of("What we keep about you") == {(kind.words, kind.retention) for kind in KINDS if kind.personal}


def test_the_privacy_page_says_what_we_use_it_for_and_explains_the_laws_names() -> None:
    assert rows_of("Why we use it") == {(each.words, each.basis.capitalize()) for each in PURPOSES}
    text = words(shown("privacy"))
    for basis in BASES:
        assert f"{basis}: {basis.meaning}" in text


def rows_of(caption: str) -> set[tuple[str, ...]]:
    """The rows of the one table of the privacy page that is called so."""
    (table,) = (each for each in shown("privacy").iter("table") if each.findtext("caption") == caption)
    return {tuple("".join(cell.itertext()) for cell in row) for row in table.findall("tbody/tr")}


def test_a_member_is_greeted_and_sees_the_next_session() -> None:
    text = words(shown("member_home"))
    assert text.startswith("Hello Sam O'Neill <b>")
    assert "Your next session Learning from what goes well Friday 27 November 2026" in text
    assert "No date is set yet." in words(shown("member_home", next_session=None))


def test_a_coordinator_sees_how_much_waits() -> None:
    assert "1 waits for a person to decide" in words(shown("coordinate"))
    assert "0 wait for a person to decide" in words(shown("coordinate", applications_waiting=0))
    assert "2 files wait for a person to look at" in words(shown("coordinate"))
    assert "1 waits for an answer within 30 days" in words(shown("coordinate"))
