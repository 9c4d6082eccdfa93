"""Monday at nine: every member who wants it gets exactly one invitation to Friday."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from pydantic import ValidationError

from functions.invites.store import Plans
from functions.kernel import audit, keys
from functions.kernel.table import change, delete
from functions.mail.model import Mail, State
from functions.mail.store import Ledger, Runs
from functions.membership.model import Member
from functions.sessions.model import Session, Status
from functions.sessions.programme import Changes, one_off
from functions.sessions.store import Programme
from tests.integration.invites.conftest import MONDAY_NINE, Plan, Tick, edit
from tests.network import Network, link_in, text_of

NIL = {"planned": 0, "already": 0, "stopped": 0}


def counts(report: dict[str, Any]) -> list[dict[str, int]]:
    """The numbers of each session that was due."""
    return [{name: tally[name] for name in NIL} for tally in report["sessions"]]


def invitations(network: Network, member: Member) -> list[Mail]:
    """The rows of the ledger that tell a member of a session."""
    return [mail for mail in Ledger(network.table).of(member.id) if mail.about.choice]


def stop(network: Network, member: Member) -> None:
    """Press the link at the end of the newest invitation, and the button on its page."""
    path = link_in(network.inbox(member.address)[-1], "/unsubscribe/")
    assert network.browser().post(path.partition("?")[0], invites="stop").status == 303


def test_each_member_gets_one_mail_with_an_entry_for_their_calendar(
    network: Network, ann: Member, pat: Member, friday: Session, plan: Plan
) -> None:
    report = plan()
    assert counts(report) == [{"planned": 2, "already": 0, "stopped": 0}]
    for member in (ann, pat):
        (message,) = network.inbox(member.address)
        assert message["subject"] == "Friday drop-in: Friday 27 November, midday (UK time)"
        assert message["from"].addresses[0].addr_spec == "events@events.psmn.test"
        words = text_of(message)
        assert words.startswith("Friday drop-in: Friday 27 November 2026, midday to 1pm (UK time).")
        assert "safe space, never recorded" in words
        assert f"https://psmn.test/sessions/{friday.id}/door" in words
        parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
        assert [part.get_param("method") for part in parts] == ["REQUEST"]
        (event,) = Calendar.from_ical(parts[0].get_content()).events
        assert event["uid"] == f"{friday.id}@events.psmn.test"
        assert (event["sequence"], event["dtstart"].dt) == (0, friday.start)
        assert event["attendee"] == f"mailto:{member.address}"


def test_requirement_52_nobody_learns_who_else_was_invited(
    network: Network, ann: Member, pat: Member, plan: Plan
) -> None:
    plan()
    (to_ann,) = network.inbox(ann.address)
    everything = "".join(str(part.get_content()) for part in to_ann.walk() if not part.is_multipart())
    for secret in (pat.address, pat.name, pat.id, ann.id):
        assert secret not in everything
        assert secret not in str(to_ann)


def test_requirement_85_a_schedule_that_fires_twice_or_late_sends_once(
    network: Network, ann: Member, plan: Plan
) -> None:
    for at in (MONDAY_NINE, MONDAY_NINE, "2026-11-23T09:00:41Z", "2026-11-25T17:00:00Z"):
        plan(at)
        network.deliver()
    assert len(network.inbox(ann.address)) == 1
    assert len(invitations(network, ann)) == 1


def test_a_second_run_says_that_they_were_invited_before(network: Network, ann: Member, plan: Plan) -> None:
    plan()
    assert counts(plan()) == [{"planned": 0, "already": 1, "stopped": 0}]


def test_a_dry_run_counts_the_same_and_writes_nothing(network: Network, ann: Member, pat: Member, plan: Plan) -> None:
    before = network.table.client.scan(TableName=network.table.name)["Items"]
    dry = plan(dry_run=True)
    assert network.table.client.scan(TableName=network.table.name)["Items"] == before
    assert network.inbox(ann.address) == []
    wet = plan()
    assert dry == wet | {"dry_run": True}
    assert counts(plan(dry_run=True)) == [{"planned": 0, "already": 2, "stopped": 0}]


def test_the_report_says_why_the_other_sessions_are_skipped(
    network: Network, ann: Member, programme: Programme, friday: Session, plan: Plan
) -> None:
    edit(programme, friday, network.clock.now(), status=Status.CANCELLED)
    report = plan()
    assert report["sessions"] == []
    assert [each["why"] for each in report["skipped"]] == [
        "It is called off.",
        "Its invitations go at 9am on Monday 30 November 2026.",
        "Its invitations go at 9am on Monday 7 December 2026.",
        "Its invitations go at 9am on Monday 14 December 2026.",
    ]
    assert invitations(network, ann) == []


def test_the_run_is_kept_with_what_it_planned(
    network: Network, ann: Member, pat: Member, friday: Session, plan: Plan
) -> None:
    report = plan()
    (run,) = Runs(network.table).newest(9)
    assert (run.mail_kind, run.thing, run.state) == ("invite", friday.id, "going")
    parts = Plans(network.table).parts(run.id)
    assert (sum(part.planned for part in parts), all(part.finished for part in parts)) == (2, True)
    assert {mail.run for member in (ann, pat) for mail in invitations(network, member)} == {run.id}
    assert report["unfinished"] == 0


def test_requirement_49_whoever_has_stopped_is_not_invited(
    network: Network, ann: Member, pat: Member, plan: Plan
) -> None:
    plan()
    stop(network, ann)
    report = plan("2026-11-30T09:00:00Z")
    assert counts(report) == [{"planned": 1, "already": 0, "stopped": 1}]
    assert len(invitations(network, ann)) == 1


def test_requirement_80_stopping_between_planning_and_sending_stops_the_mail(
    network: Network, ann: Member, plan: Plan
) -> None:
    plan()
    stop(network, ann)
    sent = len(network.inbox(ann.address))
    network.clock.move(days=7)
    plan("2026-11-30T09:00:00Z")
    network.table.write(delete(keys.mail_choices(ann.id)))
    plan("2026-11-30T09:01:00Z")
    network.table.write(
        change(
            keys.mail_choices(ann.id),
            set={"kind": "mail-choices", "invites_stopped_at": "2026-11-30T09:02:00Z"},
        )
    )
    assert network.deliver() == ["stale"]
    assert len(network.inbox(ann.address)) == sent


@pytest.mark.parametrize(
    "instead",
    [{"status": Status.CANCELLED}, {"start": datetime.fromisoformat("2026-11-27T11:30:00Z")}],
    ids=["called off", "moved"],
)
def test_a_session_that_changes_between_planning_and_sending_sends_nothing_out_of_date(
    network: Network,
    ann: Member,
    programme: Programme,
    friday: Session,
    plan: Plan,
    instead: dict[str, object],
) -> None:
    plan()
    edit(programme, friday, network.clock.now(), **instead)
    assert network.deliver() == ["stale"]


def test_a_better_title_between_planning_and_sending_holds_nothing_up(
    network: Network, ann: Member, programme: Programme, friday: Session, plan: Plan
) -> None:
    plan()
    edit(
        programme,
        friday,
        network.clock.now(),
        title="A better title",
        meeting_url="https://meet.example.org/1",
    )
    assert network.deliver() == ["sent"]


def test_requirement_80_a_member_who_left_between_planning_and_sending_gets_nothing(
    network: Network, ann: Member, plan: Plan
) -> None:
    plan()
    network.table.write(delete(keys.member(ann.id)))
    assert network.deliver() == ["stale"]


def test_an_invitation_never_goes_after_the_start(network: Network, ann: Member, friday: Session, plan: Plan) -> None:
    plan()
    network.clock.moment = friday.start
    assert network.deliver() == ["expired"]


def test_somebody_who_is_not_a_member_now_is_passed_over(network: Network, ann: Member, plan: Plan) -> None:
    network.table.write(change(keys.member(ann.id), set={"status": "suspended"}))
    assert counts(plan()) == [NIL]


def test_two_sessions_in_a_week_are_two_mails_of_one_entry_each(
    network: Network, ann: Member, programme: Programme, friday: Session, plan: Plan
) -> None:
    second = next(session for session in programme.between(friday.end))
    edit(
        programme,
        second,
        network.clock.now(),
        start=friday.start - timedelta(days=1),
        end=friday.end - timedelta(days=1),
    )
    network.clock.move(minutes=11)
    assert counts(plan("2026-11-23T10:11:00Z")) == [{"planned": 1, "already": 0, "stopped": 0}] * 2
    messages = network.inbox(ann.address)
    assert len(messages) == 2
    assert all(sum(part.get_content_type() == "text/calendar" for part in message.walk()) == 1 for message in messages)


def test_requirement_83_a_run_that_is_cut_off_is_finished_by_the_ticks(
    network: Network, friday: Session, plan: Plan, tick: Tick
) -> None:
    members = [network.member(f"Member {place}", f"member{place}@nhs.net") for place in range(40)]
    report = plan(minutes_left=(5, 5, 0.4))
    first = sum(len(invitations(network, member)) for member in members)
    assert 0 < first < 40
    assert counts(report) == [{"planned": first, "already": 0, "stopped": 0}]
    left = report["unfinished"]
    assert 0 < left < len(keys.SHARDS)
    assert tick()["parts"] == 0, "Nobody takes a part from whoever is working on it."
    network.clock.move(minutes=2)
    assert tick() == {"begun": 0, "parts": left, "unfinished": 0}
    assert {len(invitations(network, member)) for member in members} == {1}
    assert counts(plan()) == [{"planned": 0, "already": 40, "stopped": 0}]


def test_a_run_that_was_cut_off_before_a_session_moved_is_left_to_the_next_one(
    network: Network, programme: Programme, friday: Session, plan: Plan, tick: Tick
) -> None:
    members = [network.member(f"Member {place}", f"member{place}@nhs.net") for place in range(40)]
    first = counts(plan(minutes_left=(5, 5, 0.4)))[0]["planned"]
    edit(programme, friday, network.clock.now(), start=friday.start - timedelta(minutes=30))
    network.clock.move(minutes=11)
    tick()
    told = [[mail.mail_kind for mail in invitations(network, member)] for member in members]
    # The first rows had not gone, so they go no more, and everybody is invited to the new time.
    assert sorted(map(len, told)) == [1] * (40 - first) + [2] * first
    network.deliver()
    assert {len(network.inbox(member.address)) for member in members[:5]} == {1}


def test_a_run_of_nobody_is_a_run(network: Network, plan: Plan) -> None:
    assert counts(plan()) == [NIL]


@pytest.mark.parametrize("at", ["2026-11-23T09:00:00", "Monday", ""])
def test_a_moment_without_a_time_zone_is_no_moment(network: Network, plan: Plan, at: str) -> None:
    with pytest.raises(ValidationError, match="at"):
        plan(at)


def test_twelve_weeks_are_twelve_invitations_and_not_one_twice(
    network: Network, ann: Member, programme: Programme, plan: Plan
) -> None:
    """Acceptance E01 in small: every Monday with no manual step, but for Christmas and New Year, which do go ahead."""
    for session in list(programme.between(network.clock.now())):
        if session.status is Status.PROPOSED_BREAK:
            edit(programme, session, network.clock.now(), status=Status.CONFIRMED)
    for week in range(12):
        network.clock.moment = datetime.fromisoformat(MONDAY_NINE) + timedelta(weeks=week)
        plan(network.clock.moment.isoformat())
        plan(network.clock.moment.isoformat())
        assert network.deliver() == ["sent"]
    rows = invitations(network, ann)
    assert len(rows) == 12
    assert {mail.state for mail in rows} == {State.SENT}
    assert len({mail.calendar.entry["uid"] for mail in rows if mail.calendar}) == 12


def test_a_monday_that_the_schedule_missed_is_made_good_by_itself(
    network: Network, ann: Member, friday: Session, tick: Tick
) -> None:
    tick("2026-11-23T09:59:00Z")
    assert invitations(network, ann) == []
    tick("2026-11-23T10:00:00Z")
    tick("2026-11-23T10:01:00Z")
    assert [mail.mail_kind for mail in invitations(network, ann)] == ["invite"]


def test_members_are_invited_to_a_session_that_is_added_after_its_monday(
    network: Network, ann: Member, programme: Programme, tick: Tick
) -> None:
    now = network.clock.moment = datetime.fromisoformat("2026-11-25T10:00:00Z")
    tick()
    start = datetime.fromisoformat("2026-11-26T15:00:00Z")
    added = one_off("a" * 32, Changes("A guest", "", start, start + timedelta(hours=1), None), now)
    programme.add(added, audit.line(added.id, "session added", by="test", now=now))
    network.clock.move(minutes=9)
    tick()
    assert [mail.context["title"] for mail in invitations(network, ann)] == ["Friday drop-in"]
    network.clock.move(minutes=1)
    tick()
    assert [mail.context["title"] for mail in invitations(network, ann)] == ["Friday drop-in", "A guest"]
