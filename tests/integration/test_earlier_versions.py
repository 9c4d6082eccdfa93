"""What earlier versions wrote is read by this one, and what later ones may add is passed over."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from functions.audit import jobs as audit_jobs
from functions.invites import jobs as invite_jobs
from functions.kernel.table import unmarshal
from functions.mail import jobs as mail_jobs
from functions.membership import jobs as membership_jobs
from functions.resources import jobs as resource_jobs
from tests.network import Network
from tests.people import ANN, CORA
from tests.quiet import Context
from tests.recording import RECORDED, load
from tests.web import Browser

VERSIONS = sorted(RECORDED.glob("*.jsonl"))
LATER: Mapping[str, Any] = {"of_a_later_version": {"M": {"deep": {"L": [{"N": "1"}]}}}}

OF_MEMBERS = ("/home", "/sessions", "/library", "/library/shared", "/account", "/account/data", "/account/emails")
OF_COORDINATORS = ("", "/applications", "/sessions", "/emails", "/library", "/members", "/complaints")


def opened(browser: Browser, paths: list[str]) -> None:
    for path in paths:
        answer = browser.get(path)
        assert answer.status == 200, (path, answer.status, answer.location)


@pytest.fixture(params=[{}, LATER], ids=["as it was written", "with what a later version adds"])
def more(request: pytest.FixtureRequest) -> Mapping[str, Any]:
    found: Mapping[str, Any] = request.param
    return found


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: path.stem)
def test_requirement_89_what_a_version_wrote_is_read_served_and_worked_on(
    network: Network, version: Path, more: Mapping[str, Any]
) -> None:
    items = [unmarshal(item) for item in load(version, network.table, more)]
    ids = {kind: [item["id"] for item in items if item["kind"] == kind] for kind in ("session", "application")}

    ann, cora = network.signed_in(ANN["email"]), network.signed_in(CORA["email"])
    opened(ann, [*OF_MEMBERS, *(f"/sessions/{each}" for each in ids["session"])])
    opened(cora, [f"/coordinate{each}" for each in OF_COORDINATORS])
    opened(cora, [f"/coordinate/sessions/{each}" for each in ids["session"]])
    opened(cora, [f"/coordinate/applications/{each}" for each in ids["application"]])

    moment = {"network": "psmn", "at": network.clock.now().isoformat()}
    assert membership_jobs.settle(moment, Context())["failed"] == 0
    assert membership_jobs.retain(moment, Context())["failed"] == 0
    for job in (invite_jobs.tick, mail_jobs.sweep, resource_jobs.sweep, audit_jobs.seal):
        job(moment, Context())
    network.deliver()
    assert ann.post("/account/leave").status in {200, 303}
    assert ann.get("/home").status == 303


def test_requirement_89_there_is_a_version_to_read() -> None:
    assert VERSIONS
