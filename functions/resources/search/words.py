"""What words mean to the search: which of them count, under which names a thing is known, and what a question asks.

Texts and questions go through the same functions, so what is written one way is found when it is typed another way.
A name of the glossary, in any of its forms, becomes a word of its own (a *mark*) beside the words of the text. So
"PSIRF" and "patient safety incident response framework" are one thing, at the cost of looking up one word.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from functions.kernel import glossary
from functions.kernel.glossary import Term
from functions.kernel.text import words_in
from functions.resources.search.model import LONGEST_QUESTION

LONGEST_WORD: Final = 40
"""What is longer is no word that anybody types."""

# Words that say nothing about what a text is about. "Not", "never", "near", "done" and "just" are not among them.
_ROW: Final = """
a about after all also am an and any anything are as at be been before being but by can could did do does during
everything for from get gets getting got had has have he her hers him his how i if in into is it its may me might must
my of on or our ours shall she should so some something such than that the their theirs them then there these they this
those to too us was we went were what when where which while who whom whose why will with would you your yours
"""
SAYING_NOTHING: Final = (*_ROW.split(),)
_EMPTY: Final = frozenset(SAYING_NOTHING)
_PIECE: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_QUOTED: Final = re.compile(r'"([^"]*)"|“([^”]*)”')


class Group(NamedTuple):
    """One thing that a question asks for."""

    words: tuple[str, ...]
    """As they are typed, in small letters and without empty words."""
    is_phrase: bool = False
    """The words stand in quotes: they must follow each other, and nothing else will do."""
    term: Term | None = None
    """What the glossary knows them as."""

    @property
    def is_plain(self) -> bool:
        """It is one word, and neither in quotes nor a name."""
        return not self.is_phrase and self.term is None


def marked(term: Term) -> str:
    """The word that stands for a term in the index. It begins with a digit, as hardly a word does."""
    return "0" + "".join(words_in(term.term)).lower()


def counting(words: list[str]) -> list[str]:
    """The words that count, in small letters."""
    return [low for word in words if (low := word.lower()) not in _EMPTY and len(low) <= LONGEST_WORD]


def indexed(text: str) -> list[str]:
    """What the index holds of a text: its words in order, then the marks of the terms in it."""
    words = words_in(text)
    return [*counting(words), *(marked(found.term) for found in glossary.found_in(words))]


def read(question: str) -> tuple[Group, ...]:
    """What a question asks for. It never raises: whatever is not a word is left out."""
    groups: list[Group] = []
    question, start = question[:LONGEST_QUESTION], 0
    for quoted in _QUOTED.finditer(question):
        groups += _plain(question[start : quoted.start()])
        phrase = counting(words_in(quoted[1] or quoted[2] or ""))
        groups += [Group((*phrase,), is_phrase=len(phrase) > 1)] if phrase else []
        start = quoted.end()
    return (*dict.fromkeys((*groups, *_plain(question[start:]))),)


def respelt(question: str, better: Mapping[str, str]) -> str:
    """The question with other words in place of some, and everything else as it was typed."""

    def other(piece: re.Match[str]) -> str:
        return better.get("".join(words_in(piece[0])).lower(), piece[0])

    return _PIECE.sub(other, question)


def _plain(text: str) -> list[Group]:
    words, groups, start = words_in(text), [], 0
    for found in glossary.found_in(words, small_letters=len(words) == 1):
        groups += [Group((word,)) for word in counting(words[start : found.start])]
        named = [word.lower() for word in words[found.start : found.end]]
        groups.append(Group((*(counting(named) or named),), term=found.term))
        start = found.end
    return [*groups, *(Group((word,)) for word in counting(words[start:]))]


def alternatives(term: Term) -> tuple[Term, ...]:
    """The term itself, and those that a search for it looks for as well."""
    others = (glossary.find(name) for name in term.finds)
    return (term, *(other for other in others if other is not None))


def other_names(term: Term, typed: tuple[str, ...]) -> list[str]:
    """The names that are looked for besides the one that was typed."""
    names = [name for each in alternatives(term) for name in (each.term, each.full) if name]
    return [name for name in dict.fromkeys(names) if (*counting(words_in(name)),) != typed]
