"""A session changes after the invitations went: whoever has the entry hears of it once, and their calendar follows."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from functions.invites.plan import Planner
from functions.kernel import keys
from functions.kernel.table import change
from functions.mail.store import Ledger, Runs
from functions.membership.model import Member
from functions.sessions.model import Answer, AnswerValue, Session, Source, Status
from functions.sessions.store import Answers, Programme
from tests.attendee import Attendee, Shown, version_in
from tests.integration.invites.conftest import Plan, Tick, edit
from tests.network import Network, link_in, text_of


@pytest.fixture
def invited(network: Network, ann: Member, pat: Member, plan: Plan, friday: Session) -> Session:
    """Friday's session, once both have their invitation."""
    plan()
    assert network.deliver() == ["sent", "sent"]
    return friday


def announce(network: Network, tick: Tick) -> list[str]:
    """Let the ten minutes pass in which a change can be undone."""
    network.clock.move(minutes=11)
    tick()
    return network.deliver()


def subjects(network: Network, member: Member) -> list[str]:
    """What came to a member, by subject."""
    return [message["subject"] for message in network.inbox(member.address)]


def calendar_of(network: Network, member: Member) -> list[Shown]:
    """What a member's calendar shows after all mail has come, without what was called off."""
    calendar = Attendee(member.address)
    for message in network.inbox(member.address):
        calendar.receive(message.as_bytes())
    return [shown for shown in calendar.shows().values() if not shown.cancelled]


def versions(messages: list[EmailMessage]) -> list[tuple[str, int]]:
    """The UID and the SEQUENCE in each of some messages."""
    found = [version_in(message.as_bytes()) for message in messages]
    return [(version.uid, version.order[0]) for version in found if version is not None]


def test_a_session_that_moves_moves_in_everybodys_calendar_with_one_mail(
    network: Network, ann: Member, pat: Member, programme: Programme, invited: Session, tick: Tick
) -> None:
    later = {"start": invited.start + timedelta(hours=2), "end": invited.end + timedelta(hours=2)}
    edit(programme, invited, network.clock.now(), **later)
    tick()
    assert network.deliver() == [], "It can still be undone."
    assert announce(network, tick) == ["sent", "sent"]
    assert announce(network, tick) == []
    assert subjects(network, ann) == [
        "Friday drop-in: Friday 27 November, midday (UK time)",
        "New time: Friday drop-in: Friday 27 November, 2pm (UK time)",
    ]
    newest = network.inbox(ann.address)[-1]
    assert text_of(newest).startswith(
        "New time: Friday 27 November 2026, 2pm to 3pm (UK time). It was Friday 27 November 2026, midday to 1pm"
    )
    assert versions(network.inbox(ann.address)) == [(invited.uid("events.psmn.test"), n) for n in (0, 1)]
    for member in (ann, pat):
        assert [(shown.start, shown.end) for shown in calendar_of(network, member)] == [(later["start"], later["end"])]


def test_a_mail_about_a_change_is_shown_together_with_the_invitation(
    network: Network, ann: Member, programme: Programme, invited: Session, tick: Tick
) -> None:
    first = next(mail.message_id for mail in Ledger(network.table).of(ann.id))
    edit(programme, invited, network.clock.now(), end=invited.end + timedelta(minutes=30))
    announce(network, tick)
    assert network.inbox(ann.address)[-1]["references"] == f"<{first}@eu-west-2.amazonses.com>"


def test_a_session_that_is_called_off_leaves_the_calendars_and_comes_back_as_another_entry(
    network: Network, ann: Member, programme: Programme, invited: Session, tick: Tick
) -> None:
    edit(programme, invited, network.clock.now(), status=Status.CANCELLED)
    announce(network, tick)
    assert subjects(network, ann)[-1] == "Cancelled: Friday drop-in: Friday 27 November, midday (UK time)"
    assert calendar_of(network, ann) == []
    edit(programme, invited, network.clock.now(), status=Status.CONFIRMED)
    announce(network, tick)
    assert subjects(network, ann)[-1] == "Friday drop-in: Friday 27 November, midday (UK time)"
    assert [shown.start for shown in calendar_of(network, ann)] == [invited.start]
    assert len(set(versions(network.inbox(ann.address)))) == 3


def test_new_words_go_to_the_calendars_when_the_coordinator_says_so_and_not_otherwise(
    network: Network, ann: Member, programme: Programme, invited: Session, tick: Tick
) -> None:
    edit(programme, invited, network.clock.now(), title="Falls on a ward")
    assert announce(network, tick) == []
    edit(programme, invited, network.clock.now(), title="Falls at home", tell=True)
    assert announce(network, tick) == ["sent", "sent"]
    assert subjects(network, ann)[-1] == "Changed: Falls at home: Friday 27 November, midday (UK time)"
    assert versions(network.inbox(ann.address)) == [(invited.uid("events.psmn.test"), 0)] * 2
    (shown,) = calendar_of(network, ann)
    assert shown.summary.startswith("Falls at home, ")


def test_a_session_that_moves_before_its_monday_is_told_of_once_and_on_its_monday(
    network: Network, ann: Member, programme: Programme, friday: Session, plan: Plan, tick: Tick
) -> None:
    programme.mark_invited(friday.id)
    second = next(session for session in programme.between(friday.end))
    edit(programme, second, network.clock.now(), start=second.start - timedelta(minutes=30))
    assert announce(network, tick) == []
    network.clock.move(days=7)
    plan("2026-11-30T09:00:00Z")
    assert subjects(network, ann) == ["Friday drop-in: Friday 4 December, 11:30am (UK time)"]


def test_a_session_that_comes_forward_into_this_week_is_told_of_at_once(
    network: Network, ann: Member, programme: Programme, friday: Session, tick: Tick
) -> None:
    programme.mark_invited(friday.id)
    second = next(session for session in programme.between(friday.end))
    edit(programme, second, network.clock.now(), start=friday.start, end=friday.end, title="A guest")
    assert announce(network, tick) == ["sent"]
    assert subjects(network, ann) == ["A guest: Friday 27 November, midday (UK time)"]
    network.clock.move(days=7)
    tick("2026-11-30T09:00:00Z")
    assert len(subjects(network, ann)) == 1


def test_whoever_stopped_after_accepting_hears_of_a_change_and_whoever_only_stopped_does_not(
    network: Network, ann: Member, pat: Member, programme: Programme, invited: Session, tick: Tick
) -> None:
    yes = Answer(value=AnswerValue.YES, sequence=0, stamp=network.clock.now(), source=Source.SITE)
    assert Answers(network.table).record(ann.id, invited.id, yes)
    for member in (ann, pat):
        path = link_in(network.inbox(member.address)[0], "/unsubscribe/").partition("?")[0]
        assert network.browser().post(path, invites="stop").status == 303
    network.deliver()
    edit(programme, invited, network.clock.now(), end=invited.end + timedelta(minutes=30))
    announce(network, tick)
    assert subjects(network, ann)[-1].startswith("New time: ")
    assert not any(subject.startswith("New time: ") for subject in subjects(network, pat))


def test_two_ticks_at_once_or_one_again_tell_nobody_twice(
    network: Network, ann: Member, programme: Programme, invited: Session, tick: Tick
) -> None:
    edit(programme, invited, network.clock.now(), end=invited.end + timedelta(minutes=30))
    network.clock.move(minutes=11)
    for _ in range(3):
        tick()
    network.deliver()
    assert len(subjects(network, ann)) == 2
    assert len(Runs(network.table).newest(9)) == 2


def test_somebody_whose_invitation_was_refused_is_not_told_of_what_they_never_had(
    network: Network, ann: Member, pat: Member, programme: Programme, invited: Session, tick: Tick
) -> None:
    (row,) = [mail for mail in Ledger(network.table).of(ann.id) if mail.mail_kind == "invite"]
    network.table.write(change(keys.mail(row.key), set={"state": "bounced"}))
    edit(programme, invited, network.clock.now(), status=Status.CANCELLED)
    assert announce(network, tick) == ["sent"]
    assert subjects(network, pat)[-1].startswith("Cancelled: ")
    assert len(subjects(network, ann)) == 1


def test_somebody_who_had_the_entry_taken_out_is_not_told_of_a_change(
    network: Network, ann: Member, programme: Programme, invited: Session, tick: Tick
) -> None:
    Ledger(network.table).withdraw(ann.id, ann.address_digest, network.clock.now())
    network.deliver()
    assert calendar_of(network, ann) == []
    edit(programme, invited, network.clock.now(), status=Status.CANCELLED)
    announce(network, tick)
    assert not any(subject.startswith("Cancelled: ") for subject in subjects(network, ann))


def test_whoever_was_planned_before_a_run_died_hears_when_the_session_is_called_off(
    network: Network,
    ann: Member,
    programme: Programme,
    friday: Session,
    plan: Plan,
    tick: Tick,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The run dies as soon as it has begun, and the ticks finish it."""

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Planner, "work", die)
        with pytest.raises(KeyboardInterrupt):
            plan()
    network.clock.move(minutes=2)
    tick()
    assert network.deliver() == ["sent"]
    edit(programme, friday, network.clock.now(), status=Status.CANCELLED)
    announce(network, tick)
    assert subjects(network, ann)[-1].startswith("Cancelled: ")
