"""The static files as they are made: the design system, the brand's colours and our own rules, joined."""

import re
from pathlib import Path

from functions.kernel.pages.brand import BRAND, Brand, Palette

_FOLDER = Path(__file__).with_name("static")
_COMMENTS_AND_INDENTS = re.compile(r"/\*(?!!).*?\*/|\s*\n\s*", re.DOTALL)


def sources() -> dict[str, bytes]:
    """Every static file by its plain name."""
    design_system = (_FOLDER / "govuk-frontend.css").read_text().replace("\n", "")
    own = _COMMENTS_AND_INDENTS.sub("", (_FOLDER / "network.css").read_text())
    favicon = (_FOLDER / "favicon.svg").read_text()
    favicon = favicon.replace("BRAND", BRAND.light.brand).replace("ACCENT", BRAND.light.accent)
    return {
        "main.css": (design_system + colours(BRAND) + own).encode(),
        "favicon.svg": favicon.encode(),
        "upload.js": (_FOLDER / "upload.js").read_bytes(),
    }


def colours(brand: Brand) -> str:
    """The brand's colours as custom properties, for light and for dark screens; paper is always light."""
    dark = f"@media screen and (prefers-color-scheme:dark){{:root{{{properties(brand.dark)}}}}}"
    return f":root{{{properties(brand.light)}}}{dark}"


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
    named = {f"govuk-{name}": value for name, value in theirs.items()} | own
    return ";".join(f"--{name}:{value}" for name, value in named.items())
