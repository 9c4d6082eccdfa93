"""When a send to many pauses by itself, message by message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.mail.breaker import LOOKS_FROM, why_to_pause
from functions.mail.model import ENDS, State

COUNTS = st.dictionaries(st.sampled_from(ENDS), st.integers(0, 2_000))


@pytest.mark.parametrize(
    ("state", "fine", "too_many"),
    [(State.BOUNCED, 5, 6), (State.COMPLAINED, 1, 2), (State.REJECTED, 2, 3), (State.UNKNOWN, 1, 2)],
)
def test_each_limit_is_kept_to_the_message(state: State, fine: int, too_many: int) -> None:
    assert why_to_pause({State.SENT: 100 - fine, state: fine}, {}) is None
    why = why_to_pause({State.SENT: 100 - too_many, state: too_many}, {})
    assert why is not None
    assert f"{too_many} of 100" in why
    assert why.endswith(".")


def test_the_first_messages_say_nothing() -> None:
    assert why_to_pause({State.BOUNCED: LOOKS_FROM - 1}, {}) is None
    assert why_to_pause({State.BOUNCED: LOOKS_FROM}, {}) is not None


def test_messages_that_were_never_handed_over_do_not_count() -> None:
    counts = {State.SUPPRESSED: 500, State.STALE: 500, State.EXPIRED: 500, State.STOPPED: 500}
    assert why_to_pause({**counts, State.BOUNCED: 10}, {}) is None
    assert why_to_pause({**counts, State.BOUNCED: 10, State.SENT: 90}, {}) is not None


def test_what_a_person_has_seen_and_let_go_on_is_not_held_against_it_again() -> None:
    seen = {State.SENT: 94, State.BOUNCED: 6}
    assert why_to_pause(seen, seen) is None
    assert why_to_pause({State.SENT: 300, State.BOUNCED: 6}, seen) is None
    assert why_to_pause({State.SENT: 120, State.BOUNCED: 30}, seen) is not None
    assert why_to_pause({State.SENT: 120, State.BOUNCED: 20}, seen) is None


def test_a_message_of_which_we_hear_late_that_it_arrived_takes_nothing_from_the_rest() -> None:
    assert why_to_pause({State.DELIVERED: 60, State.UNKNOWN: 1}, {State.UNKNOWN: 3}) is None


@given(counts=COUNTS, accepted=COUNTS)
def test_only_what_went_wrong_pauses_a_send(counts: dict[State, int], accepted: dict[State, int]) -> None:
    wrong = {State.BOUNCED, State.COMPLAINED, State.REJECTED, State.UNKNOWN}
    assert why_to_pause({state: n for state, n in counts.items() if state not in wrong}, accepted) is None
    assert why_to_pause(counts, counts) is None
