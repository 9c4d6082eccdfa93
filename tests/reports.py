"""The reports of the mail service, as the samples in ``events/mail`` have them, about a message of one's own."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from functions.mail import jobs

EVENTS = Path(__file__).parents[1] / "events" / "mail"

type Report = dict[str, Any]


def report(case: str, key: str, *, feedback_id: str | None = None, at: str | None = None) -> Report:
    """The report of one case about the message with this key, its feedback named and dated as the test says."""
    sample = json.loads((EVENTS / f"feedback.{case}.json").read_text())
    told: Report = json.loads(sample["Records"][0]["body"])
    if "tags" in told["mail"]:
        told["mail"]["tags"]["intent"] = [key]
    for part in ("bounce", "complaint"):
        if part in told:
            told[part] |= {"feedbackId": feedback_id or told[part]["feedbackId"]} | ({"timestamp": at} if at else {})
    return told


def brought(reports: Iterable[Report | str]) -> dict[str, Any]:
    """What the queue brings: each report as a message of its own."""
    bodies = [each if isinstance(each, str) else json.dumps(each) for each in reports]
    return {"Records": [{"messageId": str(place), "body": body} for place, body in enumerate(bodies)]}


def tell(*reports: Report | str) -> list[str]:
    """Bring reports to the function that hears them. Gives the names of those that it failed at."""
    failures = jobs.feedback(brought(reports), None)["batchItemFailures"]
    return [each["itemIdentifier"] for each in failures]
