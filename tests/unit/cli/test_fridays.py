"""Nobody deploys while members meet, whatever the clocks have just done."""

from datetime import UTC, datetime

import pytest

from cli.fridays import why_not_now

AT = {
    # The last Friday of winter time and the first of summer time, in UTC.
    "2026-03-27T08:59": False,
    "2026-03-27T09:00": True,
    "2026-03-27T14:59": True,
    "2026-03-27T15:00": False,
    "2026-04-03T07:59": False,
    "2026-04-03T08:00": True,
    "2026-04-03T13:59": True,
    "2026-04-03T14:00": False,
    # The last Friday of summer time and the first of winter time.
    "2026-10-23T07:59": False,
    "2026-10-23T08:00": True,
    "2026-10-23T13:59": True,
    "2026-10-23T14:00": False,
    "2026-10-30T08:59": False,
    "2026-10-30T09:00": True,
    "2026-10-30T14:59": True,
    "2026-10-30T15:00": False,
    # The days around, at midday.
    "2026-11-26T12:00": False,
    "2026-11-28T12:00": False,
}


@pytest.mark.parametrize(("moment", "refused"), AT.items())
def test_nothing_is_deployed_from_nine_to_three_on_a_friday_by_uk_clocks(moment: str, refused: bool) -> None:
    assert (why_not_now(datetime.fromisoformat(moment).replace(tzinfo=UTC)) is not None) == refused


def test_whoever_is_refused_is_told_what_time_it_is_and_how_to_deploy_all_the_same() -> None:
    told = why_not_now(datetime(2026, 4, 3, 8, 30, 59, tzinfo=UTC))
    assert told == (
        "It is 9:30am on Friday 3 April 2026 (UK time). Members meet on Fridays, so nothing is deployed from 9am to "
        "3pm. Wait, or add --force."
    )


def test_a_moment_without_a_zone_says_nothing() -> None:
    with pytest.raises(ValueError, match="does not say which time zone"):
        why_not_now(datetime(2026, 4, 3, 8, 30))  # noqa: DTZ001 - it is what must be refused.
