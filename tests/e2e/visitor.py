"""Somebody's browser without a window, over real HTTP: what leaves here is what the gateway gets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.web import Page, strictly

FORM = "application/x-www-form-urlencoded"
_PATIENCE = 30.0


@dataclass(slots=True)
class Visitor:
    """A visitor with cookies.

    Whatever they do, no answer may be a fault of ours, every page must be well formed, every answer must carry our
    policy, and every cookie must be out of reach of scripts, of other hosts and of plain connections.
    """

    url: str
    """Scheme, host and port of the pages."""
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Page:
        """Open a page."""
        return self.send("GET", path, headers=headers)

    def post(self, path: str, fields: Mapping[str, str | list[str]] | None = None, **more: str) -> Page:
        """Send a form from one of our own pages."""
        sent = {"content-type": FORM, "origin": self.url, "sec-fetch-site": "same-origin"}
        return self.send("POST", path, urlencode({**(fields or {}), **more}, doseq=True), sent)

    def post_json(self, path: str, value: Any) -> Page:
        """Call the interface for programs."""
        return self.send("POST", path, json.dumps(value), {"content-type": "application/json"})

    def follow(self, page: Page) -> Page:
        """Go where an answer sends the browser."""
        assert page.status == 303, (page.status, page.text)
        return self.get(page.location)

    def send(
        self, method: str, path: str, body: str | bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Page:
        """Send anything at all."""
        where = urlsplit(self.url)
        sent = {"Host": where.netloc, **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        # Python's own resolver does not know the names under .localhost, which browsers and curl do.
        connection = HTTPConnection("127.0.0.1", where.port, timeout=_PATIENCE)
        try:
            connection.request(method, path, body.encode() if isinstance(body, str) else body, sent)
            answer = connection.getresponse()
            page = _page(answer.status, answer.headers, answer.read())
        finally:
            connection.close()
        assert page.status < 500, (method, path, page.status, page.text)
        assert page.headers["content-security-policy"].startswith("default-src 'none'"), (method, path)
        self._keep(page)
        return page

    def _keep(self, page: Page) -> None:
        for each in page.cookies:
            pair, *attributes = each.split("; ")
            name, _, value = pair.partition("=")
            assert name.startswith("__Host-"), each
            assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(attributes), each
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)


def _page(status: int, headers: HTTPMessage, body: bytes) -> Page:
    plain = {name.lower(): value for name, value in headers.items()}
    page = Page(status, plain, headers.get_all("set-cookie") or [], body)
    if body and plain.get("content-type", "").startswith("text/html"):
        strictly(page.text)
    return page
