"""What goes into the index, what people ask of it, and what it answers."""

import math
from datetime import date
from typing import Annotated, Final, NamedTuple

from pydantic import Field

from functions.kernel.value import Value
from functions.resources.inspected import Part

PAGE: Final = 20
"""How many hits a page shows."""

LONGEST_QUESTION: Final = 200
"""What is typed beyond this many characters is not looked for."""

type Chosen = tuple[str, ...]


class Entry(Value):
    """One published item of the library, with everything that it can be found by."""

    id: Annotated[str, Field(min_length=1, max_length=100)]
    title: str
    summary: str = ""
    topics: Chosen = ()
    nations: Chosen = ()
    settings: Chosen = ()
    organisations: Chosen = ()
    """The types of organisation that it is for."""
    source: str = ""
    """Who made it."""
    published_on: date
    review_on: date | None = None
    kind: str = ""
    """The ending of its file's name."""
    parts: tuple[Part, ...] = ()
    """The words inside its file, in reading order."""


class Query(Value):
    """What somebody asks. Of the choices in one filter any fits; of several filters each must fit."""

    words: Annotated[str, Field(max_length=10_000)] = ""
    topics: Chosen = ()
    nations: Chosen = ()
    settings: Chosen = ()
    organisations: Chosen = ()
    page: Annotated[int, Field(ge=1, le=10_000)] = 1


FILTERS: Final = ("topics", "nations", "settings", "organisations")
"""The fields that an ``Entry`` and a ``Query`` have in common."""


class Run(NamedTuple):
    """A piece of a snippet: text, and whether it is what was looked for."""

    text: str
    is_match: bool


class Hit(Value):
    """One item that was found."""

    id: str
    title: str
    kind: str
    published_on: date
    review_is_due: bool
    """Its day of review has come."""
    snippet: tuple[Run, ...]
    """The passage that fits best."""
    place: str
    """Where in the file the passage stands, "slide 3", or "" for a passage of the summary."""
    score: float
    """How well it fits, more is better; 0 when no words were asked for. Only for comparing hits of one question."""


class Results(Value):
    """One page of what was found."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    page: int = 1
    meant: str | None = None
    """The question in other words, for "Did you mean"."""
    corrected: bool = False
    """Nothing was found for the words as typed, so these are the hits for ``meant``."""
    some_words: bool = False
    """Too little has all of the words, so items with only some of them are among the hits, below."""
    shown_for: tuple[str, ...] = ()
    """Other names that were looked for as well."""
    counts: dict[str, dict[str, int]] = Field(default_factory=dict)
    """How many of all the hits each choice of each filter would leave. Empty when there are too many to count."""

    @property
    def pages(self) -> int:
        """How many pages there are; one when nothing was found."""
        return max(1, math.ceil(self.total / PAGE))
