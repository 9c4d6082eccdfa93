"""The passage of an item that shows best why it was found, and where it stands."""

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final, NamedTuple

from functions.kernel import glossary
from functions.kernel.glossary import Term
from functions.kernel.text import words_in
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
    """By the names of the terms."""
    starts: tuple[str, ...]
    """What every word that has one of the stems begins with, and some that do not."""
    names: tuple[tuple[str, ...], ...]
    """The words of every name of the terms."""

    def may_be_in(self, text: str) -> bool:
        """Whether it is worth a closer look at a text in small letters: most texts are not, and this is quick."""
        return any(start in text for start in self.starts) or any(
            all(word in text for word in name) for name in self.names
        )


class Passage(NamedTuple):
    """A piece of a text with its matches, and the place it is from."""

    runs: tuple[Run, ...]
    place: str


def wanted(words: Iterable[str], terms: Iterable[Term]) -> Wanted:
    """What to look for when a search was for these words and terms."""
    stems, those = frozenset(stem(word) for word in words), {term.term: term for term in terms}
    # Porter's rules change the end of a word, mostly its last letter ("therapy", "therapi").
    starts = tuple(sorted({root[: max(2, len(root) - 1)] for root in stems}))
    names = tuple(name for term in those.values() for name in glossary.names_of(term))
    return Wanted(stems, frozenset(those), starts, names)


def best(summary: str, parts: Sequence[tuple[str, str]], what: Wanted) -> Passage:
    """The passage with the most of what is looked for: of the summary, or of the part that has more than it.

    A part is a place and the text there.
    """
    text, place, most = summary, "", _worth(summary, what)
    for where, part in parts:
        worth = _worth(part, what)
        if worth > most:
            text, place, most = part, where, worth
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
    if not what.may_be_in(_folded(text)):
        return 0, 0
    found = [match for match in _matches(words_in(text), what) if match is not None]
    return len({*found}), len(found)


def _cut(text: str, what: Wanted) -> tuple[Run, ...]:
    """The piece of a text around the most matches, in runs."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    spans = [match.span() for match in _RUN.finditer(text)]
    if not spans:
        return (Run(text[:200], is_match=False),) if text else ()
    hits = _matches_of_spans(text, spans, what)
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


def _matches_of_spans(text: str, spans: list[tuple[int, int]], what: Wanted) -> list[str | None]:
    """What each piece of a text matches. One piece as written may be several words as they are compared, or none."""
    pieces = [
        [piece] if piece.isascii() and piece.isalnum() else words_in(piece)
        for piece in (text[start:end] for start, end in spans)
    ]
    matches = iter(_matches([word for piece in pieces for word in piece], what))
    return [next(filter(None, [next(matches) for _ in piece]), None) for piece in pieces]


def _matches(words: list[str], what: Wanted) -> list[str | None]:
    """What each word of a text matches, if anything."""
    matches: list[str | None] = [None] * len(words)
    for place, word in enumerate(words):
        low = word.lower()
        if low.startswith(what.starts) and (root := stem(low)) in what.stems:
            matches[place] = root
    if what.terms:
        for found in glossary.found_in(words):
            if found.term.term in what.terms:
                matches[found.start : found.end] = [found.term.term] * (found.end - found.start)
    return matches


def _first(hits: list[str | None], length: int) -> int:
    """Where to begin so that the most different matches are in the piece."""
    places = [number for number, hit in enumerate(hits) if hit is not None]
    if not places:
        return 0
    best_place = max(places, key=lambda place: (len({*filter(None, hits[place : place + _AROUND - _BEFORE])}), -place))
    return max(0, min(best_place - _BEFORE, length - _AROUND))
