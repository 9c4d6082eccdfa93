"""The calls to AWS that our code makes: listened to, and answered with faults."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError
from moto.core.models import botocore_stubber

from functions.kernel import aws

# To sign an address or a form asks nobody. botocore gives it the name of a call all the same: HeadBucket, CreateBucket.
READS = frozenset({"GetItem", "BatchGetItem", "Query", "GetObject", "HeadBucket", "CreateBucket"})


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its service, its name, and what went with it."""

    service: str
    name: str
    parameters: Any


@dataclass(slots=True)
class Calls:
    """Every call of the connections that were made after the listening began."""

    made: list[Call] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """What was called, in order."""
        return [f"{call.service}.{call.name}" for call in self.made]

    @property
    def effects(self) -> list[str]:
        """What was called beside reading the table and the buckets."""
        return [f"{call.service}.{call.name}" for call in self.made if call.name not in READS]

    def forget(self) -> None:
        """Start again."""
        self.made.clear()


def listen() -> Calls:
    """Listen from now on. A test calls this before it uses the network, whose connections are made once."""
    calls = Calls()

    def note(params: Any, model: Any, **_: Any) -> None:
        calls.made.append(
            Call(model.service_model.service_name, model.name, json.loads(json.dumps(params, default=str)))
        )

    aws.session().register("before-parameter-build", note)
    return calls


type Fault = Callable[[Any], AWSResponse]


def refused(code: str, status: int = 400) -> Fault:
    """The service answers with an error and does nothing."""

    def answer(request: Any) -> AWSResponse:
        body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": code}).encode()
        return AWSResponse(request.url, status, {"content-type": "application/x-amz-json-1.0"}, Body(body))

    return answer


def lost(request: Any) -> AWSResponse:
    """The service does what it is asked, and its answer never arrives."""
    botocore_stubber("before-send", request)
    raise ReadTimeoutError(endpoint_url=request.url)


@contextmanager
def faults(client: Any, name: str, *script: Fault) -> Iterator[list[Fault]]:
    """Answer the next calls of one name with these faults, one each, and then as usual. Gives the faults not yet used.

    moto would apply a call even when somebody else has answered it, so it is asked only for those without a fault.
    """
    waiting = list(script)

    def answer(event_name: str, request: Any, **_: Any) -> AWSResponse | None:
        struck = waiting and event_name.endswith(f".{name}")
        return waiting.pop(0)(request) if struck else botocore_stubber("before-send", request)

    events = client.meta.events
    events.unregister("before-send", botocore_stubber)
    events.register("before-send", answer)
    try:
        yield waiting
    finally:
        events.unregister("before-send", answer)
        events.register("before-send", botocore_stubber)


@dataclass(slots=True)
class Body:
    """The body of an answer, as urllib3 would stream it."""

    left: bytes

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        """All of it, in one piece."""
        yield self.left
