"""The inspection of one file, in a process of its own.

Whatever reads files from strangers can be made to crash, to run for ever or to eat all memory, and one day perhaps to
do what the stranger wants. So it runs apart: with limits, without the keys of the function that started it, and with
nothing to write to but its answer.
"""

import ctypes
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import ValidationError

from functions.resources.inspected import MOST_BYTES, Finding, Inspected, Reason, Sign
from functions.resources.inspection import kinds
from functions.resources.inspection.refusal import Refused

MOST_SECONDS = 120
"""By the clock. A member waits for the answer, though not at the page."""
_ROOT = Path(__file__).resolve().parents[3]
"""The folder that holds ``functions``: the checkout, or where Lambda unpacks the bundle with all packages beside it."""
_START = (
    "import sys; sys.path[:0] = sys.argv.pop(1).split(chr(10)); "
    "from functions.resources.inspection.child import main; main()"
)
_SET_DUMPABLE = 4
"""The number of ``PR_SET_DUMPABLE`` (prctl(2))."""


def inspect(path: Path, name: str) -> Inspected:
    """Look into the file at ``path``, which its sharer calls ``name``.

    A file that crashes its reader, stalls or eats memory comes back as unreadable, for a person to look at. It is never
    raised and never let through.
    """
    size = path.stat().st_size
    if not size or size > MOST_BYTES:
        return Inspected(reason=Reason.TOO_LARGE if size else Reason.EMPTY)
    try:
        kind = kinds.named(name)
    except Refused as refusal:
        return Inspected(reason=refusal.reason)
    try:
        return Inspected.model_validate_json(_ask(path, name))
    except (OSError, subprocess.SubprocessError, ValidationError):
        return Inspected(kind=kind, findings=(Finding(sign=Sign.UNREADABLE, place="the file"),))


def _ask(path: Path, name: str) -> bytes:
    """What the child says of the file. Raises ``subprocess.SubprocessError`` if it says nothing in time."""
    _hide_own_environment()
    folders = "\n".join([str(_ROOT), *filter(None, sys.path)])
    with TemporaryDirectory() as folder, path.open("rb") as content, (Path(folder) / "answer").open("w+b") as answer:
        subprocess.run(  # noqa: S603 - the program is this interpreter, and nothing in the file is an argument of it.
            # Isolated: no folder of the user's, and nothing from the environment, where there are no keys either.
            [sys.executable, "-I", "-c", _START, folders, name],
            stdin=content,
            # A file, because the child can be held to a length of file, and not of what it says to a pipe.
            stdout=answer,
            # What goes wrong may quote the file, and no log may.
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={"LANG": "C.UTF-8"},
            timeout=MOST_SECONDS,
            check=True,
        )
        answer.seek(0)
        return answer.read()


def _hide_own_environment() -> None:
    """Let no process of the same user read our environment, where AWS puts the function's keys (proc(5))."""
    ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0)
