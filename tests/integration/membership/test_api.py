"""Other programs ask who may join, and hand in applications for people."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.kernel.table import unmarshal
from functions.membership.register import register
from tests.network import TABLE, Network
from tests.people import ANN, PAT, SAM, VERA
from tests.web import Page

CASES = Path(__file__).parents[2] / "unit" / "membership" / "eligibility_cases.csv"
HAND_IN, CODE, ASK = "/api/applications", "/api/applications/code", "/api/eligibility"


def items(network: Network) -> list[dict[str, Any]]:
    return [unmarshal(image) for image in network.table.client.scan(TableName=TABLE)["Items"]]


def cases() -> Iterator[Any]:
    """The decided cases that a program can ask about: it cannot say what somebody was before."""
    with CASES.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["status"] in {"", "new"}:
                yield pytest.param(row, id=f"{row['email']} {row['role']} {row['nation']}")


@pytest.mark.parametrize("row", list(cases()))
def test_a_program_gets_the_answer_of_every_decided_case(network: Network, row: dict[str, str]) -> None:
    asked = {name: row[name] for name in ("email", "role", "nation")}
    known = {name: row[name] == "yes" for name in ("vouch", "profile", "proven")}

    answer = network.browser().post_json(ASK, {**asked, **known})

    assert answer.status == 200
    assert (answer.json["decision"], answer.json["reason"]) == (row["decision"], row["reason"])
    assert answer.json["grade"].startswith(row["grade"])
    assert answer.json["text"] == register().reasons[row["reason"]].text
    assert answer.json["rules_version"] == register().version


def test_asking_stores_nothing_and_does_not_say_who_is_a_member(network: Network) -> None:
    network.member(ANN["name"], ANN["email"])
    before = items(network)
    asked = {"role": "psm", "nation": "england"}

    known = network.browser().post_json(ASK, {**asked, "email": ANN["email"]})
    unknown = network.browser().post_json(ASK, {**asked, "email": "somebody.else@nhs.net"})

    assert known.body == unknown.body
    assert known.json["decision"] == "ACCEPT"
    assert items(network) == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"role": "boss"}, "role"),
        ({"nation": "atlantis"}, "nation"),
        ({"role": None}, "role"),
        ({"vouch": "perhaps"}, "vouch"),
        ({"email": "x" * 321}, "email"),
        ({"email": 7}, "email"),
        ({"status": "member"}, "status"),
    ],
)
def test_requirement_22_a_field_at_fault_gets_a_sentence(network: Network, change: dict[str, Any], field: str) -> None:
    asked = {"email": ANN["email"], "role": "psm", "nation": "england", **change}

    answer = network.browser().post_json(ASK, asked)

    assert answer.status == 422
    assert list(answer.json["error"]["fields"]) == [field]
    assert answer.json["error"]["message"] == "Check what you entered, and try again."


@pytest.mark.parametrize(
    "body",
    ["", "[]", "7", "null", '"text"', '{"a":1,"a":2}', '{"a":NaN}', "{", '{"email":"\\ud800"}', "[" * 5000],
)
@pytest.mark.parametrize("path", [ASK, HAND_IN, CODE])
def test_requirement_21_a_body_that_is_not_an_object_is_refused_in_json(network: Network, path: str, body: str) -> None:
    answer = network.browser().send("POST", path, body=body, headers={"content-type": "application/json"})

    assert answer.status == 400
    assert answer.json["error"]["status"] == 400


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_requirement_26_nothing_but_json_is_taken(network: Network, content_type: str) -> None:
    body = json.dumps({**ANN})

    answer = network.browser().send("POST", HAND_IN, body=body, headers={"content-type": content_type})

    assert answer.status == 415
    assert items(network) == []


def handed_in(network: Network, person: dict[str, Any], **more: Any) -> Page:
    answer = network.browser().post_json(HAND_IN, {**person, **more})
    assert answer.status == 202
    return answer


def test_ann_joins_through_another_program(network: Network) -> None:
    held = handed_in(network, ANN)
    assert (held.json["decision"], held.json["reason"]) == ("HOLD", "E02")
    assert held.json["next"] == CODE

    answer = network.browser().post_json(
        held.json["next"], {"proof": held.json["proof"], "code": network.code_for(ANN["email"])}
    )

    assert answer.status == 200
    assert (answer.json["decision"], answer.json["reason"]) == ("ACCEPT", "A01")
    assert answer.cookies == []
    network.clock.move(minutes=1)
    assert network.signed_in(ANN["email"]).get("/home").status == 200


def test_nothing_is_decided_and_nobody_is_asked_before_the_mailbox_is_proven(network: Network) -> None:
    handed_in(network, PAT, voucher_name=VERA["name"], voucher_email=VERA["email"])
    network.deliver()

    assert {item["kind"] for item in items(network)} == {"draft", "mail", "limit"}
    assert network.inbox(VERA["email"]) == []


def test_pats_contact_is_asked_once_the_code_is_in(network: Network) -> None:
    held = handed_in(network, PAT, voucher_name=VERA["name"], voucher_email=VERA["email"])

    answer = network.browser().post_json(CODE, {"proof": held.json["proof"], "code": network.code_for(PAT["email"])})

    assert (answer.json["decision"], answer.json["reason"]) == ("MORE", "E13")
    assert str(network.inbox(VERA["email"])[-1]["subject"]).startswith("Can you confirm")


def test_an_answer_that_got_lost_can_be_asked_for_again(network: Network) -> None:
    held = handed_in(network, SAM)
    sent = {"proof": held.json["proof"], "code": network.code_for(SAM["email"])}

    first, again = network.browser().post_json(CODE, sent), network.browser().post_json(CODE, sent)

    assert (first.status, first.json["decision"]) == (200, "REFER")
    assert again.json == first.json
    assert len([item for item in items(network) if item["kind"] == "application"]) == 1


def test_requirement_1_a_code_is_void_after_five_wrong_ones_and_after_fifteen_minutes(
    network: Network,
) -> None:
    held, late = handed_in(network, ANN), handed_in(network, PAT)
    right = network.code_for(ANN["email"])
    for _ in range(5):
        wrong = network.browser().post_json(CODE, {"proof": held.json["proof"], "code": "0000 0000"})
        assert wrong.json["error"]["fields"]["code"].startswith("That is not the code we sent")

    answer = network.browser().post_json(CODE, {"proof": held.json["proof"], "code": right})
    assert (answer.status, answer.json["error"]["fields"]["code"]) == (
        422,
        "This code no longer works. Ask for a new one",
    )
    code = network.code_for(PAT["email"])
    network.clock.move(minutes=15)
    assert network.browser().post_json(CODE, {"proof": late.json["proof"], "code": code}).status == 422


def test_requirement_4_a_code_is_no_good_without_the_proof_it_belongs_to(network: Network) -> None:
    handed_in(network, ANN)
    other = handed_in(network, PAT)

    answer = network.browser().post_json(CODE, {"proof": other.json["proof"], "code": network.code_for(ANN["email"])})

    assert answer.status == 422


def test_requirement_44_the_answer_is_the_same_for_a_member_and_for_somebody_unknown(
    network: Network,
) -> None:
    network.member(ANN["name"], ANN["email"])

    member, unknown = handed_in(network, ANN), handed_in(network, PAT)

    assert {**member.json, "proof": ""} == {**unknown.json, "proof": ""}
    assert len(member.body) == len(unknown.body)
    assert member.headers == unknown.headers
    assert network.inbox(ANN["email"])[-1]["subject"].startswith("You are already a member")
    guess = network.browser().post_json(CODE, {"proof": member.json["proof"], "code": "1234 5678"})
    wrong = network.browser().post_json(CODE, {"proof": "A" * 43, "code": "1234 5678"})
    assert guess.status == wrong.status == 422


def test_requirement_45_one_address_gets_three_codes_an_hour_however_many_programs_ask(
    network: Network,
) -> None:
    for place in range(6):
        browser = network.browser(client=f"198.51.100.{place}")
        assert browser.post_json(HAND_IN, {**ANN, "email": f"ann.example+{place}@NHS.net"}).status == 202

    assert len(network.inbox("ann.example")) == 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "not an address"}, "email"),
        ({"name": "<script> https://evil.example"}, "name"),
        ({"agree": "no"}, "agree"),
        ({"agree": None}, "agree"),
        ({"role": "boss"}, "role"),
        ({"nation": "uk"}, "nation"),
        ({"networks": ["secret"]}, "networks"),
        ({"profile_url": "javascript:alert(1)"}, "profile_url"),
        ({"voucher_name": "Vera"}, "voucher_email"),
        ({"voucher_name": "Vera", "voucher_email": "vera@gmail.com"}, "voucher_email"),
        ({"status": "member"}, "status"),
    ],
)
def test_requirement_15_an_application_says_what_the_form_says_and_no_more(
    network: Network, change: dict[str, Any], field: str
) -> None:
    answer = network.browser().post_json(HAND_IN, {**ANN, **change})

    assert answer.status == 422
    assert list(answer.json["error"]["fields"]) == [field]
    assert items(network) == []


def test_a_form_from_our_own_page_is_not_taken_for_a_program(network: Network) -> None:
    assert network.browser().post(ASK, {"email": ANN["email"]}).status == 415
    assert network.browser().get(ASK).status == 405
