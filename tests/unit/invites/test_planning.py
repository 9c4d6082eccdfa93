"""When invitations go, and to which sessions."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.invites.emails import LONGEST_SUBJECT, subject
from functions.invites.planning import due, invitations_at, why_not
from functions.kernel.when import in_uk, uk_local
from functions.sessions.model import DROP_IN, Session, Status
from functions.sessions.programme import ahead


def session_on(day: date, clock: time = time(12), **more: object) -> Session:
    """A session of an hour."""
    start = uk_local(day, clock)
    made = Session(id="s" * 32, title="Drop-in", start=start, end=start + timedelta(hours=1), changed_at=start)
    return made.model_copy(update=more)


FRIDAY = session_on(date(2026, 11, 27))
MONDAY_NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "goes"),
    [
        (date(2026, 3, 27), datetime(2026, 3, 23, 9, tzinfo=UTC)),
        (date(2026, 4, 3), datetime(2026, 3, 30, 8, tzinfo=UTC)),
        (date(2026, 10, 23), datetime(2026, 10, 19, 8, tzinfo=UTC)),
        (date(2026, 10, 30), datetime(2026, 10, 26, 9, tzinfo=UTC)),
        (date(2027, 1, 1), datetime(2026, 12, 28, 9, tzinfo=UTC)),
        (date(2027, 3, 26), datetime(2027, 3, 22, 9, tzinfo=UTC)),
        (date(2027, 4, 2), datetime(2027, 3, 29, 8, tzinfo=UTC)),
        (date(2027, 10, 29), datetime(2027, 10, 25, 8, tzinfo=UTC)),
        (date(2027, 11, 5), datetime(2027, 11, 1, 9, tzinfo=UTC)),
    ],
)
def test_requirement_85_invitations_go_at_nine_on_monday_around_each_clock_change(day: date, goes: datetime) -> None:
    assert invitations_at(session_on(day)) == goes


def test_a_session_on_a_monday_is_announced_the_monday_before() -> None:
    assert invitations_at(session_on(date(2026, 11, 30))) == MONDAY_NINE


def test_every_friday_of_three_years_is_due_at_exactly_one_monday_run() -> None:
    """156 runs of the schedule over six clock changes: each session is due at one, and it is the first."""
    sessions = ahead(DROP_IN.model_copy(update={"weeks_ahead": 104}), datetime(2026, 1, 1, tzinfo=UTC))
    sessions += ahead(DROP_IN.model_copy(update={"weeks_ahead": 52}), datetime(2027, 12, 30, tzinfo=UTC))
    assert len(sessions) == 156
    mondays = [uk_local(session.day - timedelta(days=4), time(9)) for session in sessions]
    runs = [due(sessions, monday) for monday in mondays]
    assert runs == [[session] for session in sessions]
    assert {in_uk(monday).time() for monday in mondays} == {time(9)}


@pytest.mark.parametrize(
    ("session", "at", "sentence"),
    [
        (FRIDAY, MONDAY_NINE - timedelta(seconds=1), "Its invitations go at 9am on Monday 23 November 2026."),
        (FRIDAY.model_copy(update={"status": Status.CANCELLED}), MONDAY_NINE, "It is called off."),
        (FRIDAY, FRIDAY.start, "It has started."),
        (FRIDAY, FRIDAY.end, "It is over."),
        (FRIDAY, MONDAY_NINE, None),
        (FRIDAY, FRIDAY.start - timedelta(seconds=1), None),
    ],
)
def test_the_report_says_why_nobody_is_invited(session: Session, at: datetime, sentence: str | None) -> None:
    assert why_not(session, at) == sentence


days = st.dates(min_value=date(2026, 1, 1), max_value=date(2029, 1, 1))
clocks = st.times(min_value=time(2), max_value=time(22)).map(lambda clock: clock.replace(second=0, microsecond=0))
offsets = st.timedeltas(min_value=timedelta(days=-30), max_value=timedelta(days=30))


@given(day=days, clock=clocks, offset=offsets, off=st.booleans())
def test_a_session_is_due_from_its_monday_until_it_starts_and_only_while_it_goes_ahead(
    day: date, clock: time, offset: timedelta, off: bool
) -> None:
    session = session_on(day, clock, status=Status.CANCELLED if off else Status.CONFIRMED)
    at = session.start + offset
    assert (session in due([session], at)) == (not off and invitations_at(session) <= at < session.start)


@given(day=days, clock=clocks)
def test_invitations_go_on_a_monday_at_nine_between_a_day_and_a_week_before(day: date, clock: time) -> None:
    session = session_on(day, clock)
    goes = in_uk(invitations_at(session))
    assert (goes.weekday(), goes.time()) == (0, time(9))
    assert timedelta(hours=16) < session.start - goes < timedelta(days=7, hours=14)


@given(
    title=st.text(st.characters(categories=["L", "N", "P"], include_characters=" "), min_size=1, max_size=100).filter(
        str.strip
    ),
    day=days,
    clock=clocks,
)
def test_a_subject_has_day_date_and_uk_time_and_is_never_cut_off(title: str, day: date, clock: time) -> None:
    session = session_on(day, clock, title=" ".join(title.split()))
    words = subject(session)
    assert len(words) <= LONGEST_SUBJECT
    assert words.endswith(f": {session.starts_in_short}")
    assert words.endswith("(UK time)")


def test_a_long_title_gives_way_at_a_word() -> None:
    long = FRIDAY.model_copy(update={"title": "Learning from excellence in three hospices and a prison"})
    assert subject(long) == "Learning from excellence in...: Friday 27 November, midday (UK time)"
    assert subject(FRIDAY) == "Drop-in: Friday 27 November, midday (UK time)"
