"""What members are told of a change to a session, when, and what happens when a coordinator takes it back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.sessions.model import DROP_IN, Session, Status, Told
from functions.sessions.programme import Changes, ahead, can_undo, edited, told_at_once, undone

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
FRIDAY = ahead(DROP_IN, NOW)[0]
TEN_MINUTES = timedelta(minutes=10)


def like(session: Session, **instead: object) -> Changes:
    """The session as it is, but for some fields."""
    fields = ("title", "summary", "start", "end", "meeting_url", "status")
    return Changes(**{name: getattr(session, name) for name in fields} | instead)  # type: ignore[arg-type] # By name.


def moved(session: Session, hours: int = 1, now: datetime = NOW) -> Session:
    """The session some hours later."""
    by = timedelta(hours=hours)
    return edited(session, like(session, start=session.start + by, end=session.end + by), now)


def told(session: Session) -> Session:
    """The session once members have heard of its last change."""
    return session.model_copy(update={"announce_at": None, "before": None, "invited": True})


@pytest.mark.parametrize(
    "instead",
    [
        {"start": FRIDAY.start - timedelta(minutes=30)},
        {"end": FRIDAY.end + timedelta(minutes=30)},
        {"status": Status.CANCELLED},
    ],
)
def test_members_are_told_of_a_new_time_and_of_calling_off_ten_minutes_later(instead: dict[str, object]) -> None:
    after = edited(FRIDAY, like(FRIDAY, **instead), NOW)
    assert (after.edition, after.announce_at, after.before) == (1, NOW + TEN_MINUTES, Told.of(FRIDAY))
    assert can_undo(after, NOW + TEN_MINUTES - timedelta(seconds=1))
    assert not can_undo(after, NOW + TEN_MINUTES)


@pytest.mark.parametrize("words", [{"title": "A talk"}, {"summary": "Two talks"}])
def test_members_are_told_of_new_words_when_the_coordinator_says_so(words: dict[str, object]) -> None:
    quiet = edited(FRIDAY, like(FRIDAY, **words), NOW)
    assert (quiet.edition, quiet.announce_at, quiet.before) == (0, None, None)
    loud = edited(FRIDAY, like(FRIDAY, **words), NOW, tell=True)
    assert (loud.edition, loud.sequence, loud.announce_at) == (1, 0, NOW + TEN_MINUTES)


def test_nobody_is_told_of_a_meeting_link() -> None:
    after = edited(FRIDAY, like(FRIDAY, meeting_url="https://meet.example.org/1"), NOW, tell=True)
    assert (after.edition, after.announce_at) == (0, None)
    pending = moved(FRIDAY)
    linked = edited(pending, like(pending, meeting_url="https://meet.example.org/1"), NOW)
    assert (linked.edition, linked.announce_at, linked.before) == (1, pending.announce_at, pending.before)


@pytest.mark.parametrize(
    ("before_start", "waits"), [(timedelta(hours=3, seconds=1), True), (timedelta(hours=3), False)]
)
def test_a_change_to_a_session_that_starts_within_three_hours_is_told_at_once(
    before_start: timedelta, *, waits: bool
) -> None:
    now = FRIDAY.start - before_start
    for after in (moved(FRIDAY, 48, now), edited(FRIDAY, like(FRIDAY, status=Status.CANCELLED), now)):
        assert after.announce_at == now + (TEN_MINUTES if waits else timedelta(0))
        assert can_undo(after, now) is waits


def test_a_session_that_comes_forward_to_this_afternoon_is_told_at_once() -> None:
    start = NOW + timedelta(hours=2)
    after = edited(FRIDAY, like(FRIDAY, start=start, end=start + timedelta(hours=1)), NOW)
    assert after.announce_at == NOW


def test_nobody_is_told_about_a_session_that_is_over() -> None:
    after = edited(FRIDAY, like(FRIDAY, title="What we learned"), FRIDAY.end, tell=True)
    assert (after.title, after.announce_at, after.before) == ("What we learned", None, None)


def test_a_second_change_waits_ten_minutes_more_and_both_are_told_as_one() -> None:
    first = moved(FRIDAY)
    second = edited(first, like(first, title="A talk"), NOW + timedelta(minutes=6), tell=True)
    assert second.announce_at == NOW + timedelta(minutes=16)
    assert second.before == Told.of(FRIDAY)
    assert Told.of(undone(second, NOW + timedelta(minutes=7))) == Told.of(FRIDAY)


def test_new_words_that_nobody_is_told_of_outlive_the_undoing_of_a_move() -> None:
    pending = moved(FRIDAY)
    corrected = edited(pending, like(pending, title="Friday drop-in session"), NOW)
    assert corrected.announce_at == pending.announce_at
    back = undone(corrected, NOW)
    assert (back.title, back.start, back.announce_at) == ("Friday drop-in session", FRIDAY.start, None)


def test_going_back_by_hand_takes_the_announcement_back() -> None:
    pending = moved(FRIDAY)
    back = moved(pending, -1)
    assert (back.announce_at, back.before, back.sequence) == (None, None, 2)


def test_a_move_that_is_late_to_be_told_is_not_lost_when_another_comes_on_top() -> None:
    overdue = moved(FRIDAY)
    late = NOW + TEN_MINUTES
    assert undone(overdue, late) is overdue
    linked = edited(overdue, like(overdue, meeting_url="https://meet.example.org/1"), late)
    assert linked.announce_at == overdue.announce_at
    again = moved(overdue, 1, late)
    assert again.announce_at == late
    assert not can_undo(again, late)
    back = moved(overdue, -1, late)
    assert (back.start, back.announce_at, back.edition) == (FRIDAY.start, late, 2)


def test_calling_off_and_undoing_it_leaves_the_entry_that_calendars_hold() -> None:
    off = edited(FRIDAY, like(FRIDAY, status=Status.CANCELLED), NOW)
    back = undone(off, NOW)
    assert back.uid("psmn.test") == FRIDAY.uid("psmn.test")
    assert (back.goes_ahead, back.announce_at, back.sequence) == (True, None, 2)


def test_putting_back_and_undoing_it_leaves_the_session_off_and_the_next_name_free() -> None:
    off = told(edited(FRIDAY, like(FRIDAY, status=Status.CANCELLED), NOW))
    on = edited(off, like(off, status=Status.CONFIRMED), NOW)
    assert on.uid("psmn.test") == f"{FRIDAY.id}-1@psmn.test"
    assert undone(on, NOW).uid("psmn.test") == FRIDAY.uid("psmn.test")


def test_a_break_that_is_decided_against_is_the_same_session_and_no_new_one() -> None:
    perhaps = FRIDAY.model_copy(update={"status": Status.PROPOSED_BREAK, "holiday": "Christmas Day"})
    on = edited(perhaps, like(perhaps, status=Status.CONFIRMED), NOW)
    assert (on.uid("psmn.test"), on.sequence, on.holiday) == (FRIDAY.uid("psmn.test"), 1, "Christmas Day")
    assert undone(on, NOW).status is Status.PROPOSED_BREAK


def test_a_coordinator_need_not_wait() -> None:
    at = NOW + timedelta(minutes=2)
    now = told_at_once(moved(FRIDAY), at)
    assert (now.announce_at, now.version) == (at, 3)
    assert not can_undo(now, at)
    assert told_at_once(FRIDAY, at) is FRIDAY
    assert told_at_once(now, at) is now


@dataclass(slots=True)
class Members:
    """What members have heard, as the job that tells them would leave it."""

    known: Told
    uid: str
    editions: list[int] = field(default_factory=lambda: [0])

    def hear(self, session: Session, now: datetime) -> Session:
        """Tell members of the change if its time has come."""
        if session.announce_at is None or session.announce_at > now:
            return session
        assert session.edition not in self.editions
        self.editions.append(session.edition)
        self.known, self.uid = Told.of(session), session.uid("psmn.test")
        return told(session)


steps = st.lists(
    st.tuples(
        st.sampled_from(["later", "earlier", "off", "on", "words", "quiet words", "link", "undo", "now", "job"]),
        st.integers(min_value=0, max_value=15),
    ),
    max_size=14,
)


@given(steps=steps)
def test_undo_always_restores_what_members_were_last_told(steps: Iterable[tuple[str, int]]) -> None:
    session, now = FRIDAY, NOW
    members = Members(Told.of(session), session.uid("psmn.test"))
    for place, (what, minutes) in enumerate(steps):
        now += timedelta(minutes=minutes)
        session = members.hear(session, now) if what == "job" else _step(session, what, place, now)
        if session.announce_at is None:
            assert _times(session) == _times(members.known)
        elif session.announce_at > now:
            back = undone(session, now)
            assert _times(back) == _times(members.known)
            assert back.uid("psmn.test") == members.uid
            assert back.before is None
            assert back.announce_at is None or back.announce_at <= now
        else:
            assert undone(session, now) is session
    session = members.hear(session, now + timedelta(hours=1))
    assert _times(session) == _times(members.known)
    assert session.uid("psmn.test") == members.uid
    assert members.editions == sorted(set(members.editions))


@given(steps=steps)
def test_the_edition_rises_with_whatever_members_are_told_of_and_with_nothing_else(
    steps: Iterable[tuple[str, int]],
) -> None:
    session, now = FRIDAY, NOW
    for place, (what, minutes) in enumerate(steps):
        now += timedelta(minutes=minutes)
        after = told(session) if what == "job" else _step(session, what, place, now)
        is_moved = _times(after) != _times(session)
        is_reworded = what in {"words", "undo"} and after.title != session.title
        assert after.sequence == session.sequence + is_moved
        assert after.edition == session.edition + (is_moved or is_reworded)
        session = after


def _times(session: Session | Told) -> tuple[object, ...]:
    """What members are always told of."""
    return session.start, session.end, session.status


def _step(session: Session, what: str, place: int, now: datetime) -> Session:
    match what:
        case "later" | "earlier":
            return moved(session, 1 if what == "later" else -1, now)
        case "off" | "on":
            status = Status.CANCELLED if what == "off" else Status.CONFIRMED
            return edited(session, like(session, status=status), now)
        case "words" | "quiet words":
            return edited(session, like(session, title=f"Title {place}"), now, tell=what == "words")
        case "link":
            return edited(session, like(session, meeting_url=f"https://meet.example.org/{place}"), now)
        case "undo":
            return undone(session, now)
    return told_at_once(session, now)
