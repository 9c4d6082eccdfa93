"""A library, with somebody who shares and somebody who looks."""

import pytest

from functions.membership.model import Member
from tests.library import Sharing
from tests.network import Network
from tests.people import ANN, CORA


@pytest.fixture
def sharing(network: Network) -> Sharing:
    return Sharing(network)


@pytest.fixture
def ann(network: Network) -> Member:
    return network.member(ANN["name"], ANN["email"])


@pytest.fixture
def cora(network: Network) -> Member:
    return network.member(CORA["name"], CORA["email"], coordinator=True)
