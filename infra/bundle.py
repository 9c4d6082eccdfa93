"""The bundle that every function is: our code, what it imports, and bytecode that Lambda will trust.

Made without Docker, from the locked versions and their hashes. The same tree gives the same bytes, so a deployment of
unchanged code uploads nothing. ``docs/decisions/0006-one-bundle.md`` says why there is one, and a second for the
function that looks into files.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path

from infra import trimming
from infra.stages import ROOT, Platform

BUILD = ROOT / "build"
KEPT = 8
"""How many earlier bundles stay on disk: going back to a recent commit then takes no time."""

ON_LAMBDA = "/var/task"
"""Where Lambda unpacks the bundle, and so where a traceback should point."""


class Contents(StrEnum):
    """What a bundle carries beside our code, by the name of the group of packages in ``pyproject.toml``."""

    USUAL = "usual"
    """What every function imports, and no group."""
    INSPECTION = "inspection"
    """That, and what reads the insides of files, which no function that answers people should carry."""


LIGHT = ("__init__.py", "identifiers.py")
"""The modules of the inspection that stay in every bundle: the pages ask them about words that people type."""


def make(platform: Platform, contents: Contents = Contents.USUAL) -> Path:
    """Return a folder that holds the bundle for ``platform``, which is made unless it is there already.

    Raises ``subprocess.CalledProcessError`` when a package cannot be had or a template does not compile.
    """
    group = () if contents is Contents.USUAL else ("--group", contents)
    requirements = run(
        *("uv", "export", "--quiet", "--color", "never", "--no-header", "--no-annotate"),
        *("--frozen", "--no-default-groups", "--no-emit-project", *group),
    )
    trims = sorted(Path(trimming.__file__).parent.glob("*.py"))
    recipe = b"".join(path.read_bytes() for path in (Path(__file__), *trims))
    dependencies = _once(
        BUILD / "dependencies",
        f"{platform}-{contents}-{digest(requirements, recipe)}",
        lambda folder: _install(folder, requirements, platform),
    )
    return _once(
        BUILD / "bundles",
        f"{platform}-{contents}-{digest(dependencies.name.encode(), *_sources())}",
        lambda folder: _assemble(folder, dependencies, contents),
    )


def _install(folder: Path, requirements: bytes, platform: Platform) -> None:
    """Put the locked dependencies into ``folder``, without what no function reads."""
    for_platform = [] if platform is Platform.THIS_MACHINE else ["--python-platform", platform]
    listed = folder.with_suffix(".txt")
    listed.write_bytes(requirements)
    run(
        *("uv", "pip", "install", "--quiet", "--target", str(folder), "--python-version", "3.13"),
        *("--only-binary", ":all:", "--no-deps", "--require-hashes", "--link-mode", "copy"),
        *for_platform,
        *("--requirements", str(listed)),
    )
    listed.unlink()
    trimming.trim(folder)
    compile_tree(folder, folder)


def _assemble(folder: Path, dependencies: Path, contents: Contents) -> None:
    """Put our code beside the dependencies, with its pages and static files ready to serve."""
    shutil.copytree(dependencies, folder, copy_function=os.link, dirs_exist_ok=True)
    shutil.copytree(ROOT / "functions", folder / "functions", ignore=shutil.ignore_patterns("__pycache__"))
    run(sys.executable, "-m", "functions.kernel.pages.build", str(folder))
    shutil.rmtree(folder / "functions/kernel/pages/static")
    run(sys.executable, "-m", "infra.compiled", str(folder))
    if contents is not Contents.INSPECTION:
        for path in (folder / "functions/resources/inspection").iterdir():
            if path.name not in LIGHT:
                path.unlink()
    compile_tree(folder / "functions", folder)


def compile_tree(tree: Path, root: Path) -> None:
    """Compile ``tree`` to bytecode that is never checked against its source.

    Lambda unpacks the bundle with new times into a folder nobody can write to. With bytecode of the usual kind, which
    is checked by time, every cold start would compile everything again: about three times as slow.
    """
    run(
        *(sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"),
        *("-s", str(root), "-p", ON_LAMBDA, str(tree)),
    )


def _sources() -> Iterator[bytes]:
    """Yield everything the bundle is made of besides its dependencies."""
    yield (ROOT / "package-lock.json").read_bytes()
    yield (ROOT / "infra/compiled.py").read_bytes()
    for path in sorted((ROOT / "functions").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield str(path.relative_to(ROOT)).encode()
            yield path.read_bytes()


def digest(*parts: bytes) -> str:
    """A short name for these bytes, which no others have."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:16]


def _once(shelf: Path, name: str, make_in: Callable[[Path], None]) -> Path:
    """Return the folder ``name`` on ``shelf``, made in one move, so that nobody ever sees half of it."""
    made = shelf / name
    if not made.exists():
        shelf.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=shelf, prefix=".making-") as workplace:
            folder = Path(workplace) / name
            folder.mkdir()
            make_in(folder)
            try:
                folder.rename(made)
            except OSError:
                # Someone else finished the same folder first.
                if not made.exists():
                    raise
        earlier = sorted(shelf.glob("[!.]*"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in earlier[KEPT:]:
            shutil.rmtree(path, ignore_errors=True)
    return made


def run(*command: str) -> bytes:
    """Run a program of this project's environment from the top of the tree, and return what it printed."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        # Sets in bytecode are written in the order of their hashes.
        "PYTHONHASHSEED": "0",
    }
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE).stdout
