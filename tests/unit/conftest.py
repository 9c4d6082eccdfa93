"""Unit tests are pure: one that opens a connection is not one."""

import pytest
from pytest_socket import disable_socket


@pytest.fixture(autouse=True)
def no_network() -> None:
    """Refuse every connection."""
    disable_socket()
