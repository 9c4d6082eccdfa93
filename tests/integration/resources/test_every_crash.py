"""Security requirements 33, 72 and 73: every call to AWS on the way of a file fails in every way.

A file goes its way once without a fault, and then once for each call on it and each kind of fault. The queue brings
again what failed, in the end the file is where it would have been, and nothing of it is anywhere else.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from functions.kernel.errors import Clash, Refusal
from functions.kernel.table import Table
from functions.mail.store import Ledger
from functions.membership.model import Member
from functions.resources import review, share
from functions.resources.inspected import FileKind, Finding, Inspected, Reason, Sign
from functions.resources.life import Scan
from functions.resources.model import FILES, TEXTS, Resource, Stage, Status
from functions.resources.upkeep import Upkeep
from tests.conftest import running
from tests.faults import Crash, Kind, before_every_service, places_in
from tests.library import NOTHING_FOUND, Sharing, arrival, verdict
from tests.network import TABLE, Network
from tests.people import CORA

READS = ("Get", "BatchGet", "Query", "Head")
KINDS = (Kind.CRASH_BEFORE, Kind.UNREACHABLE, Kind.FAULT, Kind.DOWN)
AFTER_A_WRITE = (Kind.CRASH_AFTER, Kind.ANSWER_LOST)
"""A read that was carried out and not heard of is a read that was not carried out."""
FOUND = Inspected(kind=FileKind.SLIDES, findings=(Finding(sign=Sign.NHS_NUMBER, place="slide 3"),))


@dataclass(slots=True)
class Place:
    """An item whose file has been sent, and the people about it."""

    sharing: Sharing
    ann: Member
    cora: Member
    item: Resource
    key: str
    version: str

    def tell(self, scan: str = Scan.CLEAN) -> None:
        self.sharing.hear(arrival(self.key, self.version))
        self.sharing.hear(verdict(self.key, self.version, scan))

    def tidy(self) -> None:
        sharing = self.sharing
        Upkeep(sharing.library, sharing.quarantine.members, sharing.shelf).delete_discarded()


def passes(place: Place) -> None:
    place.tell()


def is_held(place: Place) -> None:
    place.sharing.finds = FOUND
    place.tell()


def is_refused(place: Place) -> None:
    place.sharing.finds = Inspected(reason=Reason.MACROS)
    place.tell()


def is_harmful(place: Place) -> None:
    place.tell(Scan.THREATS)


def publish(place: Place) -> None:
    """A person presses again after an error. What was done the first time is not done twice."""
    place.sharing.publish(place.item, place.ann, place.cora)
    place.tidy()


def give_back(place: Place) -> None:
    if place.sharing.offer(place.item).stage is not Stage.RETURNED:
        review.give_back(
            place.sharing.now(place.item),
            "Slide 4 names a ward.",
            seen=None,
            by=place.cora.id,
            owner=place.ann,
            library=place.sharing.library,
            now=place.sharing.network.clock.now(),
        )
    place.tidy()


def passes_and_is_published(place: Place) -> None:
    passes(place)
    publish(place)


def withdraw(place: Place) -> None:
    now = place.sharing.network.clock.now()
    share.withdraw(place.sharing.now(place.item), by=place.ann.id, library=place.sharing.library, now=now)
    place.tidy()


def nothing(_: Place) -> None:
    """Nothing has happened yet."""


@dataclass(frozen=True, slots=True)
class Way:
    """What has happened to a file, what happens to it, and how things stand then."""

    begin: Callable[[Place], object]
    run: Callable[[Place], object]
    status: Status
    stage: Stage | None
    kept: bool
    """Whether the file is in the library."""
    mails: int
    """How many its sharer gets about it."""


WAYS = {
    "passes": Way(nothing, passes, Status.DRAFT, Stage.READY, kept=True, mails=0),
    "is held": Way(nothing, is_held, Status.DRAFT, Stage.HELD, kept=True, mails=1),
    "is refused": Way(nothing, is_refused, Status.DRAFT, Stage.REFUSED, kept=False, mails=1),
    "is harmful": Way(nothing, is_harmful, Status.DRAFT, Stage.REFUSED, kept=False, mails=1),
    "is published": Way(passes, publish, Status.PUBLISHED, None, kept=True, mails=1),
    "is given back": Way(passes, give_back, Status.DRAFT, Stage.RETURNED, kept=False, mails=1),
    "is withdrawn": Way(passes_and_is_published, withdraw, Status.WITHDRAWN, None, kept=False, mails=1),
}


@pytest.mark.parametrize("way", WAYS)
def test_wherever_it_is_cut_off_a_file_ends_where_it_would_have_ended(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(monkeypatch) as network, before_every_service(monkeypatch) as faults:
        cora = network.member(CORA["name"], CORA["email"], coordinator=True)
        # Connections that are made now pass by the faults.
        sharing = Sharing(Network(Table.connect(TABLE), network.clock, network.serve))
        numbers = count()

        def once(at: int | None, kind: Kind) -> list[str]:
            sharing.finds = NOTHING_FOUND
            ann = network.member("Ann Example", f"ann{next(numbers)}@nhs.net")
            item = sharing.asked(ann)
            place = Place(sharing, ann, cora, item, *sharing.sent(item))
            WAYS[way].begin(place)
            faults.arm(at, kind)
            _until_done(WAYS[way].run, place, faults.heal)
            made = list(faults.made)
            faults.arm()
            _as_it_should_be(WAYS[way], place)
            return made

        for at, call in places_in(once(None, Kind.FAULT)):
            reads = call.partition(".")[2].startswith(READS)
            for kind in KINDS if reads else (*KINDS, *AFTER_A_WRITE):
                try:
                    once(at, kind)
                except AssertionError as error:
                    raise AssertionError(f"{call}, call {at}, {kind}") from error


def _until_done(run: Callable[[Place], object], place: Place, heal: Callable[[], None]) -> None:
    for _ in range(4):
        with suppress(Crash, BotoCoreError, ClientError, Refusal, Clash):
            run(place)
            heal()
            return
        heal()
    raise AssertionError("It never came to an end.")


def _as_it_should_be(way: Way, place: Place) -> None:
    item = place.sharing.now(place.item)
    name = place.key.partition("/")[2]
    assert item.status is way.status
    assert (item.offer.stage if item.offer else None) is way.stage
    ours = {each for each in place.sharing.kept() if name in each}
    assert ours == ({FILES + name, TEXTS + name} if way.kept else set())
    assert len(list(Ledger(place.sharing.network.table).of(place.ann.id))) == way.mails
