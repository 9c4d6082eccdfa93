"""What comes back about a message, and what it means for the next one."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.kernel import clock, keys, kinds, tokens
from functions.kernel.table import delete
from functions.mail.addresses import Addresses
from functions.mail.feedback import Trouble
from functions.mail.kinds import Choice
from functions.mail.model import ENDS, Mail, Run, State, mail_key, new_mail
from functions.mail.store import Choices, Ledger, Runs, planned, run_begun
from tests.network import Network
from tests.people import ANN, CORA
from tests.reports import report, tell

INVITATION = {"subject": "Friday", "title": "Friday", "when": "Friday", "summary": "", "page": "https://psmn.test/"}


def plan(network: Network, kind: str = "left", **more: object) -> Mail:
    facts = {"to_address": ANN["email"], "address_digest": "ann", "now": network.clock.now(), **more}
    context = INVITATION if kind == "invite" else {}
    mail = new_mail(kind, key=mail_key(kind, tokens.new_id(), "ann"), context=context, **facts)  # type: ignore[arg-type] # By name.
    network.table.write(planned(mail))
    return mail


def row_of(network: Network, mail: Mail) -> Mail:
    row = Ledger(network.table).get(mail.key)
    assert row is not None
    return row


def sent(network: Network, kind: str = "left", **more: object) -> Mail:
    mail = plan(network, kind, **more)
    network.deliver()
    assert row_of(network, mail).state is State.SENT
    return mail


def begin_run(network: Network) -> Run:
    run = Run(id=tokens.new_id(), mail_kind="invite", words="Friday", thing="s1", at=network.clock.now())
    network.table.write(run_begun(run, network.clock.now()))
    return run


BEGINNING = datetime(2026, 11, 23, 10, tzinfo=UTC)
CASES = ("sent", "delayed", "delivered", "bounced", "came_back", "complained", "refused", "on_their_list")
ENDS_AS = {
    "sent": State.SENT,
    "delayed": State.SENT,
    "came_back": State.SENT,
    "refused": State.REJECTED,
    "on_their_list": State.SUPPRESSED,
    "delivered": State.DELIVERED,
    "bounced": State.BOUNCED,
    "complained": State.COMPLAINED,
}
WORST = ("complained", "bounced", "delivered", "on_their_list", "refused", "came_back", "delayed", "sent")


@pytest.mark.parametrize("case", ENDS_AS)
def test_each_report_moves_a_message_that_was_sent(network: Network, case: str) -> None:
    mail = sent(network)
    assert tell(report(case, mail.key)) == []
    assert row_of(network, mail).state is ENDS_AS[case]


@pytest.mark.parametrize("case", ENDS_AS)
def test_requirement_73_a_report_that_comes_before_the_answer_is_believed(network: Network, case: str) -> None:
    mail = plan(network)
    ledger = Ledger(network.table)
    started = ledger.start(mail, {}, network.clock.now())
    assert tell(report(case, mail.key)) == []
    row = row_of(network, mail)
    assert row.state is ENDS_AS[case]
    assert row.message_id
    with pytest.raises(Exception, match="condition"):
        ledger.end(started, State.SENT, network.clock.now(), message_id="m")
    assert row_of(network, mail).state is ENDS_AS[case]
    assert not list(ledger.unanswered(network.clock.now() + timedelta(days=1)))


def test_a_report_that_comes_after_we_gave_up_corrects_what_we_said(network: Network) -> None:
    run = begin_run(network)
    mail = plan(network, "application-declined", run=run.id)
    ledger = Ledger(network.table)
    ledger.end(ledger.start(mail, {}, network.clock.now()), State.UNKNOWN, network.clock.now())
    assert [each.key for each in ledger.to_see_to()] == [mail.key]
    assert Runs(network.table).counts(run.id)[State.UNKNOWN] == 1
    tell(report("delivered", mail.key))
    assert row_of(network, mail).state is State.DELIVERED
    assert not list(ledger.to_see_to())
    counts = Runs(network.table).counts(run.id)
    assert (counts[State.UNKNOWN], counts[State.DELIVERED]) == (0, 1)


def test_a_report_about_a_first_attempt_stops_the_second(network: Network) -> None:
    mail = plan(network, "application-received")
    ledger = Ledger(network.table)
    ledger.plan_again(ledger.start(mail, {}, network.clock.now()), network.clock.now())
    assert (row_of(network, mail).state, row_of(network, mail).attempt) == (State.PLANNED, 2)
    tell(report("sent", mail.key))
    assert row_of(network, mail).state is State.SENT
    network.deliver()
    assert not list(network.mail())


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases=st.lists(st.sampled_from(CASES), min_size=1, max_size=5, unique=True), data=st.data())
def test_requirement_73_repeats_order_and_hours_of_delay_make_no_difference(
    network: Network, cases: Sequence[str], data: st.DataObject
) -> None:
    network.clock.moment = BEGINNING
    network.table.write(delete(keys.suppressed("ann")))
    network.table.write(delete(keys.trouble("ann")))
    run = begin_run(network)
    mail = plan(network, "invite", run=run.id, address_digest="ann")
    where = data.draw(st.sampled_from(["sending", "sent", "unknown", "second attempt"]))
    ledger, now = Ledger(network.table), network.clock.now()
    started = ledger.start(mail, {}, now)
    if where == "second attempt":
        ledger.plan_again(started, now)
    elif where != "sending":
        ledger.end(started, State(where), now)

    told = data.draw(st.permutations([*cases, *data.draw(st.lists(st.sampled_from(cases), max_size=4))]))
    for case in told:
        network.clock.move(hours=data.draw(st.integers(0, 5)))
        assert tell(report(case, mail.key, feedback_id=f"{case} {mail.key}")) == []

    worst = next(case for case in WORST if case in cases)
    assert row_of(network, mail).state is ENDS_AS[worst]
    assert {state: number for state, number in Runs(network.table).counts(run.id).items() if number} == {
        ENDS_AS[worst]: 1
    }
    addresses = Addresses(network.table)
    assert (addresses.fails("ann") is not None) == ("bounced" in cases)
    assert set(addresses.trouble("ann").returns) == ({f"came_back {mail.key}"} if "came_back" in cases else set())


def test_requirement_48_a_bounce_stops_the_very_next_mail_to_the_address(network: Network) -> None:
    mail, next_one, of_somebody_else = sent(network), plan(network), plan(network, address_digest="bob")
    tell(report("bounced", mail.key))
    network.deliver()
    assert row_of(network, next_one).state is State.SUPPRESSED
    assert row_of(network, of_somebody_else).state is State.SENT
    item = network.table.get(keys.suppressed("ann"))
    assert item is not None
    assert (item["reason"], item["since"]) == ("NoEmail", "2026-11-23T10:00:05Z")
    lifetime = kinds.KIND["suppressed"].lifetime
    assert lifetime is not None
    assert item["expires_at"] == clock.epoch(network.clock.now() + lifetime)


def test_requirement_48_a_bounce_that_is_told_again_does_not_undo_that_somebody_confirmed_the_address(
    network: Network,
) -> None:
    mail = sent(network)
    tell(report("bounced", mail.key))
    network.table.write(delete(keys.suppressed("ann")))
    tell(report("bounced", mail.key))
    assert Addresses(network.table).fails("ann") is None


def test_an_address_on_the_services_own_list_is_not_put_on_ours(network: Network) -> None:
    mail = sent(network, "invite")
    tell(report("on_their_list", mail.key))
    assert row_of(network, mail).state is State.SUPPRESSED
    assert Addresses(network.table).fails("ann") is None


def test_three_messages_that_come_back_within_a_fortnight_are_trouble(network: Network) -> None:
    addresses = Addresses(network.table)
    for day in range(3):
        assert not addresses.trouble("ann").is_there(network.clock.now())
        mail = sent(network)
        for _ in range(2):
            tell(report("came_back", mail.key, feedback_id=str(day), at=network.clock.now().isoformat()))
        network.clock.move(days=1)
    assert addresses.trouble("ann").is_there(network.clock.now())
    assert addresses.fails("ann") is None
    network.clock.move(days=13)
    assert addresses.trouble("ann") == Trouble()
    late = sent(network)
    tell(report("came_back", late.key, feedback_id="late", at=network.clock.now().isoformat()))
    assert set(addresses.trouble("ann").returns) == {"late"}


def test_requirement_48_a_complaint_stops_what_can_be_stopped_and_never_a_sign_in_code(network: Network) -> None:
    ann, cora = (network.member(who["name"], who["email"]) for who in (ANN, CORA))
    choices = Choices(network.table)
    choices.start(Choice.DIGEST, ann.id, network.clock.now())
    choices.start(Choice.DIGEST, cora.id, network.clock.now())
    invitation = sent(network, "invite", owner=ann.id, address_digest=ann.address_digest)
    told = report("complained", invitation.key)
    told["complaint"]["complainedRecipients"] = [{"emailAddress": who["email"]} for who in (ANN, CORA)]
    before = len(list(network.mail()))
    tell(told, told)
    assert choices.of(ann.id) == set()
    assert choices.of(cora.id) == set(Choice)
    assert len(network.inbox(ann.address)) == before
    assert network.signed_in(ann.address).get("/home").status == 200


def test_a_complaint_that_is_told_again_does_not_stop_what_somebody_started_again(network: Network) -> None:
    ann = network.member(ANN["name"], ANN["email"])
    invitation = sent(network, "invite", owner=ann.id)
    tell(report("complained", invitation.key))
    Choices(network.table).start(Choice.INVITES, ann.id, network.clock.now())
    tell(report("complained", invitation.key))
    assert Choices(network.table).of(ann.id) == {Choice.INVITES}


def test_a_complaint_of_somebody_who_left_is_no_fault(network: Network) -> None:
    invitation = sent(network, "invite", owner="gone")
    assert tell(report("complained", invitation.key)) == []
    assert row_of(network, invitation).state is State.COMPLAINED


def test_requirement_75_a_report_that_cannot_be_read_fails_alone_and_the_others_count(network: Network) -> None:
    first, second = sent(network), sent(network)
    assert tell(report("delivered", first.key), "{", '{"mail": 1}', report("bounced", second.key)) == ["1", "2"]
    assert (row_of(network, first).state, row_of(network, second).state) == (State.DELIVERED, State.BOUNCED)


def test_a_report_about_no_message_of_ours_is_dropped_and_says_so(network: Network) -> None:
    assert tell(report("bounced", "0" * 64), report("without_tags", "x")) == []
    assert Addresses(network.table).fails("ann") is None


@pytest.mark.parametrize("state", [state for state in ENDS if state not in ENDS_AS.values()])
def test_a_report_proves_that_a_message_left_whatever_we_said_of_it(network: Network, state: State) -> None:
    mail = plan(network)
    Ledger(network.table).end(mail, state, network.clock.now())
    tell(report("delivered", mail.key))
    assert row_of(network, mail).state is State.DELIVERED
