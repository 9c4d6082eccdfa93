"""The recorded events of mail, as AWS hands them over: from the stream to the queue to the mail service."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from functions.kernel.table import unmarshal
from functions.mail import jobs, web
from functions.mail.model import State
from functions.mail.store import Ledger
from tests.network import Network

EVENTS = Path(__file__).parents[3] / "events" / "mail"
ANSWERS = {
    "web.emails_signed_out": 303,
    "web.emails_signed_out_post": 303,
    "web.one_click_unknown": 404,
    "web.stop_from_another_site": 403,
    "web.stop_link_unknown": 404,
}


REPORTS = {
    "sent": State.SENT,
    "delayed": State.SENT,
    "delivered": State.DELIVERED,
    "came_back": State.SENT,
    "bounced": State.BOUNCED,
    "complained": State.COMPLAINED,
    "on_their_list": State.SUPPRESSED,
    "refused": State.REJECTED,
    "not_rendered": State.REJECTED,
    "unknown": State.PLANNED,
    "without_tags": State.PLANNED,
    "malformed": State.DELIVERED,
}
"""Where each report leaves the planned message of the samples."""


def sample(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text())


def test_each_sample_is_read_here() -> None:
    jobs_samples = {"dispatch.planned", "send.planned", "send.twice", "send.unknown", "sweep.five_past"}
    reports = {f"feedback.{case}" for case in REPORTS}
    assert {path.stem for path in EVENTS.iterdir()} == {*ANSWERS, *jobs_samples, *reports}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_request_gets_its_answer(network: Network, name: str) -> None:
    assert network
    assert web.handler(sample(name), None)["statusCode"] == ANSWERS[name]


def test_the_record_of_the_stream_becomes_a_message_and_the_message_leaves_once(network: Network) -> None:
    dispatched = sample("dispatch.planned")
    image = dispatched["Records"][0]["dynamodb"]["NewImage"]
    network.table.client.put_item(TableName=network.table.name, Item=image)
    assert jobs.dispatch(dispatched, None) == {"batchItemFailures": []}
    (message,) = boto3.client("sqs").receive_message(QueueUrl=jobs.settings().mail_queue_url)["Messages"]
    sent = sample("send.planned")
    assert message["Body"] == sent["Records"][0]["body"] == unmarshal(image)["key"]

    for name in ("send.planned", "send.twice", "send.unknown"):
        assert jobs.send(sample(name), None) == {"batchItemFailures": []}
    row = Ledger(network.table).get(message["Body"])
    assert row is not None
    assert row.state is State.SENT
    assert len(list(network.mail())) == 1


def test_the_schedules_event_queues_what_has_waited(network: Network) -> None:
    image = sample("dispatch.planned")["Records"][0]["dynamodb"]["NewImage"]
    network.table.client.put_item(TableName=network.table.name, Item=image)
    assert jobs.sweep(sample("sweep.five_past"), None) == {"queued": 0, "again": 0, "unknown": 0}
    network.clock.move(minutes=6)
    later = {**sample("sweep.five_past"), "at": network.clock.now().isoformat()}
    assert jobs.sweep(later, None) == {"queued": 1, "again": 0, "unknown": 0}


@pytest.mark.parametrize("case", REPORTS)
def test_the_report_of_the_service_reaches_the_message_it_is_about(network: Network, case: str) -> None:
    image = sample("dispatch.planned")["Records"][0]["dynamodb"]["NewImage"]
    network.table.client.put_item(TableName=network.table.name, Item=image)
    failed = [] if case != "malformed" else ["8c4b1f2e-0000-4000-8000-000000000030"]
    answer = jobs.feedback(sample(f"feedback.{case}"), None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}
    row = Ledger(network.table).get(unmarshal(image)["key"])
    assert row is not None
    assert row.state is REPORTS[case]
