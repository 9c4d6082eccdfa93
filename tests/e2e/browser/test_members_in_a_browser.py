"""What members and visitors see in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import Open
from tests.e2e.browser.looks import can_be_used_by_everybody
from tests.e2e.browser.test_joining_in_a_browser import heading, problem
from tests.e2e.cloud import SIGN_IN_CODE, Cloud, like
from tests.e2e.visitor import Visitor
from tests.people import ANN

PUBLIC = ("/about", "/ways-of-working", "/privacy", "/accessibility", "/contact", "/sessions", "/nothing-here")
MEMBERS = ("/home", "/sessions", "/account", "/account/emails", "/account/data", "/account/leave", "/left")


@pytest.fixture(scope="module")
def member(local_cloud: Cloud) -> Visitor:
    """A member's browser, signed in since they joined."""
    return local_cloud.join(like(ANN, "Ann Browsing"))


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_can_be_used_by_everybody(open_page: Open, path: str) -> None:
    page = open_page()

    page.goto(path)

    can_be_used_by_everybody(page)


@pytest.mark.parametrize("path", MEMBERS)
def test_a_members_page_can_be_used_by_everybody(open_page: Open, member: Visitor, path: str) -> None:
    page = open_page(member)

    page.goto(path)

    expect(page).to_have_url(re.compile(re.escape(path) + "$"))
    can_be_used_by_everybody(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_member_signs_in_and_goes_to_the_door(local_cloud: Cloud, open_page: Open, *, scripts: bool) -> None:
    ann = like(ANN, "Ann Doorward" if scripts else "Ann Doorwards")
    local_cloud.join(ann)
    page = open_page(scripts=scripts)
    look = can_be_used_by_everybody if scripts else lambda _page: None

    page.goto("/home")
    heading(page, "Sign in")
    look(page)
    page.get_by_role("button", name="Send me a code").click()
    problem(page, "Enter your email address, for example name@nhs.net")
    page.get_by_label("Email address").fill(ann["email"])
    page.get_by_role("button", name="Send me a code").click()
    heading(page, "Check your email")
    look(page)
    page.get_by_label("8-digit code").fill("0000 0001")
    page.get_by_role("button", name="Sign in").click()
    problem(page, "That is not the code we sent. Check it, and type it again")
    look(page)
    page.get_by_label("8-digit code").fill(local_cloud.code_for(ann["email"], SIGN_IN_CODE))
    page.get_by_role("button", name="Sign in").click()
    heading(page, f"Hello {ann['name']}")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Sessions").click()
    page.get_by_role("row", name="Friday drop-in").last.get_by_role("link").click()
    heading(page, "Friday drop-in")
    look(page)
    page.get_by_role("link", name="Open the door page").click()
    heading(page, "The door is not open yet")
    look(page)
    page.get_by_role("button", name="Sign out").click()
    heading(page, "A safe space to talk about patient safety")


def test_a_member_makes_a_private_calendar_address_and_stops_it(local_cloud: Cloud, open_page: Open) -> None:
    page = open_page(local_cloud.join(like(ANN, "Ann Calendar")))
    page.goto("/account/calendar")
    can_be_used_by_everybody(page)

    page.get_by_role("button", name="Make my calendar address").click()
    expect(page.locator("#address")).to_contain_text(f"{local_cloud.stack.url}/calendar/")
    can_be_used_by_everybody(page)
    page.get_by_role("button", name="Stop my calendar address").click()

    expect(page.get_by_role("button", name="Make my calendar address")).to_be_visible()
    expect(page.locator("#address")).to_have_count(0)


def test_a_member_leaves_in_a_browser(local_cloud: Cloud, open_page: Open) -> None:
    page = open_page(local_cloud.join(like(ANN, "Ann Departing")))
    local_cloud.let_mail_pass()
    page.goto("/account")

    page.get_by_role("link", name="Leave the network").click()
    page.get_by_role("button", name="Leave and delete my information").click()

    heading(page, "You have left the network")
    page.goto("/home")
    heading(page, "Sign in")
