"""Joining in a real browser: with scripts and without, with mistakes, and by keyboard alone."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import Open
from tests.e2e.browser.looks import can_be_used_by_everybody
from tests.e2e.cloud import JOIN_CODE, Cloud, like
from tests.people import ANN, PAT, SAM

AGREE = "I agree, and I am 18 or over"


def heading(page: Page, words: str) -> None:
    """Wait for the page with this heading."""
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def problem(page: Page, sentence: str) -> None:
    """Check that the summary has the focus and leads to the field, and the tab's title begins with "Error"."""
    assert page.title().startswith("Error: ")
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("There is a problem")
    link = summary.get_by_role("link", name=sentence)
    link.click()
    field = page.url.partition("#")[2]
    expect(page.locator(f"#{field}")).to_be_focused()


def fill_in(page: Page, person: dict[str, Any]) -> None:
    """Answer the questions about somebody."""
    page.get_by_label("Full name", exact=True).fill(person["name"])
    page.locator(f"input[name=role][value={person['role']}]").check()
    page.locator(f"input[name=nation][value={person['nation']}]").check()
    page.get_by_label("Organisation you work for or with").fill(person["organisation"])
    page.get_by_label(AGREE).check()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_ann_joins_and_every_mistake_on_the_way_is_explained(
    local_cloud: Cloud, open_page: Open, *, scripts: bool
) -> None:
    ann = like(ANN, "Ann Scripted" if scripts else "Ann Scriptless")
    page = open_page(scripts=scripts)
    look = can_be_used_by_everybody if scripts else lambda _page: None

    page.goto("/")
    look(page)
    page.get_by_role("link", name="Join the network").first.click()
    look(page)
    page.get_by_role("button", name="Send me a code").click()
    problem(page, "Enter your email address, for example name@nhs.net")
    look(page)
    page.get_by_label("Email address").fill(ann["email"])
    page.get_by_role("button", name="Send me a code").click()
    heading(page, "Check your email")
    look(page)
    page.get_by_text("The code has not arrived").click()
    expect(page.get_by_role("button", name="Send another code")).to_be_visible()
    look(page)
    page.get_by_label("8-digit code").fill("0000 0001")
    page.get_by_role("button", name="Continue").click()
    problem(page, "That is not the code we sent. Check it, and type it again")
    look(page)
    page.get_by_label("8-digit code").fill(local_cloud.code_for(ann["email"], JOIN_CODE))
    page.get_by_role("button", name="Continue").click()
    heading(page, "About you")
    look(page)
    page.get_by_role("button", name="Continue").click()
    problem(page, "Choose what best describes your work")
    look(page)
    fill_in(page, ann)
    page.get_by_role("button", name="Continue").click()
    heading(page, "Check your answers")
    look(page)
    page.get_by_role("link", name="Change organisation").click()
    expect(page.get_by_label("Organisation you work for or with")).to_have_value(ann["organisation"])
    page.get_by_label(AGREE).check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send my answers").click()
    heading(page, "You are a member")
    expect(page.locator("[data-reason]")).to_have_attribute("data-reason", "A01")
    look(page)
    page.get_by_role("link", name="Go to your home page").click()
    heading(page, f"Hello {ann['name']}")


def test_cookies_are_out_of_reach_of_scripts_and_of_other_hosts(local_cloud: Cloud, open_page: Open) -> None:
    page = open_page()
    page.goto("/join")
    page.get_by_label("Email address").fill(like(ANN, "Ann Biscuit")["email"])
    page.get_by_role("button", name="Send me a code").click()
    heading(page, "Check your email")

    (cookie,) = page.context.cookies()

    assert cookie["name"] == "__Host-join"
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "Lax")
    assert cookie["domain"] == "psmn.localhost"
    assert page.evaluate("() => document.cookie") == ""


def test_somebody_joins_with_the_keyboard_alone(local_cloud: Cloud, open_page: Open) -> None:
    ann = like(ANN, "Ann Keyboard")
    page = open_page()
    page.goto("/join")
    press = page.keyboard.press
    press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    press("Enter")

    go_to(page, "email")
    page.keyboard.type(ann["email"])
    press("Enter")
    heading(page, "Check your email")
    go_to(page, "code")
    page.keyboard.type(local_cloud.code_for(ann["email"], JOIN_CODE))
    press("Enter")
    heading(page, "About you")
    go_to(page, "name")
    page.keyboard.type(ann["name"])
    go_to(page, "role")
    press("Space")
    go_to(page, "nation")
    press("ArrowDown")
    press("ArrowUp")
    go_to(page, "organisation")
    page.keyboard.type(ann["organisation"])
    go_to(page, "agree")
    press("Space")
    press("Tab")
    press("Enter")
    heading(page, "Check your answers")
    while page.evaluate("() => document.activeElement.tagName") != "BUTTON" or not page.evaluate(
        "() => document.activeElement.closest('main') !== null"
    ):
        press("Tab")
    press("Enter")
    heading(page, "You are a member")


def go_to(page: Page, name: str) -> None:
    """Press Tab until the field of this name has the focus, and check that the focus can be seen."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.name || ''") == name:
            return
    raise AssertionError(f"No number of tabs leads to {name}.")


@pytest.mark.parametrize(("person", "words"), [(SAM, "A person will look at what you supply"), (PAT, "Nearly there")])
def test_somebody_who_has_to_wait_reads_why(
    local_cloud: Cloud, open_page: Open, person: dict[str, Any], words: str
) -> None:
    waiting = like(person, f"{person['name'].split()[0]} Waiting")
    page = open_page(local_cloud.join(waiting))

    page.goto("/join/outcome")

    heading(page, words)
    can_be_used_by_everybody(page)
