"""Secrets leave us once, and we keep only what cannot be turned back into them (security requirement 3)."""

import re

from hypothesis import given
from hypothesis import strategies as st

from functions.kernel import tokens


def test_requirement_3_a_secret_has_256_bits_and_an_id_has_128() -> None:
    made = {tokens.new_secret() for _ in range(50)}
    assert len(made) == 50
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", secret) for secret in made)
    assert re.fullmatch(r"[0-9a-f]{32}", tokens.new_id())


def test_a_code_is_eight_digits_and_is_read_out_in_two_halves() -> None:
    assert all(re.fullmatch(r"\d{8}", tokens.new_code()) for _ in range(50))
    assert tokens.spoken("38120457") == "3812 0457"


def test_a_code_is_taken_with_the_spaces_that_clipboards_add() -> None:
    assert tokens.typed(" 3812\u00a00457\t") == "38120457"


def test_requirement_3_a_digest_shows_nothing_of_what_it_is_of() -> None:
    assert "38120457" not in tokens.code_digest("38120457", "ASK#1")


def test_requirement_4_the_same_code_is_another_one_in_another_place() -> None:
    assert tokens.code_digest("38120457", "here") != tokens.code_digest("38120457", "there")


def test_a_digest_is_of_its_parts_and_not_of_their_sum() -> None:
    assert tokens.digest("ab", "c") != tokens.digest("a", "bc") != tokens.digest("abc")


@given(st.text(), st.text())
def test_two_texts_are_the_same_or_they_are_not(left: str, right: str) -> None:
    one, other = tokens.digest(left), tokens.digest(right)
    assert tokens.same(one, other) == (left == right)


@given(st.integers(1, 8))
def test_a_key_is_read_back_however_it_is_typed(fives: int) -> None:
    key = tokens.new_key(5 * fives)
    assert len(key) == 8 * fives
    shown = tokens.in_fours(key)
    assert max(map(len, shown.split())) == 4
    for typed in (
        shown,
        shown.lower(),
        shown.replace(" ", "-"),
        f" {key}\t",
        key.translate(str.maketrans("OIB", "018")),
    ):
        assert tokens.typed_key(typed) == key
