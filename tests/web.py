"""A browser without a window: it keeps cookies, sends forms as browsers do, and reads every page strictly."""

import base64
import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree.ElementTree import Element

import html5lib

type Event = dict[str, Any]
type Handler = Callable[[Event, Any], Event]

ORIGIN = "https://psmn.test"
_HTML = "{http://www.w3.org/1999/xhtml}"


def event(
    method: str,
    path: str,
    *,
    query: str = "",
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
    cookies: Iterable[str] = (),
    in_base64: bool = False,
    client: str = "192.0.2.1",
) -> Event:
    """A request as an HTTP API hands it to a function (payload format 2.0)."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "cookies": list(cookies),
        "headers": dict(headers or {}),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": "psmn.test",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": client,
                "userAgent": "tests",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "stage": "$default",
            "time": "23/Nov/2026:09:00:00 +0000",
            "timeEpoch": 1795424400000,
        },
        "isBase64Encoded": in_base64,
        **({"body": body} if body is not None else {}),
    }


def strictly(text: str) -> Element:
    """The tree of a page.

    Raises html5lib's ``ParseError`` at the first mistake in the markup.
    """
    return html5lib.HTMLParser(strict=True).parse(text)


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, as a person and a checker see it."""

    status: int
    headers: Mapping[str, str]
    cookies: list[str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def location(self) -> str:
        """Where a redirect goes."""
        return self.headers["location"]

    @property
    def tree(self) -> Element:
        """The page, parsed strictly."""
        return strictly(self.text)

    @property
    def title(self) -> str:
        """What the browser's tab says."""
        return "".join(self.tree.find(f".//{_HTML}title").itertext())  # type: ignore[union-attr] # Each page has one.

    @property
    def words(self) -> str:
        """The words of the page's main part, white space made single."""
        main = self.tree.find(f".//{_HTML}main")
        assert main is not None
        return " ".join(" ".join(main.itertext()).split())

    @property
    def reason(self) -> str | None:
        """The reason code of an outcome."""
        return next((each.get("data-reason") for each in self.tree.iter() if each.get("data-reason")), None)

    def error_beside(self, name: str) -> str | None:
        """The sentence beside a field."""
        found = next((each for each in self.tree.iter() if each.get("id") == f"{name}-error"), None)
        return None if found is None else " ".join("".join(found.itertext()).split()).removeprefix("Error: ")

    def value_of(self, name: str) -> str | None:
        """What a field holds."""
        return next((each.get("value") for each in self.tree.iter(f"{_HTML}input") if each.get("name") == name), None)


@dataclass(slots=True)
class Browser:
    """Somebody's browser."""

    serve: Handler
    cookies: dict[str, str] = field(default_factory=dict)
    client: str = "192.0.2.1"

    def get(self, path: str, **headers: str) -> Page:
        """Open a page."""
        return self.send("GET", path, headers=headers)

    def post(self, path: str, fields: Mapping[str, str | list[str]] | None = None, **more: str) -> Page:
        """Send a form from one of our own pages."""
        sent = {
            "content-type": "application/x-www-form-urlencoded",
            "origin": ORIGIN,
            "sec-fetch-site": "same-origin",
        }
        return self.send("POST", path, body=urlencode({**(fields or {}), **more}, doseq=True), headers=sent)

    def post_json(self, path: str, value: Any) -> Page:
        """Call the interface for programs."""
        return self.send("POST", path, body=json.dumps(value), headers={"content-type": "application/json"})

    def send(
        self,
        method: str,
        path: str,
        *,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
        in_base64: bool = False,
    ) -> Page:
        """Send anything at all."""
        where = urlsplit(path)
        cookies = [f"{name}={value}" for name, value in self.cookies.items()]
        answer = self.serve(
            event(
                method,
                where.path,
                query=where.query,
                body=body,
                headers=headers,
                cookies=cookies,
                in_base64=in_base64,
                client=self.client,
            ),
            None,
        )
        return self._received(answer)

    def _received(self, answer: Event) -> Page:
        raw = base64.b64decode(answer["body"]) if answer["isBase64Encoded"] else answer["body"].encode()
        headers = {name.lower(): value for name, value in answer["headers"].items()}
        if headers.get("content-encoding") == "gzip":
            raw = gzip.decompress(raw)
        page = Page(answer["statusCode"], headers, answer.get("cookies", []), raw)
        for each in page.cookies:
            name, _, rest = each.partition("=")
            value = rest.partition(";")[0]
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        if raw and headers.get("content-type", "").startswith("text/html"):
            strictly(page.text)
        return page
