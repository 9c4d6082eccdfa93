"""What really left, and what the ledger says: the real SDK and a mail service that does what it should not."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.kernel import tokens
from functions.mail import jobs
from functions.mail.kinds import IfUnknown
from functions.mail.model import ENDS, Mail, Run, RunState, State, new_mail
from functions.mail.pace import Pace
from functions.mail.send import Sender
from functions.mail.store import Ledger, Runs, planned, run_begun
from tests.network import Network, in_one_shard
from tests.reports import report, tell
from tests.ses_double import Does, SesDouble, listening, office_at

WORDS = {
    "subject": "Friday", "title": "Friday", "when": "Friday", "summary": "", "page": "https://psmn.test/",
    "reason": "", "note": "", "ask_again_by": "Friday",
}  # fmt: skip
ONCE_MORE, NEVER_AGAIN, A_PERSON = "invite", "reminder", "application-declined"
"""A kind of message for each thing that is done when nobody knows what became of it."""
LEFT = {State.SENT, State.DELIVERED, State.BOUNCED, State.COMPLAINED}
DID_NOT_LEAVE = {State.REJECTED, State.SUPPRESSED, State.STALE, State.EXPIRED, State.STOPPED}

type KeyOf = Callable[[str], str]


@pytest.fixture(scope="module")
def service() -> Iterator[SesDouble]:
    with listening() as double:
        yield double


@pytest.fixture(autouse=True)
def key_of(monkeypatch: pytest.MonkeyPatch) -> KeyOf:
    return in_one_shard(monkeypatch)


@pytest.fixture
def connected(network: Network, service: SesDouble, monkeypatch: pytest.MonkeyPatch) -> SesDouble:
    """The service, with our sender on the line."""
    office = office_at(service.server_port, monkeypatch)
    sender = Sender(Ledger(network.table), office, Pace(office.quota, lambda: 0, lambda _: None), jobs.settings())
    monkeypatch.setattr(jobs, "sender", lambda: sender)
    service.begin()
    return service


def plan(network: Network, key: str, kind: str, run: Run | None = None) -> Mail:
    mail = new_mail(
        kind, key=key, to_address="ann@nhs.net", address_digest="ann",
        context=WORDS, run=run.id if run else None, now=network.clock.now(),
        not_after=network.clock.now() + timedelta(days=2),
    )  # fmt: skip
    network.table.write(planned(mail))
    return mail


def begin_run(network: Network) -> Run:
    run = Run(id=tokens.new_id(), mail_kind="invite", words="Friday", thing="s1", at=network.clock.now())
    network.table.write(run_begun(run, network.clock.now()))
    return run


def row_of(network: Network, mail: Mail) -> Mail:
    row = Ledger(network.table).get(mail.key)
    assert row is not None
    return row


def let_it_end(network: Network, mails: Sequence[Mail], run: Run | None = None) -> None:
    """Bring everything that waits, sweep, and let a person resume what was paused, until all of it has ended."""
    for _ in range(200):
        network.deliver()
        if all(row_of(network, mail).state in ENDS for mail in mails):
            return
        network.clock.move(minutes=8)
        jobs.sweep({"network": "psmn", "at": network.clock.now().isoformat()}, None)
        paused = Runs(network.table).get(run.id) if run is not None else None
        if paused is not None and paused.state is RunState.PAUSED:
            Runs(network.table).move(paused, RunState.GOING, "")
    raise AssertionError([row_of(network, mail).state for mail in mails])


@pytest.mark.parametrize("kind", [ONCE_MORE, NEVER_AGAIN, A_PERSON])
@pytest.mark.parametrize("does", Does)
def test_requirement_72_what_left_once_is_never_sent_again_unless_nobody_can_tell(
    network: Network, key_of: KeyOf, connected: SesDouble, does: Does, kind: str
) -> None:
    run = begin_run(network)
    mail = plan(network, key_of(kind), kind, run)
    connected.begin(does)
    let_it_end(network, [mail], run)
    row = row_of(network, mail)
    sure = does.is_heard
    again = not sure and mail.about.if_unknown is IfUnknown.RESEND
    if does is Does.REFUSES:
        expected, copies = State.REJECTED, 0
    elif sure:
        expected, copies = State.SENT, 1
    else:
        expected, copies = (State.SENT if again else State.UNKNOWN), int(does.takes) + int(again)
    assert (row.state, connected.copies_of(mail.key)) == (expected, copies)
    assert row.attempt == (2 if again else 1)
    assert {state: n for state, n in Runs(network.table).counts(run.id).items() if n} == {expected: 1}


@pytest.mark.parametrize("case", ["sent", "delivered", "bounced", "complained"])
def test_requirement_73_an_answer_that_got_lost_is_made_good_by_a_report_and_nothing_leaves_twice(
    network: Network, key_of: KeyOf, connected: SesDouble, case: str
) -> None:
    mail = plan(network, key_of(ONCE_MORE), ONCE_MORE)
    connected.begin(Does.ANSWERS_LATE)
    network.deliver()
    assert row_of(network, mail).state is State.SENDING
    tell(report(case, mail.key))
    let_it_end(network, [mail])
    network.clock.move(hours=1)
    jobs.sweep({"network": "psmn", "at": network.clock.now().isoformat()}, None)
    network.deliver()
    assert connected.copies_of(mail.key) == 1
    assert row_of(network, mail).state in LEFT


def test_requirement_78_a_storm_of_refusals_passes_and_every_message_leaves_once(
    network: Network, key_of: KeyOf, connected: SesDouble
) -> None:
    run = begin_run(network)
    mails = [plan(network, key_of(ONCE_MORE), ONCE_MORE, run) for _ in range(12)]
    connected.begin(*[Does.BUSY] * 40)
    let_it_end(network, mails, run)
    assert [connected.copies_of(mail.key) for mail in mails] == [1] * len(mails)
    assert Runs(network.table).counts(run.id)[State.SENT] == len(mails)


@pytest.mark.parametrize("does", [Does.PAUSED, Does.SET_PAUSED, Does.SUSPENDED, Does.OUT_OF_QUOTA])
def test_requirement_78_a_service_that_has_stopped_us_holds_the_run_after_one_message(
    network: Network, key_of: KeyOf, connected: SesDouble, does: Does
) -> None:
    run = begin_run(network)
    mails = [plan(network, key_of(ONCE_MORE), ONCE_MORE, run) for _ in range(5)]
    connected.begin(*[does] * 5)
    network.deliver()
    paused = Runs(network.table).get(run.id)
    assert paused is not None
    assert paused.state is RunState.PAUSED
    assert connected.asked == 1
    connected.begin()
    let_it_end(network, mails, run)
    assert [connected.copies_of(mail.key) for mail in mails] == [1] * len(mails)


def told(case: str, mail: Mail) -> Any:
    return report(case, mail.key, feedback_id=f"{case} {mail.key}")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    script=st.lists(st.sampled_from(Does), max_size=8),
    kinds=st.lists(st.sampled_from([ONCE_MORE, NEVER_AGAIN, A_PERSON]), min_size=1, max_size=4),
    data=st.data(),
)
def test_requirements_72_and_73_whatever_the_service_does_the_ledger_says_what_left(
    network: Network, key_of: KeyOf, connected: SesDouble, script: list[Does], kinds: list[str], data: st.DataObject
) -> None:
    run = begin_run(network)
    mails = [plan(network, key_of(kind), kind, run) for kind in kinds]
    connected.begin(*script)
    network.deliver()
    for mail in mails:
        # The service reports some of what it took, before or after we have given up on it.
        reported = data.draw(st.booleans()) and connected.copies_of(mail.key)
        if reported:
            tell(told("sent", mail))
            assert row_of(network, mail).state is State.SENT
    let_it_end(network, mails, run)
    for mail in mails:
        row, copies = row_of(network, mail), connected.copies_of(mail.key)
        assert copies <= (2 if mail.about.if_unknown is IfUnknown.RESEND and row.attempt == 2 else 1)
        if row.state in LEFT:
            assert copies >= 1
        if row.state in DID_NOT_LEAVE:
            assert copies == 0
        for _ in range(copies):
            tell(told("delivered", mail))
        assert row_of(network, mail).state in ({State.DELIVERED} if copies else DID_NOT_LEAVE | {State.UNKNOWN})
    counts = Runs(network.table).counts(run.id)
    assert sum(counts.values()) == len(mails)
    ended = [row_of(network, mail).state for mail in mails]
    assert counts == {state: ended.count(state) for state in ENDS}
