"""Everybody's mailbox, as MailDev received it."""

import json
import time
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

_PATIENCE = 40.0
"""Seconds for a message to come. It takes about one."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message."""

    id: str
    """What the mailbox calls it."""
    raw: bytes
    """The bytes that travelled."""

    @property
    def message(self) -> EmailMessage:
        """The message, taken apart."""
        return message_from_bytes(self.raw, policy=default)


@dataclass(slots=True)
class Mailbox:
    """Every message that left the system. A test opens each letter once, as a person does."""

    url: str
    _opened: set[str] = field(default_factory=set)

    def next(self, address: str, subject: str) -> Letter:
        """The oldest letter to an address that nobody has opened and whose subject has these words. Waits for it."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            for each in self._to(address):
                if subject in each["subject"] and each["id"] not in self._opened:
                    self._opened.add(each["id"])
                    return self._letter(each)
            if time.monotonic() > deadline:
                there = [each["subject"] for each in self._to(address)]
                raise AssertionError(f"No letter to {address} about {subject!r}. There are: {there}")
            time.sleep(0.05)

    def all(self, address: str, subject: str = "") -> list[Letter]:
        """Every letter to an address so far, whether or not it has been opened."""
        return [self._letter(each) for each in self._to(address) if subject in each["subject"]]

    def readers(self, subject: str) -> list[str]:
        """The addresses on every letter whose subject has these words."""
        found = (each for each in self._found(subject) if subject in each["subject"])
        return [to["address"] for each in found for to in each["to"]]

    def _to(self, address: str) -> list[dict[str, Any]]:
        return [each for each in self._found(address) if address in {to["address"] for to in each["to"]}]

    def _found(self, words: str) -> list[dict[str, Any]]:
        wanted = urlencode({"search": words, "sort": "asc", "limit": 200})
        found = json.loads(self._read(f"/api/email/summary?{wanted}"))
        assert found["total"] < found["limit"], "One page no longer holds what was searched for."
        items: list[dict[str, Any]] = found["items"]
        return items

    def _letter(self, summary: dict[str, Any]) -> Letter:
        return Letter(summary["id"], self._read(f"/api/email/{summary['id']}/source"))

    def _read(self, path: str) -> bytes:
        with urlopen(self.url + path, timeout=_PATIENCE) as answer:
            content: bytes = answer.read()
        return content
