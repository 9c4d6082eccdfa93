"""What stands in for AWS while functions are measured: it knows a few items, and says yes to every write.

It costs every contestant the same and next to nothing. It is no test of anything: tests run on moto and on the local
cloud, which know AWS's rules.
"""

import json
from collections.abc import Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, override
from urllib.parse import parse_qs, urlsplit

from bench.runtime import REGION

type Image = Mapping[str, Mapping[str, Any]]
"""An item in DynamoDB's own notation."""

_SES = "http://ses.amazonaws.com/doc/2010-12-01/"
_RESULTS = {
    "GetSendQuota": "<MaxSendRate>1000</MaxSendRate><Max24HourSend>1000000</Max24HourSend>"
    "<SentLast24Hours>0</SentLast24Hours>",
    "SendRawEmail": "<MessageId>0102019ab1c2d3e4-5f607182-93a4-4b5c-8d6e-7f8091a2b3c4-000000</MessageId>",
}

SECRET = "sample" * 10 + "0001"
"""What every secret is: the one of the samples in ``events/gate``."""


class Aws(ThreadingHTTPServer):
    """DynamoDB, S3, Secrets Manager, SES and SQS at one address."""

    daemon_threads = True

    def __init__(self, items: Iterable[Image], objects: Mapping[str, bytes]) -> None:
        """It listens at any free port. Objects of S3 have paths: ``bucket/key``."""
        super().__init__(("127.0.0.1", 0), _Door)
        self.items = list(items)
        self.objects = objects

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def keep(self, items: Iterable[Image]) -> None:
        """Know these items too."""
        self.items += items

    def get(self, key: Image) -> Image | None:
        """The item of a key."""
        return next((each for each in self.items if key.items() <= each.items()), None)

    def dynamodb(self, operation: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """What DynamoDB answers."""
        match operation:
            case "GetItem":
                item = self.get(asked["Key"])
                return {} if item is None else {"Item": item}
            case "BatchGetItem":
                ((table, wanted),) = asked["RequestItems"].items()
                found = [item for key in wanted["Keys"] if (item := self.get(key)) is not None]
                return {"Responses": {table: found}, "UnprocessedKeys": {}}
            case "Query":
                # Every query of ours names its partition first, and so few items need no further sorting out.
                name = asked["ExpressionAttributeNames"]["#n0"]
                partition = asked["ExpressionAttributeValues"][":v0"]
                found = [item for item in self.items if item.get(name) == partition]
                return {"Items": found, "Count": len(found), "ScannedCount": len(found)}
            case "UpdateItem":
                return {"Attributes": self.get(asked["Key"]) or asked["Key"]}
            case _:
                return {}

    @staticmethod
    def sqs(operation: str) -> Mapping[str, Any]:
        """What SQS answers."""
        match operation:
            case "SendMessageBatch":
                return {"Successful": [], "Failed": []}
            case "GetQueueAttributes":
                return {"Attributes": {"ApproximateNumberOfMessages": "0"}}
            case _:
                return {"MessageId": "1", "MD5OfMessageBody": ""}


class _Door(BaseHTTPRequestHandler):
    """What a function asks."""

    server: Aws
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    # Or a long answer waits for the network's own collecting of small packets.
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Answer DynamoDB, Secrets Manager and SQS in JSON, and SES in XML."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        service, _, operation = self.headers.get("x-amz-target", "").partition(".")
        if service == "AmazonSQS":
            self._answer(200, json.dumps(self.server.sqs(operation)).encode(), "application/x-amz-json-1.0")
        elif service == "secretsmanager":
            self._answer(200, json.dumps({"SecretString": SECRET}).encode(), "application/x-amz-json-1.1")
        elif service:
            answer = self.server.dynamodb(operation, json.loads(body))
            self._answer(200, json.dumps(answer).encode(), "application/x-amz-json-1.0")
        else:
            (action,) = parse_qs(body.decode())["Action"]
            result = f"<{action}Result>{_RESULTS[action]}</{action}Result>"
            whole = f'<{action}Response xmlns="{_SES}">{result}</{action}Response>'
            self._answer(200, whole.encode(), "text/xml")

    def do_GET(self) -> None:
        """Answer S3."""
        found = self.server.objects.get(urlsplit(self.path).path.lstrip("/"))
        if found is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>", "application/xml")
        else:
            self._answer(200, found, "application/octet-stream")

    do_HEAD = do_GET  # noqa: N815 - http.server's own way of writing it.

    def do_PUT(self) -> None:
        """Take an object."""
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self._answer(200, b"", "application/xml")

    @override
    def handle_expect_100(self) -> bool:
        """Let a long body come at once: the SDK waits a second for this."""
        goes_on = super().handle_expect_100()
        self.wfile.flush()
        return goes_on

    def _answer(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        self.send_header("etag", '"0123456789abcdef0123456789abcdef"')
        self.send_header("x-amz-bucket-region", REGION)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
