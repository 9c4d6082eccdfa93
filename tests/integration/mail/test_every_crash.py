"""Security requirements 72, 73, 79, 81 and 82: every call to AWS of everything that moves mail fails in every way.

Each path of a message is walked once without a fault, and then once for each call on it and each kind of fault, until
all is quiet. Then everything has to add up.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sqs import sqs_backends

from functions.kernel import keys, tokens
from functions.kernel.table import delete, put
from functions.mail import jobs
from functions.mail.addresses import Addresses
from functions.mail.kinds import Choice, IfUnknown
from functions.mail.model import ENDS, Guard, Mail, Run, RunState, State, new_mail
from functions.mail.store import Choices, Ledger, Runs, run_begun
from tests.conftest import running
from tests.faults import Faults, Kind, before_every_service, places_in, refusal
from tests.machine import Machine
from tests.network import REGION, Network, in_one_shard
from tests.people import ANN

BEGINNING = datetime(2026, 11, 23, 10, tzinfo=UTC)
WORDS = {
    "subject": "Friday", "title": "Friday", "when": "Friday", "summary": "", "page": "https://psmn.test/",
    "reason": "", "note": "", "ask_again_by": "Friday",
}  # fmt: skip
ONCE_MORE, NEVER_AGAIN = "invite", "reminder"
WANTED = keys.Key("SESSION#crash", "SESSION")
AS_PLANNED = Guard(pk=WANTED.pk, sk=WANTED.sk, equals={"version": 1})
READS = {"GetItem", "BatchGetItem", "Query", "GetQueueAttributes", "GetSendQuota"}
LEFT = {State.SENT, State.DELIVERED, State.BOUNCED, State.COMPLAINED}
DID_NOT_LEAVE = {State.REJECTED, State.SUPPRESSED, State.STALE, State.EXPIRED, State.STOPPED}


@dataclass(frozen=True, slots=True)
class Path:
    """One way that a message can go."""

    name: str
    kind: str
    ends: State
    answers: tuple[Any, ...] = ()
    """What the mail service answers at first, instead of taking the message."""
    reports: tuple[str, ...] = ()
    before: Callable[[Network, Run], object] = lambda *_: None
    """What has happened by the time the queue brings the message."""
    after_a_while: Callable[[Network, Run], object] = lambda *_: None
    """What a person does when it has waited for some time."""
    may_end: tuple[State, ...] = ()
    """How else it may end when something more goes wrong on the way."""


def move(state: RunState) -> Callable[[Network, Run], object]:
    def moved(network: Network, run: Run) -> None:
        now = Runs(network.table).get(run.id)
        assert now is not None
        Runs(network.table).move(now, state, "Because.")

    return moved


def resumed(network: Network, run: Run) -> None:
    now = Runs(network.table).get(run.id)
    if now is not None and now.state is RunState.PAUSED:
        Runs(network.table).move(now, RunState.GOING, "")


def moved_session(network: Network, _run: Run) -> None:
    network.table.write(put("session", WANTED, {"version": 2}))


def suppressed(network: Network, _run: Run) -> None:
    network.table.write(put("suppressed", keys.suppressed("crash"), {"since": "2026-11-01T00:00:00Z"}))


def too_late(network: Network, _run: Run) -> None:
    network.clock.move(days=8)


REFUSED = refusal(400, "MessageRejected")
BUSY = refusal(400, "Throttling", "Maximum sending rate exceeded.")
PAUSED = refusal(400, "AccountSendingPausedException")
SILENT = refusal(500, "InternalFailure")

PATHS = (
    Path("sent", ONCE_MORE, State.SENT),
    Path("sent for once", NEVER_AGAIN, State.SENT),
    Path("refused", ONCE_MORE, State.REJECTED, answers=(REFUSED,), may_end=(State.SENT,)),
    Path("busy", ONCE_MORE, State.SENT, answers=(BUSY,)),
    Path("stale", ONCE_MORE, State.STALE, before=moved_session),
    Path("suppressed", ONCE_MORE, State.SUPPRESSED, before=suppressed),
    Path("expired", ONCE_MORE, State.EXPIRED, before=too_late),
    Path("stopped", ONCE_MORE, State.STOPPED, before=move(RunState.STOPPED)),
    Path("paused by a person", ONCE_MORE, State.SENT, before=move(RunState.PAUSED), after_a_while=resumed),
    Path("paused by the service", ONCE_MORE, State.SENT, answers=(PAUSED,), after_a_while=resumed),
    Path("no answer, once more", ONCE_MORE, State.SENT, answers=(SILENT,), may_end=(State.UNKNOWN,)),
    Path("no answer, never again", NEVER_AGAIN, State.UNKNOWN, answers=(SILENT,)),
    Path("delivered", ONCE_MORE, State.DELIVERED, reports=("delivered", "sent", "delivered")),
    Path("bounced", ONCE_MORE, State.BOUNCED, reports=("sent", "bounced")),
    Path("complained", ONCE_MORE, State.COMPLAINED, reports=("delivered", "complained")),
    Path("came back", ONCE_MORE, State.SENT, reports=("came_back",)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Walked:
    """How a message ended, and what its path took."""

    mail: Mail
    copies: int
    counts: dict[State, int]
    made: list[str]


@dataclass(slots=True)
class World:
    """Where one message after another goes its path."""

    network: Network
    faults: Faults
    key_of: Callable[[str], str]
    member: str

    def walk(self, path: Path, at: int | None = None, kind: Kind = Kind.FAULT, **more: Any) -> Walked:
        """Let a message go its path, with one fault on the way."""
        network, faults = self.network, self.faults
        faults.arm()
        network.clock.moment = BEGINNING
        network.table.write(put("session", WANTED, {"version": 1}))
        for place in (keys.suppressed("crash"), keys.trouble("crash"), keys.mail_choices(self.member)):
            network.table.write(delete(place))
        run = Run(id=tokens.new_id(), mail_kind=path.kind, words="Friday", thing="s1", at=BEGINNING)
        network.table.write(run_begun(run, BEGINNING))
        machine = Machine(network, faults, reports=path.reports, **more)
        mail = new_mail(
            path.kind, key=self.key_of(path.kind), to_address=ANN["email"], address_digest="crash", owner=self.member,
            context=WORDS, guards=(AS_PLANNED,), run=run.id, now=BEGINNING,
        )  # fmt: skip
        machine.plan(mail)
        path.before(network, run)
        faults.heard, faults.answers = machine.hear, {"ses.SendRawEmail": list(path.answers)}
        faults.meanwhile = lambda: self._all_at_once(machine, mail)
        faults.arm(at, kind)
        try:
            self._until_quiet(machine, path, run, mail)
            made = list(faults.made)
            faults.arm()
            self._waits_for_nothing()
            return Walked(self._row(mail), machine.left.count(mail.key), Runs(network.table).counts(run.id), made)
        finally:
            faults.arm()
            self._tidy(keys.mail(mail.key), keys.run(run.id), keys.run_count(run.id, mail.key[0]))

    def _until_quiet(self, machine: Machine, path: Path, run: Run, mail: Mail) -> None:
        for turn in range(80):
            machine.turn()
            machine.turn()
            if turn and machine.is_quiet and self._row(mail).state in ENDS:
                return
            self.network.clock.move(minutes=8)
            machine.sweep()
            if turn > 1:
                with self.faults.aside():
                    path.after_a_while(self.network, run)
        raise AssertionError(f"It never gets quiet: {self._row(mail).state} {machine}")

    def _tidy(self, *places: keys.Key) -> None:
        """Leave nothing behind: moto takes longer for each transaction, the more there is."""
        for place in places:
            self.network.table.write(delete(place))
        for queue in sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues.values():
            queue._messages.clear()

    def _all_at_once(self, machine: Machine, mail: Mail) -> None:
        """Whatever can happen at the same time as something else."""
        jobs.send({"Records": [{"messageId": "1", "body": mail.key}]}, None)
        machine.sweep()
        machine.turn()

    def _row(self, mail: Mail) -> Mail:
        with self.faults.aside():
            row = Ledger(self.network.table).get(mail.key)
        assert row is not None
        return row

    def _waits_for_nothing(self) -> None:
        assert not self.network.waiting()
        assert not list(Ledger(self.network.table).unanswered(BEGINNING + timedelta(days=30)))


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """One network for all walks. What one leaves behind, no other meets."""
    with pytest.MonkeyPatch.context() as patch, before_every_service(patch) as faults, running(patch) as network:
        patch.setattr(jobs, "log", _Silent())
        patch.setattr(jobs.measures, "count", lambda *_, **__: None)
        yield World(network, faults, in_one_shard(patch), network.member(ANN["name"], ANN["email"]).id)


class _Silent:
    """What thousands of walks would write into the log helps nobody."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_, **__: None


def faults_of(name: str) -> tuple[Kind, ...]:
    """What can go wrong with a call. A read that is cut off after it is as if the next call were, before it."""
    if name == "ses.SendRawEmail":
        return tuple(kind for kind in Kind if kind is not Kind.MEANWHILE)
    if name.partition(".")[2] in READS:
        return Kind.CRASH_BEFORE, Kind.DOWN
    return Kind.CRASH_BEFORE, Kind.CRASH_AFTER, Kind.ANSWER_LOST, Kind.DOWN


def adds_up(path: Path, walked: Walked, *, may_be_twice: bool, what: object) -> None:
    """Nothing is lost, nobody gets it twice who should not, and the counts say what the rows say."""
    state, resends = walked.mail.state, walked.mail.about.if_unknown is IfUnknown.RESEND
    assert walked.counts == {each: int(each is state) for each in ENDS}, what
    assert walked.copies <= (2 if resends and may_be_twice else 1), what
    if state in LEFT:
        assert walked.copies >= 1, what
    if state in DID_NOT_LEAVE:
        assert walked.copies == 0, what
    assert state in {path.ends, State.UNKNOWN, *path.may_end}, what
    if path.ends in LEFT and resends and State.UNKNOWN not in path.may_end:
        # A second attempt made up for the first.
        assert walked.copies >= 1, what
        assert state is not State.UNKNOWN, what


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_requirements_72_79_81_and_82_one_fault_at_any_call_loses_nothing_and_doubles_nothing(
    world: World, path: Path
) -> None:
    usual = world.walk(path)
    assert usual.mail.state is path.ends
    assert usual.copies == int(path.ends in LEFT)
    for at, name in places_in(usual.made):
        for kind in faults_of(name):
            walked = world.walk(path, at, kind)
            adds_up(path, walked, may_be_twice=True, what=(at, name, kind))
            says_what_it_means(world, path, (at, name, kind))


def says_what_it_means(world: World, path: Path, what: object) -> None:
    """What follows from a report for the next message follows, whatever went wrong."""
    table = world.network.table
    if "bounced" in path.reports:
        assert Addresses(table).fails("crash") is not None, what
    if "came_back" in path.reports:
        assert len(Addresses(table).trouble("crash").returns) == 1, what
    if "complained" in path.reports:
        assert Choices(table).of(world.member) == set(), what
    elif path.reports:
        assert Choices(table).of(world.member) == set(Choice) - {Choice.DIGEST}, what


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_requirement_73_two_at_the_same_time_are_as_good_as_one(world: World, path: Path) -> None:
    usual = world.walk(path)
    for at, name in places_in(usual.made):
        walked = world.walk(path, at, Kind.MEANWHILE)
        adds_up(path, walked, may_be_twice=False, what=(at, name))
        assert walked.mail.state is path.ends, (at, name)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_requirement_73_deliveries_that_come_twice_or_get_lost_change_nothing(world: World, path: Path) -> None:
    for more in ({"copies": 2}, {"copies": 3}, {"loses": 1}, {"loses": 2}):
        walked = world.walk(path, **more)
        assert walked.mail.state is path.ends, more
        assert walked.copies == int(path.ends in LEFT), more
        adds_up(path, walked, may_be_twice=False, what=more)
