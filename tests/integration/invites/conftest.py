"""The programme as it stands on the tests' Monday, and the run that everybody waits for."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from functions.invites import jobs as invites
from functions.kernel import audit
from functions.membership.model import Member
from functions.sessions import jobs as sessions
from functions.sessions.model import Session
from functions.sessions.programme import Changes, edited
from functions.sessions.store import Programme
from tests.network import Network
from tests.people import ANN, PAT

MONDAY_NINE = "2026-11-23T09:00:00Z"

type Plan = Callable[..., dict[str, Any]]


class Context:
    """What Lambda tells a function about its time."""

    def __init__(self, *minutes_left: float) -> None:
        """Answer with each of the numbers in turn, and with the last for good."""
        self._left = list(minutes_left)

    def get_remaining_time_in_millis(self) -> int:
        """How long the function may still run."""
        return int((self._left.pop(0) if len(self._left) > 1 else self._left[0]) * 60_000)


def edit(programme: Programme, session: Session, now: datetime, *, tell: bool = False, **instead: object) -> Session:
    """Change a session as a coordinator does, who sees it as it is now."""
    session = programme.get(session.id) or session
    fields = ("title", "summary", "start", "end", "meeting_url", "status")
    wanted = Changes(**{name: getattr(session, name) for name in fields} | instead)  # type: ignore[arg-type] # By name.
    after = edited(session, wanted, now, tell=tell)
    programme.save(session, after, audit.line(session.id, "session changed", by="test", now=now))
    return after


@pytest.fixture
def ann(network: Network) -> Member:
    """A member."""
    return network.member(ANN["name"], ANN["email"])


@pytest.fixture
def pat(network: Network) -> Member:
    """Another member."""
    return network.member(PAT["name"], PAT["email"])


@pytest.fixture
def programme(network: Network) -> Programme:
    """Half a year of Fridays."""
    sessions.programme({"network": "psmn", "at": "2026-11-23T03:00:00Z"}, None)
    return Programme(network.table)


@pytest.fixture
def friday(network: Network, programme: Programme) -> Session:
    """Friday 27 November 2026, midday to 1pm."""
    return next(programme.between(network.clock.now()))


type Tick = Callable[..., dict[str, int]]


@pytest.fixture
def tick(network: Network, programme: Programme) -> Tick:
    """What the schedule does each minute: at this moment, or at another one."""

    def run(at: str | None = None) -> dict[str, int]:
        return invites.tick({"network": "psmn", "at": at or network.clock.now().isoformat()}, Context(5))

    return run


@pytest.fixture
def plan(programme: Programme) -> Plan:
    """What the schedule does on a Monday at nine, or at another moment."""

    def run(at: str = MONDAY_NINE, *, dry_run: bool = False, minutes_left: tuple[float, ...] = (5,)) -> dict[str, Any]:
        event = {"network": "psmn", "at": at} | ({"dry_run": True} if dry_run else {})
        return invites.plan(event, Context(*minutes_left))

    return run
