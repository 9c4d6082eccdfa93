"""The code of dataclasses that is compiled ahead."""

import dataclasses
import subprocess
import sys
from importlib.util import MAGIC_NUMBER
from pathlib import Path

from functions.kernel import dataclass_code

TEXT = "def __create_fn__():\n return 7\n"


def test_what_is_kept_runs_as_it_would_have(tmp_path: Path) -> None:
    place = tmp_path / "code.bin"
    dataclass_code.keep({dataclass_code.digest(TEXT): compile(TEXT, "<string>", "exec")}, place)
    found: dict[str, object] = {}
    exec(dataclass_code.kept(place)[dataclass_code.digest(TEXT)], found)  # noqa: S102 - it is the text above.
    made = found["__create_fn__"]
    assert callable(made)
    assert made() == 7


def test_what_another_python_compiled_is_not_run(tmp_path: Path) -> None:
    place = tmp_path / "code.bin"
    dataclass_code.keep({dataclass_code.digest(TEXT): compile(TEXT, "<string>", "exec")}, place)
    place.write_bytes(bytes(len(MAGIC_NUMBER)) + place.read_bytes()[len(MAGIC_NUMBER) :])
    assert dataclass_code.kept(place) == {}


def test_outside_of_a_bundle_dataclasses_are_as_ever() -> None:
    assert dataclass_code.kept() == {}
    assert "exec" not in vars(dataclasses)


def test_a_text_that_is_not_kept_is_compiled(tmp_path: Path) -> None:
    place = tmp_path / "code.bin"
    dataclass_code.keep({dataclass_code.digest(TEXT): compile(TEXT, "<string>", "exec")}, place)
    script = (
        "import sys; from pathlib import Path; from functions.kernel import dataclass_code\n"
        "kept = dataclass_code.kept(Path(sys.argv[1])); dataclass_code.kept = lambda: kept; dataclass_code.use()\n"
        "import dataclasses; Point = dataclasses.make_dataclass('Point', ['x', 'y'], frozen=True)\n"
        "print('exec' in vars(dataclasses), Point(1, 2))"
    )
    command = [sys.executable, "-c", script, str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "True Point(x=1, y=2)\n", done.stderr
