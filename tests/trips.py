"""Each call to AWS on its way to moto: what it is, what DynamoDB would charge for it, and how large it is.

Units are worked out from the sizes of the items, as AWS does it ("DynamoDB read and write operations", "DynamoDB item
sizes and formats" and "Amazon DynamoDB Transactions: How it works"). moto's own numbers do not know the size of
anything. A check in a transaction is counted as a write of the item that it looks at, which is the most it can cost.
"""

import copy
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from math import ceil
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.session import get_session
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table as MotoTable

from functions.kernel import aws, keys
from tests.network import REGION, TABLE
from tests.used import RECORDER

type Image = Mapping[str, Any]

TABLE_READS = frozenset({"dynamodb.GetItem", "dynamodb.BatchGetItem", "dynamodb.Query"})
READS = TABLE_READS | {"s3.GetObject", "s3.HeadObject", "ses.GetSendQuota", "sqs.GetQueueAttributes"}
TABLE_WRITES = frozenset(
    {"dynamodb.PutItem", "dynamodb.UpdateItem", "dynamodb.DeleteItem", "dynamodb.TransactWriteItems"}
)
WRITES = TABLE_WRITES | {
    "s3.PutObject",
    "s3.CopyObject",
    "s3.DeleteObject",
    "ses.SendRawEmail",
    "sqs.SendMessage",
    "sqs.SendMessageBatch",
}

_READ_UNIT, _WRITE_UNIT = 4096, 1024
"""Bytes."""
_INDEXES = (keys.LISTS, keys.WAITING)


@dataclass(frozen=True, slots=True)
class Trip:
    """One call, there and back."""

    name: str
    """For example ``dynamodb.GetItem``."""
    proves: bool = False
    """Whether it says who is asking: it reads a sign-in, or counts a try at a code."""
    read_units: float = 0
    write_units: int = 0
    items: int = 0
    """How many items it writes."""
    sent: int = 0
    """Bytes of the body of the request."""
    received: int = 0
    """Bytes of the body of the answer."""

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return self.name in WRITES

    @property
    def label(self) -> str:
        """Its name, and whether it says who is asking."""
        return f"{self.name} (who)" if self.proves else self.name


@dataclass(slots=True)
class Watch:
    """Stands before moto for every connection that is made from then on. A retry of the SDK is a call too."""

    trips: list[Trip] = field(default_factory=list)

    @contextmanager
    def during(self) -> Iterator[list[Trip]]:
        """The calls from here to the end of the block, in a list that grows."""
        self.trips = found = []
        yield found
        self.trips = []

    def __call__(self, event_name: str, request: Any, **_: Any) -> AWSResponse:
        """Carry out one call, and keep what it was."""
        name = event_name.removeprefix("before-send.")
        assert name in READS | WRITES, f"Say in tests/trips.py whether {name} reads or writes."
        spoken = name.startswith("dynamodb.")
        asked = json.loads(request.body) if spoken else {}
        before = {place: _stored(key) for place, key in _written(name, asked)}
        answer: AWSResponse | None = botocore_stubber("before-send", request)
        assert answer is not None, name
        content = answer.content
        assert name != "dynamodb.TransactWriteItems" or answer.status_code == HTTPStatus.OK, content
        answered = json.loads(content) if spoken and content else {}
        changes = [(before[place], _stored(key)) for place, key in _written(name, asked)]
        twice = 2 if name == "dynamodb.TransactWriteItems" else 1
        self.trips.append(
            Trip(
                name,
                proves=_proves(name, asked),
                read_units=_read_units(name, asked, answered),
                write_units=sum(twice * _to_write(*each) + _in_indexes(*each) for each in changes),
                items=sum(old != new for old, new in changes),
                sent=_length(request),
                received=0 if answer.status_code == HTTPStatus.NOT_MODIFIED else len(content),
            )
        )
        return AWSResponse(request.url, answer.status_code, answer.headers, MockRawResponse(content))


def _copied(thing: Any) -> Any:
    return thing if isinstance(thing, MotoTable) else copy.deepcopy(thing)


def _length(request: Any) -> int:
    """The bytes of a body, without what wraps a body that is sent in chunks."""
    return int(request.headers.get("X-Amz-Decoded-Content-Length") or request.headers.get("Content-Length") or 0)


def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Watch whatever connects from now on, in tables of any size.

    moto copies the whole table for each item of a transaction, to go back to when it fails. Here none may fail, and
    nothing is copied.
    """
    watching, session = Watch(), get_session()
    # Every handler of this event is called, whoever has answered already, so moto's own has to go.
    session.unregister("before-send", botocore_stubber)
    session.register("before-send", watching)
    RECORDER.listen(session)
    monkeypatch.setattr(aws, "session", lambda: session)
    monkeypatch.setattr("moto.dynamodb.models.copy", SimpleNamespace(deepcopy=_copied))
    return watching


def size_of(image: Image) -> int:
    """The bytes of an item: its names and its values."""
    return sum(len(name.encode()) + _size(value) for name, value in image.items())


def _size(value: Mapping[str, Any]) -> int:
    ((kind, held),) = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "N":
            return ceil(len(held.strip("-")) / 2) + 1
        case "BOOL" | "NULL":
            return 1
        case "L":
            return 3 + sum(1 + _size(each) for each in held)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _size(each) for name, each in held.items())
        case _:
            raise AssertionError(f"Nobody has said how large a value of the kind {kind} is.")


def _proves(name: str, asked: Mapping[str, Any]) -> bool:
    if name == "dynamodb.BatchGetItem":
        return any(key["sk"]["S"].startswith(keys.SIGN_INS) for key in asked["RequestItems"][TABLE]["Keys"])
    return name == "dynamodb.UpdateItem" and "tries" in asked["ExpressionAttributeNames"].values()


def _read_units(name: str, asked: Mapping[str, Any], answered: Mapping[str, Any]) -> float:
    match name:
        case "dynamodb.GetItem":
            return _to_read([answered.get("Item", {})], consistent=asked.get("ConsistentRead", False))
        case "dynamodb.BatchGetItem":
            wanted, found = asked["RequestItems"][TABLE], answered["Responses"][TABLE]
            missing = len(wanted["Keys"]) - len(found)
            consistent = wanted.get("ConsistentRead", False)
            return sum(_to_read([each], consistent=consistent) for each in (*found, *[{}] * missing))
        case "dynamodb.Query":
            return _to_read(answered["Items"], consistent=asked.get("ConsistentRead", False))
        case _:
            return 0


def _to_read(images: Iterable[Image], *, consistent: bool) -> float:
    return max(1, ceil(sum(map(size_of, images)) / _READ_UNIT)) * (1 if consistent else 0.5)


def _to_write(old: Image, new: Image) -> int:
    return max(1, ceil(max(size_of(old), size_of(new)) / _WRITE_UNIT))


def _in_indexes(old: Image, new: Image) -> int:
    """What keeping the indexes costs. Each holds whole items, and a change of place is a deletion and an addition."""
    units = 0
    for index in _INDEXES:
        was, comes = ([image.get(f"{index}{part}") for part in ("pk", "sk")] for image in (old, new))
        if old == new or not (was[0] or comes[0]):
            continue
        if was == comes:
            units += _to_write(old, new)
        else:
            units += sum(_to_write(image, image) for image, place in ((old, was), (new, comes)) if place[0])
    return units


def _written(name: str, asked: Mapping[str, Any]) -> Iterator[tuple[int, Image]]:
    """The keys of what a call writes or, in a transaction, checks, each with its place."""
    if name not in TABLE_WRITES:
        return
    writes = [next(iter(each.values())) for each in asked["TransactItems"]] if "TransactItems" in asked else [asked]
    for place, write in enumerate(writes):
        named = write.get("Key") or write["Item"]
        yield place, {part: named[part] for part in ("pk", "sk")}


def _stored(key: Image) -> Image:
    """The item as moto has it, or one without anything where there is none."""
    item = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].get_item(TABLE, dict(key))
    return item.to_json()["Attributes"] if item is not None else {}
