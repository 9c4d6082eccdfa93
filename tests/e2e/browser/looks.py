"""Whether a page can be used by everybody, in the state it is in: on a desk, on a phone, by day and by night."""

from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.e2e.browser.conftest import AXE

DESK, PHONE = (1280, 900), (320, 640)
"""The sizes of windows in CSS pixels. 320 is what a screen of 1280 has left at 400% (WCAG 1.4.10)."""

_RUN = """async (options) => (await axe.run(document, options)).violations.map(
  violation => ({ rule: violation.id, where: violation.nodes.map(node => node.target.join(" ") + ": " + node.html) })
)"""
_OVERFLOWS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def can_be_used_by_everybody(page: Page) -> None:
    """Check the page as it is now, with axe and with a ruler. The window is a desk's again afterwards."""
    page.evaluate(_axe())
    found: dict[str, Any] = {}
    for size in (DESK, PHONE):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            page.emulate_media(color_scheme=scheme)
            # The style sheets are ours and need no second fetch, which our policy would refuse.
            if violations := page.evaluate(_RUN, {"preload": False, "resultTypes": ["violations"]}):
                found[f"{page.url} {size[0]} {scheme}"] = violations
    assert found == {}
    fits_a_phone(page)
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.emulate_media(color_scheme="light")


def fits_a_phone(page: Page) -> None:
    """Check that nobody has to scroll sideways."""
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert page.evaluate(_OVERFLOWS) == 0, f"{page.url} is wider than a phone."
