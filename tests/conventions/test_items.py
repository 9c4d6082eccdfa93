"""Requirement 64: what the table holds after everything has happened once is what the registry says it holds."""

import re

import pytest
from pydantic import BaseModel, ValidationError

from functions.audit import jobs as audit_jobs
from functions.audit.model import Seal
from functions.invites import jobs as invite_jobs
from functions.invites.model import Heard, Part
from functions.kernel import clock, kinds
from functions.kernel.kinds import KIND, Kind
from functions.kernel.table import Item, unmarshal
from functions.mail.model import Mail, Run
from functions.membership import erasures
from functions.membership import jobs as membership_jobs
from functions.membership.holdings import Holdings
from functions.membership.model import (
    Application,
    Ask,
    Complaint,
    Draft,
    Erasure,
    Member,
    NewSecondFactor,
    SecondFactor,
    StillYou,
    Vouch,
)
from functions.resources import jobs as resource_jobs
from functions.resources.model import Resource
from functions.sessions.model import Series, Session
from tests.coordinators import set_up
from tests.inbound import arrival, put_in_the_bucket, words
from tests.network import Network
from tests.world import World, populate

NOT_SEEN = {"suppressed", "trouble"}
"""Written only when mail fails."""


@pytest.fixture(scope="module")
def items(shared_network: Network) -> list[Item]:
    world: World = populate(shared_network)
    world.member.post("/account/emails", invites="stop")
    world.joining.post(
        "/join/about-you", name="Bob Example", role="psm", nation="england", organisation="A", agree="yes"
    )
    world.joining.post("/join/check")
    set_up(shared_network, world.coordinator)
    world.coordinator.post("/account/second-factor")
    world.member.post(world.address("/library/{id}/file"))
    membership_jobs.settle({"network": "psmn", "at": clock.now().isoformat()}, None)
    put_in_the_bucket(arrival("heard"), words("Hello", "wyn@trust.example"))
    invite_jobs.hear(arrival("heard"), None)
    leaver = shared_network.member("Lee Example", "lee.example@nhs.net")
    erasures.leave(leaver, holdings=Holdings(shared_network.table), now=clock.now())
    resource_jobs.close({"Records": [{"Sns": {"Timestamp": clock.now().isoformat()}}]}, None)
    audit_jobs.seal({"network": "psmn", "at": "2026-11-23T11:00:00Z"}, None)
    found = shared_network.table.client.scan(TableName=shared_network.table.name)
    assert "LastEvaluatedKey" not in found
    return [unmarshal(image) for image in found["Items"]]


def test_every_item_is_of_a_kind_in_the_registry_and_has_that_kinds_key(items: list[Item]) -> None:
    for item in items:
        shape = re.sub(r"<[^>]*>", ".+", KIND[item["kind"]].shape.replace(" / ", "\x1f"))
        assert re.fullmatch(shape, f"{item['pk']}\x1f{item['sk']}"), item["kind"]


def test_every_kind_in_the_registry_is_written_by_somebody(items: list[Item]) -> None:
    assert {item["kind"] for item in items} == KIND.keys() - NOT_SEEN


@pytest.mark.parametrize("kind", [kind for kind in kinds.KINDS if kind.lifetime], ids=lambda kind: kind.name)
def test_no_item_is_kept_longer_than_its_kind(items: list[Item], kind: Kind) -> None:
    assert kind.lifetime is not None
    latest = clock.epoch(clock.now() + kind.lifetime)
    always = kind.retention.endswith(("hours", "hour", "years")) or kind.name in {
        "mail",
        "sign-in",
        "run",
        "run-count",
        "run-part",
    }
    for item in items:
        if item["kind"] == kind.name:
            assert item.get("expires_at", 0 if not always else latest + 1) <= latest


def test_no_key_and_no_index_holds_an_address_or_a_name(items: list[Item]) -> None:
    for item in items:
        spelt = " ".join(str(item.get(name, "")) for name in ("pk", "sk", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk"))
        assert "@" not in spelt
        assert "Example" not in spelt


def test_requirement_71_lines_of_the_audit_name_nobody(items: list[Item]) -> None:
    lines = [item for item in items if item["kind"] == "audit"]
    assert lines
    for line in lines:
        told = repr({name: value for name, value in line.items() if name not in {"pk", "sk"}})
        assert "@" not in told
        assert "Example" not in told


def test_requirement_71_a_seal_can_be_kept_for_good_since_it_leads_back_to_nobody(items: list[Item]) -> None:
    (seal,) = (item for item in items if item["kind"] == "seal")
    lines = [item for item in items if item["kind"] == "audit"]
    assert len(seal["lines"]) == len(lines)
    assert "expires_at" not in seal
    for line in lines:
        subject, by = line["pk"].partition("#")[2], line["by"]
        assert subject not in repr(seal)
        assert by == "rules" or by not in repr(seal)


@pytest.mark.parametrize(
    "value",
    [
        *(Application, Ask, Complaint, Draft, Erasure, Heard, Mail, Member, NewSecondFactor, Part, Resource, Run),
        *(Seal, SecondFactor, Series, Session, StillYou, Vouch),
    ],
)
def test_requirement_61_an_item_that_cannot_be_read_says_what_is_wrong_and_not_what_it_holds(
    value: type[BaseModel],
) -> None:
    """A job that raises has its error written to the log by Lambda itself."""
    told = {"name": "Ann Example", "address": ["ann.example@nhs.net"], "to_address": {"ann": "example"}}
    with pytest.raises(ValidationError) as wrong:
        value.model_validate({name: ["Ann Example"] for name in value.model_fields} | told)
    assert "example" not in str(wrong.value).lower()
