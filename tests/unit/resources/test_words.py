"""Every case has words, in plain English."""

from collections.abc import Iterator

import pytest

from functions.resources import words
from functions.resources.inspected import FileKind, Finding, Hint, Reason, Sign
from functions.resources.model import Permission, Stage, Status


def every_sentence() -> Iterator[str]:
    for reason in Reason:
        yield from words.refusal(reason)
    for sign in Sign:
        yield words.found(Finding(sign=sign, place="slide 3"))
        yield words.found(Finding(sign=sign, place="slide 3", count=2))
        yield words.advice(sign)
    for sign in (Sign.NHS_NUMBER, Sign.CHI_NUMBER, Sign.HC_NUMBER, Sign.BIRTH_DATE):
        yield words.typed(sign)
    yield from map(words.hint, Hint)
    yield from map(words.permission, Permission)
    yield from map(words.kind, FileKind)
    for each in (*map(words.stage, Stage), *map(words.status, Status)):
        yield from (each.tag, each.text)


def test_every_case_has_words_and_no_word_of_the_code() -> None:
    for sentence in every_sentence():
        assert sentence.strip() == sentence != ""
        assert not any(mark in sentence for mark in "{}_"), sentence


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (Finding(sign=Sign.NHS_NUMBER, place="slide 3"), "A number that looks like an NHS number, on slide 3"),
        (Finding(sign=Sign.NHS_NUMBER, place="page 1", count=4), "4 numbers that look like NHS numbers, on page 1"),
        (Finding(sign=Sign.PHOTO_PLACE, place="sheet Costs"), "A photo that says where it was taken, on sheet Costs"),
        (
            Finding(sign=Sign.NHS_NUMBER, place="the notes of slide 3"),
            "A number that looks like an NHS number, in the notes of slide 3",
        ),
    ],
)
def test_a_finding_says_what_it_is_and_where_and_never_the_number_itself(finding: Finding, said: str) -> None:
    assert words.found(finding) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "1 KB"),
        (640_000, "625 KB"),
        (2**20 - 513, "1023 KB"),
        (2**20 - 512, "1 MB"),
        (12_340_000, "11.8 MB"),
        (100 * 2**20, "100 MB"),
    ],
)
def test_a_size_is_as_people_say_it(count: int, said: str) -> None:
    assert words.size(count) == said
