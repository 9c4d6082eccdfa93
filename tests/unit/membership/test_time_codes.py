"""The codes of an authenticator app: which of them are taken, and each of them once (RFC 6238)."""

import re
from base64 import b32encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.membership import time_codes
from tests.coordinators import time_code

RFC_KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The key of RFC 6238, appendix B: the digits 1 to 0, twice."""

KEYS = st.binary(min_size=20, max_size=20).map(lambda key: b32encode(key).decode())
MOMENTS = st.integers(1_700_000_000, 4_000_000_000)


def at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ],
)
def test_the_examples_of_the_standard_are_taken(second: int, code: str) -> None:
    assert time_code(RFC_KEY, second // 30) == code
    assert time_codes.step_of(code, RFC_KEY, at(second)) == second // 30


@given(KEYS, MOMENTS, st.integers(-4, 4))
def test_a_code_is_taken_in_its_own_half_minute_and_those_beside_it(key: str, second: int, away: int) -> None:
    step = second // 30
    codes = {each: time_code(key, each) for each in range(step - 1, step + 2)}
    typed = time_code(key, step + away)
    found = time_codes.step_of(typed, key, at(second))
    # Two steps have one code once in a million, and then the earlier one counts.
    assert found == next((each for each, code in codes.items() if code == typed), None)
    assert found is not None or abs(away) > time_codes.WINDOW


@given(
    KEYS,
    MOMENTS,
    st.lists(st.tuples(st.integers(0, 90), st.integers(-2, 2)), min_size=1, max_size=30),
)
def test_requirement_10_however_codes_are_tried_no_step_counts_twice_or_after_a_later_one(
    key: str, begins: int, tries: list[tuple[int, int]]
) -> None:
    """What the table holds of one factor, and its condition: a step must be later than the last one that counted."""
    last, moment, counted = 0, begins, []
    for waited, away in tries:
        moment += waited
        step = time_codes.step_of(time_code(key, moment // 30 + away), key, at(moment))
        if step is not None and last < step:
            last = step
            counted.append(step)
    assert counted == sorted(set(counted))
    # Whoever goes on typing what the app shows is not kept out by what counted before.
    assert last <= moment // 30 + time_codes.WINDOW
    assert time_codes.step_of(time_code(key, moment // 30 + 2), key, at(moment + 60)) is not None


@given(st.text(max_size=12))
def test_no_text_is_a_fault_of_ours(typed: str) -> None:
    step = time_codes.step_of(typed, RFC_KEY, at(1_234_567_890))
    assert step is None or re.fullmatch(r"\d{6}", typed)


def test_the_picture_is_drawn_without_what_a_page_of_ours_does_not_let_in() -> None:
    drawn = time_codes.picture(time_codes.address(RFC_KEY, account="ann.example@nhs.net", issuer="The network"))
    assert drawn.startswith("<svg ")
    assert not re.search(r"style=|script|href|xmlns|url\(", drawn)
    assert {'fill="#fff"', 'stroke="#000"'} <= set(re.findall(r'(?:fill|stroke)="#\w+"', drawn))
