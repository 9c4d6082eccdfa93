"""The registry of what we keep: every kind declared, and every key of one shape."""

import inspect
import re
from collections.abc import Callable

import pytest

from functions.kernel import keys, kinds
from functions.kernel.keys import Key
from functions.kernel.kinds import KINDS, Kind

MAKERS = {
    name.replace("_", "-"): maker
    for name, maker in vars(keys).items()
    if inspect.isfunction(maker) and inspect.signature(maker).return_annotation is Key
}


def shape_of(kind: Kind) -> re.Pattern[str]:
    """The pattern of a kind's key, made from the words in which the registry describes it."""
    return re.compile(re.sub(r"<[^>]*>", ".+", kind.shape.replace(" / ", "\x1f")))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_requirement_64_every_kind_says_what_it_is_whom_it_is_about_and_how_long_it_stays(kind: Kind) -> None:
    assert kind.words[0].isupper()
    assert not kind.words.endswith(".")
    assert kind.retention
    assert not kind.personal or kind.retention != "For good"


def test_no_two_kinds_have_one_name() -> None:
    assert len(kinds.KIND) == len(KINDS)


def test_every_kind_has_a_key_and_every_key_a_kind() -> None:
    assert set(MAKERS) == set(kinds.KIND)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_key_is_spelt_as_the_registry_says(kind: Kind) -> None:
    maker: Callable[..., Key] = MAKERS[kind.name]
    key = maker(*("x" for _ in inspect.signature(maker).parameters))
    assert shape_of(kind).fullmatch(f"{key.pk}\x1f{key.sk}")


def test_no_two_kinds_share_a_key() -> None:
    made = [maker(*("x" for _ in inspect.signature(maker).parameters)) for maker in MAKERS.values()]
    assert len(set(made)) == len(made)
