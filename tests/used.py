"""What functions ask of AWS while the tests run, in the words of ``tests/infra/permissions.toml``.

The integration tests note it as they go, and the tests of the template compare it with what each function may do: a
permission that nothing used is one too many (security requirements 56 and 57).
"""

import importlib
import json
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session

from tests.network import ENVIRONMENT

TABLE = Path(__file__).with_name("infra") / "permissions.toml"

FILE = Path(__file__).parents[1] / ".local" / "used.json"
"""Where a whole run of the integration tests leaves what it has seen, for the tests of the template after it."""

type Use = tuple[str, str, str]
"""A function, an action and a resource."""

FUNCTIONS = sorted(name for name in tomllib.loads(TABLE.read_text(encoding="utf-8")) if "." in name)
"""The functions by their own names: ``mail.send``."""

_running: ContextVar[str] = ContextVar("running", default="")

USES = {
    "functions.invites.plan:Planner.week": "invites.plan",
    "functions.invites.plan:Planner.tick": "invites.tick",
    "functions.invites.plan:Planner.newcomer": "invites.welcome",
    "functions.resources.quarantine:Quarantine.hear": "resources.inspect",
    "functions.resources.indexing:Indexer.refresh": "resources.index",
    "functions.resources.upkeep:Upkeep.give_up": "resources.sweep",
    "functions.resources.upkeep:Upkeep.delete_discarded": "resources.sweep",
    "functions.resources.upkeep:Upkeep.ask_owners": "resources.sweep",
}
"""What tests call in the place of a job that does that and nothing else."""

TRANSACTED = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
"""A transaction needs the permission of each thing it does."""
QUEUES = {"mail": "MailUrgent", "bulk": "MailBulk", "index": "ResourcesBell"}
BUCKETS = {
    "INBOUND_BUCKET": "InboundBucket",
    "QUARANTINE_BUCKET": "QuarantineBucket",
    "LIBRARY_BUCKET": "Library",
    "SEALS_BUCKET": "Seals",
}
_NAMED = {ENVIRONMENT[name]: words for name, words in BUCKETS.items()}


@dataclass(slots=True)
class Recorder:
    """Knows which function runs, and notes each call that it makes."""

    uses: set[Use] = field(default_factory=set)

    def listen(self, session: Session) -> None:
        """Note the calls of every connection that is made from now on."""
        session.register("provide-client-params", self._call)

    def follow(self, patch: pytest.MonkeyPatch) -> None:
        """Notice when a function runs, whoever calls it."""
        for name in FUNCTIONS:
            domain, action = name.split(".")
            module, handler = ("web", "handler") if action == "web" else ("jobs", action)
            place = importlib.import_module(f"functions.{domain}.{module}")
            patch.setattr(place, handler, _within(name, getattr(place, handler)))
        for use, name in USES.items():
            module, _, path = use.partition(":")
            of, _, method = path.partition(".")
            place = getattr(importlib.import_module(module), of)
            patch.setattr(place, method, _within(name, getattr(place, method), inside=True))

    def keep(self) -> None:
        """Leave what was seen for the tests of the template."""
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(json.dumps(sorted(self.uses)), encoding="utf-8")

    def add(self, uses: Iterable[Iterable[str]]) -> None:
        """Take in what another process has seen."""
        self.uses |= {(function, action, resource) for function, action, resource in uses}

    def _call(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if function := _running.get():
            service = model.service_model.service_name
            self.uses |= {(function, *each) for each in _asked(service, model.name, params)}


RECORDER = Recorder()
"""The one of this process."""


def _within(name: str, handler: Callable[..., Any], *, inside: bool = False) -> Callable[..., Any]:
    """A function, or with ``inside`` a part of it that others call too."""

    @wraps(handler)
    def run(*arguments: Any, **more: Any) -> Any:
        # A page that asks a planner what it would do is still a page. No function calls another, but a test may run one
        # in the middle of another, as if they ran at once.
        before = _running.set((inside and _running.get()) or name)
        try:
            return handler(*arguments, **more)
        finally:
            _running.reset(before)

    return run


def _asked(service: str, operation: str, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The permissions that a call needs, each with its resource (AWS, "Actions, resources, and condition keys")."""
    match service:
        case "dynamodb":
            yield from _of_the_table(operation, params)
        case "s3":
            yield from _of_a_bucket(operation, params)
        case "sqs":
            yield f"sqs:{operation.removesuffix('Batch')}", QUEUES[params["QueueUrl"].rpartition("/")[2]]
        case "ses" if operation == "SendRawEmail":
            sender = "MailSendersEvents" if "@events." in params["Source"] else "MailSendersAccount"
            for resource in (f"configuration-set/{params['ConfigurationSetName']}", f"identity/{sender}"):
                yield "ses:SendRawEmail", f"arn:aws:ses:REGION:ACCOUNT:{resource}"
        case "secretsmanager":
            yield f"secretsmanager:{operation}", "GateSecret"
        case _:
            yield f"{service}:{operation}", "*"


def _of_the_table(operation: str, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    match operation:
        case "TransactWriteItems":
            for item in params["TransactItems"]:
                yield f"dynamodb:{TRANSACTED[next(iter(item))]}", "Table"
        case "Query" if "IndexName" in params:
            yield "dynamodb:Query", f"Table/index/{params['IndexName']}"
        case _:
            yield f"dynamodb:{operation}", "Table"


def _of_a_bucket(operation: str, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "Key" not in params:
        # A form is signed for whatever its fields say, and asks for nothing by itself.
        return
    match operation:
        case "CopyObject":
            yield "s3:GetObjectVersion", _place(params["CopySource"]["Bucket"], params["CopySource"]["Key"])
            yield from _put(params)
        case "PutObject":
            yield from _put(params)
        case "HeadObject" | "GetObject":
            version = "Version" if "VersionId" in params else ""
            yield f"s3:GetObject{version}", _place(params["Bucket"], params["Key"])
        case _:
            yield f"s3:{operation}", _place(params["Bucket"], params["Key"])


def _put(params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    place = _place(params["Bucket"], params["Key"])
    yield "s3:PutObject", place
    if "Tagging" in params:
        yield "s3:PutObjectTagging", place


def _place(bucket: str, key: str) -> str:
    folder, slash, _ = key.partition("/")
    whole = _NAMED[bucket] == "QuarantineBucket" or not slash
    return f"{_NAMED[bucket]}/{'*' if whole else key if folder == 'index' else f'{folder}/*'}"
