"""Why things are kept: a reason for whatever is about a person, and no word of it changed without a new version."""

import pytest

from functions.kernel import tokens
from functions.kernel.kinds import KIND, KINDS
from functions.kernel.purposes import PURPOSES, Basis, Purpose, purposes_of

TOLD = {
    ("joining", 1): "e5fef9f0f42a6c7ba8358ca1d7e85451a031d6287a74da2c118c252fb9670786",
    ("membership", 1): "61dc70c3dfad338630a70c6e675034c2ed684eb761ddaf4ff8abc5340385be3e",
    ("sessions", 1): "0c0485d32b3e89fda079a2f8b71d6b62944291610a37ef1377c7c3ac35c93623",
    ("news", 1): "935e2cb4a5e02f087c0dff407c25c7651a938422306d88ed2ad5f7eacb6c14c8",
    ("library", 1): "ce4d22753afa4a08da1b3f7acb1bf85baade6fb0b440e620284295be74dea967",
    ("safety", 1): "b0af74fda6a09e18ee003d267b19a22fb7d677c0dc01572d6431eee69507582a",
    ("complaints", 1): "36b3a83cd92da72339069645cb89122d11cf7786d785d60db04da58c2b95004a",
    ("forgetting", 1): "d713f6fa0f04f0ffbfa6fb07a83a09e28bc6396c57eb0d4385eb9df0e497a732",
    ("record", 1): "5703561e3015feac317cc95a27e2bfa76ba02a65c57f1df7f6514bd1024287b3",
}
"""The digest of what people were told of each purpose. Other words are another version, with a line of its own here."""


def test_everything_about_a_person_is_kept_for_a_purpose() -> None:
    assert [kind.name for kind in KINDS if kind.personal and not purposes_of(kind.name)] == []


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.name)
def test_a_purpose_names_kinds_that_exist_each_once(purpose: Purpose) -> None:
    assert purpose.kinds
    assert set(purpose.kinds) <= set(KIND)
    assert len(set(purpose.kinds)) == len(purpose.kinds)


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.name)
def test_a_purpose_says_what_for_and_why_in_sentences(purpose: Purpose) -> None:
    assert purpose.words[0].isupper()
    assert not purpose.words.endswith(".")
    assert purpose.why.endswith(".")
    assert purpose.people


def test_requirement_68_what_people_were_told_of_a_purpose_is_not_changed_without_a_new_version() -> None:
    told = {
        (each.name, each.version): tokens.digest(each.words, each.basis, each.basis.meaning, each.why)
        for each in PURPOSES
    }
    assert len(told) == len(PURPOSES)
    assert told == TOLD


def test_what_is_sent_only_on_request_rests_on_consent() -> None:
    assert {purpose.name for purpose in PURPOSES if purpose.basis is Basis.CONSENT} == {"news"}
