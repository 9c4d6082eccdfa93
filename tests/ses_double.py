"""A mail service on this machine: the real SDK talks to it, and it does what a test tells it to, and worse."""

import re
import socketserver
import struct
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SO_LINGER, SOL_SOCKET
from typing import Any
from urllib.parse import parse_qs

import pytest

from functions.kernel import aws
from functions.mail import post
from functions.mail.post import PostOffice

PATIENCE = 0.2
"""Seconds after which our side gives up waiting for an answer, instead of twenty."""


class Does(StrEnum):
    """What the service does with one message."""

    ACCEPTS = "accepts"
    ANSWERS_LATE = "takes it, and answers too late"
    SAYS_NOTHING = "takes it, and hangs up"
    RESETS = "takes it, and the connection breaks"
    BREAKS_OFF = "takes it, and its answer breaks off"
    BABBLES = "takes it, and answers with something else"
    FAULT_AFTER = "takes it, and reports a fault of its own"
    LOSES_IT = "hangs up before it has taken it"
    FAULT_BEFORE = "reports a fault of its own, and has not taken it"
    BUSY = "is too busy"
    PAUSED = "has paused the account"
    SET_PAUSED = "has paused the configuration set"
    SUSPENDED = "has suspended the account"
    OUT_OF_QUOTA = "has no quota left for today"
    REFUSES = "refuses it"
    FORBIDS = "does not know our key"

    @property
    def takes(self) -> bool:
        """Whether the message leaves."""
        return self in _TAKES

    @property
    def is_heard(self) -> bool:
        """Whether we learn what it did."""
        return self not in _UNHEARD


_TAKES = frozenset(
    {
        Does.ACCEPTS,
        Does.ANSWERS_LATE,
        Does.SAYS_NOTHING,
        Does.RESETS,
        Does.BREAKS_OFF,
        Does.BABBLES,
        Does.FAULT_AFTER,
    }
)
_UNHEARD = (_TAKES - {Does.ACCEPTS}) | {Does.LOSES_IT, Does.FAULT_BEFORE}

_REFUSALS: dict[Does, tuple[int, str, str]] = {
    Does.FAULT_AFTER: (500, "InternalFailure", "We encountered an internal error."),
    Does.FAULT_BEFORE: (503, "ServiceUnavailable", "Try again."),
    Does.BUSY: (400, "Throttling", "Maximum sending rate exceeded."),
    Does.OUT_OF_QUOTA: (400, "Throttling", "Daily message quota exceeded."),
    Does.PAUSED: (400, "AccountSendingPausedException", "Email sending is disabled for your account."),
    Does.SET_PAUSED: (400, "ConfigurationSetSendingPausedException", "Sending is disabled for this set."),
    Does.SUSPENDED: (400, "MessageRejected", "Sending suspended for this account."),
    Does.REFUSES: (400, "MessageRejected", "Email address is not verified."),
    Does.FORBIDS: (403, "InvalidClientTokenId", "The security token included in the request is invalid."),
}

_NAMESPACE = "http://ses.amazonaws.com/doc/2010-12-01/"


@dataclass(frozen=True, slots=True)
class Taken:
    """One message that the service took."""

    intent: str
    recipient: str
    configuration_set: str
    raw: bytes
    fields: dict[str, list[str]]
    """The whole call, as the query protocol has it."""


class _Call(BaseHTTPRequestHandler):
    server: "SesDouble"

    def do_POST(self) -> None:
        fields = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        match fields["Action"]:
            case ["SendRawEmail"]:
                self._send(fields)
            case ["GetSendQuota"]:
                quota = "<Max24HourSend>50000.0</Max24HourSend><MaxSendRate>500.0</MaxSendRate>"
                self._answer("GetSendQuota", f"{quota}<SentLast24Hours>0.0</SentLast24Hours>")
            case action:
                raise AssertionError(action)

    def _send(self, fields: dict[str, list[str]]) -> None:
        does = self.server.next()
        self.server.asked += 1
        if does.takes:
            self.server.taken.append(_taken(fields))
        match does:
            case Does.ACCEPTS:
                self._accept()
            case Does.ANSWERS_LATE:
                time.sleep(2 * PATIENCE)
                self._accept()
            case Does.SAYS_NOTHING | Does.LOSES_IT:
                self.connection.close()
            case Does.RESETS:
                self.connection.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            case Does.BREAKS_OFF:
                self.send_response(200)
                self.send_header("content-length", "5000")
                self.end_headers()
                self.wfile.write(b"<SendRawEmailResponse>")
            case Does.BABBLES:
                self._say(200, "<html>Welcome to the hotel")
            case _:
                self._refuse(*_REFUSALS[does])

    def _accept(self) -> None:
        self._answer("SendRawEmail", f"<MessageId>m-{len(self.server.taken)}</MessageId>")

    def _answer(self, action: str, result: str) -> None:
        whole = (
            f"<{action}Result>{result}</{action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
        )
        self._say(200, f'<{action}Response xmlns="{_NAMESPACE}">{whole}</{action}Response>')

    def _refuse(self, status: int, code: str, words: str) -> None:
        told = f"<Type>Sender</Type><Code>{code}</Code><Message>{words}</Message>"
        self._say(status, f"<ErrorResponse><Error>{told}</Error></ErrorResponse>")

    def _say(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("content-type", "text/xml")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def _taken(fields: dict[str, list[str]]) -> Taken:
    named = {fields[name][0]: fields[name.replace(".Name", ".Value")][0] for name in fields if _TAG.match(name)}
    return Taken(
        intent=named["intent"],
        recipient=fields["Destinations.member.1"][0],
        configuration_set=fields["ConfigurationSetName"][0],
        raw=b64decode(fields["RawMessage.Data"][0]),
        fields=fields,
    )


_TAG = re.compile(r"Tags\.member\.\d+\.Name")


class SesDouble(ThreadingHTTPServer):
    """The service: what it is going to do, one message after the other, and what it has taken. Then it accepts."""

    daemon_threads = True
    taken: list[Taken]
    asked: int
    """How many times it was asked to send."""

    def begin(self, *script: Does) -> None:
        """Begin anew with this to do."""
        self.script, self.taken, self.asked = list(script), [], 0

    def next(self) -> Does:
        """What to do with this message."""
        return self.script.pop(0) if self.script else Does.ACCEPTS

    def copies_of(self, intent: str) -> int:
        """How many copies of a message have left."""
        return sum(1 for each in self.taken if each.intent == intent)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hung up is no news."""


@contextmanager
def listening() -> Iterator[SesDouble]:
    """The service on a port of its own."""
    with SesDouble(("127.0.0.1", 0), _Call) as double:
        double.begin()
        threading.Thread(target=double.serve_forever, args=(0.01,), daemon=True).start()
        yield double
        double.shutdown()


def office_at(port: int, monkeypatch: pytest.MonkeyPatch) -> PostOffice:
    """The real connection, in more of a hurry to give up."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SES", f"http://127.0.0.1:{port}")
    impatient = {"connect_timeout": PATIENCE, "read_timeout": PATIENCE}
    monkeypatch.setattr(post, "_ONE_ATTEMPT", {**post._ONE_ATTEMPT, **impatient})
    aws.session.cache_clear()
    return PostOffice.connect()


def closed_port() -> int:
    """A port at which nobody listens."""
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as closed:
        port: int = closed.server_address[1]
    return port
