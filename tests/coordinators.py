"""Coordinators at work: what the tests of reviewing have in common."""

from functions.kernel import clock, keys
from functions.membership import jobs
from functions.membership.model import Application
from functions.membership.store import Applications
from tests.network import Network
from tests.people import CORA, SAM
from tests.web import Browser, Page

QUEUE = "/coordinate/applications"
DEV = {"email": "dev.example@nhs.net", "name": "Dev Example"}
"""Another coordinator."""


def settle(network: Network) -> dict[str, int]:
    """What the schedule does at this moment."""
    return jobs.settle({"network": "psmn", "at": clock.stamp(network.clock.now())}, None)


def cora(network: Network) -> Browser:
    """A browser in which Cora, a coordinator, has signed in."""
    network.member(CORA["name"], CORA["email"], coordinator=True)
    return network.signed_in(CORA["email"])


def sams(network: Network) -> Application:
    """Sam's application, which the rules have referred to a person."""
    network.join(SAM)
    return waiting(network)[0]


def waiting(network: Network) -> list[Application]:
    """The applications that wait for a person."""
    return list(Applications(network.table).waiting())


def now_of(network: Network, application: Application) -> Application:
    """The application as it is now."""
    found = Applications(network.table).get(application.id)
    assert found is not None
    return found


def decided(browser: Browser, application: Application, **fields: str) -> Page:
    """The answer to a decision on what a coordinator read."""
    return browser.post(f"{QUEUE}/{application.id}", {"version": str(application.version), **fields})


def what_was_written(network: Network, subject: str) -> list[str]:
    """What the audit lines about something say, oldest first."""
    return [line["what"] for line in network.table.children(keys.audit(subject, "", "").pk)]
