"""Requirement 68: the words that people agreed to stay as they were, and are known by their version."""

from itertools import groupby, pairwise

import pytest

from functions.kernel import tokens
from functions.kernel.consents import DIGEST, DOOR, JOINING, SHARING, WORDING, WORDINGS, Wording
from functions.kernel.forms import WORDS_CHANGED, AgreementForm, read_form
from functions.kernel.pages import render
from functions.mail.kinds import Choice
from functions.mail.words import CHOICE_WORDS
from functions.resources.model import Permission

AGREED_TO = {
    "joining 1": "906841d82654dc5071a41cff46e18ec0a1b1f7f4a5bb20190cb407ade04e1c60",
    "door 1": "db224fff2ad2e2dd8424a3f47d52b47ad22f098e1b40bab3b53927bbc23a533b",
    "sharing 1": "0db03ced177bdce39a0d7577971542cb858684b9a6de3f59f1ca1a9db20436c4",
    "digest 1": "881e301493fd826b3ec5bdec53f03c37248c4e70398a6caad9e4ef82d0c30cff",
}
"""The digest of each wording, for good. Other words are a new version, with a line of its own here."""


def digest(wording: Wording) -> str:
    choices = [part for value, words in wording.choices.items() for part in (value, *words)]
    return tokens.digest(*wording.points, wording.agree, *choices)


def test_requirement_68_nobody_changes_words_that_people_have_agreed_to() -> None:
    assert {reference: digest(wording) for reference, wording in WORDING.items()} == AGREED_TO


def test_versions_are_counted_from_1_and_each_is_newer_than_the_one_before() -> None:
    assert len(WORDING) == len(WORDINGS)
    for _, found in groupby(WORDINGS, key=lambda wording: wording.text):
        versions = list(found)
        assert [wording.version for wording in versions] == list(range(1, len(versions) + 1))
        assert all(before.since < after.since for before, after in pairwise(versions))


def test_every_text_that_somebody_can_agree_to_is_one_of_these() -> None:
    assert {JOINING.text, DOOR.text, SHARING.text, DIGEST.text} == {wording.text for wording in WORDINGS}
    assert list(SHARING.choices) == [each.value for each in Permission]
    assert (CHOICE_WORDS[Choice.DIGEST].off, CHOICE_WORDS[Choice.DIGEST].start) == (DIGEST.points[0], DIGEST.agree)


class Agreed(AgreementForm):
    agrees_to = DOOR.reference


@pytest.mark.parametrize("sent", [{}, {"wording": [DOOR.reference]}])
def test_todays_words_can_be_agreed_to_and_who_says_nothing_means_them(sent: dict[str, list[str]]) -> None:
    assert read_form(Agreed, sent).errors == {}


@pytest.mark.parametrize("other", ["door 0", "joining 1", "door"])
def test_requirement_68_nobody_agrees_to_words_that_were_not_before_them(other: str) -> None:
    assert read_form(Agreed, {"wording": [other]}).errors == {"wording": WORDS_CHANGED}


def test_a_page_shows_each_point_and_sends_back_which_words_they_were() -> None:
    page = render(
        "membership/pages/join_about_you.jinja",
        form=read_form(Agreed, {}),
        roles=[],
        nations=[],
        networks=[],
        wording=JOINING,
    )
    for point in (*JOINING.points, JOINING.agree):
        assert point in page
    assert f'name="wording" value="{JOINING.reference}"' in page
