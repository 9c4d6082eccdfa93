"""What Python would compile at every start, compiled when the bundle is made.

For each dataclass and each named tuple Python writes the text of its methods and compiles it, and each regular
expression of a module is compiled as the module is imported. A function makes about a hundred of the first two, and of
the last a hundred and more, most of them in packages: together they are a fifth of a start. The bundle holds what comes
out. What it does not hold is compiled as ever, so in this checkout nothing is different.
"""

import _sre  # type: ignore[import-not-found] # Python's own, which no stub describes.
import collections
import dataclasses
import marshal
from collections.abc import Hashable, Mapping
from hashlib import blake2b
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from re import _compiler as expressions  # type: ignore[attr-defined] # The same.
from types import CodeType
from typing import Any

type Expression = tuple[str | bytes, int]
"""A regular expression as it is written, and its flags."""

KEPT = Path(__file__).with_suffix(".bin")
"""Begins with ``VERSION``. What another Python compiled cannot be run."""
VERSION = MAGIC_NUMBER + _sre.MAGIC.to_bytes(4)
"""The version of the bytecode, and that of compiled expressions."""


def digest(text: str) -> bytes:
    """What a text of Python is known by."""
    return blake2b(text.encode(), digest_size=16).digest()


def keep(texts: Mapping[str, CodeType], patterns: Mapping[Expression, tuple[Any, ...]], place: Path) -> None:
    """Write what ``use`` reads.

    :param texts: the code of each text of Python.
    :param patterns: what ``_sre.compile`` is told of each expression, after its first argument, which is as written.
    """
    made: dict[Hashable, Any] = {digest(text): code for text, code in texts.items()}
    made.update(patterns)
    # Each part is packed for itself, so that a start unpacks what it uses and no more.
    place.write_bytes(VERSION + marshal.dumps({name: marshal.dumps(each) for name, each in made.items()}))


def kept(place: Path = KEPT) -> dict[Hashable, bytes]:
    """What was compiled ahead for this Python, which is nothing outside of a bundle."""
    if not place.exists():
        return {}
    content = place.read_bytes()
    if not content.startswith(VERSION):
        return {}
    # It is as trustworthy as the bytecode beside it: both are in the bundle, which nobody can write to.
    packed: dict[Hashable, bytes] = marshal.loads(content[len(VERSION) :])  # noqa: S302 - see above.
    return packed


def use() -> None:
    """Let Python take from the bundle what it would compile. It is before anything is compiled that this counts."""
    if packed := kept():
        compile_expression = expressions.compile

        def code_of(text: str) -> CodeType | str:
            there = packed.get(digest(text))
            return marshal.loads(there) if there else text  # noqa: S302 - see ``kept``.

        def run(text: str, around: dict[str, Any], into: dict[str, Any]) -> None:
            exec(code_of(text), around, into)  # noqa: S102 - as ``dataclasses`` itself does it.

        def value_of(text: str, around: dict[str, Any]) -> Any:
            return eval(code_of(text), around)  # noqa: S307 - as ``collections`` itself does it.

        def expression(pattern: Any, flags: int = 0) -> Any:
            there = packed.get((pattern, flags))
            if there is None:
                return compile_expression(pattern, flags)
            # ``re`` itself calls it so, at the end of its own compiling.
            return _sre.compile(pattern, *marshal.loads(there))  # noqa: S302 - see ``kept``.

        # The modules look for these names among their own before they take the built-in ones.
        dataclasses.exec = run  # type: ignore[attr-defined] # It has none of its own yet.
        collections.eval = value_of  # type: ignore[attr-defined] # It has none of its own yet.
        expressions.compile = expression
