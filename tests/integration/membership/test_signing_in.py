"""Signing in by code, and signing out."""

from datetime import timedelta

import pytest

from functions.kernel import tokens
from functions.kernel.errors import Invalid
from functions.membership import sign_in
from functions.membership.store import Codes, Members
from tests.network import Network, code_in
from tests.people import ANN, CORA


def test_ann_signs_in_with_a_code_and_goes_where_she_was_going(network: Network) -> None:
    network.member(ANN["name"], ANN["email"])
    browser = network.browser()
    turned_away = browser.get("/account/emails")
    assert turned_away.location == "/sign-in?next=%2Faccount%2Femails"

    shown = browser.get(turned_away.location)
    browser.post("/sign-in", email=ANN["email"], next=str(shown.value_of("next")))
    answer = browser.post("/sign-in/code", code=network.code_for(ANN["email"]))

    assert (answer.status, answer.location) == (303, "/account/emails")
    assert browser.get("/account/emails").status == 200


def test_requirement_1_a_code_works_for_fifteen_minutes_and_no_longer(network: Network) -> None:
    network.member(ANN["name"], ANN["email"])
    browser = network.browser()
    browser.post("/sign-in", email=ANN["email"])
    code = network.code_for(ANN["email"])

    network.clock.move(minutes=15)

    answer = browser.post("/sign-in/code", code=code)
    assert answer.error_beside("code") == "This code no longer works. Ask for a new one"


def test_requirement_1_after_five_wrong_codes_the_right_one_is_void_too(network: Network) -> None:
    network.member(ANN["name"], ANN["email"])
    browser = network.browser()
    browser.post("/sign-in", email=ANN["email"])
    code = network.code_for(ANN["email"])

    for _ in range(5):
        browser.post("/sign-in/code", code="0000 0000" if code != "0000 0000" else "1111 1111")

    assert browser.post("/sign-in/code", code=code).status == 422
    assert browser.get("/home").status == 303


def test_requirement_1_a_code_works_once(network: Network) -> None:
    network.member(ANN["name"], ANN["email"])
    browser = network.browser()
    browser.post("/sign-in", email=ANN["email"])
    asked = dict(browser.cookies)
    code = network.code_for(ANN["email"])
    assert browser.post("/sign-in/code", code=code).status == 303

    second = network.browser()
    second.cookies.update(asked)

    assert second.post("/sign-in/code", code=code).status == 422


def test_requirement_5_of_two_uses_at_once_one_gets_in(network: Network) -> None:
    network.member(ANN["name"], ANN["email"])
    browser = network.browser()
    browser.post("/sign-in", email=ANN["email"])
    digest = tokens.digest(browser.cookies["__Host-ask"])
    code = network.code_for(ANN["email"])
    codes, members = Codes(network.table), Members(network.table)

    wish = codes.ask(digest)
    assert wish is not None
    cookie, _ = sign_in.enter_code(code, digest, codes=codes, members=members, now=network.clock.now())

    assert cookie
    with pytest.raises(Invalid):
        sign_in.enter_code(code, digest, codes=codes, members=members, now=network.clock.now())


def test_requirement_6_asking_again_voids_the_code_before(network: Network) -> None:
    network.member(ANN["name"], ANN["email"])
    browser = network.browser()
    browser.post("/sign-in", email=ANN["email"])
    first = network.code_for(ANN["email"])
    browser.post("/sign-in", email=ANN["email"])
    second = network.code_for(ANN["email"])

    assert browser.post("/sign-in/code", code=first).status == 422
    assert browser.post("/sign-in/code", code=second).status == 303


def test_requirement_8_a_member_stays_signed_in_for_thirty_days_without_use(network: Network) -> None:
    network.member(ANN["name"], ANN["email"])
    browser = network.signed_in(ANN["email"])

    network.clock.move(days=29)
    assert browser.get("/home").status == 200
    network.clock.move(days=29)
    assert browser.get("/home").status == 200
    network.clock.move(days=31)
    assert browser.get("/home").status == 303


def test_requirement_8_nobody_stays_signed_in_for_more_than_ninety_days(network: Network) -> None:
    network.member(ANN["name"], ANN["email"])
    browser = network.signed_in(ANN["email"])

    for _ in range(4):
        network.clock.move(days=20)
        assert browser.get("/home").status == 200
    network.clock.move(days=10, seconds=1)

    assert browser.get("/home").status == 303


def test_requirement_8_a_coordinator_is_signed_out_after_two_hours_without_use(network: Network) -> None:
    network.member(CORA["name"], CORA["email"], coordinator=True)
    browser = network.signed_in(CORA["email"])

    network.clock.move(minutes=100)
    assert browser.get("/coordinate").status == 200
    network.clock.move(minutes=121)

    assert browser.get("/coordinate").status == 303


def test_requirement_8_signing_out_ends_it_for_a_copied_cookie_too(network: Network) -> None:
    network.member(ANN["name"], ANN["email"])
    browser, copied = network.signed_in(ANN["email"]), network.browser()
    copied.cookies.update(browser.cookies)

    answer = browser.post("/sign-out")

    assert (answer.status, answer.location) == (303, "/")
    assert "__Host-member" not in browser.cookies
    assert copied.get("/home").status == 303


def test_an_address_nobody_has_gets_a_mail_that_says_so_and_the_same_page(network: Network) -> None:
    network.member(ANN["name"], ANN["email"])
    known, unknown = network.browser(), network.browser()

    answers = [
        known.post("/sign-in", email=ANN["email"]),
        unknown.post("/sign-in", email="nobody@nhs.net"),
    ]

    assert {(answer.status, answer.location, len(answer.body)) for answer in answers} == {(303, "/sign-in/code", 0)}
    assert known.get("/sign-in/code").body == unknown.get("/sign-in/code").body
    (message,) = network.inbox("nobody@nhs.net")
    assert message["subject"] == "No member has this email address"


def test_requirement_45_one_address_gets_three_mails_an_hour_in_whatever_spelling(network: Network) -> None:
    network.member("Gill Example", "gill.example@gmail.com")
    spellings = [
        "gill.example@gmail.com",
        "GILLEXAMPLE@gmail.com",
        "gill.example+x@googlemail.com",
        "g.ill.example@gmail.com",
    ]

    for place, spelling in enumerate(spellings * 2):
        answer = network.browser(client=f"198.51.100.{place}").post("/sign-in", email=spelling)
        assert (answer.status, answer.location) == (303, "/sign-in/code")

    assert len(network.inbox("gill.example@gmail.com")) == 3
    network.clock.move(hours=1)
    network.browser().post("/sign-in", email="gill.example@gmail.com")
    assert len(network.inbox("gill.example@gmail.com")) == 4


def test_a_sign_in_mail_says_when_it_was_asked_for_in_uk_time(network: Network) -> None:
    network.clock.moment += timedelta(days=180)
    network.member(ANN["name"], ANN["email"])
    network.browser().post("/sign-in", email=ANN["email"])

    (message,) = network.inbox(ANN["email"])

    assert code_in(message)
    assert "at 11am (UK time)" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr] # It has one.
