"""The lookout: on Thursday at midday somebody is told if Friday's invitations are not ready."""

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest

from functions.invites import jobs, planning
from functions.kernel.when import uk_local
from functions.mail.model import RunState
from functions.mail.store import Runs
from functions.membership.model import Member
from functions.sessions.model import Session, Status
from functions.sessions.programme import Changes, one_off
from functions.sessions.store import Programme
from tests.integration.invites.conftest import Context, Plan, Tick, edit
from tests.network import Network

THURSDAY_MIDDAY = "2026-11-26T12:00:00Z"


def not_ready(at: str = THURSDAY_MIDDAY) -> int:
    """For how many sessions the alarm rings at a moment."""
    return jobs.check({"network": "psmn", "at": at}, Context(1))["not_ready"]


def test_when_everybody_has_been_invited_nobody_is_woken(ann: Member, friday: Session, plan: Plan) -> None:
    plan()
    assert not_ready() == 0


@pytest.mark.parametrize(
    ("at", "waiting"),
    [("2026-11-26T11:59:00Z", 0), (THURSDAY_MIDDAY, 1), ("2026-11-27T11:59:00Z", 1), ("2026-11-27T12:00:00Z", 0)],
    ids=["before midday on Thursday", "at midday on Thursday", "until it starts", "once it has started"],
)
def test_invitations_that_never_went_are_noticed_from_thursday_midday(
    ann: Member, friday: Session, at: str, waiting: int
) -> None:
    assert not_ready(at) == waiting


@pytest.mark.parametrize(
    ("friday", "midday"),
    [
        (date(2026, 3, 27), "12:00"),
        (date(2026, 4, 3), "11:00"),
        (date(2026, 10, 23), "11:00"),
        (date(2026, 10, 30), "12:00"),
    ],
    ids=["before clocks go forward", "after", "before clocks go back", "after that"],
)
def test_requirement_85_midday_is_midday_on_both_sides_of_a_clock_change(friday: date, midday: str) -> None:
    wanted = Changes("Drop-in", "", uk_local(friday, time(12)), uk_local(friday, time(13)), None)
    session = one_off("x", wanted, wanted.start - timedelta(weeks=4))
    ready_at = datetime.fromisoformat(f"{friday - timedelta(days=1)}T{midday}Z")
    assert planning.has_to_be_ready(session, ready_at)
    assert not planning.has_to_be_ready(session, ready_at - timedelta(minutes=1))


def test_a_plan_that_was_cut_off_and_never_went_on_is_noticed(ann: Member, pat: Member, plan: Plan, tick: Tick) -> None:
    plan(minutes_left=(0,))
    assert not_ready() == 1


def test_a_send_that_waits_for_a_person_is_noticed_and_one_that_a_person_stopped_is_not(
    network: Network, ann: Member, friday: Session, plan: Plan
) -> None:
    plan()
    runs = Runs(network.table)
    (run,) = runs.newest(1)
    assert runs.move(run, RunState.PAUSED, "Too many came back.")
    assert not_ready() == 1
    assert runs.move(run.model_copy(update={"state": RunState.PAUSED}), RunState.STOPPED, "Wrong text.")
    assert not_ready() == 0


def test_a_friday_that_is_called_off_or_may_be_a_break_is_nothing_to_ring_for(
    network: Network, programme: Programme, friday: Session
) -> None:
    for status in (Status.CANCELLED, Status.PROPOSED_BREAK):
        edit(programme, friday, network.clock.now(), status=status)
        assert not_ready() == 0


def test_a_session_that_moves_on_thursday_has_half_an_hour_to_be_told(
    network: Network, programme: Programme, ann: Member, friday: Session, plan: Plan
) -> None:
    plan()
    moved_at = datetime.fromisoformat(THURSDAY_MIDDAY)
    edit(programme, friday, moved_at, start=friday.start + timedelta(hours=1), end=friday.end + timedelta(hours=1))
    assert not_ready("2026-11-26T12:15:00Z") == 0
    assert not_ready("2026-11-26T12:45:00Z") == 1


def test_each_check_is_heard_of_so_that_silence_is_an_alarm_too(
    ann: Member, friday: Session, plan: Plan, logged: Callable[[], str]
) -> None:
    not_ready()
    plan()
    not_ready()
    lines = [json.loads(line) for line in logged().splitlines() if "_aws" in line and "InvitationsReady" in line]
    assert [line["InvitationsReady"] for line in lines] == [[0.0], [1.0]]
