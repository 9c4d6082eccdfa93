"""What an event of the mail service proves, read from its own documented shapes."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.mail.feedback import REMEMBERED, TROUBLE_FOR, TROUBLE_FROM, Report, Trouble, What, goes_further
from functions.mail.model import State
from tests.reports import report

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("case", "proves"),
    [
        ("sent", (State.SENT, What.NOTHING)),
        ("delayed", (State.SENT, What.NOTHING)),
        ("delivered", (State.DELIVERED, What.NOTHING)),
        ("refused", (State.REJECTED, What.NOTHING)),
        ("not_rendered", (State.REJECTED, What.NOTHING)),
        ("bounced", (State.BOUNCED, What.FAILS)),
        ("came_back", (State.SENT, What.CAME_BACK)),
        ("on_their_list", (State.SUPPRESSED, What.NOTHING)),
        ("complained", (State.COMPLAINED, What.UNWELCOME)),
    ],
)
def test_each_event_proves_something(case: str, proves: tuple[State, What]) -> None:
    read = Report.model_validate(report(case, "k"))
    assert read.proves == proves
    assert read.intent == "k"


@pytest.mark.parametrize("subtype", ["General", "NoEmail", "Undetermined", "UnsubscribedRecipient"])
def test_requirement_48_whatever_bounced_for_good_shows_that_the_address_fails(subtype: str) -> None:
    told = report("bounced", "k")
    told["bounce"]["bounceSubType"] = subtype
    assert Report.model_validate(told).proves == (State.BOUNCED, What.FAILS)


@pytest.mark.parametrize("kind", ["Transient", "Undetermined"])
def test_a_bounce_that_may_be_an_accident_does_not_stop_an_address(kind: str) -> None:
    told = report("bounced", "k")
    told["bounce"]["bounceType"] = kind
    assert Report.model_validate(told).proves == (State.SENT, What.CAME_BACK)


def complaint(**more: Any) -> Report:
    told = report("complained", "k")
    told["complaint"] |= more
    return Report.model_validate(told)


def test_a_complaint_without_a_type_is_a_complaint() -> None:
    assert complaint(complaintFeedbackType=None).proves == (State.COMPLAINED, What.UNWELCOME)


def test_a_reader_who_takes_a_message_out_of_the_junk_complains_of_nothing() -> None:
    assert complaint(complaintFeedbackType="not-spam").proves == (State.DELIVERED, What.NOTHING)


def test_a_complaint_about_a_message_that_the_service_did_not_try_is_none() -> None:
    assert complaint(complaintSubType="OnAccountSuppressionList").proves == (State.SUPPRESSED, What.NOTHING)


def test_what_an_identity_publishes_has_no_tag() -> None:
    assert Report.model_validate(report("without_tags", "k")).intent is None


@pytest.mark.parametrize("kind", ["Open", "Click", "Subscription", "Something new"])
def test_an_event_that_we_did_not_ask_for_means_nothing(kind: str) -> None:
    assert Report.model_validate({"eventType": kind, "mail": {"messageId": "m"}}).proves is None


PROVEN = [State.SENT, State.REJECTED, State.SUPPRESSED, State.DELIVERED, State.BOUNCED, State.COMPLAINED]


def test_requirement_73_states_that_events_prove_come_in_one_order() -> None:
    for earlier, later in permutations(PROVEN, 2):
        assert goes_further(earlier, later) != goes_further(later, earlier)
    assert not any(goes_further(state, state) for state in PROVEN)
    assert all(goes_further(state, was) for state in PROVEN for was in State if was not in PROVEN)


RETURNS = st.lists(
    st.tuples(st.sampled_from("abcdefghijklmn"), st.integers(0, 60)), max_size=20, unique_by=lambda each: each[0]
)


@given(returns=RETURNS, data=st.data())
def test_requirement_73_the_order_and_the_repeats_of_returns_make_no_difference(
    returns: list[tuple[str, int]], data: st.DataObject
) -> None:
    repeated = data.draw(st.permutations(returns + data.draw(st.lists(st.sampled_from(returns))) if returns else []))
    once, again = Trouble(), Trouble()
    for name, days in returns:
        once = once.with_return(name, NOW + timedelta(days=days))
    for name, days in repeated:
        again = again.with_return(name, NOW + timedelta(days=days))
    assert once == again
    assert len(once.returns) == min(REMEMBERED, len(returns))


def test_three_returns_in_a_fortnight_are_trouble_and_a_fortnight_later_they_are_not() -> None:
    trouble = Trouble()
    for day in range(TROUBLE_FROM):
        assert not trouble.is_there(NOW + timedelta(days=day))
        trouble = trouble.with_return(str(day), NOW + timedelta(days=day))
    assert trouble.is_there(NOW + timedelta(days=2))
    assert not trouble.is_there(NOW + TROUBLE_FOR)
    assert trouble.ends_at == NOW + timedelta(days=2) + TROUBLE_FOR
