"""A report of another service that nobody can read comes again, and the log says so without quoting it."""

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from tests.network import Network

EVENTS = Path(__file__).parents[2] / "events"


@pytest.mark.parametrize(("domain", "job"), [("mail", "feedback"), ("resources", "inspect")])
def test_a_report_that_cannot_be_read_is_in_the_log_and_comes_again(
    network: Network, logged: Callable[[], str], domain: str, job: str
) -> None:
    event = json.loads((EVENTS / domain / f"{job}.malformed.json").read_text())
    record = event["Records"][0]

    answer = getattr(import_module(f"functions.{domain}.jobs"), job)(event, None)

    assert answer == {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}
    told = logged()
    assert "report failed" in told
    assert record["messageId"] in told
    assert record["body"] not in told
