"""The pages behind the links in our mail, as people who get that mail see them."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import Open
from tests.e2e.browser.looks import can_be_used_by_everybody
from tests.e2e.browser.test_joining_in_a_browser import heading, problem
from tests.e2e.cloud import Cloud, fridays_around_the_next_clock_change, like, monday_of
from tests.network import code_in
from tests.people import ANN, PAT


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_member_stops_the_invitations_and_undoes_it(local_cloud: Cloud, open_page: Open, *, scripts: bool) -> None:
    ann = like(ANN, "Ann Quiet" if scripts else "Ann Quieter")
    local_cloud.join(ann)
    day = fridays_around_the_next_clock_change()[0] + timedelta(weeks=9)
    local_cloud.plan_sessions(day)
    local_cloud.psmn("invites", "run", "--at", monday_of(day))
    path = local_cloud.path_in(local_cloud.mailbox.next(ann["email"], "Friday drop-in"), "/unsubscribe/")
    page = open_page(scripts=scripts)
    look = can_be_used_by_everybody if scripts else lambda _page: None

    page.goto(path)
    heading(page, "Stop the weekly invitations")
    look(page)
    page.get_by_role("button", name="Stop the weekly invitations").click()
    heading(page, "You have stopped the weekly invitations")
    look(page)
    page.get_by_role("button", name="Undo: send me invitations again").click()
    heading(page, "Stop the weekly invitations")


def test_a_contact_answers_whether_somebody_works_for_safety(local_cloud: Cloud, open_page: Open) -> None:
    pat, contact = like(PAT, "Pat Asking"), "vik.example@nhs.net"
    local_cloud.join(pat, voucher_name="Vik Example", voucher_email=contact)
    letter = local_cloud.mailbox.next(contact, "Can you confirm")
    page = open_page()

    page.goto(local_cloud.path_in(letter, "/vouch/"))
    heading(page, "Can you confirm somebody's work?")
    can_be_used_by_everybody(page)
    page.get_by_role("button", name="Send my answer").click()
    problem(page, "Choose your answer")
    can_be_used_by_everybody(page)
    page.get_by_label("8-digit code").fill(code_in(letter.message))
    page.get_by_label("Yes, I can confirm").check()
    page.get_by_role("button", name="Send my answer").click()

    heading(page, "Thank you for answering")
    can_be_used_by_everybody(page)
    expect(page.get_by_text(pat["email"])).to_have_count(0)
