"""Every sample in ``events/membership`` is a real payload, and is dealt with as it should be."""

import json
from pathlib import Path
from typing import Any

import pytest

from functions.membership import jobs, web
from tests.network import Network

EVENTS = Path(__file__).parents[3] / "events" / "membership"

ANSWERS: dict[str, tuple[int, str | None]] = {
    "web.join": (200, None),
    "web.join_post": (303, "/join/code"),
    "web.join_outcome_without_draft": (303, "/join"),
    "web.sign_in_post": (303, "/sign-in/code"),
    "web.vouch_unknown": (404, None),
    "web.account_signed_out": (303, "/sign-in?next=%2Faccount"),
    "web.account_data_signed_out": (303, "/sign-in?next=%2Faccount%2Fdata%3Fas%3Djson"),
    "web.leave_signed_out_post": (303, "/sign-in?next=%2Fhome"),
    "web.left": (200, None),
    "web.still_you_unknown": (404, None),
    "web.complaints": (200, None),
    "web.complaint_post": (303, "/complaints/received"),
    "web.complaint_received": (200, None),
    "web.complaints_signed_out": (303, "/sign-in?next=%2Fcoordinate%2Fcomplaints"),
    "web.agreement_signed_out": (
        303,
        "/sign-in?next=%2Fcoordinate%2Fagreements%2F0123456789abcdef0123456789abcdef",
    ),
    "web.queue_signed_out": (303, "/sign-in?next=%2Fcoordinate%2Fapplications%3Fshow%3Dundo"),
    "web.decision_forged_cookie": (303, "/sign-in?next=%2Fhome"),
    "web.decision_from_another_site": (403, None),
    "web.api_eligibility": (200, None),
    "web.api_eligibility_field_at_fault": (422, None),
    "web.api_applications": (202, None),
    "web.api_applications_as_form": (415, None),
    "web.api_applications_code": (422, None),
}


KEEPING = {"retain.daily", "retain.dry_run", "retain.without_zone"}
"""What test_retention.py tries."""


def sample(name: str) -> dict[str, Any]:
    """The payload of a sample."""
    return dict(json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8")))


def test_every_sample_has_its_answer() -> None:
    assert {path.stem for path in EVENTS.iterdir()} == {*ANSWERS, "settle.due", "settle.without_zone"} | KEEPING


@pytest.mark.parametrize("name", ANSWERS)
def test_a_request_from_the_gateway_is_answered(network: Network, name: str) -> None:
    answer = web.handler(sample(name), None)
    assert (answer["statusCode"], answer["headers"].get("location")) == ANSWERS[name]
    assert answer["headers"]["x-content-type-options"] == "nosniff"


def test_the_schedules_payload_settles_what_is_due(network: Network) -> None:
    counts = jobs.settle(sample("settle.due"), None)
    assert counts == {"decisions": 0, "leavers": 0, "questions": 0, "complaints": 0, "failed": 0}


def test_a_moment_without_a_time_zone_is_refused(network: Network) -> None:
    with pytest.raises(ValueError, match="timezone"):
        jobs.settle(sample("settle.without_zone"), None)
