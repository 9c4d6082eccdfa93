"""The passage of an item that shows best why it was found, and where it stands."""

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final, NamedTuple

from functions.kernel import glossary
from functions.kernel.text import words_in
from functions.resources.inspected import Part
from functions.resources.search.model import Run

_AROUND: Final = 30
"""How many words a passage has."""
_BEFORE: Final = 8
"""How many of them stand before the first match."""
_RUN: Final = re.compile(r"[^\W_]+(?:['’&][^\W_]+)*")


class Wanted(NamedTuple):
    """What a passage is looked through for."""

    stems: frozenset[str]
    terms: frozenset[str]
    """The names of the glossary's terms."""
    quick: re.Pattern[str] | None
    """Finds every word that may have one of the stems, and some that do not."""


class Passage(NamedTuple):
    """A piece of a text with its matches, and the place it is from."""

    runs: tuple[Run, ...]
    place: str


def wanted(words: Iterable[str], terms: Iterable[str]) -> Wanted:
    """What to look for when a search was for these words and terms."""
    roots = frozenset(stem(word) for word in words)
    # Porter's rules change the end of a word, mostly its last letter ("therapy", "therapi").
    starts = sorted({re.escape(root[: max(2, len(root) - 1)]) for root in roots})
    quick = re.compile(rf"\b(?:{'|'.join(starts)})[^\W_]*") if starts else None
    return Wanted(roots, frozenset(terms), quick)


def best(summary: str, parts: Sequence[Part], what: Wanted) -> Passage:
    """The passage with the most of what is looked for: of the summary, or of the part that has more than it."""
    text, place, most = summary, "", _worth(summary, what)
    for part in parts:
        worth = _worth(part.text, what)
        if worth > most:
            text, place, most = part.text, part.place, worth
    return Passage(_cut(text, what), place)


@cache
def _stems() -> sqlite3.Connection:
    """The stemmer of the index, which nothing but a full-text table gives out."""
    stems = sqlite3.connect(":memory:", autocommit=True, check_same_thread=False)
    stems.executescript(
        "CREATE VIRTUAL TABLE stem USING fts5 (word, content='', tokenize='porter ascii');"
        "CREATE VIRTUAL TABLE stem_of USING fts5vocab (stem, instance);"
    )
    return stems


@cache
def stem(word: str) -> str:
    """A word as the index holds it: "investigations" and "investigating" are both "investig"."""
    stems = _stems()
    stems.execute("INSERT INTO stem (stem) VALUES ('delete-all')")
    stems.execute("INSERT INTO stem (rowid, word) VALUES (1, ?)", (word,))
    row = stems.execute("SELECT term FROM stem_of").fetchone()
    return str(row[0]) if row else word


def _folded(text: str) -> str:
    if not text.isascii():
        text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return text.lower()


def _worth(text: str, what: Wanted) -> tuple[int, int]:
    """How many different things of those wanted are in a text, and how often any is."""
    found = (
        [root for word in what.quick.findall(_folded(text)) if (root := stem(word)) in what.stems] if what.quick else []
    )
    named = [term.term for term in glossary.terms_in(text) if term.term in what.terms] if what.terms else []
    return len({*found, *named}), len(found) + len(named)


def _cut(text: str, what: Wanted) -> tuple[Run, ...]:
    """The piece of a text around the most matches, in runs."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    spans = [match.span() for match in _RUN.finditer(text)]
    if not spans:
        return (Run(text[:200], is_match=False),) if text else ()
    hits = _matches(text, spans, what)
    first = _first(hits, len(spans))
    last = min(len(spans), first + _AROUND)
    runs: list[Run] = []
    place = spans[first][0] if first else 0
    end = spans[last - 1][1] if last < len(spans) else len(text)
    for number in range(first, last):
        if hits[number] is not None:
            start, stop = spans[number]
            runs += [Run(text[place:start], is_match=False)] if place < start else []
            runs.append(Run(text[start:stop], is_match=True))
            place = stop
    runs += [Run(text[place:end], is_match=False)] if place < end else []
    return (
        *([Run("… ", is_match=False)] if first else []),
        *runs,
        *([Run(" …", is_match=False)] if last < len(spans) else []),
    )


def _matches(text: str, spans: list[tuple[int, int]], what: Wanted) -> list[str | None]:
    """What each word of a text matches, if anything."""
    words: list[str] = []
    owner: list[int] = []
    for number, (start, end) in enumerate(spans):
        for word in words_in(text[start:end]):
            words.append(word)
            owner.append(number)
    hits: list[str | None] = [None] * len(spans)
    for place, word in enumerate(words):
        low = word.lower()
        if what.quick and what.quick.fullmatch(low) and (root := stem(low)) in what.stems:
            hits[owner[place]] = root
    if what.terms:
        for found in glossary.found_in(words):
            if found.term.term in what.terms:
                for place in range(found.start, found.end):
                    hits[owner[place]] = found.term.term
    return hits


def _first(hits: list[str | None], length: int) -> int:
    """Where to begin so that the most different matches are in the piece."""
    places = [number for number, hit in enumerate(hits) if hit is not None]
    if not places:
        return 0
    best_place = max(places, key=lambda place: (len({*filter(None, hits[place : place + _AROUND - _BEFORE])}), -place))
    return max(0, min(best_place - _BEFORE, length - _AROUND))
