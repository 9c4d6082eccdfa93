"""The static files: what they hold, what they are called, and how they are sent.

A file's name carries a hash of its content, so a browser may keep it for a year. In a bundle the files lie
ready beside this module, squeezed too; in a source checkout they are made on first use.
"""

import gzip
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from functions.kernel.pages.brand import BRAND, Brand, Palette

PREFIX = "/assets/"
BUILT = Path(__file__).with_name("built") / "assets"
_SOURCES = Path(__file__).with_name("static")
_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_COMMENTS_AND_INDENTS = re.compile(r"/\*(?!!).*?\*/|\s*\n\s*", re.DOTALL)


class Asset(NamedTuple):
    """A static file as it goes out."""

    body: bytes
    content_type: str
    encoding: str | None
    """`gzip`, or None when the bytes are as they are."""


def asset(name: str) -> str:
    """The address of a static file by its plain name: `main.css` is at `/assets/main.<hash>.css`."""
    return PREFIX + _names()[name]


def read_asset(hashed_name: str, *, squeezed: bool = False) -> Asset | None:
    """The file of that name, or None. `squeezed` asks for gzip, for a browser that takes it."""
    plain = {hashed: name for name, hashed in _names().items()}.get(hashed_name)
    if plain is None:
        return None
    content_type = _TYPES[Path(plain).suffix]
    if BUILT.is_dir():
        path = BUILT / (f"{hashed_name}.gz" if squeezed else hashed_name)
        return Asset(path.read_bytes(), content_type, "gzip" if squeezed else None)
    body = sources()[plain]
    return Asset(gzip.compress(body, mtime=0) if squeezed else body, content_type, "gzip" if squeezed else None)


@cache
def _names() -> dict[str, str]:
    if BUILT.is_dir():
        hashed = [path.name for path in BUILT.iterdir() if path.suffix != ".gz"]
        return {re.sub(r"\.[0-9a-f]+(?=\.\w+$)", "", name): name for name in hashed}
    return {name: hashed_name(name, body) for name, body in sources().items()}


def hashed_name(name: str, body: bytes) -> str:
    """A file's name with a hash of its content before the last dot."""
    stem, _, extension = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{extension}"


def write(folder: Path) -> None:
    """Put every static file in a folder, under its hashed name, as it is and squeezed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in sources().items():
        path = folder / hashed_name(name, body)
        path.write_bytes(body)
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(body, mtime=0))


@cache
def sources() -> dict[str, bytes]:
    """Every static file by its plain name, made from the sources and the brand."""
    design_system = (_SOURCES / "govuk-frontend.css").read_text()
    own = _COMMENTS_AND_INDENTS.sub("", (_SOURCES / "network.css").read_text())
    favicon = (_SOURCES / "favicon.svg").read_text()
    favicon = favicon.replace("BRAND", BRAND.light.brand).replace("ACCENT", BRAND.light.accent)
    return {
        "main.css": (design_system.replace("\n", "") + colours(BRAND) + own).encode(),
        "favicon.svg": favicon.encode(),
    }


def colours(brand: Brand) -> str:
    """The brand's colours as custom properties, for light and for dark screens; paper is always light."""
    return f":root{{{properties(brand.light)}}}@media screen and (prefers-color-scheme:dark){{:root{{{properties(brand.dark)}}}}}"


def properties(palette: Palette) -> str:
    """A palette as declarations: the design system's own names where it has one, ours for the rest."""
    theirs = {
        "brand-colour": palette.brand,
        "text-colour": palette.text,
        "inverse-text-colour": palette.on_brand,
        "template-background-colour": palette.surface,
        "body-background-colour": palette.page,
        "secondary-text-colour": palette.secondary_text,
        "focus-colour": palette.focus,
        "focus-text-colour": palette.focus_text,
        "error-colour": palette.error,
        "success-colour": palette.success,
        "border-colour": palette.border,
        "input-border-colour": palette.field_border,
        "hover-colour": palette.hover,
        "link-colour": palette.link,
        "link-visited-colour": palette.link_visited,
        "link-hover-colour": palette.link_hover,
        "link-active-colour": palette.text,
        "surface-background-colour": palette.surface,
        "surface-text-colour": palette.text,
        "surface-border-colour": palette.surface_border,
    }
    tags = {name: getattr(palette, f"tag_{name}") for name in ("grey", "blue", "green", "yellow", "red")}
    own = {
        "accent": palette.accent,
        "field": palette.field,
        "action": palette.action,
        "action-hover": palette.action_hover,
        "action-edge": palette.action_edge,
        "on-action": palette.on_action,
        "quiet": palette.quiet_action,
        "quiet-hover": palette.quiet_action_hover,
        "quiet-edge": palette.quiet_action_edge,
        "danger": palette.danger,
        "danger-hover": palette.danger_hover,
        "danger-edge": palette.danger_edge,
        **{f"tag-{name}-words": words for name, (words, _) in tags.items()},
        **{f"tag-{name}": ground for name, (_, ground) in tags.items()},
    }
    return ";".join([
        *(f"--govuk-{name}:{value}" for name, value in theirs.items()),
        *(f"--{name}:{value}" for name, value in own.items()),
    ])
