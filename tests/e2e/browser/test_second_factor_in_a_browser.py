"""A coordinator and their authenticator app, in a real browser."""

from playwright.sync_api import Page, expect

from functions.kernel import clock
from tests.coordinators import time_code
from tests.e2e.browser.conftest import Open
from tests.e2e.browser.looks import can_be_used_by_everybody
from tests.e2e.browser.test_joining_in_a_browser import heading, problem
from tests.e2e.cloud import Cloud, like, run
from tests.people import ANN


def test_a_coordinator_sets_an_app_up_and_types_its_code_at_another_desk(local_cloud: Cloud, open_page: Open) -> None:
    eve = like(ANN, "Eve Appointed")
    local_cloud.join(eve)
    assert run(local_cloud.places, "coordinators", "add", eve["email"]).returncode == 0
    page = open_page(local_cloud.sign_in(eve["email"]))

    page.goto("/coordinate")
    expect(page.get_by_role("region", name="Important")).to_contain_text("Set up an authenticator app by")
    can_be_used_by_everybody(page)
    page.get_by_role("link", name="Set up your app").click()
    heading(page, "Your authenticator app")
    can_be_used_by_everybody(page)
    page.get_by_role("button", name="Set up my app").click()
    heading(page, "Show your app the key")
    can_be_used_by_everybody(page)
    key = page.locator("#key").inner_text().replace(" ", "")
    step = clock.epoch(clock.now()) // 30
    _type(page, time_code(key, step), "Set up my app")
    heading(page, "Keep your recovery codes")
    can_be_used_by_everybody(page)
    page.get_by_role("link", name="I have kept them").click()
    heading(page, "Coordinate")
    expect(page.get_by_role("region", name="Important")).to_have_count(0)

    desk = open_page(local_cloud.sign_in(eve["email"]), scripts=False)
    desk.goto("/coordinate/members")
    heading(desk, "Type the code from your app")
    _type(desk, time_code(key, step), "Go on")
    problem(desk, "This code has been used. Wait until your app shows the next one, and type that")
    _type(desk, time_code(key, step + 1), "Go on")
    heading(desk, "Look up a member")

    page.goto("/sign-in/second")
    can_be_used_by_everybody(page)
    page.goto("/sign-in/recovery")
    can_be_used_by_everybody(page)


def _type(page: Page, code: str, button: str) -> None:
    page.get_by_label("6-digit code").fill(code)
    page.get_by_role("button", name=button).click()
