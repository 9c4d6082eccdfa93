"""Compiles what Python would compile at every start: ``python -m infra.compiled BUNDLE``.

It imports what functions import, and keeps what is compiled on the way. The packages are those of this environment,
which the lock makes the same as the bundle's.
"""

import _sre  # type: ignore[import-not-found] # Python's own, which no stub describes.
import collections
import dataclasses
import sys
from importlib import import_module
from pathlib import Path
from re import _compiler as expressions  # type: ignore[attr-defined] # The same.
from types import CodeType
from typing import Any

# What imports a package is imported below, when what is compiled for it is kept.
ROOT = Path(__file__).parents[1]


def main(bundle: Path) -> None:
    """Write what was compiled beside the module that uses it."""
    texts: dict[str, CodeType] = {}
    patterns: dict[tuple[Any, int], tuple[Any, ...]] = {}

    def code_of(text: str, mode: str) -> CodeType:
        return texts.setdefault(text, compile(text, "<string>", mode))

    def run(text: str, around: dict[str, Any], into: dict[str, Any]) -> None:
        exec(code_of(text, "exec"), around, into)  # noqa: S102 - as ``dataclasses`` itself does it.

    def value_of(text: str, around: dict[str, Any]) -> Any:
        return eval(code_of(text, "eval"), around)  # noqa: S307 - as ``collections`` itself does it.

    # The modules look for these names among their own before they take the built-in ones.
    dataclasses.exec = run  # type: ignore[attr-defined] # It has none of its own yet.
    collections.eval = value_of  # type: ignore[attr-defined] # It has none of its own yet.
    parse, make = expressions.compile, _sre.compile

    def expression(pattern: Any, flags: int = 0) -> Any:
        def made(_: Any, all_flags: int, code: list[int], *groups: Any) -> Any:
            if isinstance(pattern, str | bytes):
                # Some of its numbers are more than numbers, and only these can be written down.
                patterns[pattern, int(flags)] = (all_flags, [*map(int, code)], *groups)
            return make(pattern, all_flags, code, *groups)

        _sre.compile = made
        return parse(pattern, flags)

    expressions.compile = expression
    for path in sorted((ROOT / "functions").glob("*/*.py")):
        if path.stem == "jobs" or path.stem.startswith("web"):
            module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            if path.stem == "web":
                module.routes.prepare("GET")
    import_module("functions.kernel.pages.engine")
    kept = import_module("functions.kernel.compiled")
    kept.keep(texts, patterns, bundle / kept.KEPT.relative_to(ROOT))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
