"""A send to many of which too much goes wrong is paused, and goes on when a person says so."""

import pytest

from functions.kernel import tokens
from functions.mail import breaker, jobs
from functions.mail.model import Mail, Run, RunState, State, mail_key, new_mail
from functions.mail.post import Outcome, Posted, PostOffice
from functions.mail.store import Ledger, Runs, planned, run_begun
from tests.network import Network
from tests.reports import report, tell

INVITATION = {"subject": "Friday", "title": "Friday", "when": "Friday", "summary": "", "page": "https://psmn.test/"}
LOOKS_FROM = 10
SENT = LOOKS_FROM + 2


@pytest.fixture(autouse=True)
def _looks_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten messages are enough for a send to pause, so that no test has to send fifty."""
    monkeypatch.setattr(breaker, "LOOKS_FROM", LOOKS_FROM)


@pytest.fixture
def run(network: Network) -> Run:
    run = Run(id=tokens.new_id(), mail_kind="invite", words="Friday", thing="s1", at=network.clock.now())
    network.table.write(run_begun(run, network.clock.now()))
    return run


def plan(network: Network, run: Run | None, how_many: int = 1, kind: str = "invite") -> list[Mail]:
    mails = [
        new_mail(
            kind, key=mail_key(kind, tokens.new_id(), "x"), to_address="ann@nhs.net", address_digest=tokens.new_id(),
            context=INVITATION, run=run.id if run else None, now=network.clock.now(),
        )
        for _ in range(how_many)
    ]  # fmt: skip
    for mail in mails:
        network.table.write(planned(mail))
    return mails


def now_of(network: Network, run: Run) -> Run:
    found = Runs(network.table).get(run.id)
    assert found is not None
    return found


def states(network: Network, mails: list[Mail]) -> set[State]:
    return {row.state for mail in mails if (row := Ledger(network.table).get(mail.key)) is not None}


def test_two_complaints_pause_a_send_and_what_is_still_to_go_waits(network: Network, run: Run) -> None:
    gone = plan(network, run, SENT)
    network.deliver()
    tell(report("complained", gone[0].key))
    assert now_of(network, run).state is RunState.GOING
    tell(report("complained", gone[1].key))
    assert now_of(network, run).state is RunState.PAUSED
    assert now_of(network, run).why == f"2 of {SENT} readers called their message junk."
    late = plan(network, run)
    network.deliver()
    assert states(network, late) == {State.PLANNED}


def test_a_person_lets_it_go_on_and_it_pauses_again_only_when_more_goes_wrong(network: Network, run: Run) -> None:
    gone = plan(network, run, SENT)
    network.deliver()
    for mail in gone[:2]:
        tell(report("complained", mail.key))
    assert Runs(network.table).move(now_of(network, run), RunState.GOING, "")
    tell(report("complained", gone[2].key), report("complained", gone[3].key))
    assert now_of(network, run).state is RunState.GOING
    more = plan(network, run, SENT)
    network.deliver()
    assert now_of(network, run).state is RunState.PAUSED
    assert states(network, more) == {State.SENT}


def test_refusals_pause_a_send_at_the_end_of_the_batch(
    network: Network, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    mails = plan(network, run, SENT + 20)
    monkeypatch.setattr(PostOffice, "post", lambda *_, **__: Posted(Outcome.REFUSED))
    for start in range(0, len(mails), 10):
        records = [{"messageId": mail.key, "body": mail.key} for mail in mails[start : start + 10]]
        jobs.send({"Records": records}, None)
    counts = Runs(network.table).counts(run.id)
    assert now_of(network, run).state is RunState.PAUSED
    assert counts[State.REJECTED] == LOOKS_FROM
    assert "refused" in now_of(network, run).why


def test_messages_that_nobody_answers_for_pause_a_send(network: Network, run: Run) -> None:
    plan(network, run, SENT)
    network.deliver()
    ledger = Ledger(network.table)
    for mail in plan(network, run, kind="reminder"):
        ledger.start(mail, {}, network.clock.now())
    network.clock.move(minutes=16)
    jobs.sweep({"network": "psmn", "at": network.clock.now().isoformat()}, None)
    assert now_of(network, run).state is RunState.PAUSED


def test_a_send_that_a_person_stopped_is_left_alone(network: Network, run: Run) -> None:
    gone = plan(network, run, SENT)
    network.deliver()
    assert Runs(network.table).move(now_of(network, run), RunState.STOPPED, "A coordinator stopped it.")
    tell(*[report("complained", mail.key) for mail in gone])
    assert now_of(network, run).why == "A coordinator stopped it."


def test_requirement_78_whatever_goes_wrong_with_invitations_a_code_goes_out(network: Network, run: Run) -> None:
    gone = plan(network, run, SENT)
    network.deliver()
    tell(*[report("bounced", mail.key) for mail in gone])
    assert now_of(network, run).state is RunState.PAUSED
    code = plan(network, None, kind="sign-in-not-known")
    network.deliver()
    assert states(network, code) == {State.SENT}
