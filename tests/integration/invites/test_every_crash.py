"""Security requirements 72, 79, 81 and 82: every call to AWS of everything that plans mail fails in every way.

Each way of planning is gone once without a fault, and then once for each call on it and each kind of fault. AWS tries
again what failed, the ticks go on with what was cut off, and then everybody has to have what they would have had.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from functions.invites import jobs
from functions.invites.store import Plans
from functions.kernel import keys, tokens
from functions.kernel.errors import Unavailable
from functions.kernel.table import change
from functions.mail.model import State
from functions.mail.store import Ledger, Runs
from functions.membership.model import Member
from functions.sessions import jobs as sessions
from functions.sessions.model import Session
from functions.sessions.store import Programme
from tests.conftest import running
from tests.faults import Crash, Kind, before_every_service, places_in
from tests.integration.invites.conftest import MONDAY_NINE, Context, edit
from tests.integration.invites.test_welcome import joined
from tests.network import Network, in_one_shard
from tests.people import ANN, PAT

READS = {"GetItem", "BatchGetItem", "Query"}
PEOPLE = ((ANN["name"], ANN["email"]), (PAT["name"], PAT["email"]), ("Wyn Ŵr", "wyn.example@nhs.wales"))


@dataclass(frozen=True, slots=True)
class Place:
    """A network with a session on Friday, and what the table's stream says of its three members."""

    network: Network
    friday: Session
    members: list[Member]
    records: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which mail comes to be planned."""

    name: str
    begin: Callable[[Place], object]
    """What has happened before."""
    run: Callable[[Place], object]
    """What AWS calls, and calls again when it fails."""
    kinds: tuple[str, ...]
    """The rows that each member has in the end."""


def nothing(_: Place) -> None:
    """Nothing has happened."""


def plan(_: Place) -> None:
    jobs.plan({"network": "psmn", "at": MONDAY_NINE}, Context(5))


def invite_and_move(place: Place) -> None:
    network, friday = place.network, place.friday
    plan(place)
    for member in place.members:
        for mail in Ledger(network.table).of(member.id):
            network.table.write(change(keys.mail(mail.key), set={"state": State.SENT}))
    later = {"start": friday.start + timedelta(hours=1), "end": friday.end + timedelta(hours=1)}
    edit(Programme(network.table), friday, network.clock.now(), **later)
    network.clock.move(minutes=11)


def tick(place: Place) -> None:
    jobs.tick({"network": "psmn", "at": place.network.clock.now().isoformat()}, Context(5))


def welcome(place: Place) -> None:
    """The stream brings who joined, and all of them again until each could be welcomed."""
    if jobs.welcome({"Records": place.records}, None)["batchItemFailures"]:
        raise Unavailable


WAYS = (
    Way("the plan on Monday", nothing, plan, ("invite",)),
    Way("a change", invite_and_move, tick, ("invite", "new-time")),
    Way("people who join", nothing, welcome, ("invite",)),
)


def walk(way: Way, at: int | None = None, kind: Kind = Kind.FAULT) -> list[str]:
    """Go one way, with one fault or without, until all is quiet. Gives the calls, after checking what came of it."""
    with pytest.MonkeyPatch.context() as patch, before_every_service(patch) as faults, running(patch) as network:
        in_one_shard(patch)
        made_id = tokens.new_id
        patch.setattr(tokens, "new_id", lambda: keys.SHARDS[0] + made_id()[1:])
        sessions.programme({"network": "psmn", "at": "2026-11-23T03:00:00Z"}, None)
        friday = next(Programme(network.table).between(network.clock.now()))
        members = [network.member(name, address) for name, address in PEOPLE]
        records = [joined(network, each, "2026-11-24T14:05:11Z", each.id) for each in members]
        place = Place(network, friday, members, records)
        way.begin(place)
        faults.arm(at, kind)
        for work in (way.run, way.run, tick, tick):
            with suppress(Crash, Unavailable, BotoCoreError, ClientError):
                work(place)
            faults.heal()
            network.clock.move(minutes=2)
        made = list(faults.made)
        faults.arm()
        adds_up(way, place, (way.name, at, kind))
        return made


def adds_up(way: Way, place: Place, what: object) -> None:
    """Everybody has what they would have had, once, and the parts of each run say so."""
    table = place.network.table
    rows = [mail for member in place.members for mail in Ledger(table).of(member.id)]
    for member in place.members:
        assert sorted(mail.mail_kind for mail in rows if mail.owner == member.id) == sorted(way.kinds), what
    for run in Runs(table).newest(9):
        parts = Plans(table).parts(run.id)
        assert all(part.finished for part in parts), what
        assert sum(part.planned for part in parts) == sum(mail.run == run.id for mail in rows), what
    now = Programme(table).get(place.friday.id)
    assert now is not None
    assert now.announce_at is None, what
    assert now.invited or way.run is welcome, what


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_requirements_72_79_81_and_82_one_fault_at_any_call_plans_everything_once(way: Way) -> None:
    for at, name in places_in(walk(way)):
        kinds = [Kind.CRASH_BEFORE, Kind.DOWN]
        if name.partition(".")[2] not in READS:
            kinds += [Kind.CRASH_AFTER, Kind.ANSWER_LOST]
        for kind in kinds:
            walk(way, at, kind)
