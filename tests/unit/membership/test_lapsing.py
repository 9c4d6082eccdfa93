"""When a membership lapses: the rule on its own, by examples and by whatever order of things."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.membership.lapsing import (
    ERASED_AFTER,
    LAST_WARNING,
    Standing,
    Step,
    after,
    due,
    erased_at,
    month_of,
    step,
)

QUIET = Standing(active_in="2026-11")
DUE = datetime(2027, 12, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def asked(at: datetime = DUE, reminded_after: int | None = None) -> Standing:
    reminded_at = None if reminded_after is None else at + timedelta(days=reminded_after)
    return replace(QUIET, asked_at=at, reminded_at=reminded_at)


@pytest.mark.parametrize(
    ("standing", "at", "expected"),
    [
        (QUIET, DUE - timedelta(seconds=1), Step.NOTHING),
        (QUIET, DUE, Step.ASK),
        (QUIET, DUE + 900 * DAY, Step.ASK),
        (asked(), DUE + 59 * DAY, Step.NOTHING),
        (asked(), DUE + 60 * DAY, Step.REMIND),
        (asked(), DUE + 900 * DAY, Step.REMIND),
        (asked(reminded_after=60), DUE + 89 * DAY, Step.NOTHING),
        (asked(reminded_after=60), DUE + 90 * DAY, Step.ERASE),
        (asked(reminded_after=85), DUE + 98 * DAY, Step.NOTHING),
        (asked(reminded_after=85), DUE + 99 * DAY, Step.ERASE),
        (asked(DUE - DAY, 1), DUE + 90 * DAY, Step.ASK),
        (replace(asked(reminded_after=60), active_in="2027-12"), DUE + 90 * DAY, Step.NOTHING),
        (replace(QUIET, is_coordinator=True), DUE, Step.ASK),
        (replace(asked(), is_coordinator=True), DUE + 60 * DAY, Step.NOTHING),
        (replace(asked(reminded_after=60), is_coordinator=True), DUE + 900 * DAY, Step.NOTHING),
    ],
)
def test_each_step_comes_on_its_day(standing: Standing, at: datetime, expected: Step) -> None:
    assert step(standing, at) is expected


@pytest.mark.parametrize(
    ("failing_since", "expected"),
    [
        (datetime(2026, 11, 10, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)),
        (datetime(2027, 3, 9, 8, tzinfo=UTC), datetime(2027, 3, 9, 8, tzinfo=UTC)),
        (datetime(2028, 3, 9, tzinfo=UTC), DUE),
    ],
)
def test_whom_mail_does_not_reach_is_looked_at_when_the_month_of_their_last_sign_is_over(
    failing_since: datetime, expected: datetime
) -> None:
    assert due(replace(QUIET, failing_since=failing_since)) == expected


def test_december_is_followed_by_january() -> None:
    assert due(Standing(active_in="2026-12")) == datetime(2028, 1, 1, tzinfo=UTC)


def test_what_a_letter_promises_is_what_happens() -> None:
    first = erased_at(QUIET, DUE)
    assert first == DUE + ERASED_AFTER
    late = DUE + timedelta(days=85)
    promised = erased_at(after(asked(), Step.REMIND, late), late)
    assert promised == late + LAST_WARNING
    assert step(asked(reminded_after=85), promised - timedelta(seconds=1)) is Step.NOTHING
    assert step(asked(reminded_after=85), promised) is Step.ERASE


EVENTS = st.lists(
    st.tuples(st.integers(0, 120), st.sampled_from(["run", "run", "run", "run", "sign", "fails", "works", "promoted"])),
    max_size=60,
)


@given(EVENTS)
def test_nobody_is_erased_who_gave_a_sign_or_was_not_asked_90_days_before_and_reminded(
    events: list[tuple[int, str]],
) -> None:
    at, standing = datetime(2026, 11, 23, 10, tzinfo=UTC), QUIET
    sign, asks, reminders = at, list[datetime](), list[datetime]()
    for days, what in events:
        at += timedelta(days=days)
        match what:
            case "sign":
                sign, standing = at, replace(standing, active_in=month_of(at))
            case "fails":
                standing = replace(standing, failing_since=standing.failing_since or at)
            case "works":
                standing = replace(standing, failing_since=None)
            case "promoted":
                standing = replace(standing, is_coordinator=not standing.is_coordinator)
            case _:
                taken = step(standing, at)
                standing = after(standing, taken, at)
                asks += [at] * (taken is Step.ASK)
                reminders += [at] * (taken is Step.REMIND)
                if taken is not Step.NOTHING:
                    # Never in the year after a sign, unless mail cannot reach them.
                    assert at - sign >= timedelta(days=365) or standing.failing_since is not None
                if taken is Step.ERASE:
                    assert not standing.is_coordinator
                    assert sign < asks[-1] <= at - ERASED_AFTER
                    assert asks[-1] < reminders[-1] <= at - LAST_WARNING
                    return


@given(st.integers(0, 400), st.integers(1, 40))
def test_who_gives_no_sign_is_erased_in_the_end_however_seldom_the_job_runs(start: int, gap: int) -> None:
    at, standing = DUE + timedelta(days=start), QUIET
    taken = []
    while not taken or taken[-1] is not Step.ERASE:
        now = step(standing, at)
        standing = after(standing, now, at)
        taken += [now] if now is not Step.NOTHING else []
        at += timedelta(days=gap)
        assert at < DUE + timedelta(days=800)
    assert taken == [Step.ASK, Step.REMIND, Step.ERASE]
