"""Past sessions: each comes into the library as an item that no member shares, with the record of it as its file.

The file goes through quarantine like every other, because the library's bucket gives nobody a file that the inspection
has not tagged, and lets nobody else write that tag (security requirement 34).
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime

from functions.kernel import audit, tokens
from functions.kernel.errors import Clash, Invalid
from functions.kernel.text import LongText
from functions.kernel.value import Value
from functions.kernel.when import day_in_words, in_uk
from functions.resources import life, review
from functions.resources.forms import LONGEST_PROMISE, years_on
from functions.resources.model import Permission, Resource, Stage, Title, Words
from functions.resources.shelf import Shelf
from functions.resources.store import Library

SOURCE = "The network's own record of its past sessions"
REMOVED = "It was removed from the library, and is not brought back."
STANDS: Mapping[Stage, str] = {
    Stage.AWAITED: "Its file has not been checked yet. Bring in the same list again in some minutes.",
    Stage.CHECKING: "Its file has not been checked yet. Bring in the same list again in some minutes.",
    Stage.UNCHECKED: "Its file could not be checked, so it is not published.",
    Stage.REFUSED: "Its file was refused, so it is not published.",
    Stage.HELD: "Something in it may be about a patient. It waits for a coordinator.",
    Stage.READY: "It waits for a coordinator.",
    Stage.RETURNED: "A coordinator did not publish it.",
}
"""Why one that was brought in is not published, by how far its file has come."""

_SETTLES = frozenset({Stage.AWAITED, Stage.CHECKING})


class Row(Value):
    """A past session, as a list of them tells, once it could be read."""

    line: int
    """Where it stands in the list."""
    day: date
    title: Title
    speaker: str = ""
    """Who spoke, or nothing where nobody has written that down."""
    summary: LongText = ""

    @property
    def id(self) -> str:
        """Of its item: the same whenever this day and title are brought in."""
        return tokens.digest("past session", self.day.isoformat(), self.title.casefold())[:32]

    def words(self, today: date) -> Words:
        """What its item says. Nobody has been asked what others may do with it, so they may read it."""
        spoke = f"{self.speaker} spoke." if self.speaker else "Who spoke is not recorded."
        return Words(
            title=self.title,
            summary=f"A session of the network on {day_in_words(self.day)}. {spoke}",
            topics=(),
            source=SOURCE,
            permission=Permission.READ,
            review_on=years_on(today, LONGEST_PROMISE),
        )

    def record(self) -> bytes:
        """Its file."""
        lines = [
            "A past session of the network",
            "",
            f"Date: {day_in_words(self.day)}",
            f"Title: {self.title}",
            f"Speaker: {self.speaker or 'not recorded'}",
        ]
        more = ["", self.summary] if self.summary else []
        return ("\n".join([*lines, *more]) + "\n").encode()


@dataclass(slots=True)
class Plan:
    """What bringing a list in does, before it is done."""

    to_add: list[Row] = field(default_factory=list)
    begun: list[Row] = field(default_factory=list)
    """Those that were brought in before and are not published yet."""
    already: list[Row] = field(default_factory=list)
    skipped: dict[int, str] = field(default_factory=dict)
    """Why a line is left out, in a sentence."""


def plan(rows: Sequence[Row], library: Library) -> Plan:
    """Compare a list with the library. Nothing is written."""
    planned = Plan()
    for row, item in zip(rows, library.get_many([row.id for row in rows]), strict=True):
        if item is None:
            planned.to_add.append(row)
        elif item.is_over:
            planned.skipped[row.line] = REMOVED
        elif item.is_published:
            planned.already.append(row)
        else:
            planned.begun.append(row)
    return planned


def bring_in(rows: Sequence[Row], *, by: str, library: Library, shelf: Shelf, now: datetime) -> None:
    """Make an item of each, and send its file to be looked at. What was cut off before goes on where it was."""
    for row in rows:
        bare = Resource(id=row.id, words=row.words(in_uk(now).date()), made_at=now, changed_at=now)
        new = life.asked_for(bare, tokens.new_id(), now)
        # It may be here from an earlier try.
        with suppress(Clash):
            library.bring_in(new, audit.line(row.id, "brought in a past session", by=by, now=now))
        item = library.get(row.id)
        if item is not None and item.offer is not None and item.offer.stage is Stage.AWAITED:
            shelf.send(item.offer, row.record(), f"{row.day.isoformat()}.txt")


def publish(rows: Sequence[Row], *, by: str, library: Library, now: datetime) -> list[Row]:
    """Publish those in whose files nothing was found. Gives those of whose files nothing is known yet."""
    waiting = []
    for row, item in zip(rows, library.get_many([row.id for row in rows]), strict=True):
        if item is None or item.offer is None:
            continue
        if item.offer.stage in _SETTLES:
            waiting.append(row)
        elif item.offer.stage is Stage.READY:
            # A coordinator may have decided in this very moment.
            with suppress(Invalid):
                review.publish(item, seen=item.version, looked=False, by=by, owner=None, library=library, now=now)
    return waiting


def not_published(rows: Sequence[Row], library: Library) -> dict[int, str]:
    """Why those that are begun and not published are not, by their lines."""
    items = zip(rows, library.get_many([row.id for row in rows]), strict=True)
    return {row.line: STANDS[item.offer.stage] for row, item in items if item is not None and item.offer is not None}
