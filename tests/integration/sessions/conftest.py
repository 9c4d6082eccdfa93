"""The programme as it stands on the tests' Monday, and the people who look at it."""

import pytest

from functions.sessions import jobs
from functions.sessions.model import Session
from functions.sessions.store import Programme
from tests.network import Network
from tests.people import ANN, CORA
from tests.web import Browser


@pytest.fixture
def programme(network: Network) -> Programme:
    """Half a year of Fridays."""
    jobs.programme({"network": "psmn", "at": "2026-11-23T03:00:00Z"}, None)
    return Programme(network.table)


@pytest.fixture
def friday(network: Network, programme: Programme) -> Session:
    """Friday 27 November 2026, midday to 1pm."""
    return next(programme.between(network.clock.now()))


@pytest.fixture
def ann(network: Network) -> Browser:
    """Ann, signed in. She is a member."""
    network.member(ANN["name"], ANN["email"])
    return network.signed_in(ANN["email"])


@pytest.fixture
def cora(network: Network) -> Browser:
    """Cora, signed in. She is a coordinator."""
    network.member(CORA["name"], CORA["email"], coordinator=True)
    return network.signed_in(CORA["email"])
