"""Requirement 61: people go through everything, and nothing about them reaches a log, a measure or the output."""

import json
from collections.abc import Callable

import pytest

from functions.kernel.table import Table
from functions.mail import jobs as mail_jobs
from functions.mail.mime import Message
from functions.membership import jobs as membership_jobs
from tests.network import Network, code_in, link_in
from tests.people import ANN, CORA, PAT, SAM, VERA
from tests.world import populate

type Logged = Callable[[], str]

PEOPLE = (ANN, PAT, VERA, SAM, CORA, {"name": "Bob Example", "email": "bob.example@nhs.net"})


def tells_nothing(text: str, *secrets: str) -> None:
    """Fail at the first word in a log that is about a person."""
    lowered = text.lower()
    for person in PEOPLE:
        for fact in (person["name"], person["email"], person["email"].partition("@")[0], person.get("organisation")):
            assert not fact or fact.lower() not in lowered, fact
    assert "@" not in lowered
    for secret in secrets:
        assert secret not in text
        assert secret.replace(" ", "") not in text


def test_requirement_61_joining_signing_in_and_vouching_leave_no_trace_of_anybody(
    network: Network, logged: Logged
) -> None:
    secrets: list[str] = []
    browser = network.join(ANN)
    secrets += browser.cookies.values()
    network.deliver()
    signing_in = network.browser()
    signing_in.post("/sign-in", email=ANN["email"])
    secrets += [network.code_for(ANN["email"]), signing_in.cookies["__Host-ask"]]
    signing_in.post("/sign-in/code", code="0000 0000")
    signing_in.post("/sign-in/code", code=secrets[-2])
    secrets += signing_in.cookies.values()
    for path in ("/home", "/account", "/account/data", "/account/emails", "/no-such-page"):
        signing_in.get(path)

    network.join({**PAT, "voucher_name": VERA["name"], "voucher_email": VERA["email"]})
    question = network.inbox(VERA["email"])[-1]
    link = link_in(question, "/vouch/")
    secrets += [code_in(question), link.rpartition(".")[2]]
    network.browser().get(link)
    network.browser().post(link, answer="yes", code="0000 0000")
    network.browser().post(link, answer="yes", code=code_in(question))
    network.deliver()

    network.join(SAM)
    network.member(CORA["name"], CORA["email"], coordinator=True)
    coordinator = network.signed_in(CORA["email"])
    secrets += coordinator.cookies.values()
    coordinator.get("/coordinate/applications")
    coordinator.post("/coordinate/members", email=ANN["email"])
    membership_jobs.settle({"network": "psmn", "at": network.clock.now().isoformat()}, None)
    signing_in.post("/account/leave")
    network.deliver()

    text = logged()
    assert '"message":"mail"' in text
    tells_nothing(text, *secrets)


def test_requirement_61_every_page_asked_for_by_everybody_leaves_no_trace(network: Network, logged: Logged) -> None:
    world = populate(network)
    for browser in world.everybody().values():
        for address in world.real.values():
            browser.get(address)
            browser.post(address, email=ANN["email"], name=ANN["name"], note=PAT["name"], zzz=SAM["name"])
    tells_nothing(logged(), *(value for browser in world.everybody().values() for value in browser.cookies.values()))


def test_requirement_61_a_fault_in_the_middle_says_where_and_not_about_whom(
    network: Network, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_table: Table, *arguments: object, **named: object) -> None:
        raise RuntimeError(f"{ANN['name']} {ANN['email']} {arguments} {named}")

    monkeypatch.setattr(Table, "transact", breaks)
    assert network.browser().post("/join", email=ANN["email"]).status == 500
    assert network.browser().post_json("/api/applications", {**ANN, "networks": []}).status >= 400
    text = logged()
    assert "RuntimeError at breaks" in text
    tells_nothing(text)


def test_requirement_61_mail_that_cannot_be_written_says_which_and_not_to_whom(
    network: Network, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.browser().post("/join", email=ANN["email"])

    def breaks(message: Message) -> bytes:
        raise ValueError(f"{message.to_address} {message.text}")

    monkeypatch.setattr("functions.mail.send.build", breaks)
    assert network.deliver() == ["failed"]
    text = logged()
    assert '"fault":"ValueError"' in text
    tells_nothing(text)


def test_requirement_61_a_record_that_cannot_be_read_is_not_written_out(network: Network, logged: Logged) -> None:
    image = {"key": {"S": "k"}, "to_address": {"S": ANN["email"]}, "to_name": {"S": ANN["name"]}}
    record = {"dynamodb": {"SequenceNumber": "1", "NewImage": image}}
    answer = mail_jobs.dispatch({"Records": [record]}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    tells_nothing(logged())


def test_each_line_of_a_log_is_one_json_document(network: Network, logged: Logged) -> None:
    network.join(ANN)
    network.deliver()
    network.browser().get("/no-such-page")
    lines = logged().splitlines()
    assert lines
    assert all(isinstance(json.loads(line), dict) for line in lines)
