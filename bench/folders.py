"""The folders that contestants run from: made as ours are, from the same lock."""

import shutil
from pathlib import Path

from infra import bundle
from infra.bundle import Contents
from infra.stages import ROOT, Platform

CONTESTANTS = Path(__file__).with_name("contestants")


def ours(contents: Contents = Contents.USUAL) -> Path:
    """The bundle that is deployed, with this machine's builds of the packages."""
    return bundle.make(Platform.THIS_MACHINE, contents)


def theirs(name: str, *packages: str, bytecode: bool) -> Path:
    """One of ``contestants`` with the packages it needs.

    Without bytecode it is what ``uv`` and most guides make: sources in a folder, which Lambda compiles at every start.
    """
    folder = installed(f"{name}-{'compiled' if bytecode else 'sources'}", *packages, bytecode=bytecode)
    shutil.copy(CONTESTANTS / f"{name}.py", folder)
    if bytecode:
        bundle.compile_tree(folder, folder)
    return folder


def installed(name: str, *packages: str, bytecode: bool) -> Path:
    """A folder with packages of the locked versions, and with what these need."""
    locked = bundle.run("uv", "export", "--quiet", "--frozen", "--no-hashes", "--no-emit-project", "--all-groups")
    folder = ROOT / "build/bench" / f"{name}-{bundle.digest(locked)}"
    if not folder.exists():
        listed = folder.with_suffix(".txt")
        listed.parent.mkdir(parents=True, exist_ok=True)
        listed.write_bytes(locked)
        made = folder.with_suffix(".making")
        made.mkdir(parents=True)
        if packages:
            bundle.run(
                *("uv", "pip", "install", "--quiet", "--target", str(made), "--python-version", "3.13"),
                *("--link-mode", "copy", "--constraints", str(listed), *packages),
            )
        listed.unlink()
        if bytecode:
            bundle.compile_tree(made, made)
        made.rename(folder)
    return folder


def size_of(folder: Path) -> int:
    """Bytes of everything in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
