"""What members and visitors see in a real browser."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import Open
from tests.e2e.browser.looks import can_be_used_by_everybody
from tests.e2e.browser.test_joining_in_a_browser import heading, problem
from tests.e2e.cloud import SIGN_IN_CODE, Cloud, like, monday_of
from tests.e2e.visitor import Visitor
from tests.people import ANN

PUBLIC = ("/about", "/ways-of-working", "/privacy", "/accessibility", "/contact", "/sessions", "/nothing-here")
MEMBERS = (
    "/home",
    "/sessions",
    "/account",
    "/account/address",
    "/account/emails",
    "/account/data",
    "/account/leave",
    "/left",
)


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


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_member_says_whether_they_are_coming(
    local_cloud: Cloud, open_page: Open, member: Visitor, *, scripts: bool
) -> None:
    sessions = local_cloud.visitor().get("/api/sessions").json["sessions"]
    session = [each for each in sessions if each["status"] == "confirmed"][2 + scripts]
    page = open_page(member, scripts=scripts)
    look = can_be_used_by_everybody if scripts else lambda _page: None

    page.goto(f"/sessions/{session['id']}")
    look(page)
    page.get_by_role("button", name="Maybe").click()
    expect(page.get_by_role("alert")).to_contain_text("Thank you. Your answer is saved, and you can change it.")
    expect(page.get_by_text("Your answer: Maybe")).to_be_visible()
    look(page)
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_text("Your answer: No")).to_be_visible()


def test_a_member_answers_from_the_mail_without_signing_in(local_cloud: Cloud, open_page: Open) -> None:
    ann = like(ANN, "Ann Unsigned")
    local_cloud.join(ann)
    sessions = local_cloud.visitor().get("/api/sessions").json["sessions"]
    session = [each for each in sessions if each["status"] == "confirmed"][1]
    local_cloud.psmn("invites", "run", "--at", monday_of(datetime.fromisoformat(session["start"]).date()))
    letter = local_cloud.mailbox.next(ann["email"], session["title"])
    page = open_page()

    page.goto(local_cloud.path_in(letter, "/reply/"))
    heading(page, "Are you coming?")
    expect(page.get_by_label("Yes")).to_be_checked()
    can_be_used_by_everybody(page)
    page.get_by_label("Maybe").check()
    page.get_by_role("button", name="Save my answer").click()

    expect(page.get_by_role("alert")).to_contain_text("Thank you. Your answer is saved, and you can change it.")
    expect(page.get_by_text("Your answer: Maybe")).to_be_visible()
    can_be_used_by_everybody(page)


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


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_member_changes_their_address(local_cloud: Cloud, open_page: Open, *, scripts: bool) -> None:
    ann = like(ANN, "Ann Moving" if scripts else "Ann Movingon")
    new = f"new.{ann['email']}"
    page = open_page(local_cloud.join(ann), scripts=scripts)
    look = can_be_used_by_everybody if scripts else lambda _page: None
    page.goto("/account")

    page.get_by_role("link", name="Change email address").click()
    heading(page, "Change your email address")
    page.get_by_label("New email address").fill(ann["email"])
    page.get_by_role("button", name="Send me a code").click()
    problem(page, "This is the address that you have now")
    look(page)
    page.get_by_label("New email address").fill(new)
    page.get_by_role("button", name="Send me a code").click()
    heading(page, "Check your new mailbox")
    look(page)
    page.get_by_label("8-digit code").fill(local_cloud.code_for(new, "Your code to change your email address"))
    page.get_by_role("button", name="Change my address").click()

    heading(page, "Account")
    expect(page.get_by_text("Your email address has changed.")).to_be_visible()
    expect(page.get_by_text(new)).to_be_visible()
    look(page)
    for address in (ann["email"], new):
        local_cloud.mailbox.next(address, "Your email address has changed")


def test_a_member_chooses_each_kind_of_mail_alone(local_cloud: Cloud, open_page: Open) -> None:
    page = open_page(local_cloud.join(like(ANN, "Ann Choosing")))
    page.goto("/account/emails")
    for stop, start in (
        ("Stop the weekly invitations", "Send me invitations again"),
        ("Stop the reminders", "Remind me again"),
        ("Stop the question after a session", "Ask me again"),
    ):
        page.get_by_role("button", name=stop).click()
        expect(page.get_by_role("button", name=start)).to_be_visible()
    page.get_by_role("button", name="Send me the Saturday digest").click()
    expect(page.get_by_role("button", name="Stop the Saturday digest")).to_be_visible()
    can_be_used_by_everybody(page)


def test_a_member_leaves_in_a_browser(local_cloud: Cloud, open_page: Open) -> None:
    page = open_page(local_cloud.join(like(ANN, "Ann Departing")))
    local_cloud.let_mail_pass()
    page.goto("/account")

    page.get_by_role("link", name="Leave the network").click()
    page.get_by_role("button", name="Leave and delete my information").click()

    heading(page, "You have left the network")
    page.goto("/home")
    heading(page, "Sign in")
