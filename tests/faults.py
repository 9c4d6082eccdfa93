"""Faults at any call to AWS: the machine dies, the service fails, or its answer is lost, before or after it has acted.

Every call of every connection passes here on its way to moto, after the SDK has signed it, so the SDK's own retries
are real. A test runs something once without a fault to learn how many calls it makes, and then once for each call and
kind of fault.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from botocore.handlers import BUILTIN_HANDLERS
from moto.core.models import botocore_stubber

from functions.kernel import aws
from tests.calls import Body


class Crash(BaseException):
    """The machine is gone in the middle of things."""


class Kind(StrEnum):
    """What goes wrong with one call."""

    CRASH_BEFORE = "crash before"
    CRASH_AFTER = "crash after"
    UNREACHABLE = "cannot be reached"
    FAULT = "fails by itself"
    ANSWER_LOST = "acts, and its answer is lost"
    DOWN = "is down from here to the end of the function"
    MEANWHILE = "something else happens just before"


_ERRORS: dict[str, tuple[int, str]] = {
    "dynamodb": (500, json.dumps({"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError", "message": "m"})),
    "sqs": (500, json.dumps({"__type": "com.amazonaws.sqs#InternalError", "message": "m"})),
    "s3": (500, "<Error><Code>InternalError</Code><Message>m</Message></Error>"),
    "ses": (500, "<ErrorResponse><Error><Code>InternalFailure</Code><Message>m</Message></Error></ErrorResponse>"),
}

type Answer = Callable[[Any], AWSResponse]


@dataclass(slots=True)
class Faults:
    """Stands before every service of moto."""

    made: list[str] = field(default_factory=list)
    """The calls since it was armed, as ``dynamodb.GetItem``. A retry of the SDK is a call too."""
    meanwhile: Callable[[], object] = lambda: None
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    """What the service answers to the next calls of one name, one each, instead of doing what it is asked."""
    heard: Callable[[str, Any], object] = lambda *_: None
    """Is told of each call that is carried out, with its request."""
    _at: int | None = None
    _kind: Kind = Kind.FAULT
    _down: bool = False
    _busy: bool = False
    _done: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)

    def arm(self, at: int | None = None, kind: Kind = Kind.FAULT) -> None:
        """Count from here, and let the call at this place go wrong, where there is one."""
        self.made, self._at, self._kind, self._down = [], at, kind, False

    def heal(self) -> None:
        """The function has ended: a service that was down is up again."""
        self._down = False

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Look at things without being counted and without a fault."""
        before, self._busy = self._busy, True
        try:
            yield
        finally:
            self._busy = before

    def __call__(self, event_name: str, request: Any, **_: Any) -> AWSResponse:
        """Answer one call."""
        name = event_name.removeprefix("before-send.")
        if self._busy:
            return self._apply(name, request)
        place = len(self.made)
        self.made.append(name)
        struck = place == self._at
        if struck and self._kind is Kind.DOWN:
            self._down = True
        if self._down:
            return self._fail(name, request)
        if not struck:
            return self._apply(name, request)
        return self._strike(name, request)

    def _strike(self, name: str, request: Any) -> AWSResponse:
        match self._kind:
            case Kind.CRASH_BEFORE:
                raise Crash
            case Kind.CRASH_AFTER:
                self._apply(name, request)
                raise Crash
            case Kind.UNREACHABLE:
                raise ConnectTimeoutError(endpoint_url=request.url)
            case Kind.ANSWER_LOST:
                self._apply(name, request)
                raise ReadTimeoutError(endpoint_url=request.url)
            case Kind.MEANWHILE:
                with self.aside():
                    self.meanwhile()
                return self._apply(name, request)
            case _:
                return self._fail(name, request)

    @staticmethod
    def _fail(name: str, request: Any) -> AWSResponse:
        status, body = _ERRORS[name.partition(".")[0]]
        return AWSResponse(request.url, status, {"content-type": "application/x-amz-json-1.0"}, Body(body.encode()))

    def _apply(self, name: str, request: Any) -> AWSResponse:
        waiting = self.answers.get(name)
        if waiting:
            return waiting.pop(0)(request)
        token = _token(name, request)
        if token in self._done:
            status, headers, content = self._done[token]
            return AWSResponse(request.url, status, headers, Body(content))
        answer: AWSResponse | None = botocore_stubber("before-send", request)
        assert answer is not None, name
        self.heard(name, request)
        if token is not None and answer.status_code < 300:
            # DynamoDB knows a transaction for ten minutes by its token. moto would carry it out again.
            self._done[token] = (answer.status_code, dict(answer.headers), answer.content)
            return AWSResponse(request.url, *self._done[token][:2], Body(self._done[token][2]))
        return answer


def _token(name: str, request: Any) -> str | None:
    if name != "dynamodb.TransactWriteItems":
        return None
    token: str = json.loads(request.body)["ClientRequestToken"]
    return token


@contextmanager
def before_every_service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Faults]:
    """Stand before moto for every connection that is made from here on, and let nobody wait between two tries."""
    faults = Faults()
    place = next(place for place, each in enumerate(BUILTIN_HANDLERS) if each[1] is botocore_stubber)
    usual = BUILTIN_HANDLERS[place]
    BUILTIN_HANDLERS[place] = ("before-send", faults)
    aws.session.cache_clear()
    monkeypatch.setattr("time.sleep", lambda _: None)
    try:
        yield faults
    finally:
        BUILTIN_HANDLERS[place] = usual


def fields_of(request: Any) -> dict[str, list[str]]:
    """What a call to a service with the query protocol says."""
    body = request.body
    return parse_qs(body.decode() if isinstance(body, bytes) else body)


def refusal(status: int, code: str, words: str = "m") -> Answer:
    """What the mail service answers when it does not do what it is asked."""
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>{words}</Message></Error></ErrorResponse>"

    def answer(request: Any) -> AWSResponse:
        return AWSResponse(request.url, status, {"content-type": "text/xml"}, Body(body.encode()))

    return answer


def places_in(made: list[str]) -> Iterator[tuple[int, str]]:
    """The places of the calls. A sweep that finds nothing, while a message waits for hours, is the same each time."""
    seen: set[tuple[str, str]] = set()
    for at, step in enumerate(pairwise(["", *made])):
        if step not in seen:
            seen.add(step)
            yield at, step[1]
