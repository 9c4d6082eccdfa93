"""Sessions at every hour around the clock changes, as independent readers understand them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions.kernel import ical
from functions.kernel.when import in_uk
from tests.calendars import READERS, When, libical, read_by_all
from tests.debian import needs
from tests.unit.golden.examples import ON, WYN, WYN_NAME

CHANGES = [
    datetime(2027, 3, 28, 1, tzinfo=UTC),
    datetime(2027, 10, 31, 1, tzinfo=UTC),
    datetime(2028, 3, 26, 1, tzinfo=UTC),
    datetime(2028, 10, 29, 1, tzinfo=UTC),
    datetime(2029, 3, 25, 1, tzinfo=UTC),
    datetime(2029, 10, 28, 1, tzinfo=UTC),
]
"""The moments at which UK clocks change in the three years after November 2026."""


def invitation(start: datetime, minutes: int) -> bytes:
    """What a member gets for a session."""
    entry = ON.model_copy(update={"start": start, "end": start + timedelta(minutes=minutes)})
    return ical.request(entry, WYN_NAME, WYN)


def test_the_clocks_do_change_at_these_moments() -> None:
    for change in CHANGES:
        before = in_uk(change - timedelta(seconds=1))
        assert before.utcoffset() != in_uk(change).utcoffset()


@pytest.mark.parametrize("reader", READERS)
def test_requirement_85_each_half_hour_of_the_two_days_around_a_change_is_read_right(reader: str) -> None:
    if reader == "libical":
        needs("libical3", found=libical() is not None)
    starts = [change + timedelta(minutes=30 * halves) for change in CHANGES for halves in range(-48, 48)]
    meant: list[When] = [(start, start + timedelta(minutes=30)) for start in starts]
    assert list(READERS[reader]([invitation(start, 30) for start in starts])) == meant


@given(
    change=st.sampled_from(CHANGES),
    away=st.integers(-7 * 24 * 60, 7 * 24 * 60),
    minutes=st.integers(1, 24 * 60),
)
@example(change=CHANGES[1], away=-60, minutes=120)
def test_requirement_85_whatever_its_minute_and_length_a_session_is_read_right(
    change: datetime, away: int, minutes: int
) -> None:
    start = change + timedelta(minutes=away)
    file = invitation(start, minutes)
    meant = {(start, start + timedelta(minutes=minutes))}
    # Node would take a third of a second for each example, so ical.js reads only the half-hours above.
    quick = [name for name in READERS if name != "ical.js" and (name != "libical" or libical())]
    assert {when for name in quick for when in READERS[name]([file])} == meant


def test_the_readers_that_follow_the_rules_in_the_file_would_notice_a_wrong_one() -> None:
    """``icalendar`` knows Europe/London by name, and looks at no rule."""
    july = datetime(2027, 7, 2, 11, tzinfo=UTC)
    wrong = invitation(july, 60).replace(b"TZOFFSETTO:+0100", b"TZOFFSETTO:+0200")
    readings = read_by_all(wrong)
    noticed = {name for name, (start, _) in readings.items() if start == july - timedelta(hours=1)}
    assert noticed == readings.keys() - {"icalendar"}
