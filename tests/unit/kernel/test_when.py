"""UK local time, and the words people read it in."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.when import (
    NoSuchTime,
    clock_in_words,
    day_in_words,
    in_uk,
    uk_local,
    uk_words,
)

FIRST_FRIDAY = date(2026, 1, 2)
FRIDAYS = [FIRST_FRIDAY + timedelta(weeks=week) for week in range(157)]


def test_every_friday_for_three_years_keeps_its_hour_across_six_clock_changes() -> None:
    moments = [uk_local(friday, time(11)) for friday in FRIDAYS]
    assert {in_uk(moment).time() for moment in moments} == {time(11)}
    assert {moment.utcoffset() for moment in moments} == {timedelta(0)}
    hours = [moment.hour for moment in moments]
    assert sum(before != after for before, after in pairwise(hours)) == 6


@pytest.mark.parametrize(
    ("day", "hour_in_utc"),
    [
        (date(2026, 3, 27), 11),
        (date(2026, 4, 3), 10),
        (date(2026, 10, 23), 10),
        (date(2026, 10, 30), 11),
        (date(2027, 3, 26), 11),
        (date(2027, 4, 2), 10),
        (date(2027, 10, 29), 10),
        (date(2027, 11, 5), 11),
        (date(2028, 2, 29), 11),
    ],
)
def test_requirement_85_fridays_on_both_sides_of_each_clock_change(day: date, hour_in_utc: int) -> None:
    assert uk_local(day, time(11)) == datetime(day.year, day.month, day.day, hour_in_utc, tzinfo=UTC)


@pytest.mark.parametrize("clock", [time(1), time(1, 30), time(1, 59, 59)])
def test_a_time_that_the_clocks_skip_is_refused_with_a_sentence(clock: time) -> None:
    with pytest.raises(NoSuchTime, match=r"^There is no 1.*am on Sunday 28 March 2027, because the clocks go"):
        uk_local(date(2027, 3, 28), clock)


def test_the_minutes_on_either_side_of_the_skipped_hour_are_next_to_each_other() -> None:
    day = date(2027, 3, 28)
    assert uk_local(day, time(2)) - uk_local(day, time(0, 59)) == timedelta(minutes=1)


def test_in_the_hour_that_comes_twice_the_first_is_meant() -> None:
    day = date(2027, 10, 31)
    assert uk_local(day, time(1, 30)) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert uk_local(day, time(1, 30, fold=1)) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@given(st.datetimes(datetime(1997, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - a time on a wall.
def test_a_time_means_what_uk_clocks_show_or_does_not_exist(shown: datetime) -> None:
    try:
        moment = uk_local(shown.date(), shown.time())
    except NoSuchTime:
        assert (shown.month, shown.weekday(), shown.hour) == (3, 6, 1)
    else:
        assert in_uk(moment).replace(tzinfo=None) == shown


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        (time(0), "midnight"),
        (time(0, 5), "12:05am"),
        (time(9), "9am"),
        (time(9, 5), "9:05am"),
        (time(10, 30), "10:30am"),
        (time(11), "11am"),
        (time(12), "midday"),
        (time(12, 30), "12:30pm"),
        (time(13), "1pm"),
        (time(17, 30), "5:30pm"),
        (time(23, 59), "11:59pm"),
    ],
)
def test_times_of_day_are_written_as_the_nhs_writes_them(clock: time, words: str) -> None:
    assert clock_in_words(clock) == words


def test_days_are_written_in_full_without_a_leading_nought() -> None:
    assert day_in_words(date(2027, 4, 2)) == "Friday 2 April 2027"
    assert day_in_words(date(2028, 2, 29)) == "Tuesday 29 February 2028"


@pytest.mark.parametrize(
    ("day", "opens", "minutes", "words"),
    [
        (date(2026, 11, 27), time(11), 60, "Friday 27 November 2026, 11am to midday (UK time)"),
        (date(2027, 4, 2), time(12), 60, "Friday 2 April 2027, midday to 1pm (UK time)"),
        (date(2026, 7, 3), time(17, 30), 45, "Friday 3 July 2026, 5:30pm to 6:15pm (UK time)"),
        (date(2026, 11, 27), time(23), 60, "Friday 27 November 2026, 11pm to midnight (UK time)"),
        (date(2026, 11, 27), time(0), 60, "Friday 27 November 2026, midnight to 1am (UK time)"),
        (
            date(2026, 7, 3),
            time(23),
            120,
            "Friday 3 July 2026, 11pm to 1am on Saturday 4 July 2026 (UK time)",
        ),
    ],
)
def test_when_something_happens_in_words(day: date, opens: time, minutes: int, words: str) -> None:
    start = uk_local(day, opens)
    assert uk_words(start, start + timedelta(minutes=minutes)) == words


def test_nothing_ends_before_it_starts() -> None:
    moment = uk_local(date(2026, 11, 27), time(11))
    with pytest.raises(ValueError, match="is not after"):
        uk_words(moment, moment)


def test_a_moment_without_its_zone_is_never_guessed() -> None:
    with pytest.raises(ValueError, match="does not say which time zone"):
        in_uk(datetime(2026, 11, 27, 11))  # noqa: DTZ001 - the missing zone is the point.
