"""What coordinators read about an application, and which reasons go with which decision."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from functions.kernel.when import in_uk
from functions.membership.model import Choice, Status
from functions.membership.register import GivenBy, Grade, register
from functions.membership.review import reasons_for
from functions.membership.review_words import (
    GRADES,
    OUTCOMES,
    STATES,
    answer_due,
    choices_of_reason,
    history,
)

FIRST, LAST = datetime(2026, 1, 1), datetime(2030, 1, 1)  # noqa: DTZ001 - hypothesis adds the time zone itself.
MOMENTS = some.datetimes(FIRST, LAST, timezones=some.just(UTC))


@pytest.mark.parametrize(
    ("since", "due"),
    [
        ("2026-11-23T10:00Z", date(2026, 11, 25)),
        ("2026-11-26T23:59Z", date(2026, 11, 30)),
        ("2026-11-27T10:00Z", date(2026, 12, 1)),
        ("2026-11-28T10:00Z", date(2026, 12, 1)),
        ("2026-11-29T10:00Z", date(2026, 12, 1)),
        ("2026-07-22T23:30Z", date(2026, 7, 27)),
    ],
)
def test_two_working_days_leave_out_the_weekend_and_begin_on_the_uk_day(since: str, due: date) -> None:
    assert answer_due(datetime.fromisoformat(since)) == due


@given(MOMENTS)
def test_an_answer_is_always_due_on_a_working_day_within_four_days(since: datetime) -> None:
    due = answer_due(since)

    assert due.weekday() < 5
    assert timedelta(days=2) <= due - in_uk(since).date() <= timedelta(days=4)


def test_only_a_person_declines_and_a_machines_reason_never_does() -> None:
    for reason in reasons_for(Choice.DECLINE):
        assert reason.given_by is GivenBy.PERSON
    for choice in (Choice.ACCEPT, Choice.ASK):
        assert all(reason.given_by is GivenBy.MACHINE for reason in reasons_for(choice))


def test_each_reason_goes_with_one_decision_and_reads_unlike_the_others() -> None:
    options = choices_of_reason()

    assert len({code for code, _ in options}) == len(options)
    assert len({words for _, words in options}) == len(options)
    assert {reason.code for reason in reasons_for(Choice.DECLINE)} == {
        code for code, reason in register().reasons.items() if reason.given_by is GivenBy.PERSON
    }


def test_every_grade_outcome_and_status_has_words() -> None:
    assert set(GRADES) == set(Grade)
    assert set(STATES) == set(Status)
    assert {"ACCEPT", "MORE", "REFER", "WAIT", "ALREADY", "HOLD", "DECLINE"} == set(OUTCOMES)


def test_a_line_names_its_author_as_long_as_they_are_here() -> None:
    at = "2026-11-23T10:00:00Z"
    lines = [
        {"what": "decided by the rules", "by": "rules", "at": at, "facts": {"outcome": "REFER", "reason": "E11"}},
        {"what": "contact answered no", "by": "contact 0", "at": at, "facts": {}},
        {"what": "decided: ask", "by": "1", "at": at, "facts": {"reason": "E16"}},
        {"what": "undone: ask", "by": "2", "at": at, "facts": {}},
    ]

    assert [(line.what, line.by) for line in history(lines, {"1": "Cora Example"})] == [
        ("Decided by the rules. A person has to look (E11)", "The rules"),
        ("Contact answered no", "Their contact"),
        ("Decided: ask (E16)", "Cora Example"),
        ("Undone: ask", "Somebody who has left"),
    ]
