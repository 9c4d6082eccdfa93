"""What waits, waits without harm: for a busy or paused service, for a run that somebody holds, for the sweep."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from functions.kernel import tokens
from functions.mail import jobs
from functions.mail.kinds import KINDS, IfUnknown
from functions.mail.model import Mail, Run, RunState, State, mail_key, new_mail
from functions.mail.post import Outcome, Posted, PostOffice
from functions.mail.store import Ledger, Runs, planned, run_begun
from tests.calls import Body, faults
from tests.network import Network, in_one_shard
from tests.reports import report, tell

INVITATION = {"subject": "Friday", "title": "Friday", "when": "Friday", "summary": "", "page": "https://psmn.test/"}
QUARTER = timedelta(minutes=15)


def plan(network: Network, kind: str = "invite", **more: Any) -> Mail:
    facts = {"to_address": "ann@nhs.net", "address_digest": "ann", "now": network.clock.now(), **more}
    facts = {"key": mail_key(kind, tokens.new_id(), "ann"), **facts}
    mail = new_mail(kind, context=INVITATION if kind == "invite" else {}, **facts)
    network.table.write(planned(mail))
    return mail


@pytest.fixture
def run(network: Network) -> Run:
    run = Run(id=tokens.new_id(), mail_kind="invite", words="Friday", thing="s1", at=network.clock.now())
    network.table.write(run_begun(run, network.clock.now()))
    return run


def row_of(network: Network, mail: Mail) -> Mail:
    row = Ledger(network.table).get(mail.key)
    assert row is not None
    return row


def now_of(network: Network, run: Run) -> Run:
    found = Runs(network.table).get(run.id)
    assert found is not None
    return found


def move(network: Network, run: Run, state: RunState) -> None:
    assert Runs(network.table).move(now_of(network, run), state, "Because.")


def sweep(network: Network) -> dict[str, int]:
    return jobs.sweep({"network": "psmn", "at": network.clock.now().isoformat()}, None)


def length_of(url: str, which: str = "") -> int:
    name: Any = f"ApproximateNumberOfMessages{which}"
    answer = boto3.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])
    return int(answer["Attributes"][name])


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Outcome]]:
    """What the mail service answers, one after the other, before it accepts again."""
    script: list[Outcome] = []
    post = PostOffice.post

    def answer(*asked: Any, **more: Any) -> Posted:
        return Posted(script.pop(0)) if script else post(*asked, **more)

    monkeypatch.setattr(PostOffice, "post", answer)
    yield script
    assert not script


def test_a_paused_service_holds_the_run_and_its_messages_wait_for_a_person(
    network: Network, run: Run, answers: list[Outcome]
) -> None:
    first, second = plan(network, run=run.id), plan(network, run=run.id)
    answers.append(Outcome.PAUSED)
    assert network.deliver() == ["planned", "planned"]
    assert now_of(network, run).state is RunState.PAUSED
    assert now_of(network, run).why.endswith(".")
    network.clock.move(minutes=16)
    assert network.deliver() == ["planned", "planned"]
    move(network, run, RunState.GOING)
    network.clock.move(minutes=15)
    assert network.deliver() == ["sent", "sent"]
    assert [row_of(network, mail).state for mail in (first, second)] == [State.SENT, State.SENT]
    assert Runs(network.table).counts(run.id)[State.SENT] == 2


def test_requirement_78_a_paused_service_lets_service_mail_wait_until_its_own_time_is_over(
    network: Network, answers: list[Outcome]
) -> None:
    mail = plan(network, "sign-in-not-known")
    while row_of(network, mail).state is State.PLANNED:
        answers.append(Outcome.PAUSED)
        network.deliver()
        network.clock.moment = row_of(network, mail).due_at
        if network.clock.now() >= mail.not_after:
            answers.clear()
            network.deliver()
    assert row_of(network, mail).state is State.EXPIRED


def test_a_message_of_a_stopped_run_ends_as_stopped(network: Network, run: Run) -> None:
    mails = [plan(network, run=run.id) for _ in range(3)]
    move(network, run, RunState.STOPPED)
    assert network.deliver() == ["stopped"] * 3
    assert Runs(network.table).counts(run.id)[State.STOPPED] == len(mails)


def test_a_message_of_a_paused_run_ends_when_its_time_is_over(network: Network, run: Run) -> None:
    mail = plan(network, run=run.id, not_after=network.clock.now() + timedelta(minutes=20))
    move(network, run, RunState.PAUSED)
    network.deliver()
    network.clock.moment = row_of(network, mail).due_at
    network.deliver()
    assert row_of(network, mail).due_at == mail.not_after
    network.clock.moment = mail.not_after
    assert network.deliver() == ["expired"]


def test_waiting_uses_up_no_try_of_the_queue(network: Network, run: Run) -> None:
    mail = plan(network, run=run.id)
    move(network, run, RunState.PAUSED)
    record = {"messageId": "1", "body": mail.key}
    for _ in range(20):
        assert jobs.send({"Records": [record]}, None) == {"batchItemFailures": []}
        network.clock.move(minutes=15)
    assert length_of(jobs.settings().bulk_queue_url, "Delayed") == 20
    assert length_of(jobs.settings().mail_queue_url, "Delayed") == 0


def test_a_message_that_waits_and_that_no_queue_takes_is_brought_again(network: Network, run: Run) -> None:
    mail = plan(network, run=run.id)
    move(network, run, RunState.PAUSED)

    def takes_nothing(request: Any) -> AWSResponse:
        failed = b'{"Successful": [], "Failed": [{"Id": "0", "SenderFault": false, "Code": "InternalError"}]}'
        return AWSResponse(request.url, 200, {"content-type": "application/x-amz-json-1.0"}, Body(failed))

    with faults(jobs.queue(), "SendMessageBatch", takes_nothing):
        answer = jobs.send({"Records": [{"messageId": "1", "body": mail.key}]}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}


def test_requirement_78_each_stream_has_its_own_queue(network: Network) -> None:
    plan(network, "invite")
    plan(network, "left")
    network.clock.move(minutes=6)
    assert sweep(network)["queued"] == 2
    assert length_of(jobs.settings().bulk_queue_url) == 1
    assert length_of(jobs.settings().mail_queue_url) == 1


def test_requirement_79_a_long_queue_of_invitations_is_left_in_peace_and_a_code_is_not(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "NEARLY_EMPTY", 5)
    for _ in range(5):
        boto3.client("sqs").send_message(QueueUrl=jobs.settings().bulk_queue_url, MessageBody="k")
    plan(network, "invite")
    plan(network, "left")
    network.clock.move(minutes=6)
    assert sweep(network)["queued"] == 1
    assert length_of(jobs.settings().bulk_queue_url) == 5


def test_requirement_79_what_is_queued_again_and_again_waits_longer_each_time_and_an_hour_at_most(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = plan(network, "left", key=in_one_shard(monkeypatch)("left"))
    found = []
    for minute in range(0, 24 * 60, 5):
        network.clock.move(minutes=5)
        if sweep(network)["queued"]:
            found.append(minute)
    gaps = [later - earlier for earlier, later in pairwise(found)]
    assert gaps == sorted(gaps)
    assert gaps[0] == 20
    assert gaps[-1] == 70
    assert row_of(network, mail).due_at == mail.planned_at


def test_requirement_79_a_stream_is_swept_a_share_at_a_time(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "SWEPT_AT_ONCE", 3)
    for _ in range(7):
        plan(network, "left")
    network.clock.move(minutes=6)
    assert [sweep(network)["queued"] for _ in range(4)] == [3, 3, 1, 0]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_requirement_79_a_message_that_nobody_answered_for_goes_once_more_only_where_that_does_no_harm(
    network: Network, kind: str
) -> None:
    mail = new_mail(
        kind, key=mail_key(kind, "x", "ann"), to_address="a@nhs.net", address_digest="a", now=network.clock.now(),
        not_after=network.clock.now() + timedelta(days=1),
    )  # fmt: skip
    network.table.write(planned(mail))
    ledger = Ledger(network.table)
    ledger.start(mail, {}, network.clock.now())
    network.clock.move(minutes=15, seconds=1)
    again = mail.about.if_unknown is IfUnknown.RESEND
    assert sweep(network) == {"queued": 0, "again": int(again), "unknown": int(not again)}
    row = row_of(network, mail)
    assert (row.state, row.attempt) == ((State.PLANNED, 2) if again else (State.UNKNOWN, 1))
    assert row.may_have_arrived
    assert bool(list(ledger.to_see_to())) == (mail.about.if_unknown is IfUnknown.HOLD)
    if again:
        ledger.start(row, {}, network.clock.now())
        network.clock.move(minutes=15, seconds=1)
        assert sweep(network) == {"queued": 0, "again": 0, "unknown": 1}
        assert row_of(network, mail).state is State.UNKNOWN


def test_a_message_whose_time_is_over_does_not_go_once_more(network: Network) -> None:
    mail = plan(network, not_after=network.clock.now() + timedelta(minutes=10))
    Ledger(network.table).start(mail, {}, network.clock.now())
    network.clock.move(minutes=16)
    assert sweep(network)["unknown"] == 1
    assert row_of(network, mail).state is State.UNKNOWN


@pytest.mark.parametrize("planner", [-3, 0, 3])
@pytest.mark.parametrize("sweeper", [-3, 3])
def test_requirement_87_functions_whose_clocks_differ_by_minutes_agree_on_how_a_message_ends(
    network: Network, planner: int, sweeper: int
) -> None:
    mail = plan(network, "left", now=network.clock.now() + timedelta(minutes=planner))
    for _ in range(3):
        at = network.clock.now() + timedelta(minutes=sweeper)
        jobs.sweep({"network": "psmn", "at": at.isoformat()}, None)
        jobs.send({"Records": [{"messageId": "1", "body": mail.key}]}, None)
        tell(report("delivered", mail.key))
        network.clock.move(minutes=8)
    assert row_of(network, mail).state is State.DELIVERED
    assert len(list(network.mail())) == 1


@pytest.mark.parametrize(("sender", "ends"), [(-3, State.SENT), (3, State.EXPIRED)])
def test_requirement_87_a_clock_that_is_wrong_by_minutes_moves_a_messages_last_moment_by_as_much(
    network: Network, sender: int, ends: State
) -> None:
    mail = plan(network, "left", not_after=network.clock.now())
    network.clock.move(minutes=sender)
    jobs.send({"Records": [{"messageId": "1", "body": mail.key}]}, None)
    assert row_of(network, mail).state is ends
