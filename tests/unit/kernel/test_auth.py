"""Cookies, what a sign-in was granted to, and the check that a form came from a page of ours."""

from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie

import pytest

from functions.kernel import auth
from functions.kernel.auth import Access, Role
from functions.kernel.errors import Forbidden

ORIGIN = "https://psmn.test"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ANN = {"id": "a" * 32, "status": "member", "address_digest": "d1", "roles": []}
CORA = {**ANN, "roles": [Role.COORDINATOR]}


@pytest.mark.parametrize(("member", "seconds"), [(ANN, 90 * 86_400), (CORA, 12 * 3_600)])
def test_requirement_7_a_sign_in_cookie_is_for_our_own_pages_alone(member: dict[str, object], seconds: int) -> None:
    _, cookie = auth.new_sign_in(member, NOW)
    parsed = SimpleCookie(cookie)["__Host-member"]
    assert parsed["secure"] is True
    assert parsed["httponly"] is True
    assert parsed["samesite"] == "Lax"
    assert parsed["path"] == "/"
    assert not parsed["domain"]
    assert parsed["max-age"] == str(seconds)


def test_requirement_7_each_sign_in_has_a_new_value_that_the_table_does_not_hold() -> None:
    (first, one), (second, other) = auth.new_sign_in(ANN, NOW), auth.new_sign_in(ANN, NOW)
    assert one != other
    secret = one.partition(";")[0].rpartition(".")[2]
    assert secret not in str(first.parameters)
    assert first.parameters["Item"]["sk"] != second.parameters["Item"]["sk"]


def test_a_cookie_that_is_taken_back_runs_out_at_once() -> None:
    assert "Max-Age=0;" in auth.no_cookie("__Host-member")


@pytest.mark.parametrize(
    "changed",
    [{"status": "suspended"}, {"status": "left"}, {"address_digest": "d2"}, {"roles": [Role.COORDINATOR]}],
    ids=str,
)
def test_requirement_9_a_change_of_standing_address_or_role_is_another_standing(changed: dict[str, object]) -> None:
    assert auth.standing(ANN) != auth.standing({**ANN, **changed})


def test_requirement_9_losing_a_role_is_another_standing_and_a_new_organisation_is_not() -> None:
    assert auth.standing(CORA) != auth.standing(ANN)
    assert auth.standing({**ANN, "organisation": "Elsewhere"}) == auth.standing(ANN)


def test_a_coordinator_is_signed_in_for_a_working_day() -> None:
    assert auth.LIFETIMES[Access.COORDINATOR].absolute <= timedelta(hours=12)
    assert auth.LIFETIMES[Access.COORDINATOR].idle < auth.LIFETIMES[Access.MEMBER].idle


FROM_US = [
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none"},
    {"sec-fetch-site": "same-origin", "origin": "null"},
    {"origin": ORIGIN},
    {"origin": ORIGIN, "host": "api.internal.test"},
]
NOT_FROM_US = [
    {},
    {"host": "psmn.test"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": ""},
    {"sec-fetch-site": "same-origin, cross-site"},
    {"sec-fetch-site": "cross-site", "origin": ORIGIN},
    {"origin": "null"},
    {"origin": ""},
    {"origin": "http://psmn.test"},
    {"origin": "https://psmn.test:8443"},
    {"origin": "https://psmn.test.evil.test"},
    {"origin": "https://evil.psmn.test"},
    {"origin": "https://psmn.test/"},
    {"origin": "HTTPS://PSMN.TEST@evil.test"},
    {"origin": f"{ORIGIN}, https://evil.test"},
    {"origin": "https://evil.test", "host": "evil.test", "x-forwarded-host": "psmn.test"},
    {"referer": f"{ORIGIN}/join"},
]


@pytest.mark.parametrize("headers", FROM_US, ids=str)
def test_requirement_26_a_form_from_a_page_of_ours_is_taken(headers: dict[str, str]) -> None:
    auth.must_come_from_us(headers, ORIGIN)


@pytest.mark.parametrize("headers", NOT_FROM_US, ids=str)
def test_requirement_26_a_form_from_anywhere_else_is_not(headers: dict[str, str]) -> None:
    with pytest.raises(Forbidden):
        auth.must_come_from_us(headers, ORIGIN)
