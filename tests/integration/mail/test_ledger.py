"""The ledger of messages: whatever happens on the way, a message leaves once at most and ends in one state."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.kernel import keys, tokens
from functions.kernel.errors import Clash
from functions.kernel.table import change, delete, put
from functions.mail import jobs
from functions.mail.model import Guard, Mail, State, mail_key, new_mail
from functions.mail.pace import Pace
from functions.mail.post import Outcome, Posted
from functions.mail.send import Sender
from functions.mail.store import Ledger, planned
from tests.network import Network

CRASH_BEFORE, CRASH_AFTER, LEFT_UNHEARD = "crash before", "crash after", "left unheard"


class Crash(BaseException):
    """The machine is gone in the middle of things."""


@dataclass
class Service:
    """A mail service that does what is written for it, and counts what really left."""

    script: list[Outcome | str] = field(default_factory=list)
    left: int = 0

    def post(self, raw: bytes, **_: object) -> Posted:
        """Take a message."""
        assert raw
        what = self.script.pop(0) if self.script else Outcome.ACCEPTED
        if what == CRASH_BEFORE:
            raise Crash
        self.left += what in {Outcome.ACCEPTED, CRASH_AFTER, LEFT_UNHEARD}
        if what == CRASH_AFTER:
            raise Crash
        outcome = Outcome.UNCLEAR if what == LEFT_UNHEARD else Outcome(what)
        return Posted(outcome, "m1" if outcome is Outcome.ACCEPTED else None)


UNHURRIED = Pace(lambda: None, lambda: 0, lambda _: None)


@pytest.fixture
def service(network: Network, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    service = Service()
    sender = Sender(Ledger(network.table), service, UNHURRIED, jobs.settings())  # type: ignore[arg-type] # A double.
    monkeypatch.setattr(jobs, "sender", lambda: sender)
    return service


WANTED = keys.Key("SESSION#ledger", "SESSION")


def plan(network: Network, **more: object) -> Mail:
    """Plan a message that rests on one item, which is there."""
    key = mail_key("left", tokens.new_id(), "ann")
    guard = Guard(pk=WANTED.pk, sk=WANTED.sk, equals={"version": 1})
    facts = {"to_address": "ann@nhs.net", "address_digest": "ann", "guards": (guard,), "now": network.clock.now()}
    mail = new_mail("left", key=key, **{**facts, **more})  # type: ignore[arg-type] # By name.
    network.table.transact([planned(mail), put("session", WANTED, {"version": 1})])
    return mail


def deliver(mail: Mail, times: int = 1) -> None:
    """The queue brings a message. A machine that crashes brings nothing back."""
    with contextlib.suppress(Crash):
        jobs.send({"Records": [{"messageId": str(n), "body": mail.key} for n in range(times)]}, None)


def sweep(network: Network) -> dict[str, int]:
    return jobs.sweep({"network": "psmn", "at": network.clock.now().isoformat()}, None)


def state_of(network: Network, mail: Mail) -> State:
    row = Ledger(network.table).get(mail.key)
    assert row is not None
    return row.state


SCRIPTS = st.lists(st.sampled_from([*Outcome, CRASH_BEFORE, CRASH_AFTER, LEFT_UNHEARD]), max_size=4)
EVENTS = st.lists(
    st.sampled_from(["deliver", "deliver twice", "sweep", "minute", "quarter", "unwanted", "wanted", "suppressed"]),
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=SCRIPTS, events=EVENTS)
def test_requirement_72_whatever_happens_a_message_leaves_once_at_most_and_ends_in_one_state(
    network: Network, service: Service, script: list[Outcome | str], events: list[str]
) -> None:
    began = network.clock.moment
    service.script, service.left = list(script), 0
    table, mail = network.table, plan(network)
    happens: dict[str, Callable[[], object]] = {
        "deliver": lambda: deliver(mail),
        "deliver twice": lambda: deliver(mail, times=2),
        "sweep": lambda: sweep(network),
        "minute": lambda: network.clock.move(minutes=1),
        "quarter": lambda: network.clock.move(minutes=16),
        "unwanted": lambda: table.write(put("session", WANTED, {"version": 2})),
        "wanted": lambda: table.write(put("session", WANTED, {"version": 1})),
        "suppressed": lambda: table.write(put("suppressed", keys.suppressed("ann"), {})),
    }
    try:
        for event in events:
            happens[event]()
            assert service.left <= 1
        for _ in range(6):
            network.clock.move(minutes=16)
            sweep(network)
            deliver(mail)
        _ended_well(network, mail, service)
        assert sweep(network) == {"queued": 0, "again": 0, "unknown": 0}
    finally:
        table.write(delete(keys.suppressed("ann")))
        table.write(delete(keys.mail(mail.key)))
        network.clock.moment = began


def _ended_well(network: Network, mail: Mail, service: Service) -> None:
    state = state_of(network, mail)
    assert service.left <= 1
    match state:
        case State.SENT:
            assert service.left == 1
        case State.REJECTED | State.SUPPRESSED | State.STALE | State.EXPIRED:
            assert service.left == 0
        case _:
            assert state is State.UNKNOWN


def slow_worker(network: Network, service: Service) -> Sender:
    return Sender(Ledger(network.table), service, UNHURRIED, jobs.settings())  # type: ignore[arg-type] # A double.


def test_requirement_73_of_two_workers_at_once_one_sends(network: Network, service: Service) -> None:
    mail = plan(network)
    deliver(mail)
    assert slow_worker(network, service).send(mail, network.clock.now()) is None
    assert service.left == 1
    assert state_of(network, mail) is State.SENT


def test_a_slow_worker_cannot_say_that_a_message_expired_which_another_is_sending(
    network: Network, service: Service
) -> None:
    mail = plan(network)
    service.script = [LEFT_UNHEARD]
    deliver(mail)
    assert slow_worker(network, service).send(mail, mail.not_after) is None
    assert service.left == 1
    assert state_of(network, mail) is State.SENDING


def test_the_sweep_closes_nothing_that_waits_again(network: Network, service: Service) -> None:
    mail = plan(network)
    service.script = [Outcome.BUSY]
    ledger = Ledger(network.table)
    deliver(mail)
    seen_sending = mail.model_copy(update={"state": State.SENDING, "sending_at": network.clock.now()})
    with pytest.raises(Clash):
        ledger.end(seen_sending, State.UNKNOWN, network.clock.now())
    network.clock.move(seconds=5)
    deliver(mail)
    assert state_of(network, mail) is State.SENT


def test_the_sweep_closes_no_sending_that_began_after_the_one_it_saw(network: Network, service: Service) -> None:
    mail = plan(network)
    seen_sending = mail.model_copy(update={"state": State.SENDING, "sending_at": network.clock.now()})
    network.clock.move(seconds=5)
    service.script = [Outcome.UNCLEAR]
    deliver(mail)
    with pytest.raises(Clash):
        Ledger(network.table).end(seen_sending, State.UNKNOWN, network.clock.now())
    assert state_of(network, mail) is State.SENDING


@pytest.mark.parametrize(
    ("script", "state", "left"),
    [
        ([Outcome.ACCEPTED], State.SENT, 1),
        ([Outcome.BUSY, Outcome.PAUSED], State.SENT, 1),
        ([Outcome.REFUSED], State.REJECTED, 0),
        ([Outcome.UNCLEAR], State.SENDING, 0),
        ([LEFT_UNHEARD], State.SENDING, 1),
        ([CRASH_BEFORE], State.SENDING, 0),
        ([CRASH_AFTER], State.SENDING, 1),
    ],
    ids=str,
)
def test_requirement_73_however_often_the_queue_brings_it_a_message_leaves_once(
    network: Network, service: Service, script: list[Outcome | str], state: State, left: int
) -> None:
    mail = plan(network)
    service.script = script
    for _ in range(5):
        deliver(mail, times=2)
        network.clock.move(seconds=10)
    assert (state_of(network, mail), service.left) == (state, left)


def test_a_crash_before_anything_was_written_loses_nothing(
    network: Network, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = plan(network)

    def crash(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as broken:
        broken.setattr(Ledger, "start", crash)
        deliver(mail)
    deliver(mail)
    assert (state_of(network, mail), service.left) == (State.SENT, 1)


def test_requirement_74_one_message_that_fails_does_not_hold_up_its_neighbours(
    network: Network, service: Service
) -> None:
    first, second, third = plan(network), plan(network), plan(network)
    network.table.write(change(keys.mail(second.key), set={"mail_kind": "no such kind"}))
    records = [{"messageId": name, "body": mail.key} for name, mail in (("1", first), ("2", second), ("3", third))]
    unknown = {"messageId": "4", "body": "no such message"}
    assert jobs.send({"Records": [*records, unknown]}, None) == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert [state_of(network, mail) for mail in (first, second, third)] == [State.SENT, State.PLANNED, State.SENT]


def test_requirement_78_a_message_that_waits_goes_back_to_the_queue_and_uses_up_no_try(
    network: Network, service: Service
) -> None:
    mail = plan(network)
    service.script = [Outcome.BUSY]
    deliver(mail)
    row = Ledger(network.table).get(mail.key)
    assert row is not None
    assert (row.state, row.refusals) == (State.PLANNED, 1)
    assert row.not_before is not None
    network.clock.moment = row.not_before
    delayed = "ApproximateNumberOfMessagesDelayed"
    queue = boto3.client("sqs").get_queue_attributes(QueueUrl=jobs.settings().mail_queue_url, AttributeNames=[delayed])
    assert queue["Attributes"][delayed] == "1"
    deliver(mail)
    assert state_of(network, mail) is State.SENT


def test_requirement_80_what_is_no_longer_wanted_is_stale(network: Network, service: Service) -> None:
    mail = plan(network)
    network.table.write(put("session", WANTED, {"version": 2}))
    deliver(mail)
    assert (state_of(network, mail), service.left) == (State.STALE, 0)


def test_requirement_48_an_address_to_which_mail_fails_gets_none(network: Network, service: Service) -> None:
    mail = plan(network)
    network.table.write(put("suppressed", keys.suppressed("ann"), {}))
    deliver(mail)
    assert (state_of(network, mail), service.left) == (State.SUPPRESSED, 0)


def test_a_message_whose_time_is_over_expires(network: Network, service: Service) -> None:
    mail = plan(network, not_after=network.clock.now() + timedelta(minutes=15))
    network.clock.move(minutes=15)
    deliver(mail)
    assert (state_of(network, mail), service.left) == (State.EXPIRED, 0)


def test_requirement_77_a_message_planned_twice_is_planned_once(network: Network) -> None:
    mail = plan(network)
    with pytest.raises(Clash):
        network.table.write(planned(mail))


def test_what_has_ended_waits_for_nobody(network: Network, service: Service) -> None:
    mail = plan(network)
    assert [each.key for each in network.waiting()] == [mail.key]
    deliver(mail)
    assert not network.waiting()
    assert not list(Ledger(network.table).unanswered(network.clock.now() + timedelta(days=1)))
