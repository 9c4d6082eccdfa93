"""Who went in: each counted once, known for 30 days, and a number after that."""

from datetime import timedelta

import pytest

from functions.kernel import keys
from functions.sessions.model import Session
from functions.sessions.store import Attendance
from tests.network import Network
from tests.people import ANN
from tests.web import Browser


@pytest.fixture
def attendance(network: Network) -> Attendance:
    return Attendance(network.table)


def crowd(network: Network, size: int) -> list[str]:
    """The ids of so many members."""
    return [network.member(f"Member {place}", f"member{place}@nhs.net").id for place in range(size)]


def test_each_person_is_counted_once_however_often_they_go_in(
    network: Network, attendance: Attendance, friday: Session
) -> None:
    people = crowd(network, 30)
    for minutes in (0, 1, 40):
        for member_id in people:
            attendance.go_in(member_id, friday.id, friday.start + timedelta(minutes=minutes))
    assert attendance.count(friday.id) == 30
    assert sorted(attendance.came(friday.id)) == sorted(people)
    assert attendance.count("another") == 0


def test_somebody_who_has_left_is_not_written_down(network: Network, attendance: Attendance, friday: Session) -> None:
    attendance.go_in("0" * 32, friday.id, friday.start)
    assert attendance.count(friday.id) == 0
    assert list(attendance.came(friday.id)) == []


def test_leaving_deletes_that_they_went_in_and_not_that_somebody_did(
    network: Network, ann: Browser, attendance: Attendance, friday: Session
) -> None:
    (member_id,) = [item["id"] for item in network.everything() if item["kind"] == "member"]
    attendance.go_in(member_id, friday.id, friday.start)
    assert "That you went in to a session" in ann.get("/account/data").words
    ann.post("/account/leave", leave="yes")
    assert network.table.get(keys.attendance(member_id, friday.id)) is None
    assert list(attendance.came(friday.id)) == []
    assert attendance.count(friday.id) == 1


def test_after_30_days_nobody_can_be_named_and_the_count_stays(
    network: Network, attendance: Attendance, friday: Session
) -> None:
    """Acceptance of "safe space" and "we don't record": a room full of people becomes a number."""
    people = crowd(network, 5)
    for member_id in people:
        attendance.go_in(member_id, friday.id, friday.start)
    network.clock.moment = friday.start + timedelta(days=30, seconds=-1)
    assert len(list(attendance.came(friday.id))) == 5
    network.clock.moment = friday.start + timedelta(days=30)
    assert list(attendance.came(friday.id)) == []
    assert network.table.children(keys.member(people[0]).pk, "ATTENDANCE#") == []
    assert attendance.count(friday.id) == 5
    counters = [item for item in network.everything() if item["kind"] == "door-count"]
    assert counters
    assert {name for item in counters for name in item} == {"pk", "sk", "kind", "people"}
    assert not [item for item in counters if ANN["name"] in repr(item) or any(each in repr(item) for each in people)]
