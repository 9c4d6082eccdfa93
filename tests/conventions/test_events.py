"""Every sample in ``events/`` is what AWS hands over, and its handler answers it without a fault."""

import inspect
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bench.aws import SECRET
from functions.kernel.headers import SECURITY_HEADERS
from tests.gateway import put_in_secrets_manager
from tests.inbound import put_in_the_bucket
from tests.network import Network
from tests.world import DOMAINS

EVENTS = Path(__file__).parents[2] / "events"
SAMPLES = sorted(EVENTS.glob("*/*.json"))
TOLD_WHY = "without_zone"
"""The name of a case that lacks something a job needs: the job says which, and does nothing."""


class Context:
    """What Lambda tells a function about itself."""

    function_name = memory_limit_in_mb = invoked_function_arn = aws_request_id = "sample"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 60_000


def handlers() -> set[str]:
    """Every handler that AWS can call, as ``domain.handler``."""
    found = {f"{domain}.web" for domain in DOMAINS}
    for path in EVENTS.parent.glob("functions/*/jobs.py"):
        jobs = import_module(f"functions.{path.parent.name}.jobs")
        found |= {
            f"{path.parent.name}.{name}"
            for name, value in vars(jobs).items()
            if inspect.isfunction(value)
            and value.__module__ == jobs.__name__
            and list(inspect.signature(value).parameters) == ["event", "context"]
        }
    return found


def handler_of(sample: Path) -> Any:
    domain, name = sample.parent.name, sample.name.partition(".")[0]
    module, attribute = ("web", "handler") if name == "web" else ("jobs", name)
    return getattr(import_module(f"functions.{domain}.{module}"), attribute)


def test_every_handler_has_a_sample_and_every_sample_a_handler() -> None:
    assert {f"{sample.parent.name}.{sample.name.partition('.')[0]}" for sample in SAMPLES} == handlers()


def test_every_sample_is_named_for_its_handler_and_its_case() -> None:
    assert all(len(sample.name.split(".")) == 3 and sample.stem.islower() for sample in SAMPLES)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.parent.name}/{sample.stem}")
def test_every_sample_is_answered_without_a_fault(shared_network: Network, sample: Path) -> None:
    handle, event = handler_of(sample), json.loads(sample.read_text())
    if (mail := sample.with_suffix(".eml")).exists():
        put_in_the_bucket(event, mail.read_bytes())
    if sample.parent.name == "gate":
        put_in_secrets_manager(SECRET)
    if TOLD_WHY in sample.name:
        with pytest.raises(ValidationError):
            handle(event, Context())
        return
    answer = handle(event, Context())
    if sample.name.startswith("web."):
        assert answer["statusCode"] < 500
        headers = {name.lower(): value for name, value in answer["headers"].items()}
        assert SECURITY_HEADERS.keys() <= headers.keys()
    else:
        json.dumps(answer)
        assert not answer.get("batchItemFailures") or "malformed" in sample.name


@pytest.mark.parametrize(
    "sample", [each for each in SAMPLES if each.name.startswith("web.")], ids=lambda sample: sample.stem
)
def test_a_sample_of_a_request_is_one_that_the_gateway_would_make(sample: Path) -> None:
    event = json.loads(sample.read_text())
    assert event["version"] == "2.0"
    assert event["requestContext"]["http"]["path"] == event["rawPath"]
    key = event["routeKey"]
    paths = import_module(f"functions.{sample.parent.name}").PATHS
    assert key == "$default" or key.removeprefix("ANY ") in paths
    assert all(name == name.lower() for name in event["headers"])
