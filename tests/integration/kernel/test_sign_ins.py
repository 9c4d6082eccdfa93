"""Sign-ins in the table: how long they last, how they are kept in use, and what ends them."""

from datetime import datetime

import pytest

from functions.kernel import auth, keys
from functions.kernel.auth import Role
from functions.kernel.errors import Unavailable
from functions.kernel.table import change
from functions.membership.model import Member
from tests.calls import faults, listen, refused
from tests.network import Network
from tests.people import ANN, CORA
from tests.web import Browser, Page


@pytest.fixture
def ann(network: Network) -> Member:
    return network.member(ANN["name"], ANN["email"])


@pytest.fixture
def browser(network: Network, ann: Member) -> Browser:
    assert ann
    return network.signed_in(ANN["email"])


def is_in(browser: Browser) -> bool:
    page: Page = browser.get("/home")
    assert page.status == 200 or page.location.startswith("/sign-in?next=")
    return page.status == 200


def seen_at(network: Network, member: Member) -> datetime:
    (item,) = network.table.children(keys.member(member.id).pk, keys.SIGN_INS)
    return datetime.fromisoformat(item["seen_at"])


def test_requirement_7_signing_in_again_is_a_new_value_and_the_old_one_goes_on(
    network: Network, browser: Browser
) -> None:
    another = network.signed_in(ANN["email"])
    assert another.cookies["__Host-member"] != browser.cookies["__Host-member"]
    assert is_in(another)
    assert is_in(browser)


def test_requirement_7_a_value_that_somebody_brings_along_is_not_taken_over(network: Network, ann: Member) -> None:
    brought = f"{ann.id}.{'a' * 43}"
    browser = network.browser()
    browser.cookies["__Host-member"] = brought
    browser.post("/sign-in", email=ANN["email"])
    browser.post("/sign-in/code", code=network.code_for(ANN["email"]))
    assert browser.cookies["__Host-member"] != brought
    thief = network.browser()
    thief.cookies["__Host-member"] = brought
    assert not is_in(thief)


def test_requirement_8_every_use_keeps_a_member_in_for_thirty_more_days_up_to_ninety(
    network: Network, browser: Browser
) -> None:
    for _ in range(4):
        network.clock.move(days=20)
        assert is_in(browser)
    network.clock.move(days=9, hours=23)
    assert is_in(browser)
    network.clock.move(hours=2)
    assert not is_in(browser)


def test_requirement_8_a_coordinator_is_in_for_twelve_hours_however_busy(network: Network) -> None:
    network.member(CORA["name"], CORA["email"], coordinator=True)
    browser = network.signed_in(CORA["email"])
    for _ in range(11):
        network.clock.move(hours=1)
        assert browser.get("/coordinate").status == 200
    network.clock.move(minutes=61)
    assert browser.get("/coordinate").status == 303


def test_a_sign_in_in_use_is_noted_now_and_then_and_not_at_each_page(
    network: Network, ann: Member, browser: Browser
) -> None:
    began = seen_at(network, ann)
    network.clock.move(days=3)
    browser.get("/home")
    assert seen_at(network, ann) == began
    network.clock.move(days=1)
    browser.get("/home")
    assert seen_at(network, ann) == network.clock.now()


def test_requirement_2_a_page_writes_nothing_but_that_note(network: Network, ann: Member) -> None:
    calls = listen()
    browser = network.signed_in(ANN["email"])
    network.clock.move(days=4)
    calls.forget()
    browser.get("/home")
    assert calls.effects == ["dynamodb.UpdateItem"]
    (note,) = (call for call in calls.made if call.name == "UpdateItem")
    assert note.parameters["Key"]["pk"]["S"] == keys.member(ann.id).pk
    assert note.parameters["ExpressionAttributeNames"]["#c0"] == "seen_at"
    assert note.parameters["UpdateExpression"] == "SET #c0 = :c0"


def test_a_press_makes_its_own_write_alone_and_the_page_it_leads_to_that_note(network: Network, ann: Member) -> None:
    calls = listen()
    browser = network.signed_in(ANN["email"])
    network.clock.move(days=4)
    calls.forget()
    page = browser.post("/library/share")
    assert calls.effects == ["dynamodb.TransactWriteItems"]
    assert seen_at(network, ann) < network.clock.now()
    calls.forget()
    browser.get(page.location)
    assert calls.effects == ["dynamodb.UpdateItem"]
    assert seen_at(network, ann) == network.clock.now()


@pytest.mark.parametrize("path", ["/sign-out", "/account/sign-out-everywhere"])
def test_requirement_8_signing_out_after_days_away_is_as_good_as_at_once(
    network: Network, browser: Browser, path: str
) -> None:
    network.clock.move(days=10)
    assert browser.post(path).status == 303
    assert not is_in(browser)


def test_a_page_answers_although_its_use_cannot_be_noted(
    network: Network, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    network.clock.move(days=10)
    table = network.table
    visitor = auth.who_is(browser.cookies, table, network.clock.now())
    assert visitor is not None
    with faults(table.client, "UpdateItem", *[refused("InternalServerError", 500)] * 8):
        auth.touch(visitor, table, network.clock.now())
    with faults(table.client, "GetItem", *[refused("InternalServerError", 500)] * 8), pytest.raises(Unavailable):
        table.get(visitor.sign_in)


@pytest.mark.parametrize(
    "changed",
    [{"status": "suspended"}, {"status": "left"}, {"address_digest": "another"}, {"roles": [Role.COORDINATOR]}],
    ids=str,
)
def test_requirement_9_a_change_of_standing_ends_every_sign_in_at_the_next_request(
    network: Network, ann: Member, browser: Browser, changed: dict[str, object]
) -> None:
    another = network.signed_in(ANN["email"])
    network.table.write(change(keys.member(ann.id), set=changed))
    assert not is_in(browser)
    assert not is_in(another)


def test_requirement_9_a_coordinator_who_is_no_longer_one_is_signed_out(network: Network) -> None:
    cora = network.member(CORA["name"], CORA["email"], coordinator=True)
    browser = network.signed_in(CORA["email"])
    assert browser.get("/coordinate").status == 200
    network.table.write(change(keys.member(cora.id), set={"roles": []}))
    assert browser.get("/coordinate").status == 303


def test_a_change_of_organisation_leaves_people_signed_in(network: Network, ann: Member, browser: Browser) -> None:
    network.table.write(change(keys.member(ann.id), set={"organisation": "Othertown NHS Foundation Trust"}))
    assert is_in(browser)


def test_a_made_up_cookie_signs_nobody_in(network: Network) -> None:
    browser, some = network.browser(), "a" * 32
    for cookie in ("", ".", "a", "a.b", f"{some}.", f"{some}.b", f".{some}", f"{'ŵ' * 32}.x", f"{some}.{'b' * 4000}"):
        browser.cookies["__Host-member"] = cookie
        assert not is_in(browser)


def test_one_members_secret_does_not_open_anothers_account(network: Network, browser: Browser) -> None:
    bob = network.member("Bob Example", "bob.example@nhs.net")
    secret = browser.cookies["__Host-member"].partition(".")[2]
    thief = network.browser()
    thief.cookies["__Host-member"] = f"{bob.id}.{secret}"
    assert not is_in(thief)


def test_of_a_member_who_is_here_the_month_is_kept_and_no_more(network: Network, ann: Member, browser: Browser) -> None:
    network.clock.move(days=20)
    assert is_in(browser)
    item = network.table.get(keys.member(ann.id))
    assert item is not None
    assert item["active_in"] == "2026-12"
    assert not [name for name in item if name.startswith(("seen", "last"))]


def test_a_member_who_has_left_is_not_written_to_again(network: Network, ann: Member) -> None:
    assert ann
    visitor = auth.who_is(network.signed_in(ANN["email"]).cookies, network.table, network.clock.now())
    assert visitor is not None
    network.table.write(change(keys.member(ann.id), set={"status": "left"}))
    network.clock.move(days=20)
    auth.touch(visitor, network.table, network.clock.now())
    item = network.table.get(keys.member(ann.id))
    assert item is not None
    assert "active_in" not in item
