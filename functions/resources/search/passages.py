"""The passage of an item that shows best why it was found, and where it stands."""

import re
import sqlite3
import string
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Final, NamedTuple

from functions.kernel import glossary
from functions.kernel.glossary import Term
from functions.kernel.text import words_in
from functions.resources.search.model import Run

_LONG: Final = 30
"""How many words a passage has."""
_BEFORE: Final = 8
"""How many of them stand before the first match."""
_PIECE: Final = re.compile(r"[^\W_]+(?:['’&][^\W_]+)*")
_PARTING: Final = str.maketrans({**dict.fromkeys(string.punctuation, " "), "&": "", "'": "", "’": ""})


class Wanted(NamedTuple):
    """What a passage is looked through for."""

    stems: frozenset[str]
    terms: frozenset[str]
    """By the names of the terms."""
    starts: tuple[str, ...]
    """What everything that is looked for begins with, and some things that are not: for a first look."""


class Passage(NamedTuple):
    """A piece of a text in runs, and the place it is from."""

    runs: tuple[Run, ...]
    place: str


class _Read(NamedTuple):
    """A text that was gone through word by word."""

    text: str
    spans: list[tuple[int, int]]
    matches: list[str | None]
    """What each word matches, if anything."""

    @property
    def worth(self) -> tuple[int, int]:
        """How many different things of those wanted are in it, and how often any is."""
        found = [match for match in self.matches if match is not None]
        return len({*found}), len(found)


def wanted(words: Iterable[str], terms: Iterable[Term]) -> Wanted:
    """What to look for when a search was for these words and terms."""
    stems, named = frozenset(map(stem, words)), {term.term: term for term in terms}
    # Porter's rules change the end of a word, mostly its last letter ("therapy", "therapi").
    starts = {root[: max(2, len(root) - 1)] for root in stems}
    starts |= {" ".join(name) for term in named.values() for name in glossary.names_of(term)}
    return Wanted(stems, frozenset(named), tuple(sorted(starts)))


def best(summary: str, parts: Sequence[tuple[str, str]], what: Wanted) -> Passage:
    """The passage with the most of what is looked for: of the summary, or of the part that has more than it.

    A part is a place and the text there. Files are long, so a first look, which is quick and now and then mistaken,
    says in which order the parts are gone through word by word.
    """
    own = _read(summary, what)
    looks = sorted(((_first_look(text, what), -place) for place, (_, text) in enumerate(parts)), reverse=True)
    for promise, place in looks:
        if promise == (0, 0):
            break
        where, text = parts[-place]
        read = _read(text, what)
        if read.worth > own.worth:
            return Passage(_cut(read), where)
        if read.worth > (0, 0):
            break
    return Passage(_cut(own), "")


@cache
def _stems() -> sqlite3.Connection:
    """The stemmer of the index, which nothing but a full-text table gives out."""
    stems = sqlite3.connect(":memory:", autocommit=True, check_same_thread=False)
    stems.executescript(
        "CREATE VIRTUAL TABLE stem USING fts5 (word, content='', tokenize='porter ascii');"
        "CREATE VIRTUAL TABLE stem_of USING fts5vocab (stem, instance);"
    )
    return stems


@lru_cache(20_000)
def stem(word: str) -> str:
    """A word as the index holds it: "investigations" and "investigating" are both "investig"."""
    stems = _stems()
    stems.execute("INSERT INTO stem (stem) VALUES ('delete-all')")
    stems.execute("INSERT INTO stem (rowid, word) VALUES (1, ?)", (word,))
    row = stems.execute("SELECT term FROM stem_of").fetchone()
    return str(row[0]) if row else word


def _first_look(text: str, what: Wanted) -> tuple[int, int]:
    if not text.isascii():
        text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    parted = f" {' '.join(text.lower().translate(_PARTING).split())}"
    counts = [count for start in what.starts if (count := parted.count(f" {start}"))]
    return len(counts), sum(counts)


def _read(text: str, what: Wanted) -> _Read:
    text = " ".join(unicodedata.normalize("NFC", text).split())
    spans = [match.span() for match in _PIECE.finditer(text)]
    # A piece as it is written may be several words as they are compared, or none.
    written = (text[start:end] for start, end in spans)
    pieces = [[piece] if piece.isascii() and piece.isalnum() else words_in(piece) for piece in written]
    matches = iter(_matches([word for piece in pieces for word in piece], what))
    return _Read(text, spans, [next(filter(None, [next(matches) for _ in piece]), None) for piece in pieces])


def _matches(words: list[str], what: Wanted) -> list[str | None]:
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


def _cut(read: _Read) -> tuple[Run, ...]:
    """The piece of a text around the most matches, in runs."""
    text, spans, matches = read
    if not spans:
        return (Run(text, is_match=False),) if text else ()
    first = _first(matches)
    last = min(len(spans), first + _LONG)
    place = spans[first][0] if first else 0
    end = spans[last - 1][1] if last < len(spans) else len(text)
    runs = [Run("… ", is_match=False)] if first else []
    before = None
    for (start, stop), match in zip(spans[first:last], matches[first:last], strict=True):
        if match is not None:
            between = text[place:start]
            if match == before and between in {" ", "-"}:
                # The words of one name are one match.
                runs.append(Run(runs.pop().text + text[place:stop], is_match=True))
            else:
                runs += [Run(between, is_match=False)] if between else []
                runs.append(Run(text[start:stop], is_match=True))
            place = stop
        before = match
    runs += [Run(text[place:end], is_match=False)] if place < end else []
    return (*runs, Run(" …", is_match=False)) if last < len(spans) else (*runs,)


def _first(matches: list[str | None]) -> int:
    """Where to begin so that the most different matches are in the piece."""
    places = [place for place, match in enumerate(matches) if match is not None]
    if not places:
        return 0
    start = max(places, key=lambda place: (len({*filter(None, matches[place : place + _LONG - _BEFORE])}), -place))
    return max(0, min(start - _BEFORE, len(matches) - _LONG))
