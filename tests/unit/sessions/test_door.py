"""When members can go in."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.sessions.door import Door, door, opens_at
from functions.sessions.model import DROP_IN, Status
from functions.sessions.programme import ahead

SESSION = ahead(DROP_IN, datetime(2026, 11, 23, 3, tzinfo=UTC))[0].model_copy(
    update={"meeting_url": "https://meet.example.org/1"}
)


@pytest.mark.parametrize(
    ("from_start", "found"),
    [
        (timedelta(days=-4), Door.CLOSED),
        (timedelta(minutes=-30, seconds=-1), Door.CLOSED),
        (timedelta(minutes=-30), Door.OPEN),
        (timedelta(minutes=59, seconds=59), Door.OPEN),
        (timedelta(minutes=60), Door.OVER),
        (timedelta(days=7), Door.OVER),
    ],
)
def test_the_door_opens_half_an_hour_before_and_stays_open_for_latecomers(from_start: timedelta, found: Door) -> None:
    assert door(SESSION, SESSION.start + from_start) is found


def test_a_session_without_a_link_says_so_only_when_it_is_time() -> None:
    session = SESSION.model_copy(update={"meeting_url": None})
    assert door(session, opens_at(session) - timedelta(seconds=1)) is Door.CLOSED
    assert door(session, session.start) is Door.NO_LINK


def test_nobody_waits_at_the_door_of_a_session_that_is_called_off() -> None:
    session = SESSION.model_copy(update={"status": Status.CANCELLED})
    assert {door(session, session.start + timedelta(hours=hour)) for hour in (-100, 0, 100)} == {Door.CALLED_OFF}


def test_a_session_that_may_be_a_break_has_no_door_until_somebody_decides() -> None:
    session = SESSION.model_copy(update={"status": Status.PROPOSED_BREAK})
    assert door(session, session.start) is Door.IN_DOUBT
