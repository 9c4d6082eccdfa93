"""Bank holidays, on which a Friday may be a break."""

from datetime import UTC, date, datetime, timedelta

import pytest

from functions.sessions.breaks import bank_holidays, holiday_on
from functions.sessions.model import DROP_IN, Status
from functions.sessions.programme import ahead

NOVEMBER = datetime(2026, 11, 23, 3, tzinfo=UTC)


def test_the_first_three_breaks_are_proposed_from_november_on() -> None:
    today = NOVEMBER.date()
    made = ahead(DROP_IN, NOVEMBER, bank_holidays(today, today + timedelta(weeks=26)))
    breaks = [(each.day, each.holiday) for each in made if each.status is Status.PROPOSED_BREAK]
    assert breaks == [
        (date(2026, 12, 25), "Christmas Day"),
        (date(2027, 1, 1), "New Year's Day"),
        (date(2027, 3, 26), "Good Friday"),
    ]
    assert {each.holiday for each in made if each.status is not Status.PROPOSED_BREAK} == {None}


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 11, 30), "Saint Andrew's Day (Scotland)"),
        (date(2026, 3, 17), "Saint Patrick's Day (Northern Ireland)"),
        (date(2026, 4, 6), "Easter Monday (England, Wales and Northern Ireland)"),
        (date(2026, 12, 28), "Boxing Day (substitute day)"),
        (date(2026, 11, 27), None),
    ],
)
def test_a_holiday_says_which_nations_have_it_when_not_all_do(day: date, name: str | None) -> None:
    assert holiday_on(day) == name


def test_only_the_days_asked_for_are_looked_at() -> None:
    fridays_and_around = bank_holidays(date(2026, 12, 26), date(2027, 1, 1))
    assert sorted(fridays_and_around) == [date(2026, 12, 26), date(2026, 12, 28), date(2027, 1, 1)]
