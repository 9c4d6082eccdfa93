"""A library, with somebody who shares and somebody who looks."""

import pytest

from functions.membership.model import Member
from tests.library import Sharing
from tests.network import Network
from tests.people import ANN, BEN, CORA
from tests.web import Browser


@pytest.fixture
def sharing(network: Network) -> Sharing:
    return Sharing(network)


@pytest.fixture
def ann(network: Network) -> Member:
    return network.member(ANN["name"], ANN["email"])


@pytest.fixture
def cora(network: Network) -> Member:
    return network.member(CORA["name"], CORA["email"], coordinator=True)


@pytest.fixture
def anns(network: Network, ann: Member) -> Browser:
    """Ann's browser, signed in. She shares."""
    return network.signed_in(ann.address)


@pytest.fixture
def bens(network: Network) -> Browser:
    """Ben's browser, signed in. He is another member."""
    network.member(BEN["name"], BEN["email"])
    return network.signed_in(BEN["email"])


@pytest.fixture
def coras(network: Network, cora: Member) -> Browser:
    """Cora's browser, signed in. She is a coordinator."""
    return network.signed_in(cora.address)
