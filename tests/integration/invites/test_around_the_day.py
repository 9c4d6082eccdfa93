"""The reminder on the day, the question after a session, and the digest: each once, in its time, to who wants it."""

from datetime import datetime, timedelta

import pytest

from functions.mail.kinds import Choice
from functions.mail.store import Choices, Runs
from functions.membership.model import Member
from functions.sessions.model import Answer, AnswerValue, Session, Source, Status
from functions.sessions.store import Answers, Attendance, Programme
from tests.integration.invites.conftest import Tick, edit
from tests.network import Network, text_of

HALF_PAST_EIGHT = "2026-11-27T08:30:00Z"


@pytest.fixture
def friday(network: Network, friday: Session, programme: Programme) -> Session:
    """Friday's session. The invitations to it and to all others have gone."""
    for session in list(programme.between(network.clock.now())):
        programme.mark_invited(session.id)
    return friday.model_copy(update={"invited": True})


def says(network: Network, member: Member, session: Session, value: AnswerValue) -> None:
    """A member answers."""
    answer = Answer(value=value, sequence=session.sequence, stamp=network.clock.now(), source=Source.SITE)
    assert Answers(network.table).record(member.id, session.id, answer)
    network.clock.move(seconds=1)


def at(network: Network, tick: Tick, moment: str) -> None:
    """What has happened once the tick of a moment is done and all mail is out."""
    network.clock.moment = datetime.fromisoformat(moment)
    tick(moment)
    network.deliver()


def subjects(network: Network, member: Member) -> list[str]:
    """What came to a member, by subject."""
    return [message["subject"] for message in network.inbox(member.address)]


def test_those_who_said_yes_are_reminded_once_on_the_day(
    network: Network, ann: Member, pat: Member, friday: Session, tick: Tick
) -> None:
    says(network, ann, friday, AnswerValue.YES)
    says(network, pat, friday, AnswerValue.MAYBE)
    at(network, tick, "2026-11-27T08:29:00Z")
    assert subjects(network, ann) == []
    for moment in (HALF_PAST_EIGHT, HALF_PAST_EIGHT, "2026-11-27T08:31:00Z", "2026-11-27T11:00:00Z"):
        at(network, tick, moment)
    assert subjects(network, ann) == ["Today: Friday drop-in: Friday 27 November, midday (UK time)"]
    assert subjects(network, pat) == []
    (message,) = network.inbox(ann.address)
    assert not any(part.get_content_type() == "text/calendar" for part in message.walk())
    assert text_of(message).startswith("Today: Friday drop-in, Friday 27 November 2026, midday to 1pm (UK time).")


@pytest.mark.parametrize("moment", ["2026-11-27T11:45:00Z", "2026-11-27T12:00:00Z", "2026-11-28T08:30:00Z"])
def test_a_reminder_is_never_late(network: Network, ann: Member, friday: Session, tick: Tick, moment: str) -> None:
    says(network, ann, friday, AnswerValue.YES)
    at(network, tick, moment)
    assert subjects(network, ann) == []


def test_a_reminder_that_waited_too_long_does_not_go(
    network: Network, ann: Member, friday: Session, tick: Tick
) -> None:
    says(network, ann, friday, AnswerValue.YES)
    network.clock.moment = datetime.fromisoformat(HALF_PAST_EIGHT)
    tick()
    network.clock.moment = friday.start - timedelta(minutes=15)
    assert network.deliver() == ["expired"]


def test_requirement_80_nobody_is_reminded_after_they_changed_their_mind_or_stopped(
    network: Network, ann: Member, pat: Member, friday: Session, tick: Tick
) -> None:
    for member in (ann, pat):
        says(network, member, friday, AnswerValue.YES)
    network.clock.moment = datetime.fromisoformat(HALF_PAST_EIGHT)
    tick()
    says(network, ann, friday, AnswerValue.NO)
    Choices(network.table).stop(Choice.REMINDERS, pat.id, network.clock.now())
    assert network.deliver() == ["stale", "stale"]


def test_a_yes_to_the_old_time_is_no_yes_to_the_new_one(
    network: Network, ann: Member, programme: Programme, friday: Session, tick: Tick
) -> None:
    says(network, ann, friday, AnswerValue.YES)
    moved = edit(programme, friday, network.clock.now(), start=friday.start - timedelta(minutes=30))
    at(network, tick, HALF_PAST_EIGHT)
    assert [subject for subject in subjects(network, ann) if subject.startswith("Today")] == []
    says(network, ann, moved, AnswerValue.YES)
    at(network, tick, "2026-11-27T08:32:00Z")
    assert len(Runs(network.table).newest(9)) >= 1


def test_nobody_is_reminded_of_a_session_that_is_called_off(
    network: Network, ann: Member, programme: Programme, friday: Session, tick: Tick
) -> None:
    says(network, ann, friday, AnswerValue.YES)
    edit(programme, friday, network.clock.now(), status=Status.CANCELLED)
    at(network, tick, HALF_PAST_EIGHT)
    assert not any(subject.startswith("Today") for subject in subjects(network, ann))


def test_those_who_came_are_asked_one_question_two_working_days_later(
    network: Network, ann: Member, pat: Member, friday: Session, tick: Tick
) -> None:
    Attendance(network.table).go_in(ann.id, friday.id, friday.start)
    at(network, tick, "2026-12-01T08:59:00Z")
    assert subjects(network, ann) == []
    for moment in ("2026-12-01T09:00:00Z", "2026-12-01T09:01:00Z", "2026-12-03T09:00:00Z"):
        at(network, tick, moment)
    assert subjects(network, ann) == ["One question about Friday's session"]
    assert subjects(network, pat) == []
    words = text_of(network.inbox(ann.address)[0])
    assert "what will you try, or do differently" in words
    assert "We did not record the session" in words


def test_the_question_is_not_asked_weeks_later(network: Network, ann: Member, friday: Session, tick: Tick) -> None:
    Attendance(network.table).go_in(ann.id, friday.id, friday.start)
    at(network, tick, "2026-12-08T09:00:00Z")
    assert subjects(network, ann) == []


def test_the_digest_goes_each_saturday_to_those_who_asked_for_it(
    network: Network, ann: Member, pat: Member, programme: Programme, friday: Session, tick: Tick
) -> None:
    Choices(network.table).start(Choice.DIGEST, ann.id, network.clock.now())
    second = next(session for session in programme.between(friday.end))
    edit(programme, second, network.clock.now(), status=Status.CANCELLED)
    for moment in ("2026-11-28T07:59:00Z", "2026-11-28T08:00:00Z", "2026-11-28T08:01:00Z", "2026-11-28T21:00:00Z"):
        at(network, tick, moment)
    assert subjects(network, ann) == ["Sessions in the weeks from 28 November"]
    assert subjects(network, pat) == []
    words = text_of(network.inbox(ann.address)[0]).replace("\r\n", "\n")
    assert "- Friday drop-in: Friday 11 December 2026, midday to 1pm (UK time)" in words
    assert "These are called off:\n\n- Friday drop-in: Friday 4 December 2026" in words
    at(network, tick, "2026-12-05T08:00:00Z")
    assert len(subjects(network, ann)) == 2


def test_nothing_new_means_no_digest(network: Network, ann: Member, tick: Tick, programme: Programme) -> None:
    Choices(network.table).start(Choice.DIGEST, ann.id, network.clock.now())
    for session in list(programme.between(network.clock.now())):
        network.table.client.delete_item(
            TableName=network.table.name, Key={"pk": {"S": f"SESSION#{session.id}"}, "sk": {"S": "SESSION"}}
        )
    at(network, tick, "2026-11-28T08:00:00Z")
    assert subjects(network, ann) == []


def test_requirement_49_the_stop_link_of_each_stops_that_kind_and_no_other(
    network: Network, ann: Member, friday: Session, tick: Tick
) -> None:
    says(network, ann, friday, AnswerValue.YES)
    at(network, tick, HALF_PAST_EIGHT)
    (message,) = network.inbox(ann.address)
    one_click = str(message["list-unsubscribe"]).strip("<>").removeprefix("https://psmn.test").partition(">")[0]
    network.browser().post(one_click, {"List-Unsubscribe": "One-Click"})
    assert Choices(network.table).of(ann.id) == {Choice.INVITES, Choice.FOLLOW_UPS}
