"""The library as tests find it: items at each step of their lives, and forms as members fill them in."""

from typing import Any

from functions.kernel import tokens
from functions.resources import life
from functions.resources.inspected import FileKind, Finding, Hint, Inspected, Reason
from functions.resources.model import File, Resource
from functions.resources.store import Library
from tests.network import Network
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


class Shelves:
    """What happens to files where no test of a page has to see it."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.library = Library(network.table)

    def get(self, resource_id: str) -> Resource:
        """The item as it is."""
        found = self.library.get(resource_id)
        assert found is not None
        return found

    def arrive(self, resource_id: str) -> Resource:
        """The file has come."""
        before = self.get(resource_id)
        assert before.offer is not None
        return self._kept(before, life.arrived(before, before.offer.key, "v1", self.network.clock.now()))

    def refuse(self, resource_id: str, reason: Reason) -> Resource:
        """The file has come and cannot be taken."""
        before = self.arrive(resource_id)
        return self._kept(before, life.refused(before, reason, self.network.clock.now()))

    def fail_to_check(self, resource_id: str) -> Resource:
        """The file has come, and nobody can say whether it is harmful."""
        before = self.arrive(resource_id)
        return self._kept(before, life.unchecked(before, self.network.clock.now()))

    def passes(
        self,
        resource_id: str,
        *findings: Finding,
        people: tuple[str, ...] = (),
        hints: tuple[Hint, ...] = (),
        name: str = "Falls huddle v3 FINAL.docx",
    ) -> Resource:
        """The file has come and been looked at: something is found in it, or nothing."""
        before = self.arrive(resource_id)
        assert before.offer is not None
        file = File(
            key=before.offer.random_name,
            name=name,
            kind=FileKind.WORD,
            size=640_000,
            checksum="0" * 64,
            people=people,
            hints=hints,
        )
        inspected = Inspected(kind=FileKind.WORD, findings=findings)
        return self._kept(before, life.passed(before, file, inspected, self.network.clock.now()))

    def publish(self, resource_id: str) -> Resource:
        """A coordinator has published it."""
        before = self.passes(resource_id)
        return self._kept(before, life.published(before, self.network.clock.now()))

    def shared(self, browser: Browser, **other: Any) -> str:
        """Something that somebody has shared and that is published. Gives its id."""
        resource_id = describe(browser, **other)
        self.publish(resource_id)
        return resource_id

    def _kept(self, before: Resource, after: Resource) -> Resource:
        self.library.save(before, after)
        return self.get(after.id)


def nobodys() -> str:
    """The id of an item that does not exist."""
    return tokens.new_id()


def same_as_nowhere(browser: Browser, page: Page) -> bool:
    """Whether an answer is the one that an address without anything behind it gets (security requirement 14)."""
    nowhere = browser.get(f"/library/{nobodys()}")
    return (page.status, page.body, page.headers) == (404, nowhere.body, nowhere.headers)
