"""The library by its pages: the forms as members fill them in, and what happens to files between two pages."""

from email.header import Header
from typing import Any

from functions.kernel import audit, tokens
from functions.resources import life
from functions.resources.inspected import FileKind, Finding, Inspected
from functions.resources.life import Scan
from functions.resources.model import Resource
from tests.library import Sharing, arrival, verdict
from tests.web import Browser, Page

FALLS: dict[str, Any] = {
    "title": "Falls huddle checklist",
    "summary": "One page for the start of a shift.\n\nWard teams use it.",
    "topics": ["falls", "psirf"],
    "source": "Anytown NHS Foundation Trust",
    "permission": "change",
    "review_on": "2027-11-23",
}
"""What Ann says about a checklist."""

NHS_NUMBER_ON_SLIDE_3 = Inspected(
    kind=FileKind.SLIDES, findings=(Finding.model_validate({"sign": "nhs-number", "place": "slide 3"}),)
)


def begin(browser: Browser) -> str:
    """Press Start, and give the id of what was begun."""
    page = browser.post("/library/share")
    assert page.status == 303
    return page.location.split("/")[3]


def describe(browser: Browser, **other: Any) -> str:
    """Share words, up to the step where the file is sent. Gives the id of the item."""
    resource_id = begin(browser)
    page = browser.post(f"/library/share/{resource_id}/details", {**FALLS, **other})
    assert page.location == f"/library/share/{resource_id}/file", page.words
    return resource_id


def item(sharing: Sharing, resource_id: str) -> Resource:
    """The item as it is now."""
    found = sharing.library.get(resource_id)
    assert found is not None
    return found


def send(
    sharing: Sharing,
    resource_id: str,
    finds: Inspected | None = None,
    *,
    scan: str | None = Scan.CLEAN,
    name: str = "Falls huddle v3 FINAL.txt",
) -> Resource:
    """Send the file and let it be looked at, or only scanned, or (without ``scan``) only come."""
    if finds is not None:
        sharing.finds = finds
    # A bucket gives back a name that is not ASCII as mail headers do (RFC 2047).
    label = name if name.isascii() else Header(name, "utf-8", maxlinelen=1000).encode()
    key, version = sharing.sent(item(sharing, resource_id), name=label)
    sharing.hear(arrival(key, version), *([verdict(key, version, scan)] if scan else []))
    return item(sharing, resource_id)


def publish(sharing: Sharing, resource_id: str) -> Resource:
    """Let what has been looked at be published, by nobody in particular."""
    before, now = item(sharing, resource_id), sharing.network.clock.now()
    line = audit.line(resource_id, "published", by="nobody", now=now)
    sharing.library.save(before, life.published(before, now), [line])
    return item(sharing, resource_id)


def share(sharing: Sharing, browser: Browser, finds: Inspected | None = None, **other: Any) -> str:
    """Something that somebody has shared and that is published. Gives its id."""
    resource_id = describe(browser, **other)
    send(sharing, resource_id, finds)
    publish(sharing, resource_id)
    return resource_id


def is_nothing(browser: Browser, page: Page) -> bool:
    """Whether an answer is the one that an address without anything behind it gets (security requirement 14)."""
    nowhere = browser.get(f"/library/{tokens.new_id()}")
    return (page.status, page.body, page.headers) == (404, nowhere.body, nowhere.headers)
