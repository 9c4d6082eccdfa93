"""The static files, and whether their colours can be told apart."""

import gzip
import re
from itertools import product
from pathlib import Path

import pytest

from functions.kernel.pages import asset, assets, build, read_asset, sources, stylesheet
from functions.kernel.pages.brand import BRAND, Palette

OUR_RULES = (Path(sources.__file__).parent / "static/network.css").read_text()
TEXT, SHAPE = 4.5, 3.0
"""The least contrast of text (WCAG 2.2, 1.4.3) and of what shows a control or its state (1.4.11)."""

WORDS_ON_GROUND = [
    *product(("text", "secondary_text", "link", "link_hover", "link_visited"), ("page", "surface")),
    *product(("text", "link", "link_hover"), ("hover",)),
    ("text", "field"),
    ("error", "page"),
    ("on_brand", "brand"),
    ("on_brand", "success"),
    ("brand", "on_brand"),
    ("brand", "accent"),
    *product(("on_action",), ("action", "action_hover")),
    *product(("text",), ("quiet_action", "quiet_action_hover")),
    *product(("on_brand",), ("danger", "danger_hover")),
    ("focus_text", "focus"),
]
SHAPES_ON_GROUND = [
    ("field_border", "field"),
    ("field_border", "page"),
    ("error", "page"),
    ("link", "surface"),
    ("accent", "brand"),
    ("action", "page"),
    ("action", "surface"),
    ("focus_text", "focus"),
]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, "contrast ratio" and "relative luminance")."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [BRAND.light, BRAND.dark], ids=["light", "dark"])
@pytest.mark.parametrize(("words", "ground"), WORDS_ON_GROUND)
def test_words_can_be_read_on_what_lies_behind_them(palette: Palette, words: str, ground: str) -> None:
    assert contrast(getattr(palette, words), getattr(palette, ground)) >= TEXT


@pytest.mark.parametrize("palette", [BRAND.light, BRAND.dark], ids=["light", "dark"])
@pytest.mark.parametrize("tag", ["grey", "blue", "green", "yellow", "red"])
def test_the_words_of_a_tag_can_be_read(palette: Palette, tag: str) -> None:
    assert contrast(*getattr(palette, f"tag_{tag}")) >= TEXT


@pytest.mark.parametrize("palette", [BRAND.light, BRAND.dark], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES_ON_GROUND)
def test_the_edge_of_a_control_can_be_seen(palette: Palette, shape: str, ground: str) -> None:
    assert contrast(getattr(palette, shape), getattr(palette, ground)) >= SHAPE


def test_every_colour_of_the_brand_is_in_the_stylesheet_by_name() -> None:
    css = sources.sources()["main.css"].decode()
    used = set(re.findall(r"var\((--[\w-]+)\)", OUR_RULES))
    assert used <= {*re.findall(r"(--[\w-]+):", css)}
    assert re.findall(r"#[0-9a-f]{3,6}\b", OUR_RULES) == ["#000"]


@pytest.mark.parametrize("theirs", ["url(", "gds transport", "crest", "crown.", "frutiger", "@import", "@font-face"])
def test_nothing_that_is_only_for_gov_uk_or_the_nhs_is_sent(theirs: str) -> None:
    assert theirs not in sources.sources()["main.css"].decode().lower()


def test_what_is_hidden_stays_hidden() -> None:
    assert "[hidden] { display: none !important; }" in OUR_RULES


def test_the_design_system_is_what_its_package_makes() -> None:
    assert stylesheet.PACKAGE.is_dir(), "Run make setup, which fetches it."
    assert stylesheet.unbranded(stylesheet.PACKAGE) == stylesheet.TARGET.read_text()


def test_a_file_is_found_by_the_name_that_its_content_gives_it() -> None:
    address = asset("main.css")
    assert re.fullmatch(r"/assets/main\.[0-9a-f]{12}\.css", address)
    found = read_asset(address.removeprefix("/assets/"))
    assert found == (sources.sources()["main.css"], "text/css; charset=utf-8", None)


def test_a_browser_that_takes_gzip_is_sent_less() -> None:
    squeezed = read_asset(asset("main.css").removeprefix("/assets/"), squeezed=True)
    assert squeezed is not None
    assert squeezed.encoding == "gzip"
    assert gzip.decompress(squeezed.body) == sources.sources()["main.css"]
    assert len(squeezed.body) < 14_000


@pytest.mark.parametrize("name", ["main.css", "main.000000000000.css", "../brand.py", ""])
def test_nothing_else_is_served(name: str) -> None:
    assert read_asset(name) is None


def test_a_bundle_serves_the_same_files_under_the_same_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = {name: asset(name) for name in ("main.css", "favicon.svg")}
    build.write_assets(tmp_path)
    monkeypatch.setattr(assets, "BUILT", tmp_path)
    assets._names.cache_clear()
    try:
        for name, address in addresses.items():
            assert asset(name) == address
            for squeezed in (False, True):
                found = read_asset(address.removeprefix("/assets/"), squeezed=squeezed)
                assert found is not None
                body = gzip.decompress(found.body) if squeezed else found.body
                assert body == sources.sources()[name]
    finally:
        assets._names.cache_clear()
