"""The process that reads a file may come to any end, and the file is then held for a person."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from functions.resources.inspected import FileKind, Finding, Inspected, Reason, Sign
from functions.resources.inspection import inspect as inspection
from functions.resources.inspection.inspect import inspect
from tests import documents, hostile

UNREADABLE = Inspected(kind=FileKind.PDF, findings=(Finding(sign=Sign.UNREADABLE, place="the file"),))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(documents.pdf())
    return path


def does(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let the child do this in place of reading, once its limits are set."""
    start = (
        "import sys; sys.path[:0] = sys.argv.pop(1).split(chr(10))\n"
        "from functions.resources.inspection import child\n"
        f"def look(content, name):\n    {program}\n"
        "child.look = look\n"
        "child.main()\n"
    )
    monkeypatch.setattr(inspection, "_START", start)


def test_a_file_is_read(file: Path) -> None:
    found = inspect(file, "paper.pdf")
    assert (found.kind, found.reason, found.title) == (FileKind.PDF, None, documents.TITLE)
    assert found.parts[1].text == documents.WORDS[1]


def test_a_name_is_never_taken_for_an_instruction(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(documents.markdown())
    assert inspect(tmp_path / "file", "-c import os; $(touch x) \n--help.md").title == documents.TITLE


def test_a_hostile_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(documents.letter() + hostile.zipped({"a.exe": hostile.PROGRAM}))
    assert inspect(tmp_path / "file", "a.docx") == Inspected(reason=Reason.TWO_IN_ONE)


@pytest.mark.parametrize(
    "program",
    [
        "import os; os.kill(os.getpid(), 11)",
        "raise ValueError(content)",
        "print('{'); import os; sys.stdout.flush(); os._exit(0)",
        "x = bytearray(2_000_000_000)",
        "sys.stdout.buffer.write(bytes(40_000_000))",
    ],
    ids=["it crashes", "it raises", "it answers nonsense", "it eats memory", "it answers without end"],
)
def test_requirement_31_a_file_that_does_something_to_its_reader_is_held(
    monkeypatch: pytest.MonkeyPatch, file: Path, program: str
) -> None:
    does(monkeypatch, program)
    assert inspect(file, "a.pdf") == UNREADABLE


def test_requirement_31_a_file_that_stalls_its_reader_is_held(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    does(monkeypatch, "import time; time.sleep(60)")
    monkeypatch.setattr(inspection, "MOST_SECONDS", 1)
    assert inspect(file, "a.pdf") == UNREADABLE


def test_whoever_takes_over_the_reader_finds_no_keys(
    monkeypatch: pytest.MonkeyPatch, file: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a key")
    seen = tmp_path / "seen"
    does(monkeypatch, f"import os; open({str(seen)!r}, 'w').write(repr(dict(os.environ)))")
    inspect(file, "a.pdf")
    assert "LANG" in seen.read_text()
    assert "AWS" not in seen.read_text()
    # Nor may another process of the same user read the environment of the one that started it (prctl(2)).
    ask = "import ctypes; print(ctypes.CDLL(None).prctl(3))"
    assert subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout == "1\n"
    assert inspection.ctypes.CDLL(None).prctl(3) == 0


def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch, file: Path, tmp_path: Path) -> None:
    (tmp_path / "place").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "place"))
    inspect(file, "a.pdf")
    assert os.listdir(tmp_path / "place") == []  # noqa: PTH208 - the plainest way to say it is empty.


def test_an_empty_file_and_one_of_an_unknown_kind_need_no_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection.subprocess, "run", None)
    (tmp_path / "file").write_bytes(b"")
    assert inspect(tmp_path / "file", "a.pdf").reason is Reason.EMPTY
    (tmp_path / "file").write_bytes(b"x")
    assert inspect(tmp_path / "file", "a.docm").reason is Reason.MACROS
