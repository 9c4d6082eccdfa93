"""Whether a deployment is well: its pages, its table and its functions answer."""

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

import click
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ConfigDict, ValidationError

from cli.stack import Cloud
from functions.kernel import clock

PATIENCE, PATIENCE_HERE = 180.0, 60.0
"""Seconds in which a deployment has to be well, in AWS and on this machine. A new address is known everywhere only
after a minute or two."""
BETWEEN = 3.0
"""Seconds from one look to the next."""
ANSWERS_WITHIN = 30
"""Seconds."""


class Health(BaseModel):
    """What the page ``/health`` says."""

    model_config = ConfigDict(frozen=True)

    status: str
    version: str


def wait_until_well(cloud: Cloud, version: str) -> list[str]:
    """Look until all is well or patience ends. Return what is wrong then, as sentences, and nothing when all is well.

    :param version: of the bundle that should be answering.
    """
    deadline = time.monotonic() + (PATIENCE_HERE if cloud.stage.on_this_machine else PATIENCE)
    while (wrong := list(what_is_wrong(cloud, version))) and time.monotonic() < deadline:
        time.sleep(BETWEEN)
    return wrong


def what_is_wrong(cloud: Cloud, version: str | None = None) -> Iterator[str]:
    """Ask the home page, the page that says how things are, and a function, and say which does not answer as it should.

    :param version: of the bundle that should be answering, where it is known.
    """
    if sentence := _tried("The home page", lambda: read(cloud, "/")):
        yield sentence
    if sentence := _tried("The page that says how things are", lambda: _look(cloud, version)):
        yield sentence
    event = {"network": cloud.stage.network, "at": clock.stamp(clock.now()), "dry_run": True}
    # It looks through the programme and writes nothing.
    if sentence := _tried("The planner", lambda: cloud.invoke("invites.plan", event)):
        yield sentence


def _look(cloud: Cloud, version: str | None) -> None:
    health = Health.model_validate_json(read(cloud, "/health"))
    if health.status != "ok" or version not in {None, health.version}:
        raise ValueError(f"it says {health.status}, of version {health.version}, where {version} was deployed")


def read(cloud: Cloud, path: str) -> bytes:
    """Get a page. Raises ``OSError`` when it does not come, or comes as an error."""
    url = cloud.contents.url
    headers = {"user-agent": "psmn"}
    if cloud.stage.on_this_machine:
        # Python's own resolver does not know the names under .localhost, which browsers and curl do.
        where = urlsplit(url)
        headers["host"], url = where.netloc, f"http://127.0.0.1:{where.port}"
    with urllib.request.urlopen(urllib.request.Request(url + path, headers=headers), timeout=ANSWERS_WITHIN) as answer:
        found: bytes = answer.read()
        return found


def _tried(what: str, ask: Callable[[], Any]) -> str | None:
    """Ask, and say in a sentence why there was no good answer."""
    try:
        ask()
    except ValidationError:
        return f"{what} does not answer in its own words."
    except click.ClickException as error:
        return f"{what} failed: {error.message}"
    except (OSError, HTTPException, ValueError, BotoCoreError, ClientError, json.JSONDecodeError) as error:
        return f"{what} does not answer as it should: {error}."
    return None
