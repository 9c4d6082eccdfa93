"""Handing a message to the mail service: a service on this machine answers the real SDK in every way there is."""

import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SO_LINGER, SOL_SOCKET
from typing import Any
from urllib.parse import parse_qs

import boto3
import pytest
from botocore.config import Config

from functions.mail import post
from functions.mail.post import Outcome, Posted, PostOffice

type Answer = Callable[["Service"], None]

ACCEPTED = """<SendRawEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SendRawEmailResult>
<MessageId>m-1</MessageId></SendRawEmailResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>
</SendRawEmailResponse>"""


class Service(BaseHTTPRequestHandler):
    """The mail service. It keeps each message it was handed and answers as the test says."""

    server: "Server"

    def do_POST(self) -> None:
        """Take a message."""
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.handed.append(parse_qs(body.decode()))
        self.server.answer(self)

    def say(self, status: int, body: str) -> None:
        """Answer with a document."""
        self.send_response(status)
        self.send_header("content-type", "text/xml")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Where the service listens."""

    daemon_threads = True
    answer: Answer
    handed: list[dict[str, list[str]]]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hung up is no news."""


def accepts(service: Service) -> None:
    service.say(200, ACCEPTED)


def error(status: int, code: str, words: str = "m") -> Answer:
    def answer(service: Service) -> None:
        service.say(status, body)

    told = f"<Type>Sender</Type><Code>{code}</Code><Message>{words}</Message>"
    body = f"<ErrorResponse><Error>{told}</Error></ErrorResponse>"
    answer.__name__ = code if words == "m" else words
    return answer


def late(service: Service) -> None:
    time.sleep(0.6)
    accepts(service)


def hangs_up(service: Service) -> None:
    service.connection.close()


def resets(service: Service) -> None:
    service.connection.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    service.connection.close()


def breaks_off(service: Service) -> None:
    service.send_response(200)
    service.send_header("content-length", "5000")
    service.end_headers()
    service.wfile.write(ACCEPTED[:40].encode())


def babbles(service: Service) -> None:
    service.say(200, "<html>Welcome to the hotel")


def says_nothing(service: Service) -> None:
    service.say(502, "")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Service) as listening:
        threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
        yield listening
        listening.shutdown()


def office_at(port: int, monkeypatch: pytest.MonkeyPatch) -> PostOffice:
    """The real connection, in less of a hurry to give up than our tests are."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SES", f"http://127.0.0.1:{port}")
    impatient = Config(connect_timeout=0.3, read_timeout=0.3)
    monkeypatch.setattr(post, "_ONE_ATTEMPT", post._ONE_ATTEMPT.merge(impatient))
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    return PostOffice.connect()


def posted(office: PostOffice) -> Posted:
    return office.post(
        b"Subject: Hello\r\n\r\nAnn", sender="a@psmn.test", recipient="ann@nhs.net",
        configuration_set="signin", tags={"intent": "k"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (accepts, Outcome.ACCEPTED),
        (error(400, "MessageRejected"), Outcome.REFUSED),
        (error(400, "InvalidParameterValue"), Outcome.REFUSED),
        (error(400, "MessageRejected", "Sending suspended for this account."), Outcome.PAUSED),
        (error(400, "Throttling", "Maximum sending rate exceeded."), Outcome.BUSY),
        (error(400, "Throttling", "Daily message quota exceeded."), Outcome.PAUSED),
        (error(400, "ThrottlingException"), Outcome.BUSY),
        (error(429, "TooManyRequestsException"), Outcome.BUSY),
        (error(400, "AccountSendingPausedException"), Outcome.PAUSED),
        (error(400, "ConfigurationSetSendingPausedException"), Outcome.PAUSED),
        (error(400, "RequestExpired"), Outcome.BUSY),
        (error(403, "AccessDenied"), Outcome.BUSY),
        (error(403, "ExpiredToken"), Outcome.BUSY),
        (error(500, "InternalFailure"), Outcome.UNCLEAR),
        (error(503, "ServiceUnavailable"), Outcome.UNCLEAR),
        (says_nothing, Outcome.UNCLEAR),
        (late, Outcome.UNCLEAR),
        (hangs_up, Outcome.UNCLEAR),
        (resets, Outcome.UNCLEAR),
        (breaks_off, Outcome.UNCLEAR),
        (babbles, Outcome.UNCLEAR),
    ],
)
def test_requirements_72_and_78_each_answer_has_one_meaning_and_no_message_is_handed_over_twice(
    server: Server, monkeypatch: pytest.MonkeyPatch, answer: Answer, outcome: Outcome
) -> None:
    server.answer, server.handed = answer, []
    assert posted(office_at(server.server_port, monkeypatch)).outcome is outcome
    assert len(server.handed) == 1


def test_the_service_gets_the_message_for_one_reader_and_tells_its_name(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answer, server.handed = accepts, []
    assert posted(office_at(server.server_port, monkeypatch)) == Posted(Outcome.ACCEPTED, "m-1")
    (call,) = server.handed
    assert call["Destinations.member.1"] == ["ann@nhs.net"]
    assert "Destinations.member.2" not in call
    assert call["ConfigurationSetName"] == ["signin"]
    assert (call["Tags.member.1.Name"], call["Tags.member.1.Value"]) == (["intent"], ["k"])


def test_a_service_that_is_not_there_has_certainly_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as closed:
        port = closed.server_address[1]
    assert posted(office_at(port, monkeypatch)).outcome is Outcome.BUSY


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("0102-a-000000", "<0102-a-000000@eu-west-2.amazonses.com>"),
        ("a@email.amazonses.com", "<a@email.amazonses.com>"),
    ],
)
def test_a_message_is_found_again_by_the_name_that_the_service_gave_it(name: str, header: str) -> None:
    office = PostOffice(boto3.client("ses", region_name="eu-west-2", aws_access_key_id="x", aws_secret_access_key="x"))
    assert office.header_of(name) == header
