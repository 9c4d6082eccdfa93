"""How good the first ten hits are, for questions that people judged by hand (``judged.toml``).

The measure is NDCG (Järvelin and Kekäläinen, 2002) with gains of 2^grade - 1: it is 1 when the first ten are the best
ten there are, in the best order.
"""

import math
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from bench.collection import Made, collection
from functions.resources.search import index
from functions.resources.search.model import Query, Results
from functions.resources.search.query import find

JUDGED = Path(__file__).with_name("judged.toml")
_FIRST = 10


class Judged(NamedTuple):
    """How one question fared."""

    typed: str
    ndcg: float
    missed: int
    """How many of the best items there are, at most ten, are not among the first ten hits."""
    results: Results


def judge() -> Iterator[Judged]:
    """Ask every question."""
    made = collection()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        index.create(path, [each.entry for each in made])
        with closing(index.opened(path)) as opened:
            for question in tomllib.loads(JUDGED.read_text(encoding="utf-8"))["question"]:
                grades = {each.entry.id: _grade(each, question["grades"]) for each in made}
                results = find(opened, Query(words=question["typed"]), today=date(2026, 11, 27))
                got = [hit.id for hit in results.hits[:_FIRST]]
                best = sorted(grades.values(), reverse=True)[:_FIRST]
                most = [key for key, grade in grades.items() if grade == best[0]]
                yield Judged(
                    question["typed"],
                    _gain([grades[key] for key in got]) / _gain(best),
                    min(_FIRST, len(most)) - len({*most} & {*got}),
                    results,
                )


def _grade(made: Made, grades: Sequence[dict[str, Any]]) -> int:
    for line in grades:
        asked = {name: values for name, values in line.items() if name != "grade"}
        if all(getattr(made, name if name != "mentions" else "mentions") in values for name, values in asked.items()):
            return int(line["grade"])
    return 0


def _gain(grades: Sequence[int]) -> float:
    return math.fsum((2.0**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))
