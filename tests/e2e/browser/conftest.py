"""Chromium, as people's own browsers work. A page that a test has opened may not complain about anything."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from infra.stages import ROOT
from tests.debian import needs
from tests.e2e.cloud import Cloud
from tests.e2e.visitor import Visitor

CHROMIUM = Path("/usr/bin/chromium")
AXE = ROOT / "node_modules/axe-core/axe.min.js"
_ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
_REFUSED_FORM = "Failed to load resource: the server responded with a status of 4"
"""Chromium says so of every page with a refusal, and that is no fault of the page."""

type Open = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium, with a profile that has never been used."""
    needs("chromium", found=CHROMIUM.exists())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS.split())
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, local_cloud: Cloud) -> Iterator[Open]:
    """Opens windows. At the end none may have had an error, broken our policy, or asked another host for anything."""
    complaints: list[str] = []
    with ExitStack() as windows:

        def open_one(visitor: Visitor | None = None, *, scripts: bool = True) -> Page:
            context = chromium.new_context(
                base_url=local_cloud.stack.url, java_script_enabled=scripts, locale="en-GB", timezone_id="Europe/London"
            )
            windows.callback(context.close)
            context.set_default_timeout(20_000)
            if visitor is not None:
                _take_over(context, visitor)
            page = context.new_page()
            page.on("console", lambda message: _note(message, complaints))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("requestfailed", lambda request: _failed(request, complaints))
            page.on("request", lambda request: _stay(request, local_cloud, complaints))
            return page

        yield open_one
    assert complaints == []


def _take_over(context: BrowserContext, visitor: Visitor) -> None:
    # Playwright sets a cookie with this prefix only as if it came over TLS. Chromium then treats it as its own.
    secure = visitor.url.replace("http://", "https://")
    for name, value in visitor.cookies.items():
        context.add_cookies(
            [{"name": name, "value": value, "url": secure, "secure": True, "httpOnly": True, "sameSite": "Lax"}]
        )


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type in {"error", "warning"} and not message.text.startswith(_REFUSED_FORM):
        complaints.append(f"{message.type}: {message.text}")


def _failed(request: Request, complaints: list[str]) -> None:
    # Going on to the next page aborts what the page before was still asking for.
    if request.failure != "net::ERR_ABORTED":
        complaints.append(f"{request.url}: {request.failure}")


def _stay(request: Request, cloud: Cloud, complaints: list[str]) -> None:
    # Files go straight to one bucket and come straight from another. They are the only hosts beside our own.
    at, buckets = cloud.stack.endpoint_url, cloud.stack.buckets
    sends = request.method == "POST" and request.url == f"{at}/{buckets['quarantine']}"
    gets = request.method == "GET" and request.url.startswith(f"{at}/{buckets['library']}/files/")
    if not (request.url.startswith(f"{cloud.stack.url}/") or sends or gets):
        complaints.append(f"The page asked for {request.url}")
