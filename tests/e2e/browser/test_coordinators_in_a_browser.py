"""A coordinator's pages in a real browser, their mistakes included."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import Open
from tests.e2e.browser.looks import can_be_used_by_everybody
from tests.e2e.browser.test_joining_in_a_browser import heading, problem
from tests.e2e.cloud import Cloud, like
from tests.e2e.visitor import Visitor
from tests.people import SAM


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_coordinator_decides_on_one_application_and_undoes_it(
    local_cloud: Cloud, cora: Visitor, open_page: Open, *, scripts: bool
) -> None:
    sam = like(SAM, "Sam Scripted" if scripts else "Sam Scriptless")
    local_cloud.join(sam)
    page = open_page(cora, scripts=scripts)
    look = can_be_used_by_everybody if scripts else lambda _page: None

    page.goto("/coordinate")
    look(page)
    page.get_by_role("link", name="Applications").click()
    heading(page, "Applications")
    look(page)
    page.get_by_role("link", name=f"Open the application of {sam['name']}").click()
    heading(page, sam["name"])
    look(page)
    page.get_by_role("button", name="Decide").click()
    problem(page, "Choose what to decide")
    look(page)
    page.get_by_label("Decline", exact=True).check()
    page.get_by_label("Reason", exact=True).select_option("D05")
    page.get_by_label("Note to the person (optional)").fill("Please write to us if your work changes.")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing is sent for 10 minutes, so you can undo it.")
    look(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("alert")).to_contain_text("Undone. Nothing was sent.")
    look(page)


def test_a_coordinator_ticks_nobody_and_then_somebody(local_cloud: Cloud, cora: Visitor, open_page: Open) -> None:
    sam = like(SAM, "Sam Ticked")
    local_cloud.join(sam)
    page = open_page(cora)
    page.goto("/coordinate/applications")

    page.get_by_label("Ask", exact=True).check()
    page.get_by_role("button", name="Decide").click()
    problem(page, "Choose at least one application")
    can_be_used_by_everybody(page)
    page.get_by_label(sam["name"], exact=True).check()
    page.get_by_label("Reason", exact=True).select_option("E19")
    page.get_by_role("button", name="Decide").click()

    expect(page.get_by_label(sam["name"], exact=True)).to_be_visible()
    can_be_used_by_everybody(page)
    page.get_by_label(sam["name"], exact=True).check()
    page.get_by_role("button", name="Undo those I ticked").click()
    expect(page.get_by_role("alert")).to_contain_text("Undone. Nothing was sent.")


def test_a_coordinator_looks_somebody_up(cora: Visitor, local_cloud: Cloud, open_page: Open) -> None:
    page = open_page(cora)
    page.goto("/coordinate/members")
    can_be_used_by_everybody(page)

    page.get_by_label("Email address of the member").fill("nobody.here@nhs.net")
    page.get_by_role("button", name="Look up").click()
    problem(page, "No member has this email address. Check it for missing letters")
    can_be_used_by_everybody(page)
    page.get_by_label("Email address of the member").fill(local_cloud.stack.coordinator)
    page.get_by_role("button", name="Look up").click()

    heading(page, "Look up a member")
    expect(page.get_by_role("heading", level=2).first).to_have_text("Cora Coordinator")
    can_be_used_by_everybody(page)


def test_a_coordinator_changes_a_session(local_cloud: Cloud, cora: Visitor, open_page: Open) -> None:
    (*_, session) = local_cloud.visitor().get("/api/sessions").json["sessions"]
    page = open_page(cora)
    page.goto("/coordinate/sessions")
    can_be_used_by_everybody(page)

    page.goto(f"/coordinate/sessions/{session['id']}")
    can_be_used_by_everybody(page)
    page.get_by_label("Meeting link (optional)").fill("http://unsafe.example")
    page.get_by_role("button", name="Save").click()
    problem(page, "Enter the whole meeting link, starting with https://")
    can_be_used_by_everybody(page)
    page.get_by_label("Meeting link (optional)").fill("https://meeting.example/last")
    page.get_by_label("Title (optional)").fill("What we learned from falls at night")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("alert")).to_contain_text("The session is saved.")
    page.goto("/sessions")
    expect(page.get_by_role("row", name="What we learned from falls at night")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_coordinator_undoes_a_change_and_swaps_two_sessions(
    local_cloud: Cloud, cora: Visitor, open_page: Open, *, scripts: bool
) -> None:
    sessions = local_cloud.visitor().get("/api/sessions").json["sessions"]
    session, other = [each for each in sessions if each["status"] == "confirmed"][4:6]
    page = open_page(cora, scripts=scripts)
    look = can_be_used_by_everybody if scripts else lambda _page: None

    page.goto(f"/coordinate/sessions/{session['id']}")
    page.get_by_label("Start").fill("11:30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Tell them now")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Undo the change").click()
    expect(page.get_by_role("alert")).to_contain_text("The change is undone. Nobody was told of it.")
    expect(page.get_by_label("Start")).to_have_value("12:00")

    page.get_by_label("Title (optional)").fill("A talk that moves")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Swap it with another session").click()
    heading(page, "Swap two sessions")
    look(page)
    page.get_by_role("button", name="Swap the two").click()
    problem(page, "Choose the session to swap with")
    look(page)
    page.get_by_label("Swap with").select_option(other["id"])
    page.get_by_role("button", name="Swap the two").click()
    expect(page.get_by_role("alert")).to_contain_text("The two sessions have changed places.")
    look(page)
    page.get_by_role("button", name="Undo the change").click()
    expect(page.get_by_label("Title (optional)")).to_have_value("A talk that moves")
    page.get_by_label("Title (optional)").fill("Friday drop-in")
    page.get_by_role("button", name="Save").click()


def test_a_coordinator_decides_that_a_bank_holiday_is_a_break(
    local_cloud: Cloud, cora: Visitor, open_page: Open
) -> None:
    local_cloud.plan_sessions(date(2027, 12, 24))
    page = open_page(cora)
    page.goto("/coordinate/sessions")
    expect(page.get_by_text("Perhaps a break: Christmas Day").first).to_be_visible()
    can_be_used_by_everybody(page)

    page.get_by_role("button", name="Call it off").first.click()

    expect(page.get_by_role("alert")).to_contain_text("The session is called off.")
    can_be_used_by_everybody(page)
    page.goto("/sessions")
    expect(page.get_by_text("Perhaps a break").first).to_be_visible()
    can_be_used_by_everybody(page)


def test_the_chair_follows_the_count_and_changes_the_link(local_cloud: Cloud, cora: Visitor, open_page: Open) -> None:
    (*_, session) = local_cloud.visitor().get("/api/sessions").json["sessions"]
    page = open_page(cora, scripts=False)
    page.goto(f"/coordinate/sessions/{session['id']}/door")
    heading(page, "0 people went in")
    with page.expect_navigation(timeout=15_000):
        pass
    heading(page, "0 people went in")

    page = open_page(cora)
    page.goto(f"/coordinate/sessions/{session['id']}/door")
    can_be_used_by_everybody(page)
    page.get_by_role("link", name="the meeting link").click()
    can_be_used_by_everybody(page)
    page.get_by_label("Meeting link").fill("meet")
    page.get_by_role("button", name="Change the link").click()
    problem(page, "Enter the whole meeting link, starting with https://")
    can_be_used_by_everybody(page)
    page.get_by_label("Meeting link").fill("https://meeting.example/another")
    page.get_by_role("button", name="Change the link").click()

    expect(page.get_by_role("alert")).to_contain_text("The meeting link is changed.")
    expect(page.get_by_text("https://meeting.example/another")).to_be_visible()
