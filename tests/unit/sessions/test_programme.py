"""The sessions that a series makes, and what a change to one means to calendars."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from functions.kernel.when import in_uk
from functions.sessions.model import DROP_IN, FRIDAY, Series, Session, Status, entry, public
from functions.sessions.programme import Changes, ahead, changed, days, edited, one_off

MONDAY_NIGHT = datetime(2026, 11, 23, 3, tzinfo=UTC)
THREE_YEARS = DROP_IN.model_copy(update={"weeks_ahead": 104})

moments = st.integers(min_value=0, max_value=3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def friday() -> Session:
    """The first Friday after the tests' Monday."""
    return ahead(DROP_IN, MONDAY_NIGHT)[0]


def as_it_is(session: Session, **instead: object) -> Changes:
    """What the form holds when nobody has typed anything, but for some fields."""
    fields = ("title", "summary", "start", "end", "meeting_url", "status")
    return Changes(**{name: getattr(session, name) for name in fields} | instead)  # type: ignore[arg-type] # By name.


def test_requirement_85_156_fridays_keep_midday_on_uk_clocks_across_six_clock_changes() -> None:
    series = DROP_IN.model_copy(update={"weeks_ahead": 52})
    first = datetime(2026, 1, 1, 12, tzinfo=UTC)
    made = [session for year in range(3) for session in ahead(series, first + year * timedelta(weeks=52))]
    assert len({session.id for session in made}) == 156
    assert {in_uk(session.start).time() for session in made} == {time(12)}
    assert {in_uk(session.end).time() for session in made} == {time(13)}
    assert {session.day.weekday() for session in made} == {FRIDAY}
    assert all(after.day - before.day == timedelta(weeks=1) for before, after in pairwise(made))
    in_utc = [session.start.hour for session in made]
    assert sum(before != after for before, after in pairwise(in_utc)) == 6


def test_the_last_friday_of_a_year_with_53_weeks_is_followed_by_new_years_day() -> None:
    assert days(DROP_IN, date(2026, 12, 25))[:2] == [date(2026, 12, 25), date(2027, 1, 1)]


def test_a_friday_that_is_today_is_still_made() -> None:
    assert days(DROP_IN, date(2026, 11, 27))[0] == date(2026, 11, 27)


@given(first=moments, later=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)))
def test_making_again_on_any_later_day_gives_the_same_fridays_the_same_names(first: datetime, later: timedelta) -> None:
    before = {session.day: session.id for session in ahead(THREE_YEARS, first)}
    after = {session.day: session.id for session in ahead(THREE_YEARS, first + later)}
    both = before.keys() & after.keys()
    assert both
    assert all(before[day] == after[day] for day in both)
    assert len({*before.values(), *after.values()}) == len({*before, *after})


def test_two_series_on_one_day_make_two_sessions() -> None:
    other = DROP_IN.model_copy(update={"id": "partners"})
    assert ahead(DROP_IN, MONDAY_NIGHT)[0].id != ahead(other, MONDAY_NIGHT)[0].id


@pytest.mark.parametrize(("start", "end"), [(time(13), time(12)), (time(12), time(12)), (time(1, 30), time(3))])
def test_a_series_cannot_fall_into_an_hour_that_clocks_skip_nor_end_before_it_starts(start: time, end: time) -> None:
    with pytest.raises(ValidationError, match="2am or later"):
        Series(id="odd", title="Odd", start=start, end=end)


def told(session: Session) -> Session:
    """The session once members have heard of its last change."""
    return session.model_copy(update={"announce_at": None, "before": None})


def test_saving_what_is_there_changes_nothing() -> None:
    session = friday()
    assert edited(session, as_it_is(session), MONDAY_NIGHT) is session


@pytest.mark.parametrize(
    ("field", "value", "moves"),
    [
        ("title", "Learning from excellence", False),
        ("summary", "Two short talks.", False),
        ("meeting_url", "https://meet.example.org/1", False),
        ("start", datetime(2026, 11, 27, 11, 30, tzinfo=UTC), True),
        ("end", datetime(2026, 11, 27, 13, 30, tzinfo=UTC), True),
        ("status", Status.CANCELLED, True),
    ],
)
def test_only_a_new_start_end_or_status_raises_the_sequence(field: str, value: object, moves: bool) -> None:
    before = friday()
    after = edited(before, as_it_is(before, **{field: value}), MONDAY_NIGHT + timedelta(hours=7))
    assert changed(before, as_it_is(before, **{field: value})) == (field,)
    assert after.sequence == (1 if moves else 0)
    assert after.version == 2
    assert after.changed_at == MONDAY_NIGHT + timedelta(hours=7)
    assert getattr(after, field) == value


def test_moving_to_another_day_and_time_at_once_is_one_step() -> None:
    before = friday()
    later = timedelta(days=5, hours=2)
    after = edited(before, as_it_is(before, start=before.start + later, end=before.end + later), MONDAY_NIGHT)
    assert (after.sequence, after.id) == (1, before.id)


@given(
    edits=st.lists(
        st.tuples(
            st.sampled_from(["title", "start", "status", "nothing"]),
            st.timedeltas(min_value=timedelta(hours=-1), max_value=timedelta(hours=1)),
        ),
        max_size=12,
    )
)
def test_calendars_can_tell_which_of_any_two_versions_is_newer(edits: list[tuple[str, timedelta]]) -> None:
    """Even while the clocks of two functions differ (security requirement 87)."""
    session = friday()
    for place, (what, skew) in enumerate(edits):
        other = Status.CANCELLED if session.goes_ahead else Status.CONFIRMED
        instead = {
            "title": {"title": f"Title {place}"},
            "start": {
                "start": session.start + timedelta(minutes=1),
                "end": session.end + timedelta(minutes=1),
            },
            "status": {"status": other},
            "nothing": {},
        }[what]
        after = edited(session, as_it_is(session, **instead), MONDAY_NIGHT + skew)
        if what == "nothing":
            assert after is session
        else:
            assert after.changed_at > session.changed_at
            assert after.version == session.version + 1
            assert after.sequence == session.sequence + (what != "title")
        assert after.changed_at.microsecond == 0
        session = after


def test_a_session_that_is_put_back_has_a_new_name_in_calendars_and_the_same_page() -> None:
    session = friday()
    off = told(edited(session, as_it_is(session, status=Status.CANCELLED), MONDAY_NIGHT))
    back = edited(off, as_it_is(off, status=Status.CONFIRMED), MONDAY_NIGHT)
    assert off.uid("psmn.test") == session.uid("psmn.test") == f"{session.id}@psmn.test"
    assert back.uid("psmn.test") == f"{session.id}-1@psmn.test"
    assert back.address("https://psmn.test") == session.address("https://psmn.test")
    assert back.sequence == 2


def test_a_form_sent_twice_makes_one_session() -> None:
    wanted = as_it_is(friday(), title="A talk")
    assert one_off("a" * 32, wanted, MONDAY_NIGHT).id == one_off("a" * 32, wanted, MONDAY_NIGHT).id
    assert one_off("a" * 32, wanted, MONDAY_NIGHT).id != one_off("b" * 32, wanted, MONDAY_NIGHT).id


def test_the_meeting_link_is_in_no_calendar_entry_and_not_in_what_anybody_may_know() -> None:
    session = friday().model_copy(update={"meeting_url": "https://meet.example.org/secret"})
    written = entry(session, site_origin="https://psmn.test", organizer="events@psmn.test")
    assert "meet.example.org" not in written.model_dump_json()
    assert "meet.example.org" not in public(session, "https://psmn.test").model_dump_json()
    assert written.location == f"Open the door page: https://psmn.test/sessions/{session.id}/door"
    assert "safe space, never recorded" in written.description


def test_times_are_told_in_words() -> None:
    assert friday().when == "Friday 27 November 2026, midday to 1pm (UK time)"
    assert friday().starts_in_short == "Friday 27 November, midday (UK time)"


@pytest.mark.parametrize(
    ("status", "shown"),
    [(Status.CONFIRMED, "CONFIRMED"), (Status.PROPOSED_BREAK, "TENTATIVE"), (Status.CANCELLED, "CANCELLED")],
)
def test_a_calendar_shows_whether_a_session_is_on(status: Status, shown: str) -> None:
    session = friday().model_copy(update={"status": status})
    written = entry(session, site_origin="https://psmn.test", organizer="events@psmn.test")
    assert written.status == shown
    assert session.goes_ahead is (shown == "CONFIRMED")
    assert session.is_called_off is (shown == "CANCELLED")


def test_an_entry_in_a_mail_is_stamped_when_the_mail_is_planned_and_never_before_the_session_changed() -> None:
    session = friday()

    def stamp(planned_at: datetime | None) -> datetime:
        return entry(session, site_origin="https://psmn.test", organizer="e@psmn.test", stamp=planned_at).stamp

    assert stamp(None) == session.changed_at
    assert stamp(session.changed_at + timedelta(hours=6)) == session.changed_at + timedelta(hours=6)
    assert stamp(session.changed_at - timedelta(seconds=1)) == session.changed_at
