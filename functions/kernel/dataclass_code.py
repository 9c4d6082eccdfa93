"""The code of dataclasses, compiled when the bundle is made and not at every start.

For each dataclass Python writes the text of its methods and compiles it: a quarter of a millisecond. A function makes
sixty to a hundred of them, most in packages, which is a fifteenth of a start. The bundle holds what comes out, by the
digest of the text. A text that is not there is compiled as ever, so in this checkout nothing is different.
"""

import dataclasses
import marshal
from hashlib import blake2b
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType

KEPT = Path(__file__).with_suffix(".bin")
"""Begins with the version of the bytecode (``importlib.util.MAGIC_NUMBER``), which another Python cannot run."""


def digest(text: str) -> bytes:
    """What a text is known by."""
    return blake2b(text.encode(), digest_size=16).digest()


def keep(codes: dict[bytes, CodeType], place: Path) -> None:
    """Write what ``use`` reads."""
    place.write_bytes(MAGIC_NUMBER + marshal.dumps(codes))


def kept(place: Path = KEPT) -> dict[bytes, CodeType]:
    """What was compiled ahead for this Python, which is nothing outside of a bundle."""
    if not place.exists():
        return {}
    content = place.read_bytes()
    if not content.startswith(MAGIC_NUMBER):
        return {}
    # It is as trustworthy as the bytecode beside it: both are in the bundle, which nobody can write to.
    codes: dict[bytes, CodeType] = marshal.loads(content[len(MAGIC_NUMBER) :])  # noqa: S302 - see above.
    return codes


def use() -> None:
    """Let dataclasses take their code from the bundle from now on. It is before any is made that this counts."""
    if codes := kept():

        def run(text: str, around: dict[str, object], into: dict[str, object]) -> None:
            exec(codes.get(digest(text), text), around, into)  # noqa: S102 - as ``dataclasses`` itself does it.

        # The module looks for the name among its own before it takes the built-in one.
        dataclasses.exec = run  # type: ignore[attr-defined] # It has none of its own yet.
