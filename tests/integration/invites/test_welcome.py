"""Whoever joins after the week's invitations went out is invited at once."""

from datetime import datetime
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer

from functions.invites import jobs
from functions.kernel import keys
from functions.mail.model import Mail
from functions.mail.store import Ledger
from functions.membership.model import Member
from functions.sessions.model import Session
from functions.sessions.store import Programme
from tests.integration.invites.conftest import Plan
from tests.network import Network
from tests.people import PAT


def joined(network: Network, member: Member, at: str, number: str = "111") -> dict[str, Any]:
    """The record of the table's stream that says a member has been added."""
    item = network.table.get(keys.member(member.id))
    assert item is not None
    return {
        "eventName": "INSERT",
        "dynamodb": {
            "ApproximateCreationDateTime": datetime.fromisoformat(at).timestamp(),
            "NewImage": {name: TypeSerializer().serialize(value) for name, value in item.items()},
            "SequenceNumber": number,
        },
    }


def welcome(*records: dict[str, Any]) -> list[str]:
    """The numbers of the records that have to come again."""
    return [each["itemIdentifier"] for each in jobs.welcome({"Records": list(records)}, None)["batchItemFailures"]]


def invitations(network: Network, member: Member) -> list[Mail]:
    """The rows of the ledger that invite a member."""
    return list(Ledger(network.table).of(member.id))


def test_a_member_who_joins_on_tuesday_gets_this_fridays_invitation_at_once(
    network: Network, ann: Member, friday: Session, plan: Plan
) -> None:
    network.clock.moment = datetime.fromisoformat("2026-11-24T14:05:12Z")
    assert welcome(joined(network, ann, "2026-11-24T14:05:11Z")) == []
    (message,) = network.inbox(ann.address)
    assert message["subject"] == "Friday drop-in: Friday 27 November, midday (UK time)"
    assert [mail.run for mail in invitations(network, ann)] == [None]


@pytest.mark.parametrize(
    ("at", "planned"),
    [
        ("2026-11-23T08:58:59Z", 0),
        ("2026-11-23T08:59:30Z", 1),
        ("2026-11-23T09:00:00Z", 1),
        ("2026-11-27T11:58:00Z", 1),
        ("2026-11-27T12:00:00Z", 0),
        ("2026-11-28T10:00:00Z", 0),
    ],
)
def test_who_is_invited_at_once_and_who_waits_for_monday(
    network: Network, ann: Member, programme: Programme, at: str, planned: int
) -> None:
    """The minute before a run counts as after it, since the run's index may not know them yet."""
    assert welcome(joined(network, ann, at)) == []
    assert len(invitations(network, ann)) == planned


def test_the_run_and_the_welcome_together_invite_once(network: Network, ann: Member, plan: Plan) -> None:
    record = joined(network, ann, "2026-11-23T08:59:59Z")
    plan()
    assert welcome(record) == []
    assert welcome(record) == []
    assert len(invitations(network, ann)) == 1


def test_requirement_74_a_record_that_cannot_be_read_does_not_lose_its_neighbours(
    network: Network, ann: Member, programme: Programme
) -> None:
    pat = network.member(PAT["name"], PAT["email"])
    broken = joined(network, ann, "2026-11-24T14:05:11Z", "222")
    del broken["dynamodb"]["NewImage"]["address"]
    fine = joined(network, pat, "2026-11-24T14:05:11Z", "333")
    assert welcome(broken, fine) == ["222"]
    assert len(invitations(network, pat)) == 1


def test_requirement_61_a_record_that_fails_says_nothing_about_the_person(
    network: Network, ann: Member, programme: Programme, caplog: pytest.LogCaptureFixture
) -> None:
    record = joined(network, ann, "2026-11-24T14:05:11Z")
    record["dynamodb"]["NewImage"]["joined_at"] = {"S": ann.name}
    assert welcome(record) == ["111"]
    logged = str([vars(record) for record in caplog.records])
    assert "ValidationError" in logged
    for secret in (ann.name, ann.address, ann.organisation):
        assert secret not in logged


def test_a_welcome_that_comes_hours_late_still_never_goes_after_the_start(
    network: Network, ann: Member, friday: Session
) -> None:
    record = joined(network, ann, "2026-11-27T11:00:00Z")
    network.clock.moment = friday.start
    welcome(record)
    assert network.deliver() == ["expired"]
