"""Instructions that a process executes until it asks for its first event. They repeat to the million, unlike times.

They need ``valgrind``, which is slow, so nothing depends on them.
"""

import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench.contest import Entry
from bench.runtime import RuntimeApi, started

_MILLION = 1_000_000


def counted(entries: Iterable[Entry], api: RuntimeApi, client: Path, aws: str) -> Iterator[str]:
    """A line for each entry: the instructions of its start, and of its start with its first answer."""
    for each in entries:
        until = [_count(each, api, client, aws, answers) // _MILLION for answers in (0, 1)]
        yield f"{until[0]:6} M {until[1]:6} M  {each.name}"


def _count(entry: Entry, api: RuntimeApi, client: Path, aws: str, answers: int) -> int:
    with tempfile.NamedTemporaryFile("r") as report:
        under = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
        watched = (*under, f"--log-file={report.name}")
        with started(entry.contestant, api, client, aws, under=watched):
            api.asked.get(timeout=600)
            for _ in range(answers):
                api.events.put(json.dumps(entry.contestant.event).encode())
                api.asked.get(timeout=600)
        # The last line with them is the whole: "==1== I refs: 1,158,000,000".
        (*_, found) = re.findall(r"I\s+refs:\s+([\d,]+)", Path(report.name).read_text(encoding="utf-8"))
    return int(found.replace(",", ""))
