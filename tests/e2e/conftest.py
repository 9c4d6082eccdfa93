"""A local cloud of the tests' own: its ports are free ones and its folder is new, so it disturbs nobody's work."""

import signal
from collections.abc import Iterator

import pytest

from cli.places import Places
from cli.stack import Stack
from tests.e2e.cloud import Cloud, free_places, run
from tests.e2e.mailbox import Mailbox
from tests.e2e.visitor import Visitor

LAST = ("test_logs.py", "test_second_start.py")
"""The modules that look at what the others left behind, in this order."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the order, random as it is, but for the modules that come last."""
    items.sort(key=lambda item: LAST.index(item.path.name) if item.path.name in LAST else -1)


@pytest.fixture(scope="session")
def local_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """What ``psmn up`` starts, with a dozen members. It is stopped again whatever happens."""
    places = free_places(tmp_path_factory.mktemp("cloud"))
    # Whoever ends the tests from outside ends the cloud as well.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        started = run(places, "up", "--detach", "--members", "12")
        if started.returncode:
            pytest.fail(f"psmn up failed.\n{started.stdout}{started.stderr}{_ends_of_logs(places)}", pytrace=False)
        yield Cloud(places, Stack.load(places), Mailbox(places.mailbox_url))
    finally:
        run(places, "down")


@pytest.fixture(scope="session")
def cora(local_cloud: Cloud) -> Visitor:
    """The coordinator's browser. She signs in once: an address gets three codes an hour."""
    return local_cloud.sign_in(local_cloud.stack.coordinator)


def _ends_of_logs(places: Places) -> str:
    logs = sorted(places.log_folder.glob("*.log"))
    return "".join(f"\n{log.name}:\n{log.read_text(errors='replace')[-3000:]}" for log in logs)
