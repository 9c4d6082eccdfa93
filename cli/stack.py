"""A running deployment, as the ``psmn`` command and the tests see it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

import boto3
import click
from botocore.config import Config
from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict

from cli.places import Places
from functions.kernel.table import Table
from infra.stages import Stage

LOCAL_KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
"""The local cloud takes any key. A person's own keys are never sent to it."""
PATIENCE = 310
"""Seconds to wait for an answer of AWS. A job of ours may take 300, and who asked again sooner would start it twice."""


class Contents(BaseModel):
    """What the service stack's output ``Contents`` says about a deployment."""

    model_config = ConfigDict(frozen=True)

    url: str
    """Where the pages are, without a slash at the end."""
    table: str
    functions: dict[str, str]
    """The deployed name of each function, by its own: ``mail.send``."""
    queues: dict[str, str]
    buckets: dict[str, str]


def contents_of(stage: Stage, cloudformation: Any) -> Contents:
    """Ask CloudFormation what is deployed as ``stage``. Raises ``LookupError`` with a sentence when nothing is."""
    name = f"{stage.prefix}-service"
    try:
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        raise LookupError(f"{name} is not deployed.") from error
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    if "Contents" not in outputs:
        raise LookupError(f"{name} is not wholly deployed.")
    return Contents.model_validate_json(outputs["Contents"])


class Stack(Contents):
    """The deployment that ``psmn up`` made: everything in ``stack.json``."""

    mailbox_url: str
    endpoint_url: str
    region: str
    coordinator: str
    """The address that the made-up coordinator signs in with, or nothing when the network is empty."""
    pids: dict[str, int]

    @classmethod
    def load(cls, places: Places | None = None) -> Self:
        """Read the file that ``psmn up`` wrote. Fails with a sentence when the local cloud is not up."""
        file = (places or Places.from_environment()).stack_file
        if not file.exists():
            raise click.ClickException("The local cloud is not up. Start it with: psmn up")
        return cls.model_validate_json(file.read_bytes())

    def save(self, file: Path) -> None:
        """Write the file for other programs to read, in one move."""
        unfinished = file.with_suffix(".new")
        unfinished.write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")
        unfinished.replace(file)

    def client(self, service: str) -> Any:
        """Return a boto3 client for this deployment."""
        return local_client(service, endpoint_url=self.endpoint_url, region=self.region)

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        """Run the function called ``function`` (``invites.plan``) with ``event`` and return its answer.

        Fails with the function's own error when it raises one.
        """
        return invoke(self.client("lambda"), self.functions[function], event)


@dataclass(frozen=True, slots=True)
class Cloud:
    """A deployment, and how to reach it: the local one, or one in AWS with the credentials of this shell."""

    stage: Stage
    contents: Contents
    client: Callable[[str], Any]
    """Makes a boto3 client for the service of this name."""

    @property
    def table(self) -> Table:
        """Its table."""
        return Table(self.contents.table, self.client("dynamodb"))

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        """Run one of its functions, as ``Stack.invoke`` does."""
        return invoke(self.client("lambda"), self.contents.functions[function], event)


def reach(stage: Stage) -> Cloud:
    """Find what is deployed as ``stage``. Raises ``LookupError`` with a sentence when nothing is."""
    client = clients(stage)
    return Cloud(stage, contents_of(stage, client("cloudformation")), client)


def clients(stage: Stage, region: str | None = None) -> Callable[[str], Any]:
    """What makes a boto3 client for the place of a stage, whether or not anything is deployed there.

    Fails with a sentence when that is the local cloud, and it is not up.
    """
    if stage.on_this_machine:
        return Stack.load().client
    make: Callable[..., Any] = boto3.Session(region_name=region or stage.region).client
    return partial(make, config=Config(read_timeout=PATIENCE))


def invoke(client: Any, function: str, event: dict[str, Any]) -> Any:
    """Run a function by its deployed name. Fails with the function's own error when it raises one."""
    answer = client.invoke(FunctionName=function, Payload=json.dumps(event))
    payload = json.loads(answer["Payload"].read() or "null")
    if "FunctionError" in answer:
        raise click.ClickException(f"{function} failed: {payload.get('errorMessage', payload)}")
    return payload


def local_client(service: str, *, endpoint_url: str, region: str) -> Any:
    """Return a boto3 client that can reach nothing but the local cloud."""
    settings = Config(retries={"total_max_attempts": 2}, connect_timeout=5, read_timeout=120)
    # boto3's types know each service by its literal name. Here the name is a variable.
    make: Callable[..., Any] = boto3.client
    return make(service, endpoint_url=endpoint_url, region_name=region, config=settings, **LOCAL_KEYS)
