"""How long things take in a library of any size, and how large its index is."""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

from bench.made_up import Speaker
from bench.quality import JUDGED
from functions.resources.search import index
from functions.resources.search.model import Entry, Query
from functions.resources.search.query import find

_TODAY = date(2026, 11, 27)
_ROUNDS = 5
_KINDS = {
    "one word that nearly every item has": "patient",
    "one word that 1 item of 20 has": "dementia",
    "a term of the glossary": "psirf",
    "the beginning of a word": "restorat",
    "a slip": "restoartive",
    "nothing typed": "",
}


def measure(size: int) -> Iterator[str]:
    """Make an index of so many items in a folder of its own, and say what was found, line by line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        speaker, spent = Speaker(), 0.0

        def entries() -> Iterator[Entry]:
            nonlocal spent
            for number in range(size):
                before = time.perf_counter()
                made = speaker.entry(number)
                spent += time.perf_counter() - before
                yield made

        whole = _seconds(lambda: index.create(path, entries()))
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
        large = path.stat().st_size / 1e6
        yield f"{size:,} items: {whole - spent:.0f} s to build in {most:.0f} MB of memory; a file of {large:,.0f} MB"
        new, other = speaker.entry(size), speaker.entry(size + 1).model_copy(update={"id": speaker.entry(0).id})
        for what, change in (
            ("put in", lambda: index.apply(path, put=[new])),
            ("replaced", lambda: index.apply(path, put=[other])),
            ("taken out", lambda: index.apply(path, gone=[new.id])),
        ):
            yield f"one item {what} in {_seconds(change):.2f} s"
        yield f"told to be current in {_seconds(lambda: index.is_current(path)) * 1_000:.1f} ms"
        yield from _questions(path)


def _questions(path: Path) -> Iterator[str]:
    for what, words in _KINDS.items():
        times = _times(path, [words] * _ROUNDS)
        yield f"{what} ({words!r}): {statistics.median(times):.1f} ms"
    typed = [question["typed"] for question in tomllib.loads(JUDGED.read_text(encoding="utf-8"))["question"]]
    times = _times(path, typed * _ROUNDS)
    cuts = statistics.quantiles(times, n=100)
    yield f"the {len(typed)} judged questions, warm: half within {cuts[49]:.1f} ms, 99 of 100 within {cuts[98]:.1f} ms"
    cold = [_cold(path, words) for words in ("psirf", "falls in care homes", "patient safety")]
    yield f"a new process, index not in memory: {', '.join(f'{each:.0f} ms' for each in cold)}"


def _times(path: Path, typed: list[str]) -> list[float]:
    """Milliseconds of processor time for each question, after each was asked once."""
    with closing(index.opened(path)) as opened:
        for words in {*typed}:
            find(opened, Query(words=words), today=_TODAY)
        times = []
        for words in typed:
            before = time.process_time()
            find(opened, Query(words=words), today=_TODAY)
            times.append((time.process_time() - before) * 1_000)
    return times


def _cold(path: Path, words: str) -> float:
    """Milliseconds from opening the index to the answer, in a new process, with the file out of the page cache."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    asked = subprocess.run(
        [sys.executable, "-m", "bench.size", str(path), words], capture_output=True, check=True, text=True
    )
    return float(json.loads(asked.stdout))


def _seconds(action: Callable[[], object]) -> float:
    before = time.perf_counter()
    action()
    return time.perf_counter() - before


if __name__ == "__main__":
    ASKED, WORDS = Path(sys.argv[1]), sys.argv[2]

    def ask() -> None:
        """Open and ask, as a function does that has just begun."""
        with closing(index.opened(ASKED)) as opened:
            find(opened, Query(words=WORDS), today=_TODAY)

    print(json.dumps(_seconds(ask) * 1_000))  # noqa: T201 - it is what the other process reads.
