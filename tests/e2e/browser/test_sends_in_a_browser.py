"""What a coordinator sees of the emails to members, in a real browser."""

from playwright.sync_api import expect

from tests.e2e.browser.conftest import Open
from tests.e2e.browser.looks import can_be_used_by_everybody
from tests.e2e.browser.test_joining_in_a_browser import heading
from tests.e2e.cloud import Cloud
from tests.e2e.visitor import Visitor


def test_a_coordinator_reads_what_goes_out_next_and_sends_herself_a_test(
    local_cloud: Cloud, cora: Visitor, open_page: Open
) -> None:
    page = open_page(cora)
    page.goto("/coordinate/emails")
    heading(page, "Emails to members")
    can_be_used_by_everybody(page)
    page.get_by_role("table", name="Going out next").get_by_role("link").last.click()
    heading(page, "Invitation to a session")
    can_be_used_by_everybody(page)
    expect(page.get_by_text("It goes out by itself at")).to_be_visible()
    page.get_by_role("button", name="Send me a test").click()
    expect(page.get_by_role("alert")).to_contain_text("We have sent you a test.")
    can_be_used_by_everybody(page)
    local_cloud.mailbox.next(local_cloud.stack.coordinator, "Test: ")
