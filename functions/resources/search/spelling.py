"""Words that nothing has: what they may be the beginning of, and what they may have been meant for.

Both look into the words of the index, so whatever is offered finds something.
"""

import json
import sqlite3
from string import ascii_lowercase
from typing import Final

_SHORTEST: Final = 3
"""Fewer letters are the beginning of too many words."""
_MOST: Final = 8
"""How many words a beginning stands for, those of the most items first."""
_SHORTEST_MISSPELT: Final = 4
_TWO_SLIPS: Final = 7
"""From this many letters on, a word may have two slips, though none in its first three letters."""
_TIMES: Final = 20
"""A word that exists is taken for a slip when its neighbour is in this many times the items."""
_LAST: Final = "\U0010ffff"


def items_with(index: sqlite3.Connection, words: list[str]) -> dict[str, int]:
    """In how many items each of these words is, for those that are in any."""
    asked = "SELECT word, items FROM word WHERE word IN (SELECT value FROM json_each(?))"
    return dict(index.execute(asked, (json.dumps(words),)))


def beginning_with(index: sqlite3.Connection, start: str) -> list[str]:
    """The most frequent words that begin so."""
    if len(start) < _SHORTEST:
        return []
    rows = index.execute(
        "SELECT word FROM word WHERE word >= ? AND word < ? ORDER BY items DESC, word LIMIT ?",
        (start, start + _LAST, _MOST),
    )
    return [word for (word,) in rows]


def meant(index: sqlite3.Connection, word: str, *, at_least: int = 1) -> str | None:
    """The word that was meant by one spelt otherwise, if one is near: the nearest, then the one in the most items."""
    if len(word) < _SHORTEST_MISSPELT or not word.isalpha():
        return None
    near = {other: items for other, items in items_with(index, sorted(_one_slip(word))).items() if items >= at_least}
    if not near and len(word) >= _TWO_SLIPS:
        rows = index.execute(
            "SELECT word, items FROM word WHERE word >= ? AND word < ? AND length(word) BETWEEN ? AND ? AND items >= ?",
            (word[:3], word[:3] + _LAST, len(word) - 2, len(word) + 2, at_least),
        )
        near = {other: items for other, items in rows if _within_two(word, other)}
    return max(near, key=lambda other: (other[0] == word[0], near[other], other), default=None)


def more_likely(index: sqlite3.Connection, word: str, items: int) -> str | None:
    """The word that somebody more likely meant by one that a few items do have."""
    return meant(index, word, at_least=items * _TIMES)


def _one_slip(word: str) -> set[str]:
    """Everything one slip away: a letter too many, too few, another, or two that changed places."""
    halves = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    slips = {start + end[1:] for start, end in halves if end}
    slips |= {start + end[1] + end[0] + end[2:] for start, end in halves if len(end) > 1}
    slips |= {start + letter + end[1:] for start, end in halves if end for letter in ascii_lowercase}
    slips |= {start + letter + end for start, end in halves for letter in ascii_lowercase}
    return slips - {word}


def _within_two(one: str, other: str) -> bool:
    """Whether two slips at most are between two words (optimal string alignment)."""
    before: list[int] = []
    last = [*range(len(other) + 1)]
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, its in enumerate(other, 1):
            cost = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != its))
            if before and column > 1 and letter == other[column - 2] and one[row - 2] == its:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        if min(now) > 2:  # noqa: PLR2004 - the two of the name.
            return False
        before, last = last, now
    return bool(last[-1] <= 2)  # noqa: PLR2004 - the two of the name.
