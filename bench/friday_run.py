"""One send to so many members, in a process of its own: ``python -m bench.friday_run MEMBERS SENT`` prints JSON."""

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import batched
from pathlib import Path
from typing import Any

import botocore.client

from bench.cloud import MEMBER_DIGEST, MEMBER_ID, Cloud
from bench.runtime import peak_of
from functions.kernel import clock, tokens
from functions.kernel.table import unmarshal
from functions.mail.mime import build
from functions.mail.model import Mail
from functions.mail.send import Sender, _made
from functions.membership.model import Member, Verdict
from functions.membership.store import member_kept
from functions.sessions.model import Session
from functions.sessions.store import _new

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-west-2",
    "TABLE_NAME": "psmn",
    "SITE_ORIGIN": "https://psmn.test",
    "ACCOUNT_SENDER": "account@account.psmn.test",
    "EVENTS_SENDER": "events@events.psmn.test",
    "REPLY_TO": "hello@psmn.test",
    "DEPLOYMENT": "psmn-test",
    "WARM_UP": "false",
    "INBOUND_BUCKET": "inbound",
    "MAIL_QUEUE_URL": "https://sqs.eu-west-2.amazonaws.com/1/mail",
    "BULK_QUEUE_URL": "https://sqs.eu-west-2.amazonaws.com/1/bulk",
    "POWERTOOLS_METRICS_NAMESPACE": "psmn-test",
}
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
BATCH = 10
"""Messages that a function is given at once."""


class Context:
    """A function that has all the time in the world."""

    def get_remaining_time_in_millis(self) -> int:
        """An hour."""
        return 3_600_000


def a_member() -> Member:
    """Somebody with a name and an address of ordinary length."""
    return Member(
        id=MEMBER_ID,
        name="Ann Example",
        address="ann.example@anytown.nhs.uk",
        address_digest=MEMBER_DIGEST,
        role="psm",
        nation="england",
        organisation="Anytown NHS Foundation Trust",
        verdict=Verdict(outcome="ACCEPT", reason="A01", grade="G1", rules_version="test"),
        joined_at=MONDAY - timedelta(days=100),
    )


def a_friday() -> Session:
    """The session that everybody is invited to."""
    start = datetime(2026, 11, 27, 12, tzinfo=UTC)
    return Session(
        id="5f2c7d1e9a5f2c7d1e9a5f2c7d1e9a5f",
        title="Learning from falls, together",
        summary="Sioned talks about falls on three wards, and what staff changed after them. Questions follow.",
        start=start,
        end=start + timedelta(hours=1),
        changed_at=MONDAY - timedelta(days=20),
    )


class Sdk:
    """What the SDK's calls take, without what our cloud takes to answer them."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.spent = 0.0
        whole = botocore.client.BaseClient._make_api_call  # noqa: SLF001 - every call of every client goes through it.

        def measured(client: Any, *given: Any) -> Any:
            before, answering = time.thread_time(), cloud.spent
            try:
                return whole(client, *given)
            finally:
                self.spent += time.thread_time() - before - (cloud.spent - answering)

        botocore.client.BaseClient._make_api_call = measured  # type: ignore[method-assign] # noqa: SLF001 - for good.

    def of(self, action: Callable[[], object]) -> dict[str, Any]:
        """Seconds of processor time that are ours and the SDK's, and the calls that were made."""
        before, sdk, answering = time.thread_time(), self.spent, self.cloud.spent
        self.cloud.calls.clear()
        action()
        theirs = self.spent - sdk
        ours = time.thread_time() - before - theirs - (self.cloud.spent - answering)
        return {"ours": ours, "sdk": theirs, "calls": dict(self.cloud.calls)}


def measure(members: int, sent: int) -> Iterator[tuple[str, Any]]:
    """Plan, queue and send; say what each took."""
    os.environ |= ENVIRONMENT
    # Their loggers write for good to what stands for the output at this moment.
    from functions.invites import jobs as invites  # noqa: PLC0415 - see above, and below.
    from functions.mail import jobs as mail  # noqa: PLC0415 - see above.

    cloud = Cloud(members, member_kept(a_member()).parameters["Item"], [_new(a_friday())])
    cloud.listen()
    sdk = Sdk(cloud)
    clock.now = lambda: MONDAY
    network = {"network": "psmn", "at": MONDAY.isoformat()}
    # What is made at the first use of anything belongs to no message.
    invites.plan(network | {"dry_run": True}, Context())
    reports: list[dict[str, Any]] = []
    planned = sdk.of(lambda: reports.append(invites.plan(network, Context())))
    mails = sum(each["planned"] for each in reports[0]["sessions"])
    yield "plan", planned | {"mails": mails}
    yield "row bytes", cloud.size
    few = [key_of(number) for number in range(BATCH)]
    mail.send(_batch(few), None)
    mail.dispatch(_stream(cloud, few), None)

    def send() -> None:
        for numbers in batched(range(min(mails, sent)), BATCH, strict=False):
            mail.send(_batch([key_of(number) for number in numbers]), None)

    yield "send", sdk.of(send) | {"mails": min(mails, sent)}
    # Before more is made for the rest than any function has at once.
    yield "peak MB", peak_of(os.getpid()) / 1_000_000
    streams = [_stream(cloud, few) for _ in range(100)]
    yield "queue", sdk.of(lambda: [mail.dispatch(each, None) for each in streams]) | {"mails": len(streams) * BATCH}
    yield (
        "build",
        _build(
            mail.sender(), [Mail.model_validate(unmarshal(json.loads(cloud.row(key_of(n), n)))) for n in range(1_000)]
        ),
    )


def key_of(number: int) -> str:
    """The key of the message with this number, as random as a real one behind the number."""
    return f"{number:06x}{tokens.digest(str(number))[6:]}"


def _build(sender: Sender, mails: list[Mail]) -> float:
    """Seconds of processor time for the finished bytes of one message."""
    before = time.thread_time()
    for each in mails:
        made = {name: _made(name) for name in each.about.secrets}
        build(sender._written(each, made, MONDAY))  # noqa: SLF001 - the one step of sending that makes the bytes.
    return (time.thread_time() - before) / len(mails)


def _batch(found: list[str]) -> dict[str, Any]:
    return {"Records": [{"messageId": key, "body": key} for key in found]}


def _stream(cloud: Cloud, found: list[str]) -> dict[str, Any]:
    return {
        "Records": [
            {"dynamodb": {"SequenceNumber": str(place), "NewImage": json.loads(cloud.row(key, place))}}
            for place, key in enumerate(found)
        ]
    }


if __name__ == "__main__":
    # The functions write a line for each message. Writing it counts, and showing it would not help.
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        result = dict(measure(int(sys.argv[1]), int(sys.argv[2])))
    print(json.dumps(result))  # noqa: T201 - it is what the other process reads.
