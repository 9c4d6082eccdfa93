"""Stopping the weekly invitations: from a mail, from a mail program, from the account, and starting again."""

import re

import pytest

from functions.kernel import keys
from functions.kernel.table import delete
from functions.mail.model import mail_key, new_mail
from functions.mail.store import Choices, planned
from functions.membership.model import Member
from tests.network import Network, link_in, text_of
from tests.people import ANN
from tests.web import Browser, Page

FORM = {"content-type": "application/x-www-form-urlencoded"}
ONE_CLICK = "List-Unsubscribe=One-Click"


@pytest.fixture
def ann(network: Network) -> Member:
    return network.member(ANN["name"], ANN["email"])


def invited(network: Network, member: Member) -> str:
    """Invite a member, and give the address that stops the invitations, as their mail has it."""
    invite = new_mail(
        "invite",
        key=mail_key("invite", "s1", member.id),
        to_address=member.address,
        address_digest=member.address_digest,
        owner=member.id,
        context={"subject": "Friday", "title": "Friday", "when": "Friday", "summary": "", "page": "https://psmn.test/"},
        now=network.clock.now(),
    )
    network.table.write(planned(invite))
    return link_in(network.inbox(member.address)[-1], "/unsubscribe/").partition("?")[0]


def has_stopped(network: Network, member: Member) -> bool:
    return bool(Choices(network.table).stopped_invites([member.id]))


def one_click(browser: Browser, address: str, body: str = ONE_CLICK) -> Page:
    """What a mail provider sends: no cookie, no origin."""
    return browser.send("POST", address, body=body, headers=FORM)


def test_an_invitation_says_how_to_stop_to_people_and_to_their_mail_programs(network: Network, ann: Member) -> None:
    address = invited(network, ann)
    message = network.inbox(ann.address)[-1]
    by_mail = f"<mailto:unsubscribe@events.psmn.test?subject={address.removeprefix('/unsubscribe/')}>"
    assert message["list-unsubscribe"] == f"<https://psmn.test{address}>, {by_mail}"
    assert message["list-unsubscribe-post"] == ONE_CLICK
    assert f"https://psmn.test{address}?from=mail" in text_of(message)


def test_requirement_2_opening_the_link_stops_nothing_however_often_a_scanner_does(
    network: Network, ann: Member
) -> None:
    address = invited(network, ann)
    for method in ("GET", "HEAD", "GET"):
        assert network.browser().send(method, f"{address}?from=mail").status == 200
    assert not has_stopped(network, ann)


def test_ann_stops_with_one_button_and_gets_one_receipt(network: Network, ann: Member) -> None:
    address = invited(network, ann)
    browser = network.browser()
    assert browser.post(address, invites="stop").status == 303
    assert has_stopped(network, ann)
    assert browser.post(address, invites="stop").status == 303
    receipts = [each for each in network.inbox(ann.address) if "stopped" in str(each["subject"])]
    assert len(receipts) == 1
    assert receipts[0]["list-unsubscribe"] is None
    assert "stopped" in browser.get(address).words.lower()


def test_ann_changes_her_mind_at_the_same_link(network: Network, ann: Member) -> None:
    address = invited(network, ann)
    browser = network.browser()
    browser.post(address, invites="stop")
    assert browser.post(address, invites="start").status == 303
    assert not has_stopped(network, ann)


def test_requirement_49_a_mail_program_stops_with_one_press_and_a_second_one_is_welcome(
    network: Network, ann: Member
) -> None:
    address = invited(network, ann)
    for _ in range(2):
        page = one_click(network.browser(), address)
        assert page.status == 200
        assert not page.cookies
    assert has_stopped(network, ann)
    assert len(network.inbox(ann.address)) == 2


def test_requirement_49_a_press_in_parts_is_as_good(network: Network, ann: Member) -> None:
    address = invited(network, ann)
    body = '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
    headers = {"content-type": "multipart/form-data; boundary=b"}
    assert network.browser().send("POST", address, body=body, headers=headers).status == 200
    assert has_stopped(network, ann)


def test_requirement_26_another_site_cannot_start_or_stop_for_her(network: Network, ann: Member) -> None:
    address = invited(network, ann)
    for body in ("invites=stop", f"{ONE_CLICK}&invites=start", ""):
        assert one_click(network.browser(), address, body).status == 403
    assert not has_stopped(network, ann)


def test_requirement_49_nobody_can_stop_for_another(network: Network, ann: Member) -> None:
    address = invited(network, ann)
    bob = network.member("Bob Example", "bob.example@nhs.net")
    other = invited(network, bob)
    secret = address.rpartition(".")[2]
    mixed = f"{other.rpartition('.')[0]}.{secret}"
    missing = network.browser().get("/unsubscribe/x.y")
    for wrong in (mixed, f"{address}x", address[:-1], f"/unsubscribe/{secret}", address.rpartition(".")[0]):
        for page in (network.browser().get(wrong), one_click(network.browser(), wrong)):
            assert page.status == 404
            assert page.body == missing.body
    assert not has_stopped(network, bob)
    assert not has_stopped(network, ann)


def test_a_button_that_is_not_there_changes_nothing(network: Network, ann: Member) -> None:
    address = invited(network, ann)
    for fields in ({"invites": "perhaps"}, {}, {"invites": "stop", "member": "bob"}):
        assert network.browser().post(address, fields).status == 422
    assert not has_stopped(network, ann)


def test_ann_chooses_on_her_emails_page_and_sees_what_we_sent(network: Network, ann: Member) -> None:
    invited(network, ann)
    browser = network.signed_in(ann.address)
    page = browser.get("/account/emails")
    assert "Invitation to a session" in page.words
    assert browser.post("/account/emails", invites="stop").status == 303
    assert has_stopped(network, ann)
    browser.post("/account/emails", invites="start")
    assert not has_stopped(network, ann)


def test_requirement_50_ann_sees_only_her_own_mail(network: Network, ann: Member) -> None:
    invited(network, network.member("Bob Example", "bob.example@nhs.net"))
    page = network.signed_in(ann.address).get("/account/emails")
    assert "Invitation to a session" not in page.words
    assert not re.search("bob", page.text, re.IGNORECASE)


def test_a_link_of_somebody_who_left_stops_nothing_and_is_no_fault(network: Network, ann: Member) -> None:
    address = invited(network, ann)
    network.table.write(delete(keys.member(ann.id)))
    assert one_click(network.browser(), address).status == 200
    assert network.browser().post(address, invites="stop").status == 303
    assert not has_stopped(network, ann)
