"""The network's dictionary: what the words and short forms of patient safety mean, in plain English.

``glossary.csv`` beside this file is the one place for a meaning that members read. The page ``/words`` lists all of
it, pages explain the words that stand on them, and a search finds a thing by all of its names. It is a table that a
coordinator can edit in a spreadsheet; several names in one cell are parted by semicolons.
"""

import csv
import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Annotated, Final, NamedTuple

from pydantic import BeforeValidator, Field

from functions.kernel.text import PlainLine, words_in
from functions.kernel.value import Value

_FILE: Final = Path(__file__).with_name("glossary.csv")

type Names = Annotated[
    tuple[PlainLine, ...],
    BeforeValidator(lambda cell: tuple(name.strip() for name in cell.split(";") if name.strip())),
]


class Term(Value):
    """One entry."""

    term: PlainLine
    full: Annotated[str, Field(max_length=120)] = ""
    """What the letters stand for."""
    meaning: Annotated[str, Field(min_length=10, max_length=300)]
    also: Names = ()
    """Other names that people use for it."""
    see: Names = ()
    """Other terms that help to understand it."""
    finds: Names = ()
    """Other terms that a search for this one looks for as well: "serious incident" finds what is about PSIRF."""
    capitals: bool = False
    """Its short form is an ordinary word in small letters ("HIS"), so in a text only the capitals mean it."""

    @property
    def slug(self) -> str:
        """Its place on the page of words, after the #."""
        return "-".join(words_in(self.term)).lower()

    @property
    def letter(self) -> str:
        """The letter under which it is listed."""
        return self.slug[0].upper()

    @property
    def text(self) -> str:
        """All that is said of it, in small letters and without accents."""
        return " ".join(words_in(" ".join((self.term, self.full, self.meaning, *self.also)))).lower()


class Found(NamedTuple):
    """A term in a row of words, from the word at ``start`` to the one before ``end``."""

    start: int
    end: int
    term: Term


@cache
def terms() -> tuple[Term, ...]:
    """Every term, in the order of the alphabet."""
    rows = csv.DictReader(StringIO(_FILE.read_text(encoding="utf-8")), strict=True)
    return tuple(Term.model_validate(row | {"capitals": row["capitals"] == "yes"}) for row in rows)


@cache
def edition() -> str:
    """What changes with the words in the file: what was made with other words is out of date."""
    return hashlib.sha256(_FILE.read_bytes()).hexdigest()


def find(name: str) -> Term | None:
    """The term with this name, however it is written."""
    words = words_in(name)
    found = next(found_in(words, small_letters=True), None)
    return found.term if found is not None and (found.start, found.end) == (0, len(words)) else None


def like(question: str) -> tuple[Term, ...]:
    """The terms that have every word of a question in their names or meanings; all of them for an empty one."""
    wanted = [word.lower() for word in words_in(question)]
    return tuple(term for term in terms() if all(word in term.text for word in wanted))


def terms_in(text: str) -> tuple[Term, ...]:
    """The terms that stand in a text, each once, in the order in which they come."""
    return tuple(dict.fromkeys(found.term for found in found_in(words_in(text))))


def found_in(words: Sequence[str], *, small_letters: bool = False) -> Iterator[Found]:
    """Each place in a row of words where a term stands. Where two begin at one word it is the longer.

    ``small_letters`` lets "his" be HIS, as in a search for that alone.
    """
    names, end = _names(), 0
    lower = [word.lower() for word in words]
    for start, word in enumerate(lower):
        # Most words begin no name, and texts are long.
        if word not in names or start < end:
            continue
        for name in names[word]:
            after = start + len(name.words)
            if (*lower[start:after],) == name.words and (small_letters or name.fits(words[start])):
                yield Found(start, after, name.term)
                end = after
                break


def names_of(term: Term) -> tuple[tuple[str, ...], ...]:
    """The words of each of its names, in small letters."""
    return tuple({name.words: None for listed in _names().values() for name in listed if name.term is term})


class _Name(NamedTuple):
    words: tuple[str, ...]
    term: Term
    capitals: bool

    def fits(self, first: str) -> bool:
        return not self.capitals or first == first.upper()


@cache
def _names() -> dict[str, list[_Name]]:
    """Every name of every term, one and many, by its first word, the longest first."""
    names: dict[str, list[_Name]] = {}
    taken: set[tuple[str, ...]] = set()
    for spell in (_short, _others):
        for term in terms():
            for name, capitals in spell(term):
                words = tuple(word.lower() for word in words_in(name))
                for form in (words, (*words[:-1], _many(words[-1]))):
                    if form not in taken:
                        taken.add(form)
                        names.setdefault(form[0], []).append(_Name(form, term, capitals))
    for listed in names.values():
        listed.sort(key=lambda name: -len(name.words))
    return names


def _many(word: str) -> str:
    if word.endswith("y"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"


def _short(term: Term) -> Iterator[tuple[str, bool]]:
    yield term.term, term.capitals


def _others(term: Term) -> Iterator[tuple[str, bool]]:
    for name in (term.full, *term.also):
        if name:
            yield name, False
