"""What Python would compile at every start, and the bundle holds."""

import collections
import dataclasses
import marshal
import subprocess
import sys
from pathlib import Path

import pytest

from functions.kernel import compiled

TEXT = "def __create_fn__():\n return 7\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A file that holds one text and one expression, which is said to be another, so that one can tell."""
    told = (32, [16, ord("b"), 1], 0, {}, (None,))
    compiled.keep({TEXT: compile(TEXT, "<string>", "exec")}, {("a", 0): told}, tmp_path / "compiled.bin")
    return tmp_path / "compiled.bin"


def test_what_is_kept_runs_as_it_would_have(place: Path) -> None:
    found: dict[str, object] = {}
    exec(marshal.loads(compiled.kept(place)[compiled.digest(TEXT)]), found)  # noqa: S102, S302 - it is the text above.
    made = found["__create_fn__"]
    assert callable(made)
    assert made() == 7


def test_what_another_python_compiled_is_not_run(place: Path) -> None:
    place.write_bytes(bytes(len(compiled.VERSION)) + place.read_bytes()[len(compiled.VERSION) :])
    assert compiled.kept(place) == {}


def test_outside_of_a_bundle_python_compiles_as_ever() -> None:
    assert compiled.kept() == {}
    assert "exec" not in vars(dataclasses)
    assert "eval" not in vars(collections)


def test_what_is_not_kept_is_compiled(place: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from functions.kernel import compiled\n"
        "kept = compiled.kept(Path(sys.argv[1])); compiled.kept = lambda: kept; compiled.use()\n"
        "import collections, dataclasses, re\n"
        "Point = dataclasses.make_dataclass('Point', ['x', 'y'], frozen=True)\n"
        "Pair = collections.namedtuple('Pair', 'a b')\n"
        "print('exec' in vars(dataclasses), Point(1, 2), Pair(3, 4), re.findall('a', 'aab'), re.findall('[ab]', 'aab'))"
    )
    command = [sys.executable, "-c", script, str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "True Point(x=1, y=2) Pair(a=3, b=4) ['b'] ['a', 'a', 'b']\n", done.stderr
