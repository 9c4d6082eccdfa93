"""From the table's stream to the queue, and what the sweep finds on its way."""

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest
from boto3.dynamodb.types import TypeSerializer
from botocore.awsrequest import AWSResponse

from functions.kernel import keys, tokens
from functions.kernel.table import delete
from functions.mail import jobs
from functions.mail.model import Mail, State, mail_key, new_mail
from functions.mail.post import Posted, PostOffice
from functions.mail.store import Ledger, planned
from tests.calls import Body, faults
from tests.network import Network
from tests.people import ANN


def plan(network: Network, **more: Any) -> Mail:
    facts = {"to_address": ANN["email"], "address_digest": "ann", "now": network.clock.now(), **more}
    mail = new_mail("left", key=mail_key("left", tokens.new_id(), "ann"), **facts)
    network.table.write(planned(mail))
    return mail


def record_of(network: Network, mail: Mail) -> dict[str, Any]:
    """The record that the table's stream makes of a planned message."""
    item = network.table.get(keys.mail(mail.key))
    assert item is not None
    image = {name: TypeSerializer().serialize(value) for name, value in item.items()}
    return {"eventName": "INSERT", "dynamodb": {"SequenceNumber": f"seq-{mail.key}", "NewImage": image}}


def queued() -> list[dict[str, Any]]:
    """What waits in the queue."""
    sqs, url, found = boto3.client("sqs"), jobs.settings().mail_queue_url, []
    while more := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        found += more
    return found


def test_requirement_61_the_queue_carries_the_key_of_a_message_and_nothing_about_a_person(network: Network) -> None:
    mails = [plan(network) for _ in range(23)]
    answer = jobs.dispatch({"Records": [record_of(network, mail) for mail in mails]}, None)
    assert answer == {"batchItemFailures": []}
    found = queued()
    assert {message["Body"] for message in found} == {mail.key for mail in mails}
    assert {name for message in found for name in message} == {"MessageId", "ReceiptHandle", "MD5OfBody", "Body"}


def test_requirement_74_a_message_that_the_queue_did_not_take_is_brought_again_and_those_before_it_are_not(
    network: Network,
) -> None:
    mails = [plan(network) for _ in range(5)]

    def takes_some(request: Any) -> AWSResponse:
        entries = json.loads(request.body)["Entries"]
        taken = [{"Id": each["Id"], "MessageId": "m", "MD5OfMessageBody": "x"} for each in entries[:2]]
        failed = [{"Id": each["Id"], "SenderFault": False, "Code": "InternalError"} for each in entries[2:]]
        body = json.dumps({"Successful": taken, "Failed": failed}).encode()
        return AWSResponse(request.url, 200, {"content-type": "application/x-amz-json-1.0"}, Body(body))

    with faults(jobs.queue(), "SendMessageBatch", takes_some):
        answer = jobs.dispatch({"Records": [record_of(network, mail) for mail in mails]}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": f"seq-{mails[2].key}"}]}


@pytest.mark.parametrize(("ahead", "delay"), [(None, 0), (timedelta(minutes=10), 600), (timedelta(days=1), 900)])
def test_a_message_for_later_waits_in_the_queue_as_long_as_a_queue_can(
    network: Network, ahead: timedelta | None, delay: int
) -> None:
    mail = plan(network, not_after=network.clock.now() + timedelta(days=2))
    mail = mail.model_copy(update={"not_before": network.clock.now() + ahead if ahead else None})
    entries: list[dict[str, Any]] = []

    def looks(request: Any) -> AWSResponse:
        entries.extend(json.loads(request.body)["Entries"])
        return AWSResponse(request.url, 200, {}, Body(b'{"Successful": [], "Failed": []}'))

    record = record_of(network, mail)
    if mail.not_before:
        record["dynamodb"]["NewImage"]["not_before"] = {"S": mail.not_before.isoformat()}
    with faults(jobs.queue(), "SendMessageBatch", looks):
        jobs.dispatch({"Records": [record]}, None)
    assert [entry["DelaySeconds"] for entry in entries] == [delay]


def sweep(network: Network) -> dict[str, int]:
    return jobs.sweep({"network": "psmn", "at": network.clock.now().isoformat()}, None)


def test_requirement_79_a_message_that_got_lost_on_the_way_to_the_queue_is_queued_by_the_sweep(
    network: Network,
) -> None:
    mail = plan(network)
    network.clock.move(minutes=4, seconds=59)
    assert sweep(network) == {"queued": 0, "again": 0, "unknown": 0}
    network.clock.move(seconds=2)
    assert sweep(network) == {"queued": 1, "again": 0, "unknown": 0}
    assert [message["Body"] for message in queued()] == [mail.key]


def test_requirement_79_a_message_that_nobody_answered_for_is_closed_and_never_queued(network: Network) -> None:
    mail = plan(network)
    ledger = Ledger(network.table)
    ledger.start(mail, {}, network.clock.now())
    network.clock.move(minutes=15)
    assert sweep(network) == {"queued": 0, "again": 0, "unknown": 0}
    network.clock.move(seconds=1)
    assert sweep(network) == {"queued": 0, "again": 0, "unknown": 1}
    closed = ledger.get(mail.key)
    assert closed is not None
    assert (closed.state, closed.ended_at) == (State.UNKNOWN, network.clock.now())
    assert sweep(network) == {"queued": 0, "again": 0, "unknown": 0}
    assert not queued()


def test_the_sweep_goes_by_the_moment_in_the_event_and_not_by_the_clock(network: Network) -> None:
    plan(network)
    late = network.clock.now() + timedelta(hours=1)
    assert jobs.sweep({"network": "psmn", "at": late.isoformat()}, None) == {"queued": 1, "again": 0, "unknown": 0}


def test_the_sweep_reads_to_the_end_of_a_long_list(network: Network) -> None:
    for _ in range(120):
        plan(network)
    network.clock.move(minutes=6)
    assert sweep(network) == {"queued": 120, "again": 0, "unknown": 0}
    assert len(queued()) == 120


def test_from_the_press_of_a_button_to_the_mailbox(network: Network) -> None:
    network.member(ANN["name"], ANN["email"])
    network.browser().post("/sign-in", email=ANN["email"])
    (mail,) = network.waiting()
    jobs.dispatch({"Records": [record_of(network, mail)]}, None)
    records = [{"messageId": each["MessageId"], "body": each["Body"]} for each in queued()]
    assert jobs.send({"Records": records}, None) == {"batchItemFailures": []}
    (message,) = network.mail()
    assert message["to"] == f"{ANN['name']} <{ANN['email']}>"


def test_somebody_who_leaves_while_a_mail_to_them_is_on_its_way_causes_no_fault(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.browser().post("/join", email=ANN["email"])
    (mail,) = network.waiting()
    post = PostOffice.post

    def leave_meanwhile(*asked: Any, **more: Any) -> Posted:
        network.table.write(delete(keys.mail(mail.key)))
        return post(*asked, **more)

    monkeypatch.setattr(PostOffice, "post", leave_meanwhile)

    answer = jobs.send({"Records": [{"messageId": mail.key, "body": mail.key}]}, None)

    assert answer == {"batchItemFailures": []}


def test_mail_that_was_planned_for_a_moment_to_come_goes_at_once(network: Network) -> None:
    """``psmn invites run`` may name any Monday."""
    mail = new_mail(
        "left",
        key=mail_key("left", "soon", "ann"),
        to_address="ann.example@nhs.net",
        address_digest="ann",
        now=network.clock.now() + timedelta(days=12),
    )
    network.table.transact([planned(mail)])
    assert jobs.send({"Records": [{"messageId": "1", "body": mail.key}]}, None) == {"batchItemFailures": []}
    row = Ledger(network.table).get(mail.key)
    assert row is not None
    assert row.state is State.SENT
