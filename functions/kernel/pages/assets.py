"""The static files as they are sent: what each is called, and its bytes.

A file's name carries a hash of its content, so a browser may keep it for a year. In a bundle the files lie
ready beside this module, squeezed too; in a source checkout ``sources.py`` makes them on first use.
"""

import gzip
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

PREFIX = "/assets/"
BUILT = Path(__file__).with_name("built") / "assets"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


class Asset(NamedTuple):
    """A static file as it goes out."""

    body: bytes
    content_type: str
    encoding: str | None
    """``gzip``, or None when the bytes are as they are."""


def asset(name: str) -> str:
    """The address of a static file by its plain name: ``main.css`` is at ``/assets/main.<hash>.css``."""
    return PREFIX + _names()[name]


def read_asset(hashed_name: str, *, squeezed: bool = False) -> Asset | None:
    """The file of that name, or None. ``squeezed`` asks for gzip, for a browser that takes it."""
    if hashed_name not in _names().values():
        return None
    content_type = _TYPES[Path(hashed_name).suffix]
    encoding = "gzip" if squeezed else None
    if BUILT.is_dir():
        path = BUILT / (f"{hashed_name}.gz" if squeezed else hashed_name)
        return Asset(path.read_bytes(), content_type, encoding)
    body = _made()[hashed_name]
    return Asset(squeeze(body) if squeezed else body, content_type, encoding)


@cache
def _names() -> dict[str, str]:
    hashed = [path.name for path in BUILT.iterdir() if path.suffix != ".gz"] if BUILT.is_dir() else _made()
    return {re.sub(r"\.[0-9a-f]{12}(?=\.\w+$)", "", name): name for name in hashed}


@cache
def _made() -> dict[str, bytes]:
    from functions.kernel.pages.sources import sources  # noqa: PLC0415 - a bundle never needs it.

    return {hashed_name(name, body): body for name, body in sources().items()}


def hashed_name(name: str, body: bytes) -> str:
    """A file's name with a hash of its content before the last dot."""
    stem, _, extension = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{extension}"


def squeeze(body: bytes) -> bytes:
    """The same bytes as gzip, equal from one build to the next."""
    return gzip.compress(body, mtime=0)
