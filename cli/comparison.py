"""Whether a restored table is the live one as it was: a rule over the keys of the two, kind by kind."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cli.whole_table import written_at
from functions.kernel.table import Item


@dataclass(slots=True)
class OfKind:
    """What there is of one kind, in the live table and in the copy."""

    live: int = 0
    restored: int = 0
    since: int = 0
    """Not in the copy, and written after the moment to which it was restored."""
    undated: int = 0
    """Not in the copy, and they name no moment, so nobody can say since when they are there."""
    lost: int = 0
    """Not in the copy, and there before that moment."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The two tables side by side."""

    kinds: dict[str, OfKind]
    newest: Item | None
    """The item of the copy that was written last."""
    newest_at: datetime | None

    @property
    def restored(self) -> int:
        """How many items the copy has."""
        return sum(each.restored for each in self.kinds.values())

    @property
    def is_whole(self) -> bool:
        """Whether the copy lacks nothing that it should have."""
        lost = any(each.lost for each in self.kinds.values())
        return not lost and (self.restored > 0 or not any(each.live for each in self.kinds.values()))


def compare(live: Iterable[Item], restored: Iterable[Item], *, moment: datetime, now: datetime) -> Comparison:
    """Compare the live table, read ``now``, with a copy that was restored to ``moment``.

    What only the copy has was deleted since, by somebody or by its age, and is nothing to worry about.
    """
    kinds: defaultdict[str, OfKind] = defaultdict(OfKind)
    there: set[tuple[str, str]] = set()
    newest, newest_at = None, None
    for item in restored:
        there.add((item["pk"], item["sk"]))
        kinds[item["kind"]].restored += 1
        at = written_at(item, now)
        if at is not None and (newest_at is None or at > newest_at):
            newest, newest_at = item, at
    for item in live:
        of_kind = kinds[item["kind"]]
        of_kind.live += 1
        if (item["pk"], item["sk"]) in there:
            continue
        at = written_at(item, now)
        if at is None:
            of_kind.undated += 1
        elif at > moment:
            of_kind.since += 1
        else:
            of_kind.lost += 1
    return Comparison(dict(sorted(kinds.items())), newest, newest_at)
