"""Compiles what dataclasses would compile at every start: ``python -m infra.dataclass_code BUNDLE``.

It imports what every function imports, and keeps the code of each dataclass that is made on the way. The packages are
those of this environment, which the lock makes the same as the bundle's.
"""

import dataclasses
import sys
from importlib import import_module
from pathlib import Path
from types import CodeType

# What imports a package is imported below, when the code of its dataclasses is kept.
ROOT = Path(__file__).parents[1]


def main(bundle: Path) -> None:
    """Write the code beside the module that uses it."""
    codes: dict[str, CodeType] = {}

    def run(text: str, around: dict[str, object], into: dict[str, object]) -> None:
        codes[text] = compile(text, "<string>", "exec")
        exec(codes[text], around, into)  # noqa: S102 - as ``dataclasses`` itself does it.

    # The module looks for the name among its own before it takes the built-in one.
    dataclasses.exec = run  # type: ignore[attr-defined] # It has none of its own yet.
    for path in sorted((ROOT / "functions").glob("*/*.py")):
        if path.stem in {"web", "jobs"}:
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    kept = import_module("functions.kernel.dataclass_code")
    place = bundle / kept.KEPT.relative_to(ROOT)
    kept.keep({kept.digest(text): code for text, code in codes.items()}, place)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
