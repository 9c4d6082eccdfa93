"""The whole network for the tests that look at all of it."""

import pytest

from tests.network import Network
from tests.world import World, populate


@pytest.fixture(scope="module")
def world(shared_network: Network) -> World:
    """Somebody in every situation, for tests that change nothing."""
    return populate(shared_network)
