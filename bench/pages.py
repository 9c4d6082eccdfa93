"""What six pages weigh on the wire, and what Lighthouse says of them on a phone: ``python -m bench.pages``.

They come from a local cloud of its own, which is there for the time of measuring. Bytes are those that Chromium says it
received, headers included: once with nothing kept, and once more with what the first visit left behind.
"""

import json
import os
import signal
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from playwright.sync_api import BrowserContext, CDPSession, sync_playwright

from bench.cold import BUDGET
from cli.stack import Stack
from tests.e2e.cloud import Cloud, free_places, run
from tests.e2e.mailbox import Mailbox

CHROMIUM = Path("/usr/bin/chromium")
PAGES = ("/", "/join", "/sign-in", "/sessions", "/library", "/words")
"""The last but one is for members alone."""
FOR_SEARCH_ENGINES = "seo"
CATEGORIES = ("performance", "accessibility", "best-practices", FOR_SEARCH_ENGINES)
MEMBERS_ONLY = ("/library",)
"""Pages from which nothing can be fetched, not even our robots.txt, which Lighthouse marks down."""
_FLAGS = "--headless=new --no-sandbox --disable-dev-shm-usage"


def main() -> bool:
    """Print the table, and say whether every page is within its budget."""
    if not CHROMIUM.exists():
        click.echo("There is no Chromium here, so no page was measured.")
        return True
    budget: Mapping[str, Any] = tomllib.loads(BUDGET.read_text(encoding="utf-8"))["page"]
    faults = []
    click.echo("| page | first visit, KB | later visit, KB | " + " | ".join(CATEGORIES) + " |")
    click.echo(f"| --- {'| ---: ' * (2 + len(CATEGORIES))}|")
    with running() as cloud:
        member = cloud.sign_in(cloud.stack.coordinator)
        cookie = "; ".join(f"{name}={value}" for name, value in member.cookies.items())
        for path in PAGES:
            url = cloud.stack.url + path
            sent = {"Cookie": cookie} if path in MEMBERS_ONLY else {}
            first, later = weigh(url, sent)
            scores = judge(url, sent)
            shown = " | ".join(str(scores[name]) for name in CATEGORIES)
            click.echo(f"| {path} | {first / 1000:.1f} | {later / 1000:.1f} | {shown} |")
            if first > budget["first_visit"]:
                faults.append(f"{path}: a first visit takes {first} bytes, and {budget['first_visit']} are allowed.")
            if later > budget["later_visit"]:
                faults.append(f"{path}: a later visit takes {later} bytes, and {budget['later_visit']} are allowed.")
            for name, least in budget["lighthouse"].items():
                if scores[name] < least and not (name == FOR_SEARCH_ENGINES and path in MEMBERS_ONLY):
                    faults.append(f"{path}: Lighthouse says {scores[name]} of its {name}, and {least} is the least.")
    for fault in faults:
        click.echo(fault, err=True)
    return not faults


@contextmanager
def running() -> Iterator[Cloud]:
    """A local cloud with a dozen members. It is stopped again whatever happens."""
    # Whoever ends this from outside ends the cloud as well.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="psmn-bench-") as folder:
        places = free_places(Path(folder))
        try:
            started = run(places, "up", "--detach", "--members", "12")
            if started.returncode:
                raise click.ClickException(f"psmn up failed.\n{started.stdout}{started.stderr}")
            yield Cloud(places, Stack.load(places), Mailbox(places.mailbox_url))
        finally:
            run(places, "down")


def weigh(url: str, headers: Mapping[str, str]) -> tuple[int, int]:
    """Bytes that a browser receives at its first visit, and at its second."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS.split())
        context = browser.new_context(extra_http_headers=dict(headers))
        visits = received(context, url), received(context, url)
        browser.close()
    return visits


def received(context: BrowserContext, url: str) -> int:
    """Bytes that a browser receives while a page opens."""
    page = context.new_page()
    session: CDPSession = context.new_cdp_session(page)
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    session.send("Network.enable")
    answer = page.goto(url, wait_until="networkidle")
    assert answer is not None
    assert answer.ok, (url, answer.status)
    page.close()
    return sum(sizes)


def judge(url: str, headers: Mapping[str, str]) -> dict[str, int]:
    """Lighthouse's scores, of 100, with the phone and the network that it takes for usual."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(dict(headers), file)
        file.flush()
        done = subprocess.run(
            [
                *("lighthouse", url, "--quiet", "--output=json", f"--chrome-flags={_FLAGS}"),
                *(f"--only-categories={','.join(CATEGORIES)}", f"--extra-headers={file.name}"),
            ],
            env={**os.environ, "CHROME_PATH": str(CHROMIUM)},
            stdout=subprocess.PIPE,
            check=True,
        )
    categories = json.loads(done.stdout)["categories"]
    return {name: round(100 * categories[name]["score"]) for name in CATEGORIES}


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
