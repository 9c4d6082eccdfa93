"""What each job that the clock starts asks of AWS when there is nothing for it to do, which is nearly always so."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from functions.audit import jobs as audit_jobs
from functions.invites import jobs as invite_jobs
from functions.mail import jobs as mail_jobs
from functions.membership import jobs as membership_jobs
from functions.resources import jobs as resource_jobs
from functions.sessions import jobs as session_jobs
from tests.conftest import running
from tests.people import ANN
from tests.trips import Trip, watch

WEDNESDAY = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
"""Nothing is due, and those who are members have been invited to Friday."""
JOBS: Mapping[str, Callable[[dict[str, Any], Any], Any]] = {
    "membership.settle": membership_jobs.settle,
    "invites.tick": invite_jobs.tick,
    "invites.check": invite_jobs.check,
    "mail.sweep": mail_jobs.sweep,
    "resources.index": resource_jobs.index,
    "resources.sweep": resource_jobs.sweep,
    "audit.seal": audit_jobs.seal,
}
"""Those that run every hour, or every few minutes."""
TIMES = 3
"""A job has done what there was to do after as many runs."""


class Context:
    """A function that has all the time it needs."""

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 60_000


def quiet(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Trip]]:
    """The calls of each job, by what is said of it in the documentation."""
    taken: dict[str, list[Trip]] = {}
    with running(monkeypatch) as network, TemporaryDirectory() as folder:
        monkeypatch.setattr(resource_jobs, "folder", lambda: Path(folder))
        watching = watch(monkeypatch)
        network.clock.moment = WEDNESDAY
        session_jobs.programme({"network": "psmn", "at": network.clock.now().isoformat()}, None)
        network.member(ANN["name"], ANN["email"])
        for name, job in JOBS.items():
            for time in range(TIMES + 1):
                network.clock.move(minutes=5)
                network.deliver()
                with watching.during() as trips:
                    job({"network": "psmn", "at": network.clock.now().isoformat()}, Context())
                if time == TIMES:
                    taken[f"Nothing to do, `{name}`: job"] = trips
    return taken
