"""The cloud in this process: it answers the SDK's finished calls at once, and keeps only what is few.

So what is measured is our own processor time and the SDK's, with nothing of a network or a service. Members and
messages are made up as they are asked for, so that any number of them takes no memory.
"""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import md5
from typing import Any

from botocore.awsrequest import AWSResponse

from functions.kernel import aws, keys
from functions.kernel.table import Write

type Image = dict[str, Any]

PAGE = 100
"""Items in an answer to a query, which is as many as our own code asks for."""
_MAIL = re.compile(rb'"MAIL#([0-9a-f]{64})"')
_SES = "http://ses.amazonaws.com/doc/2010-12-01/"


class Cloud:
    """DynamoDB, SQS and SES for one send to many."""

    def __init__(self, members: int, member: Image, items: list[Write]) -> None:
        """Hold these items, and as many members like this one as are asked for, in equal shards."""
        self.calls: Counter[str] = Counter()
        self.spent = 0.0
        """Seconds of processor time that went into answering."""
        self.size = 0
        """Bytes of a message's row, as DynamoDB counts them."""
        whole, over = divmod(members, len(keys.SHARDS))
        self._in_shard = {shard: whole + (place < over) for place, shard in enumerate(keys.SHARDS)}
        self._member = json.dumps(member)
        self._kept = {_key_of(write.parameters["Item"]): write.parameters["Item"] for write in items}
        self._row = ""

    def listen(self) -> None:
        """Answer the calls of every client that is made from now on."""
        aws.session.cache_clear()
        aws.session().register("before-send", self._answer)

    def row(self, key: str, number: int) -> str:
        """The image of one message's row, in JSON, for a reader of its own."""
        return (
            self._row.replace(_FIRST_KEY, key)
            .replace(_FIRST_NAME, f"Ann Example {number}")
            .replace(_FIRST_ADDRESS, f"ann.example.{number}@nhs.net")
        )

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        before = time.thread_time()
        target = request.headers.get("X-Amz-Target", b"")
        name = (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2] or "SendRawEmail"
        self.calls[name] += 1
        body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
        if name == "SendRawEmail":
            answer = self._mail_service(body)
        else:
            answer = json.dumps(getattr(self, f"_{name}")(body)).encode()
        self.spent += time.thread_time() - before
        return AWSResponse(request.url, 200, {"content-type": "application/x-amz-json-1.0"}, _Body(answer))

    def _mail_service(self, body: bytes) -> bytes:
        if b"Action=GetSendQuota" in body:
            name = "GetSendQuota"
            result = (
                "<Max24HourSend>-1.0</Max24HourSend><MaxSendRate>1e9</MaxSendRate><SentLast24Hours>0</SentLast24Hours>"
            )
            self.calls["SendRawEmail"] -= 1
            self.calls[name] += 1
        else:
            name, result = "SendRawEmail", "<MessageId>0102018f3a6c1d4b-7e9f0000-0000-000000</MessageId>"
        meta = "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
        return f'<{name}Response xmlns="{_SES}"><{name}Result>{result}</{name}Result>{meta}</{name}Response>'.encode()

    def _SendMessageBatch(self, body: bytes) -> Mapping[str, Any]:  # noqa: N802 - AWS's own name, as below.
        entries = json.loads(body)["Entries"]
        return {
            "Successful": [{"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": _md5(entry)} for entry in entries]
        }

    def _GetItem(self, body: bytes) -> Mapping[str, Any]:  # noqa: N802 - AWS's own name.
        found = _MAIL.search(body)
        if found is not None and self._row:
            key = found[1].decode()
            return {"Item": json.loads(self.row(key, int(key[:6], 16)))}
        image = self._kept.get(_key_of(json.loads(body)["Key"]))
        return {"Item": image} if image else {}

    def _BatchGetItem(self, body: bytes) -> Mapping[str, Any]:  # noqa: N802 - AWS's own name.
        ((table, asked),) = json.loads(body)["RequestItems"].items()
        images = [self._kept[key] for each in asked["Keys"] if (key := _key_of(each)) in self._kept]
        return {"Responses": {table: images}, "UnprocessedKeys": {}}

    def _UpdateItem(self, _: bytes) -> Mapping[str, Any]:  # noqa: N802 - AWS's own name.
        return {}

    def _TransactWriteItems(self, body: bytes) -> Mapping[str, Any]:  # noqa: N802 - AWS's own name.
        if b'"MAIL#' not in body:
            for each in json.loads(body)["TransactItems"]:
                self._kept[_key_of(each["Put"]["Item"])] = each["Put"]["Item"]
        elif not self._row:
            self._remember(json.loads(body)["TransactItems"][1]["Put"]["Item"])
        return {}

    def _remember(self, row: Image) -> None:
        """The first message, as the pattern of all that are read later."""
        self._row = json.dumps(row)
        self.size = _size_of({"M": row})
        for was, now in (("key", _FIRST_KEY), ("to_name", _FIRST_NAME), ("to_address", _FIRST_ADDRESS)):
            self._row = self._row.replace(row[was]["S"], now)

    def _Query(self, body: bytes) -> Mapping[str, Any]:  # noqa: N802 - AWS's own name.
        asked = json.loads(body)
        partition, *_ = (each["S"] for each in asked["ExpressionAttributeValues"].values())
        if not partition.startswith("MEMBERS#"):
            return {"Items": [image for image in self._kept.values() if image.get("gsi1pk", {}).get("S") == partition]}
        since = asked.get("ExclusiveStartKey", {}).get("sk", {}).get("S", "0")
        first, shard = int(since), partition[-1]
        images = list(self._members(shard, first, min(first + PAGE, self._in_shard[shard])))
        answer: dict[str, Any] = {"Items": images}
        if first + PAGE < self._in_shard[shard]:
            answer["LastEvaluatedKey"] = {"sk": {"S": str(first + PAGE)}}
        return answer

    def _members(self, shard: str, first: int, last: int) -> Iterator[Image]:
        for number in range(first, last):
            member_id = f"{shard}{number:031x}"
            yield json.loads(self._member.replace(MEMBER_ID, member_id).replace(MEMBER_DIGEST, member_id * 2))


MEMBER_ID, MEMBER_DIGEST = "0" * 31 + "1", "e" * 64
_FIRST_KEY, _FIRST_NAME, _FIRST_ADDRESS = "{the key}", "{the name}", "{the address}"


def _key_of(image: Image) -> tuple[str, str]:
    return image["pk"]["S"], image["sk"]["S"]


def _size_of(image: Mapping[str, Any]) -> int:
    """AWS, "DynamoDB item sizes and formats": names and texts by their bytes, each list and map 3 bytes more."""
    ((notation, value),) = image.items()
    match notation:
        case "S":
            return len(value.encode())
        case "N":
            return len(value) // 2 + 2
        case "M":
            return 3 + sum(len(name.encode()) + 1 + _size_of(each) for name, each in value.items())
        case "L":
            return 3 + sum(1 + _size_of(each) for each in value)
        case _:
            return 1


def _md5(entry: Mapping[str, str]) -> str:
    return md5(entry["MessageBody"].encode(), usedforsecurity=False).hexdigest()


class _Body:
    """The body of an answer, as urllib3 would stream it."""

    def __init__(self, left: bytes) -> None:
        self.left = left

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        """All of it, in one piece."""
        yield self.left
