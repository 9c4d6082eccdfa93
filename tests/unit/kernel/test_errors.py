"""What goes wrong is said in a sentence that a member could read."""

import pytest

from functions.kernel.errors import Clash, Invalid, MethodNotAllowed, Refusal
from functions.kernel.http import STATUS_OF


def every_kind_of(refusal: type[Refusal]) -> list[type[Refusal]]:
    return [found for kind in refusal.__subclasses__() for found in (kind, *every_kind_of(kind))]


@pytest.mark.parametrize("kind", every_kind_of(Refusal))
def test_every_refusal_has_a_status_a_heading_and_a_sentence(kind: type[Refusal]) -> None:
    status, heading = STATUS_OF[kind]
    assert 400 <= status < 600
    assert heading[0].isupper()
    assert "!" not in heading
    assert kind.sentence.endswith(".")
    assert "!" not in kind.sentence


def test_a_refusal_says_its_own_sentence_or_a_better_one() -> None:
    assert str(Refusal()) == Refusal.sentence
    assert str(Refusal("The door is shut.")) == "The door is shut."


def test_refusals_keep_what_the_edge_needs() -> None:
    assert Invalid({"name": "Enter your name"}).fields == {"name": "Enter your name"}
    assert MethodNotAllowed(("GET", "HEAD")).allowed == ("GET", "HEAD")
    assert Clash(0, 2).failed == (0, 2)
