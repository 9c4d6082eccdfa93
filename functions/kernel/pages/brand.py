"""What the network is called and how it looks: the one place to change either.

The stylesheet, the favicon, every page and every email are made from these values. They are tuples with
names, not pydantic models: nothing here comes from outside, and every first page would pay for the checking.
"""

from typing import NamedTuple


class Palette(NamedTuple):
    """Colours for one mode, as ``#rrggbb``.

    Pairs that meet on a page are tested for contrast (WCAG 2.2, 1.4.3 and 1.4.11).
    """

    page: str
    """Behind the content."""
    surface: str
    """Behind navigation, footer and cards."""
    surface_border: str
    border: str
    """Decorative lines; nothing is told by these alone."""
    text: str
    secondary_text: str
    field: str
    field_border: str
    hover: str
    brand: str
    """Behind the masthead and the first thing on the home page."""
    on_brand: str
    accent: str
    """The small mark of colour on the brand colour and on cards."""
    link: str
    link_hover: str
    link_visited: str
    action: str
    """The button that moves a person on."""
    action_hover: str
    action_edge: str
    on_action: str
    quiet_action: str
    quiet_action_hover: str
    quiet_action_edge: str
    danger: str
    danger_hover: str
    danger_edge: str
    error: str
    success: str
    """Behind the panel and the banner that say a thing is done; the words on it are ``on_brand``."""
    focus: str
    focus_text: str
    tag_grey: tuple[str, str]
    """Words, then ground; so for the four tags below."""
    tag_blue: tuple[str, str]
    tag_green: tuple[str, str]
    tag_yellow: tuple[str, str]
    tag_red: tuple[str, str]


class Brand(NamedTuple):
    """A network's name, its strap line and its colours."""

    name: str
    strap_line: str
    light: Palette
    dark: Palette


BRAND = Brand(
    name="Patient Safety Management Network",
    strap_line="A free, voluntary network. Not an NHS or government service.",
    light=Palette(
        page="#ffffff",
        surface="#f1f6f6",
        surface_border="#c4d8d9",
        border="#c9d3d6",
        text="#16242a",
        secondary_text="#48575e",
        field="#ffffff",
        field_border="#16242a",
        hover="#d5e3e4",
        brand="#124b57",
        on_brand="#ffffff",
        accent="#6cc4b4",
        link="#0b5a70",
        link_hover="#073a49",
        link_visited="#573a8c",
        action="#0b6a5a",
        action_hover="#085246",
        action_edge="#04352d",
        on_action="#ffffff",
        quiet_action="#e6eeee",
        quiet_action_hover="#d3e0e0",
        quiet_action_edge="#7b8f92",
        danger="#b3261e",
        danger_hover="#8c1d17",
        danger_edge="#56110d",
        error="#b3261e",
        success="#0b6a5a",
        focus="#ffd84d",
        focus_text="#16242a",
        tag_grey=("#16242a", "#dbe3e5"),
        tag_blue=("#0a3d4f", "#d3e8ef"),
        tag_green=("#064034", "#cfe9e1"),
        tag_yellow=("#5c3d00", "#ffedb3"),
        tag_red=("#6b1510", "#f7d9d6"),
    ),
    dark=Palette(
        page="#10191d",
        surface="#182429",
        surface_border="#344b52",
        border="#3a4d54",
        text="#e8eeef",
        secondary_text="#b3c1c5",
        field="#0b1215",
        field_border="#a9b9bd",
        hover="#2b3d43",
        brand="#0f3d47",
        on_brand="#ffffff",
        accent="#6cc4b4",
        link="#86cfe0",
        link_hover="#b9e4ee",
        link_visited="#c9b6f2",
        action="#7fd1bf",
        action_hover="#a3dfd2",
        action_edge="#3f7f72",
        on_action="#07231e",
        quiet_action="#2a3b41",
        quiet_action_hover="#364a51",
        quiet_action_edge="#5f757c",
        danger="#b3261e",
        danger_hover="#8c1d17",
        danger_edge="#56110d",
        error="#ff9a92",
        success="#0b5b4e",
        focus="#ffd84d",
        focus_text="#16242a",
        tag_grey=("#e8eeef", "#3a4a50"),
        tag_blue=("#c9ecf5", "#164552"),
        tag_green=("#c5f0e4", "#0d4a3e"),
        tag_yellow=("#ffe9a8", "#4d3a07"),
        tag_red=("#ffd4d0", "#5e1a15"),
    ),
)
