"""The library from outside: what members say about a file, and the file itself as a browser sends and gets it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from functions.kernel import tokens
from functions.kernel.when import in_uk
from tests import documents
from tests.e2e.visitor import Visitor
from tests.shelves import FALLS
from tests.web import Page

NUMBER = documents.NHS_NUMBER
NUMBERED = f"NHS number {NUMBER}"
"""What a slide says that a person has to look at."""
FOUND_ON_SLIDE_3 = "A number that looks like an NHS number, on slide 3"
_HTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True, slots=True)
class Upload:
    """A form for one file, as its page holds it."""

    url: str
    fields: Mapping[str, str]

    @classmethod
    def on(cls, page: Page) -> "Upload":
        """The form on a page."""
        (form,) = [each for each in page.tree.iter(f"{_HTML}form") if each.get("id") == "upload"]
        hidden = [each for each in form.iter(f"{_HTML}input") if each.get("type") == "hidden"]
        return cls(str(form.get("action")), {str(each.get("name")): str(each.get("value")) for each in hidden})

    def send(self, name: str, content: bytes, **changed: str) -> "Answer":
        """Send a file as a browser does (RFC 7578), perhaps with fields that somebody has changed."""
        edge = tokens.new_id()
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
            for field, value in {**self.fields, **changed}.items()
        ]
        about = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        parts += [about.encode(), b"Content-Type: application/octet-stream\r\n\r\n", content]
        body = b"".join([*parts, f"\r\n--{edge}--\r\n".encode()])
        return ask("POST", self.url, body, {"Content-Type": f"multipart/form-data; boundary={edge}"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a bucket says."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    """Ask a bucket, with no cookie and no right but what is in the address or the form."""
    where = urlsplit(url)
    assert where.hostname is not None
    connection = HTTPConnection(where.hostname, where.port, timeout=60)
    try:
        connection.request(method, f"{where.path}?{where.query}", body, dict(headers or {}))
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read())
    finally:
        connection.close()


def told(**other: Any) -> dict[str, Any]:
    """What somebody says about an item, with a day for its review that does not pass."""
    review_on = in_uk(datetime.now(UTC)).date() + timedelta(days=365)
    return {**FALLS, "review_on": review_on.isoformat(), **other}


def describe(visitor: Visitor, **other: Any) -> str:
    """Share words, up to the step where the file is sent. Gives the id of the item."""
    begun = visitor.post("/library/share")
    resource_id = begun.location.split("/")[3]
    page = visitor.post(f"/library/share/{resource_id}/details", told(**other))
    assert page.location == f"/library/share/{resource_id}/file", page.words
    return resource_id


def form_for(visitor: Visitor, resource_id: str) -> Upload:
    """The form that sends the file of an item."""
    return Upload.on(visitor.get(f"/library/share/{resource_id}/file"))


def send_file(visitor: Visitor, resource_id: str, name: str, content: bytes) -> Page:
    """Send the file of an item without scripts, and go where the bucket sends the browser."""
    answer = form_for(visitor, resource_id).send(name, content)
    assert answer.status == 303, answer.body
    there = answer.headers["location"]
    assert there.startswith(f"{visitor.url}/library/{resource_id}?"), there
    return visitor.get(there.removeprefix(visitor.url))


def becomes(visitor: Visitor, resource_id: str, words: str, within: float = 30) -> Page:
    """The page of an item as soon as it says something."""
    return until(lambda: visitor.get(f"/library/{resource_id}"), lambda page: words in page.words, within)


def until(look: Callable[[], Page], there: Callable[[Page], bool], within: float = 60) -> Page:
    """Look again and again until something is there, for so many seconds."""
    deadline = time.monotonic() + within
    while not there(page := look()):
        assert time.monotonic() < deadline, page.words
        time.sleep(0.25)
    return page


def publish(cora: Visitor, resource_id: str, **more: str) -> None:
    """Decide as a coordinator, with the form of the page."""
    there = f"/coordinate/library/{resource_id}"
    version = cora.get(there).value_of("version")
    assert version is not None
    decided = cora.post(there, decision="publish", version=version, **more)
    assert decided.location == f"{there}?done=published", decided.words


def shared(visitor: Visitor, cora: Visitor, name: str, content: bytes, **other: Any) -> str:
    """Something that somebody has shared and that is published. Gives its id."""
    resource_id = describe(visitor, **other)
    send_file(visitor, resource_id, name, content)
    becomes(visitor, resource_id, "Waiting for a coordinator")
    publish(cora, resource_id)
    return resource_id


def links(page: Page) -> list[str]:
    """Where the links of a page lead."""
    return [str(each.get("href")) for each in page.tree.iter(f"{_HTML}a")]
