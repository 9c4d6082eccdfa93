"""Changing an email address: a fresh sign-in, a code from the new mailbox, and everything that follows it."""

import json
import re
from datetime import timedelta

import pytest

from functions.kernel import keys
from functions.mail.model import CalendarPart, Guard, mail_key, new_mail
from functions.mail.store import planned
from functions.membership import new_address
from functions.membership.model import Member
from functions.membership.moves import Moves
from functions.membership.store import Applications, Members
from functions.sessions.model import Session, entry
from tests.attendee import Attendee
from tests.network import Network, code_in, link_in, text_of
from tests.people import ANN, CORA, PAT, VERA
from tests.web import Browser

PAGE, CODE = "/account/address", "/account/address/code"
NEW = "ann.example@othertrust.nhs.uk"


@pytest.fixture
def ann(network: Network) -> Member:
    return network.member(ANN["name"], ANN["email"])


@pytest.fixture
def browser(network: Network, ann: Member) -> Browser:
    return network.signed_in(ann.address)


def now_of(network: Network, member: Member) -> Member:
    found = Members(network.table).get(member.id)
    assert found is not None
    return found


def changed(network: Network, browser: Browser, new: str = NEW) -> Browser:
    """A browser in which the change to another address is done."""
    assert browser.post(PAGE, email=new).location == CODE
    answer = browser.post(CODE, code=network.code_for(new))
    assert (answer.status, answer.location) == (303, "/account?done=address")
    return browser


def lines(network: Network, member: Member) -> list[str]:
    return [line["what"] for line in network.table.children(keys.audit(member.id, "", "").pk)]


def test_ann_changes_jobs_and_takes_her_membership_along(network: Network, ann: Member, browser: Browser) -> None:
    assert browser.get("/account").value_of("email") is None
    page = browser.get(PAGE)
    assert "We tell your old address that it has changed." in page.words
    browser.post(PAGE, email=NEW)
    assert NEW in browser.get(CODE).words
    answer = browser.post(CODE, code=network.code_for(NEW))

    page = browser.get(answer.location)

    assert "Your email address has changed. Every other device is signed out." in page.text
    assert NEW in page.words
    assert ann.address not in page.words
    after = now_of(network, ann)
    assert (after.address, after.name, after.joined_at) == (NEW, ann.name, ann.joined_at)
    assert lines(network, ann) == ["changed address"]


def test_requirement_11_both_addresses_are_told_and_neither_letter_names_the_other(
    network: Network, ann: Member, browser: Browser
) -> None:
    changed(network, browser)
    old, new = network.inbox(ann.address)[-1], network.inbox(NEW)[-1]
    assert old["subject"] == new["subject"] == "Your email address has changed"
    assert "This is no longer the email address of your membership" in text_of(old)
    assert "It was changed on Monday 23 November 2026 at 10am (UK time)" in text_of(old)
    assert "This is now the email address of your membership" in text_of(new)
    assert NEW not in text_of(old)
    assert ann.address not in text_of(new)
    assert old["list-unsubscribe"] is None


def test_requirement_11_a_sign_in_of_a_quarter_of_an_hour_ago_proves_the_old_address_no_more(
    network: Network, ann: Member, browser: Browser
) -> None:
    network.clock.move(minutes=15)
    page = browser.get(PAGE)
    assert "Sign in again first." in page.words
    assert page.value_of("email") is None
    assert browser.post(PAGE, email=NEW).location == PAGE
    assert browser.get(CODE).location == PAGE
    assert network.inbox(NEW) == []

    browser.post("/sign-in", email=ann.address, next=PAGE)
    assert browser.post("/sign-in/code", code=network.code_for(ann.address)).location == PAGE
    changed(network, browser)
    assert now_of(network, ann).address == NEW


def test_requirement_9_every_other_sign_in_ends_and_this_browser_has_a_new_one(
    network: Network, ann: Member, browser: Browser
) -> None:
    other = network.signed_in(ann.address)
    before = browser.cookies["__Host-member"]
    stolen = network.browser()
    stolen.cookies["__Host-member"] = before

    changed(network, browser)

    assert browser.cookies["__Host-member"] != before
    assert browser.get("/home").status == 200
    assert [each.get("/home").status for each in (other, stolen)] == [303, 303]
    assert len(Members(network.table).sign_ins(ann.id)) == 1


def test_only_the_new_address_signs_in_from_then_on(network: Network, ann: Member, browser: Browser) -> None:
    changed(network, browser)
    network.clock.move(hours=2)
    for address, subject in ((ann.address, "No member has this email address"), (NEW, "Your code to sign in")):
        network.browser().post("/sign-in", email=address)
        assert str(network.inbox(address)[-1]["subject"]).startswith(subject)


def test_the_old_address_is_free_for_somebody_else(network: Network, ann: Member, browser: Browser) -> None:
    changed(network, browser)
    network.clock.move(hours=2)
    other = network.join({**ANN, "name": "Another Ann"})
    assert other.get("/join/outcome").reason == "A01"
    theirs = other.get("/account/data?as=json").text
    assert ann.id not in theirs
    assert NEW not in theirs
    mine = browser.get("/account/data?as=json").text
    assert "Another Ann" not in mine


def test_requirement_1_the_code_works_for_a_quarter_of_an_hour_and_five_tries(
    network: Network, ann: Member, browser: Browser
) -> None:
    browser.post(PAGE, email=NEW)
    code = network.code_for(NEW)
    wrong = "0000 0000" if code != "0000 0000" else "1111 1111"
    for _ in range(5):
        assert (
            browser.post(CODE, code=wrong).error_beside("code")
            == "That is not the code we sent. Check it, and type it again"
        )
    assert browser.post(CODE, code=code).error_beside("code") == "This code no longer works. Ask for a new one"

    browser.post(PAGE, email=NEW)
    code = network.code_for(NEW)
    network.clock.move(minutes=15)
    assert browser.post(CODE, code=code).status == 422
    assert now_of(network, ann).address == ann.address


def test_requirement_4_the_code_works_only_in_the_browser_that_asked(
    network: Network, ann: Member, browser: Browser
) -> None:
    other = network.signed_in(ann.address)
    stranger = network.member("Bob Example", "bob.example@nhs.net")
    bob = network.signed_in(stranger.address)
    browser.post(PAGE, email=NEW)
    code = network.code_for(NEW)
    for wrong in (other, bob):
        assert wrong.post(CODE, code=code).location == PAGE
    assert network.browser().post(CODE, code=code).location.startswith("/sign-in")
    assert now_of(network, ann).address == ann.address
    assert browser.post(CODE, code=code).status == 303


def test_requirement_6_asking_again_voids_the_code_before(network: Network, ann: Member, browser: Browser) -> None:
    browser.post(PAGE, email="wrong.box@nhs.net")
    first = network.code_for("wrong.box@nhs.net")
    browser.post(PAGE, email=NEW)
    assert "wrong.box@nhs.net" not in browser.get(CODE).words
    assert browser.post(CODE, code=first).status == 422
    assert browser.post(CODE, code=network.code_for(NEW)).status == 303


def test_requirement_5_of_two_uses_at_once_one_counts(network: Network, ann: Member, browser: Browser) -> None:
    browser.post(PAGE, email=NEW)
    code = network.code_for(NEW)
    before = dict(browser.cookies)
    assert browser.post(CODE, code=code).status == 303
    twin = network.browser()
    twin.cookies.update(before)
    assert twin.post(CODE, code=code).location.startswith("/sign-in")
    assert lines(network, ann) == ["changed address"]
    assert len([each for each in network.inbox(ann.address) if "changed" in str(each["subject"])]) == 1


def test_requirement_44_asking_for_the_address_of_a_member_looks_like_asking_for_any(
    network: Network, ann: Member, browser: Browser
) -> None:
    bob = network.member("Bob Example", "bob.example@nhs.net")
    bodies, subjects = [], []
    for address in (bob.address, "nobody.here@nhs.net"):
        answer = browser.post(PAGE, email=address)
        assert (answer.status, answer.location) == (303, CODE)
        bodies.append(browser.get(CODE).text.replace(address, ""))
        subjects.append(re.sub(r"\d", "0", str(network.inbox(address)[-1]["subject"])))
    assert bodies[0] == bodies[1]
    assert subjects[0] == subjects[1]


def test_an_address_that_belongs_to_somebody_stays_theirs_even_when_its_code_is_typed(
    network: Network, ann: Member, browser: Browser
) -> None:
    bob = network.member("Bob Example", "bob.example@nhs.net")
    browser.post(PAGE, email=bob.address)
    answer = browser.post(CODE, code=network.code_for(bob.address))
    assert answer.error_beside("code") == new_address.BELONGS
    assert now_of(network, ann).address == ann.address
    assert network.signed_in(bob.address).get("/home").status == 200
    assert lines(network, ann) == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("ann.example", "That does not look like an email address"),
        ("patientsafety@nhs.net", "This looks like an address several people read"),
        ("ann@mailinator.com", "Please use an address you will keep"),
        ("Ann.Example+work@NHS.net", new_address.THE_SAME),
        ("", "Enter your email address"),
    ],
)
def test_an_address_that_will_not_do_is_told_beside_the_field_and_gets_no_mail(
    network: Network, ann: Member, browser: Browser, typed: str, sentence: str
) -> None:
    before = len(list(network.mail()))
    answer = browser.post(PAGE, email=typed)
    assert answer.status == 422
    assert str(answer.error_beside("email")).startswith(sentence)
    network.deliver()
    assert len(list(network.mail())) == before


def test_requirement_45_one_address_gets_three_codes_an_hour_and_the_page_does_not_say_so(
    network: Network, browser: Browser
) -> None:
    for _ in range(4):
        assert browser.post(PAGE, email=NEW).location == CODE
        network.deliver()
    assert len(network.inbox(NEW)) == 3


def test_a_personal_address_keeps_the_membership_and_the_line_says_what_the_rules_think(
    network: Network, ann: Member, browser: Browser
) -> None:
    changed(network, browser, "ann.example@gmail.com")
    assert browser.get("/home").status == 200
    assert lines(network, ann) == ["changed address, and stays a member though the rules would ask again"]
    (line,) = network.table.children(keys.audit(ann.id, "", "").pk)
    assert line["facts"]["reason"] == "E16"
    assert now_of(network, ann).verdict == ann.verdict
    assert "gmail" not in json.dumps(line)
    assert ann.address not in json.dumps(line)


def test_what_a_contact_confirmed_counts_at_the_new_address_too(network: Network) -> None:
    network.join({**PAT, "voucher_name": VERA["name"], "voucher_email": VERA["email"]})
    asked = network.inbox(VERA["email"])[-1]
    network.browser().post(link_in(asked, "/vouch/"), code=code_in(asked), answer="yes")
    network.clock.move(hours=1)
    browser = network.signed_in(PAT["email"])
    pat = next(member for member in Members(network.table).every() if member.address == PAT["email"])

    changed(network, browser, "pat.new@outlook.com")

    after = now_of(network, pat)
    assert (after.verdict.reason, lines(network, pat)[-1]) == ("A02", "changed address")
    application = Applications(network.table).get(str(pat.application_id))
    assert application is not None
    assert (application.address, application.address_digest) == (after.address, after.address_digest)
    owner = Applications(network.table).of_address(after.address_digest)
    assert owner is not None
    assert (owner["member_id"], owner["application_id"]) == (pat.id, pat.application_id)
    told = browser.get("/account/data?as=json")
    assert {"We have your application", "Your email address has changed"} <= {
        each["what"] for kind in told.json if kind["kind"] == "mail" for each in kind["items"]
    }
    assert "Thank you for answering" not in told.text


def test_who_changed_their_address_can_leave_and_nothing_stays_behind(network: Network) -> None:
    network.join(ANN)
    network.clock.move(hours=1)
    browser = changed(network, network.signed_in(ANN["email"]))
    network.deliver()

    browser.post("/account/leave")

    network.deliver()
    network.clock.move(hours=25)
    kept = [
        item.get("mail_kind", item["kind"])
        for item in network.everything()
        if any(address in json.dumps(item) for address in (ANN["email"], NEW, ANN["name"]))
        and item.get("expires_at", 2**40) > network.clock.now().timestamp()
    ]
    assert kept == ["left"]


def invite(network: Network, member: Member, starts_in: timedelta) -> None:
    """Plan an invitation with an entry, as the network does."""
    now = network.clock.now()
    start = now + starts_in
    session = Session(
        id=f"s{starts_in.days}", title="Drop-in", start=start, end=start + timedelta(hours=1), changed_at=now
    )
    written = entry(session, site_origin="https://psmn.test", organizer="events@events.psmn.test")
    profile = keys.member(member.id)
    guard = Guard(pk=profile.pk, sk=profile.sk, equals={"address_digest": member.address_digest})
    mail = new_mail(
        "invite",
        key=mail_key("session", session.id, member.address_digest, 0),
        to_address=member.address,
        to_name=member.name,
        address_digest=member.address_digest,
        owner=member.id,
        context={
            "subject": "Friday",
            "title": "Drop-in",
            "when": "Friday",
            "summary": "",
            "page": "https://psmn.test/",
        },
        guards=(guard,),
        calendar=CalendarPart(method="REQUEST", entry=written.model_dump(mode="json")),
        now=now,
        not_after=start,
    )
    network.table.write(planned(mail))


def calendar_at(network: Network, address: str) -> list[bool]:
    """Which entries the calendar at an address still shows."""
    attendee = Attendee(address)
    for message in network.inbox(address):
        attendee.receive(message.as_bytes())
    return [not shown.cancelled for shown in attendee.shows().values()]


def test_sessions_that_are_coming_leave_the_calendar_of_the_old_address(
    network: Network, ann: Member, browser: Browser
) -> None:
    invite(network, ann, timedelta(days=2))
    invite(network, ann, timedelta(days=9))
    assert calendar_at(network, ann.address) == [True, True]
    browser.post(PAGE, email=NEW)
    code = network.code_for(NEW)
    invite(network, ann, timedelta(days=16))

    browser.post(CODE, code=code)

    assert calendar_at(network, ann.address) == [False, False]
    assert calendar_at(network, NEW) == []
    page = browser.get("/account/emails")
    assert page.words.count("A session taken out of your calendar") == 2
    assert "Not sent: it was out of date" in page.words
    invite(network, now_of(network, ann), timedelta(days=2))
    assert calendar_at(network, NEW) == [True]
    assert calendar_at(network, ann.address) == [False, False]


def test_requirement_18_a_coordinator_who_changes_their_address_stays_one(network: Network) -> None:
    network.member(CORA["name"], CORA["email"], coordinator=True)
    browser = changed(network, network.signed_in(CORA["email"]), "cora.new@nhs.net")
    assert browser.get("/coordinate").status == 200


def test_a_member_who_leaves_while_the_code_is_on_its_way_changes_nothing(
    network: Network, ann: Member, browser: Browser
) -> None:
    browser.post(PAGE, email=NEW)
    code = network.code_for(NEW)
    wish = Moves(network.table).wish(ann.id, Members(network.table).sign_ins(ann.id)[0])
    assert wish is not None
    browser.post("/account/leave")
    assert browser.post(CODE, code=code).location.startswith("/sign-in")
    assert network.table.get(keys.address(wish.address_digest)) is None
    assert network.table.get(wish.key) is None
