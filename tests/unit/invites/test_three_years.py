"""Three years of weekly sessions: six clock changes, and never a minute of drift."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions.invites.planning import invitations_at
from functions.kernel import ical
from functions.kernel.when import in_uk
from functions.sessions.model import DROP_IN, FRIDAY, Series, Session, entry
from functions.sessions.programme import ahead
from tests.calendars import READERS, libical
from tests.debian import needs
from tests.unit.golden.examples import EVENTS, WYN, WYN_NAME

WEEKS, AT_ONCE = 156, 52
FIRST = datetime(2026, 11, 27, 6, tzinfo=UTC)


def three_years(series: Series, first: datetime) -> list[Session]:
    """The sessions that a series makes in three years, a year at a time."""
    series = series.model_copy(update={"weeks_ahead": AT_ONCE})
    return [session for weeks in range(0, WEEKS, AT_ONCE) for session in ahead(series, first + timedelta(weeks=weeks))]


FRIDAYS = three_years(DROP_IN, FIRST)


def on(day: date) -> Session:
    """The Friday drop-in of a day."""
    (session,) = (session for session in FRIDAYS if session.day == day)
    return session


def test_these_years_hold_six_clock_changes() -> None:
    assert len(FRIDAYS) == WEEKS
    assert [FRIDAYS[0].day, FRIDAYS[-1].day] == [date(2026, 11, 27), date(2029, 11, 16)]
    assert sum(before.start.hour != after.start.hour for before, after in pairwise(FRIDAYS)) == 6


@pytest.mark.parametrize("reader", READERS)
def test_requirement_85_four_readers_agree_when_each_friday_begins_and_ends(reader: str) -> None:
    if reader == "libical":
        needs("libical3", found=libical() is not None)
    entries = [entry(session, site_origin="https://psmn.test", organizer=EVENTS) for session in FRIDAYS]
    meant = [(session.start, session.end) for session in FRIDAYS]
    assert list(READERS[reader]([ical.request(each, WYN_NAME, WYN) for each in entries])) == meant
    assert list(READERS[reader]([ical.publish(entries, name="Fridays")])) == meant


# Any series that a coordinator can make: it begins at 2am or later and ends on the same day.
MINUTES = st.tuples(st.integers(2 * 60, 24 * 60 - 1), st.integers(2 * 60, 24 * 60 - 1)).filter(
    lambda two: two[0] < two[1]
)
SERIES = st.builds(
    lambda weekday, minutes: DROP_IN.model_copy(
        update={
            "weekday": weekday,
            "start": time(*divmod(minutes[0], 60)),
            "end": time(*divmod(minutes[1], 60)),
        }
    ),
    st.integers(0, 6),
    MINUTES,
)
STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone.


@given(series=SERIES, first=STARTS)
@example(series=DROP_IN, first=FIRST)
def test_requirement_85_156_weeks_from_any_week_on_at_any_time_have_zero_drift(series: Series, first: datetime) -> None:
    sessions = three_years(series, first)
    assert len({session.id for session in sessions}) == WEEKS
    for session in sessions:
        opens, closes, asked = in_uk(session.start), in_uk(session.end), in_uk(invitations_at(session))
        assert (opens.time(), closes.time(), opens.weekday()) == (series.start, series.end, series.weekday)
        assert opens.date() == closes.date() == session.day
        assert (asked.time(), asked.weekday()) == (time(9), 0)
        assert timedelta(days=1) <= session.day - asked.date() <= timedelta(days=7)
    assert {after.day - before.day for before, after in pairwise(sessions)} == {timedelta(weeks=1)}


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        (date(2026, 12, 25), date(2026, 12, 21)),
        # 2026 has a week 53, which begins in one year and ends in the next.
        (date(2027, 1, 1), date(2026, 12, 28)),
        (date(2027, 1, 8), date(2027, 1, 4)),
        # Good Friday, the clocks going forward on the Sunday, and invitations on Easter Monday.
        (date(2027, 3, 26), date(2027, 3, 22)),
        (date(2027, 4, 2), date(2027, 3, 29)),
        # A leap day in the middle of the week.
        (date(2028, 2, 25), date(2028, 2, 21)),
        (date(2028, 3, 3), date(2028, 2, 28)),
        (date(2027, 12, 31), date(2027, 12, 27)),
        (date(2028, 12, 29), date(2028, 12, 25)),
    ],
)
def test_requirement_86_no_holiday_leap_day_or_week_53_moves_a_friday_or_its_invitations(
    day: date, monday: date
) -> None:
    session = on(day)
    assert (day.weekday(), monday.weekday()) == (FRIDAY, 0)
    assert day.isocalendar()[:2] == monday.isocalendar()[:2]
    assert in_uk(session.start) == datetime.combine(day, time(12), in_uk(session.start).tzinfo)
    assert in_uk(invitations_at(session)) == datetime.combine(monday, time(9), in_uk(session.start).tzinfo)


def test_requirement_86_the_week_that_belongs_to_two_years_is_week_53() -> None:
    assert on(date(2027, 1, 1)).day.isocalendar()[:2] == (2026, 53)


def test_requirement_86_a_session_can_fall_on_a_leap_day() -> None:
    tuesdays = three_years(DROP_IN.model_copy(update={"weekday": 1}), FIRST)
    (leap,) = (session for session in tuesdays if session.day == date(2028, 2, 29))
    assert in_uk(leap.start).time() == time(12)
    assert in_uk(invitations_at(leap)).date() == date(2028, 2, 28)
