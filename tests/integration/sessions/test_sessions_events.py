"""Every sample in ``events/sessions`` is a real payload, and is answered as it should be."""

import json
from pathlib import Path
from typing import Any

import pytest

from functions.sessions import jobs, web
from functions.sessions.store import Programme
from tests.network import Network

EVENTS = Path(__file__).parents[3] / "events" / "sessions"
SIGN_IN = "/sign-in?next=%2Fsessions%2Fdfdce1a2e794d96e3ffc08dfc3a70f6c"

ANSWERS: dict[str, tuple[int, str | None]] = {
    "web.programme": (200, None),
    "web.session": (200, None),
    "web.api_sessions": (200, None),
    "web.calendar_file_signed_out": (303, f"{SIGN_IN}.ics"),
    "web.door_signed_out": (303, f"{SIGN_IN}%2Fdoor"),
    "web.door_signed_out_post": (303, "/sign-in?next=%2Fhome"),
    "web.answer_signed_out_post": (303, "/sign-in?next=%2Fhome"),
    "web.reply_unknown": (404, None),
    "web.reply_unknown_post": (404, None),
    "web.chairs_door_signed_out": (
        303,
        "/sign-in?next=%2Fcoordinate%2Fsessions%2Fdfdce1a2e794d96e3ffc08dfc3a70f6c%2Fdoor",
    ),
    "web.unknown_feed": (404, None),
    "web.forged_cookie": (303, "/sign-in?next=%2Fcoordinate%2Fsessions"),
}


def sample(name: str) -> dict[str, Any]:
    """The payload of a sample."""
    return dict(json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8")))


def test_every_sample_has_its_answer() -> None:
    assert {path.stem for path in EVENTS.iterdir()} == {*ANSWERS, "programme.nightly"}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_request_from_the_gateway_is_answered(network: Network, programme: Programme, name: str) -> None:
    answer = web.handler(sample(name), None)
    assert (answer["statusCode"], answer["headers"].get("location")) == ANSWERS[name]
    assert answer["headers"]["x-content-type-options"] == "nosniff"


def test_the_schedules_payload_makes_the_programme(network: Network) -> None:
    assert jobs.programme(sample("programme.nightly"), None) == {"series": 1, "made": 26}
