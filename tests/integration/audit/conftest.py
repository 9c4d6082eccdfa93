"""What the tests of the audit log have in common."""

import pytest

from cli.stack import Cloud, Contents
from functions.audit import jobs
from functions.kernel import aws, clock
from infra import stages
from tests.calls import READS
from tests.faults import Kind
from tests.network import ENVIRONMENT, TABLE, Network


def seal(network: Network, **later: float) -> dict[str, int]:
    """What the schedule does some time from now."""
    network.clock.move(**later)
    return jobs.seal({"network": "psmn", "at": clock.stamp(network.clock.now())}, None)


def cloud() -> Cloud:
    """The network on moto, as the ``psmn`` command reaches a deployment."""
    buckets = {"seals": ENVIRONMENT["SEALS_BUCKET"]}
    contents = Contents(url="", table=TABLE, functions={}, queues={}, buckets=buckets)
    return Cloud(stages.find(stages.LOCAL), contents, aws.connect)


def kinds_for(call: str) -> tuple[Kind, ...]:
    """The kinds of faults that make a difference at a call. Nothing is lost with the answer to a question."""
    reads = call.partition(".")[2] in READS
    return (Kind.DOWN,) if reads else (Kind.DOWN, Kind.CRASH_BEFORE, Kind.CRASH_AFTER, Kind.ANSWER_LOST)


@pytest.fixture
def reached(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command reaches the network of the test."""
    monkeypatch.setattr("cli.audit.reach", lambda _: cloud())
