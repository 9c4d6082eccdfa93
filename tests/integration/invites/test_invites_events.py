"""Every sample in ``events/invites`` is a real payload, and is dealt with as it should be."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from functions.invites import jobs
from functions.kernel import audit
from functions.mail.store import Ledger
from functions.sessions.model import Session
from functions.sessions.store import Programme
from tests.inbound import put_in_the_bucket
from tests.integration.invites.conftest import Context
from tests.network import Network
from tests.people import ANN

EVENTS = Path(__file__).parents[3] / "events" / "invites"
HEARD = {
    "accepted": "answered",
    "out_of_office": "automatic",
    "from_a_person": "forwarded",
    "with_a_virus": "unsafe",
}
ANN_ID = "0f8e3c1d5b7a49268c0d1e2f3a4b5c6d"


def sample(name: str) -> dict[str, Any]:
    """The payload of a sample."""
    return dict(json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8")))


def test_every_sample_is_here() -> None:
    samples = {"plan.monday", "plan.dry_run", "plan.without_zone", "welcome.new_member", "welcome.malformed"}
    samples |= {"tick.minute", "tick.without_zone", "web.sends_signed_out", "web.stop_signed_out_post"}
    samples |= {"check.thursday", "check.without_zone"}
    assert {path.stem for path in EVENTS.glob("*.json")} == samples | {f"hear.{case}" for case in HEARD}


@pytest.mark.parametrize(("name", "dry_run"), [("plan.monday", False), ("plan.dry_run", True)])
def test_the_schedules_payload_plans(network: Network, programme: Programme, name: str, *, dry_run: bool) -> None:
    member = network.member(ANN["name"], ANN["email"])
    report = jobs.plan(sample(name), Context(5))
    assert report["dry_run"] is dry_run
    assert [tally["planned"] for tally in report["sessions"]] == [1]
    assert len(list(Ledger(network.table).of(member.id))) == (0 if dry_run else 1)


def test_a_payload_without_a_time_zone_fails_loudly(network: Network, programme: Programme) -> None:
    with pytest.raises(ValidationError):
        jobs.plan(sample("plan.without_zone"), Context(5))


@pytest.mark.parametrize(
    ("name", "failed"),
    [("welcome.new_member", []), ("welcome.malformed", [{"itemIdentifier": "442200000000020284500000"}])],
)
def test_the_streams_payload_invites_the_new_member(
    network: Network, programme: Programme, name: str, failed: list[dict[str, str]]
) -> None:
    for _ in range(2):
        assert jobs.welcome(sample(name), Context(1)) == {"batchItemFailures": failed}
    assert [mail.to_address for mail in Ledger(network.table).of(ANN_ID)] == [ANN["email"]]


@pytest.mark.parametrize("case", HEARD)
def test_the_mail_services_payload_is_heard(network: Network, friday: Session, case: str) -> None:
    event, mail = sample(f"hear.{case}"), EVENTS / f"hear.{case}.eml"
    if mail.exists():
        put_in_the_bucket(event, mail.read_bytes())
    invited = friday.model_copy(update={"id": "0f8e3c1d5b7a49268c0d1e2f3a4b5c6d"})
    Programme(network.table).add(invited, audit.line(invited.id, "added", by="cora", now=network.clock.now()))
    network.member(ANN["name"], ANN["email"])
    for _ in range(2):
        assert jobs.hear(event, None) == {"heard": HEARD[case]}
