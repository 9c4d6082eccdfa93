"""The library in a real browser: a large deck is sent, held, sent again, published, found and downloaded."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Download, Locator, Page, expect

from tests import documents
from tests.e2e.browser.conftest import Open
from tests.e2e.browser.looks import can_be_used_by_everybody
from tests.e2e.browser.test_joining_in_a_browser import go_to, heading, problem
from tests.e2e.cloud import Cloud, like
from tests.e2e.sharing import FOUND_ON_SLIDE_3, NUMBER, NUMBERED, becomes, describe, publish, send_file
from tests.e2e.visitor import Visitor
from tests.people import ANN

MEGABYTES = 12
SLOW = 1_000_000
"""Bytes a second, as from a ward with poor reception."""
PATIENCE = 60_000
"""Milliseconds for what happens behind the pages: a file is looked at, the search is made anew."""


type Look = Callable[[Page], None]


@pytest.fixture(scope="module")
def decks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A large deck with a patient's number on its third slide, and a copy without."""
    folder = tmp_path_factory.mktemp("decks")
    held, clean = folder / "Beds v2.pptx", folder / "Beds v3 FINAL.pptx"
    held.write_bytes(documents.deck(("What happened", "Who noticed", NUMBERED), megabytes=MEGABYTES))
    clean.write_bytes(documents.deck(("What happened", "Who noticed", "Of numbats"), megabytes=MEGABYTES))
    return held, clean


@pytest.fixture(scope="module")
def ben(local_cloud: Cloud) -> Visitor:
    """A member's browser. He looks for what others share."""
    return local_cloud.join(like(ANN, "Ben Browsing"))


@contextmanager
def slowly(page: Page) -> Iterator[None]:
    """A slow line for as long as this lasts."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")

    def carry(upload: int) -> None:
        how = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": upload}
        line.send("Network.emulateNetworkConditions", how)

    carry(SLOW)
    yield
    carry(-1)


def say_what_it_is(page: Page, title: str) -> None:
    """Fill in the form about an item."""
    page.get_by_label("Title").fill(title)
    page.get_by_label("What it is and who can use it").fill("How we moved the beds.\n\nWard teams use it.")
    page.get_by_label("Falls, pressure ulcers and nutrition").check()
    page.get_by_label("Who made it").fill("Anytown NHS Foundation Trust")
    page.get_by_label("Use it, change it and pass it on").check()


def wait_for(page: Page, words: str) -> None:
    """Press "Reload this page" until it says how the file fares."""
    said = page.get_by_role("main").get_by_text(words, exact=True)
    for _ in range(PATIENCE // 500):
        if said.count():
            return
        page.wait_for_timeout(500)
        page.get_by_role("link", name="Reload this page").click()
    raise AssertionError(page.get_by_role("main").inner_text())


def find(page: Page, words: str, title: str) -> Locator:
    """Search until something is found: it takes a minute at most."""
    link = page.get_by_role("link", name=title, exact=True)
    for _ in range(PATIENCE // 1_000):
        page.get_by_label("Search for").fill(words)
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_label("Search for")).to_have_value(words)
        if link.count():
            return link
        page.wait_for_timeout(1_000)
    raise AssertionError(page.get_by_role("main").inner_text())


def same_bytes(download: Download, deck: Path) -> bool:
    """Whether a download is the very file that was sent."""
    return Path(download.path()).read_bytes() == deck.read_bytes()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_large_deck_is_held_then_published_then_found(
    local_cloud: Cloud, cora: Visitor, ben: Visitor, open_page: Open, decks: tuple[Path, Path], *, scripts: bool
) -> None:
    ann = local_cloud.join(like(ANN, "Ann Sending" if scripts else "Ann Posting"))
    title = f"Moving beds {'with' if scripts else 'without'} scripts"
    held, clean = decks
    # What can be used by everybody is looked at with a script.
    look = can_be_used_by_everybody if scripts else lambda _page: None
    page, desk, reader = (open_page(each, scripts=scripts) for each in (ann, cora, ben))

    begin_to_share(page, title, look)
    if scripts:
        choose_nothing(page)
        look(page)
    page.get_by_label("Your file", exact=True).set_input_files(held)
    if scripts:
        watch_it_go(page)
    else:
        page.get_by_role("button", name="Send the file").click()
    heading(page, title)
    wait_for(page, "A person has to look")
    expect(page.get_by_text(FOUND_ON_SLIDE_3)).to_be_visible()
    assert NUMBER not in page.content()
    look(page)

    send_another(page, title, clean, look)
    decide(desk, title, clean, look)
    find_and_download(reader, title, clean, look)

    withdraw(page, title, look)
    reader.reload()
    heading(reader, "Page not found")


def begin_to_share(page: Page, title: str, look: Look) -> None:
    """Say what an item is, with a mistake on the way."""
    page.goto("/library")
    page.get_by_role("link", name="Share something").click()
    heading(page, "Share something")
    page.get_by_role("button", name="Start").click()
    heading(page, "What it is")
    look(page)
    page.get_by_role("button", name="Save and go on").click()
    problem(page, "Enter a title of 120 characters or fewer")
    look(page)
    say_what_it_is(page, title)
    page.get_by_role("button", name="Save and go on").click()
    heading(page, "Send the file")
    look(page)


def choose_nothing(page: Page) -> None:
    """Press the button too early."""
    page.get_by_role("button", name="Send the file").click()
    expect(page.get_by_role("alert")).to_have_text("Error: Choose a file")
    expect(page.get_by_label("Your file", exact=True)).to_be_focused()


def send_another(page: Page, title: str, deck: Path, look: Look) -> None:
    """Send another file in the place of the one that was held."""
    page.get_by_role("button", name="Choose another file").click()
    heading(page, "Send the file")
    page.get_by_label("Your file", exact=True).set_input_files(deck)
    page.get_by_role("button", name="Send the file").click()
    heading(page, title)
    wait_for(page, "Waiting for a coordinator")
    look(page)
    page.goto("/library/shared")
    look(page)


def decide(desk: Page, title: str, deck: Path, look: Look) -> None:
    """Look at a file as a coordinator, and publish it, with a mistake on the way."""
    desk.goto("/coordinate")
    desk.get_by_role("main").get_by_role("link", name="Library").click()
    heading(desk, "Files to look at")
    look(desk)
    desk.get_by_role("link", name=title, exact=True).click()
    heading(desk, title)
    look(desk)
    with desk.expect_download() as offered:
        desk.get_by_role("button", name="Download the file that waits").click()
    assert same_bytes(offered.value, deck)
    desk.get_by_role("button", name="Decide").click()
    problem(desk, "Choose what to decide")
    look(desk)
    desk.get_by_label("Publish it").check()
    desk.get_by_role("button", name="Decide").click()
    expect(desk.get_by_role("alert")).to_contain_text("Published. Members can find it within a minute.")
    look(desk)


def find_and_download(reader: Page, title: str, deck: Path, look: Look) -> None:
    """Find an item by a word on one of its slides, and get the very file."""
    reader.goto("/library")
    found = find(reader, "numbats", title)
    expect(reader.get_by_text("on slide 3").first).to_be_visible()
    look(reader)
    found.click()
    heading(reader, title)
    look(reader)
    with reader.expect_download() as got:
        reader.get_by_role("button", name="Download the file").click()
    assert got.value.suggested_filename == f"{title}.pptx"
    assert same_bytes(got.value, deck)


def withdraw(page: Page, title: str, look: Look) -> None:
    """Take an item back, as its owner."""
    page.goto("/library/shared")
    page.get_by_role("link", name=title, exact=True).click()
    page.get_by_text("Withdraw it", exact=True).click()
    look(page)
    page.get_by_role("button", name="Yes, withdraw it").click()
    expect(page.get_by_role("alert")).to_contain_text("You have withdrawn this.")
    look(page)


def watch_it_go(page: Page) -> None:
    """Send the file over a slow line, and check what is seen and what a screen reader says."""
    bar, said = page.get_by_role("progressbar", name="Sending your file"), page.locator("[aria-live=polite]")
    with slowly(page):
        page.get_by_role("button", name="Send the file").click()
        expect(said).to_have_text(re.compile(r"^(2[5-9]|[34]\d)% sent$"), timeout=PATIENCE)
        expect(bar).to_be_visible()
        assert 25 <= bar.evaluate("bar => bar.value") < 75
        expect(page.get_by_role("button", name="Send the file")).to_be_hidden()
        page.get_by_role("button", name="Stop sending").click()
        expect(page.get_by_role("alert")).to_contain_text("You have stopped sending.")
        page.get_by_role("button", name="Send the file").click()
        expect(said).to_have_text(re.compile(r"^\d% sent$"))
        can_be_used_by_everybody(page)
        expect(said).to_have_text(re.compile(r"^(5\d|6\d|7[0-4])% sent$"), timeout=PATIENCE)


@pytest.mark.parametrize("path", ["/words", "/library", "/library?q=nothing+of+the+kind", "/library/share"])
def test_a_page_of_the_library_can_be_used_by_everybody(open_page: Open, ben: Visitor, path: str) -> None:
    page = open_page(ben)

    page.goto(path)

    expect(page).to_have_url(re.compile(re.escape(path) + "$"))
    can_be_used_by_everybody(page)


def test_a_file_of_a_wrong_kind_is_refused_before_it_is_sent(
    local_cloud: Cloud, open_page: Open, tmp_path: Path
) -> None:
    ann = local_cloud.join(like(ANN, "Ann Filming"))
    page = open_page(ann)
    page.goto(f"/library/share/{describe(ann, title='A film')}/file")
    film, empty = tmp_path / "film.mp4", tmp_path / "empty.txt"
    film.write_bytes(b"A film")
    empty.write_bytes(b"")

    for file, sentence in ((film, "never a recording"), (empty, "This file is empty. Choose another")):
        page.get_by_label("Your file", exact=True).set_input_files(file)
        page.get_by_role("button", name="Send the file").click()
        expect(page.get_by_role("alert")).to_contain_text(sentence)
        expect(page.get_by_label("Your file", exact=True)).to_be_focused()


def test_somebody_shares_with_the_keyboard_alone(local_cloud: Cloud, open_page: Open, decks: tuple[Path, Path]) -> None:
    page = open_page(local_cloud.join(like(ANN, "Ann Typing")))
    press, type_in = page.keyboard.press, page.keyboard.type
    page.goto("/library")

    go_to_words(page, "Share something")
    press("Enter")
    heading(page, "Share something")
    go_to_words(page, "Start")
    press("Enter")
    heading(page, "What it is")
    go_to(page, "title")
    type_in("Beds by keyboard")
    go_to(page, "summary")
    type_in("How we moved the beds.")
    go_to(page, "topics")
    press("Space")
    go_to(page, "source")
    type_in("Anytown NHS Foundation Trust")
    go_to(page, "permission")
    press("Space")
    go_to_words(page, "Save and go on")
    press("Enter")
    heading(page, "Send the file")
    go_to(page, "file")
    page.get_by_label("Your file", exact=True).set_input_files(decks[0])
    go_to_words(page, "Send the file")
    with slowly(page):
        press("Enter")
        expect(page.locator("#sending")).to_be_focused()
        go_to_words(page, "Stop sending")
        press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("You have stopped sending.")
        expect(page.get_by_label("Your file", exact=True)).to_be_focused()
    go_to_words(page, "Send the file")
    press("Enter")
    heading(page, "Beds by keyboard")
    wait_for_by_keyboard(page, "A person has to look")


def wait_for_by_keyboard(page: Page, words: str) -> None:
    """As ``wait_for``, without a mouse."""
    said = page.get_by_role("main").get_by_text(words, exact=True)
    while not said.count():
        go_to_words(page, "Reload this page")
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)


def test_somebody_finds_and_downloads_with_the_keyboard_alone(
    local_cloud: Cloud, cora: Visitor, ben: Visitor, open_page: Open, decks: tuple[Path, Path]
) -> None:
    ann = local_cloud.join(like(ANN, "Ann Publishing"))
    title, deck = "Wombats on wards", decks[1]
    resource_id = describe(ann, title=title)
    send_file(ann, resource_id, deck.name, deck.read_bytes())
    becomes(ann, resource_id, "Waiting for a coordinator")
    publish(cora, resource_id)
    page = open_page(ben)
    press = page.keyboard.press
    page.goto("/library")
    find(page, "wombats", title)
    page.goto("/library")

    go_to(page, "q")
    page.keyboard.type("wombats")
    press("Enter")
    expect(page.get_by_role("link", name=title, exact=True)).to_be_visible()
    go_to_words(page, title)
    press("Enter")
    heading(page, title)
    go_to_words(page, "Download the file")
    with page.expect_download() as got:
        press("Enter")
    assert same_bytes(got.value, deck)


def go_to_words(page: Page, words: str) -> None:
    """Press Tab until the link or button with these words has the focus."""
    for _ in range(100):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.textContent.trim()") == words:
            return
    raise AssertionError(f"No number of tabs leads to {words}.")
