"""Moments as numbers and as text that sorts."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from functions.kernel import clock

FIRST, LAST = datetime(2000, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone.
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC


def test_a_stamp_is_in_utc_whatever_the_zone() -> None:
    noon_in_summer = datetime(2026, 7, 3, 12, tzinfo=timezone(timedelta(hours=1)))
    assert clock.stamp(noon_in_summer) == "2026-07-03T11:00:00Z"


def test_days_ahead_are_whole_seconds() -> None:
    at = datetime(2026, 11, 27, 11, 0, 0, 900_000, tzinfo=UTC)
    assert clock.in_days(2, at) - clock.epoch(at) == 2 * 86_400


@given(MOMENTS, MOMENTS)
def test_stamps_sort_as_moments_do(one: datetime, other: datetime) -> None:
    one, other = one.replace(microsecond=0), other.replace(microsecond=0)
    assert (clock.stamp(one) < clock.stamp(other)) == (one < other) == (clock.epoch(one) < clock.epoch(other))


@given(MOMENTS)
def test_a_stamp_can_be_read_back(moment: datetime) -> None:
    assert datetime.fromisoformat(clock.stamp(moment)) == moment.replace(microsecond=0)
