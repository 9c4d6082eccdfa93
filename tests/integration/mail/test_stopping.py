"""Stopping a kind of mail: from a mail, from a mail program, from the account, and starting again."""

import re
from datetime import timedelta

import pytest

from functions.kernel import clock, keys
from functions.kernel.table import delete, put
from functions.mail.kinds import KINDS, Choice
from functions.mail.model import Mail, State, mail_key, new_mail
from functions.mail.store import Addresses, Choices, Ledger, planned, wants
from functions.mail.words import CHOICE_WORDS, STATE_WORDS
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


KIND_OF = {
    Choice.INVITES: "invite",
    Choice.REMINDERS: "reminder",
    Choice.FOLLOW_UPS: "after",
    Choice.DIGEST: "digest",
}
"""A kind of mail that each choice stops."""


def letter(network: Network, member: Member, choice: Choice, thing: str = "s1") -> Mail:
    """A message of a kind that the member can stop, planned to go as long as they want it."""
    mail = new_mail(
        KIND_OF[choice],
        key=mail_key(KIND_OF[choice], thing, member.id),
        to_address=member.address,
        address_digest=member.address_digest,
        owner=member.id,
        context={
            "subject": "Friday",
            "title": "Friday",
            "when": "Friday",
            "day": "Friday",
            "summary": "",
            "page": "https://psmn.test/",
            "programme": "https://psmn.test/sessions",
            "coming": ["Friday"],
            "called_off": [],
        },
        guards=(wants(choice, member.id),),
        now=network.clock.now(),
    )
    network.table.write(planned(mail))
    return mail


def stop_link(network: Network, member: Member, choice: Choice) -> str:
    """The link that stops a kind of mail, from a message that the member got."""
    Choices(network.table).start(choice, member.id, network.clock.now())
    letter(network, member, choice)
    return link_in(network.inbox(member.address)[-1], "/unsubscribe/").partition("?")[0]


def gets(network: Network, member: Member) -> set[Choice]:
    return Choices(network.table).of(member.id)


def has_stopped(network: Network, member: Member) -> bool:
    return Choice.INVITES not in Choices(network.table).of(member.id)


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


def test_a_new_member_gets_everything_but_the_digest(network: Network, ann: Member) -> None:
    assert gets(network, ann) == set(Choice) - {Choice.DIGEST}
    page = network.signed_in(ann.address).get("/account/emails")
    for choice, words in CHOICE_WORDS.items():
        assert words.title in page.words
        on = choice in gets(network, ann)
        assert (words.on if on else words.off) in page.words
        assert page.value_of(choice) == ("stop" if on else "start")


@pytest.mark.parametrize("choice", Choice)
def test_each_kind_is_stopped_and_started_alone_with_one_press_each(
    network: Network, ann: Member, choice: Choice
) -> None:
    browser = network.signed_in(ann.address)
    others = gets(network, ann) - {choice}
    for press, wanted in (("start", others | {choice}), ("stop", others), ("start", others | {choice})):
        network.clock.move(minutes=1)
        answer = browser.post("/account/emails", {choice: press})
        assert (answer.status, answer.location) == (303, "/account/emails")
        assert gets(network, ann) == wanted
        assert browser.get("/account/emails").value_of(choice) == ("stop" if press == "start" else "start")
    receipts = [each for each in network.inbox(ann.address) if "stopped" in str(each["subject"])]
    assert [each["subject"] for each in receipts] == [f"You have stopped {CHOICE_WORDS[choice].name}"]
    assert "/account/emails" in text_of(receipts[0])


@pytest.mark.parametrize("choice", Choice)
def test_a_link_in_a_mail_stops_that_kind_and_no_other(network: Network, ann: Member, choice: Choice) -> None:
    address = stop_link(network, ann, choice)
    before, words = gets(network, ann), CHOICE_WORDS[choice]
    browser = network.browser()
    assert words.stop in browser.get(address).words
    for other in set(Choice) - {choice}:
        assert browser.post(address, {other: "stop"}).status == 422
    assert browser.post(address, address="again").status == 422
    assert gets(network, ann) == before
    assert browser.post(address, {choice: "stop"}).status == 303
    assert gets(network, ann) == before - {choice}
    assert f"You have stopped {words.name}" in browser.get(address).words
    browser.post(address, {choice: "start"})
    assert gets(network, ann) == before


@pytest.mark.parametrize("choice", Choice)
def test_requirement_49_one_press_in_a_mail_program_stops_the_kind_of_the_mail(
    network: Network, ann: Member, choice: Choice
) -> None:
    address = stop_link(network, ann, choice)
    for _ in range(2):
        page = one_click(network.browser(), address)
        assert (page.status, page.text) == (200, f"You have stopped {CHOICE_WORDS[choice].name}.\n")
    assert choice not in gets(network, ann)
    receipts = [each for each in network.inbox(ann.address) if "stopped" in str(each["subject"])]
    assert len(receipts) == 1


@pytest.mark.parametrize("choice", Choice)
def test_requirement_80_a_stop_that_comes_before_the_sending_stops_it(
    network: Network, ann: Member, choice: Choice
) -> None:
    browser = network.signed_in(ann.address)
    browser.post("/account/emails", {choice: "start"})
    mail = letter(network, ann, choice)
    browser.post("/account/emails", {choice: "stop"})
    network.deliver()
    row = Ledger(network.table).get(mail.key)
    assert row is not None
    assert row.state == "stale"


def test_two_presses_in_one_are_no_press(network: Network, ann: Member) -> None:
    browser = network.signed_in(ann.address)
    for fields in (
        {},
        {"invites": "stop", "reminders": "stop"},
        {"invites": "start", "withdraw": "yes"},
        {"reminders": "stop", "withdraw": "yes"},
        {"follow_ups": "stop"},
        {"follow-ups": "never"},
        {"address": "again", "digest": "start"},
    ):
        page = browser.post("/account/emails", fields)
        assert page.status == 422, fields
        assert re.search("Press one of the buttons on this page|This form has changed", page.words), fields
    assert gets(network, ann) == set(Choice) - {Choice.DIGEST}


def test_the_receipt_of_an_old_link_goes_to_the_address_that_ann_has_now(network: Network, ann: Member) -> None:
    address = invited(network, ann)
    now = {"address": "ann.new@nhs.net", "address_digest": "new"}
    profile = network.table.get(keys.member(ann.id))
    assert profile is not None
    network.table.write(put("member", keys.member(ann.id), {**profile, **now}))
    one_click(network.browser(), address)
    assert has_stopped(network, ann)
    assert [each["subject"] for each in network.inbox("ann.new@nhs.net")] == ["You have stopped the weekly invitations"]


def test_there_are_words_for_every_choice_and_every_end() -> None:
    assert set(CHOICE_WORDS) == set(Choice)
    assert set(STATE_WORDS) == set(State)
    assert {kind.choice for kind in KINDS.values()} == {*Choice, None}


def test_requirement_48_ann_sees_that_her_mail_bounces_and_lets_us_try_again(network: Network, ann: Member) -> None:
    browser = network.signed_in(ann.address)
    assert "bouncing" not in browser.get("/account/emails").words + browser.get("/home").words
    since = clock.stamp(network.clock.now())
    network.put("suppressed", keys.suppressed(ann.address_digest), {"reason": "bounce", "since": since})
    network.put("trouble", keys.trouble(ann.address_digest), {"returns": {"f1": since}})
    mail = letter(network, ann, Choice.INVITES)
    network.deliver()
    assert "Mail to you is bouncing" in browser.get("/home").words
    page = browser.get("/account/emails")
    assert "Mail to you is bouncing" in page.words
    assert f"we send nothing to {ann.address}" in page.words
    assert "Not sent: mail to this address fails" in page.words

    assert browser.post("/account/emails", address="again").status == 303

    assert Addresses(network.table).fails(ann.address_digest) is None
    assert "bouncing" not in browser.get("/account/emails").words + browser.get("/home").words
    row = Ledger(network.table).get(mail.key)
    assert row is not None
    assert row.state == "suppressed"
    letter(network, ann, Choice.INVITES, "s2")
    assert network.inbox(ann.address)[-1]["subject"] == "Friday"


def test_ann_sees_that_some_of_her_mail_comes_back_once_it_did_so_three_times_in_a_fortnight(
    network: Network, ann: Member
) -> None:
    start = network.clock.now()
    returns = {str(day): clock.stamp(start + timedelta(days=day)) for day in (0, 8, 9)}
    network.put("trouble", keys.trouble(ann.address_digest), {"returns": returns})
    browser = network.signed_in(ann.address)
    network.clock.move(days=10)
    assert "Some of our mail to you comes back" in browser.get("/account/emails").words
    network.clock.move(days=5)
    assert "comes back" not in browser.get("/account/emails").words
