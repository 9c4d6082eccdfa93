"""Coordinators at work: what the tests of reviewing and of second factors have in common."""

import hmac
import re
from base64 import b32decode
from dataclasses import dataclass

from functions.kernel import clock, keys
from functions.membership import jobs
from functions.membership.model import Application
from functions.membership.store import Applications
from tests.network import Clock, Network, link_in
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


def says(network: Network, answer: str, to: str) -> Browser:
    """The browser of a coordinator who was asked to agree to something by email, and has answered "yes" or "no"."""
    asked = network.inbox(to)[-1]
    browser = network.signed_in(to)
    browser.post(link_in(asked, "/coordinate/agreements/"), answer=answer)
    return browser


def time_code(key: str, step: int) -> str:
    """The six digits of one step of 30 seconds, straight from RFC 4226 section 5.3 and RFC 6238 section 4.2."""
    digest = hmac.digest(b32decode(key), step.to_bytes(8), "sha1")
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4]) & 0x7FFF_FFFF
    return f"{number % 1_000_000:06d}"


@dataclass(slots=True)
class App:
    """An authenticator app on somebody's phone."""

    key: str
    clock: Clock

    def code(self, *, steps: int = 0) -> str:
        """The code it shows now, or so many steps of 30 seconds later."""
        return time_code(self.key, clock.epoch(self.clock.now()) // 30 + steps)

    def next_code(self) -> str:
        """A code that it has never shown, once it shows it."""
        self.clock.move(seconds=30)
        return self.code()


def app_for(network: Network, browser: Browser) -> App:
    """An app that has been shown the key which a coordinator is setting up in this browser."""
    browser.post("/account/second-factor")
    page = browser.get("/account/second-factor/key")
    found = re.search(r'id="key">([A-Z2-7 ]+)<', page.text)
    assert found is not None, page.text
    return App(found[1].replace(" ", ""), network.clock)


def set_up(network: Network, browser: Browser) -> tuple[App, list[str]]:
    """An app that is set up in this browser, and the recovery codes that came with it."""
    app = app_for(network, browser)
    answer = browser.post("/account/second-factor/key", code=app.code())
    network.deliver()
    codes = re.findall(r'<li class="reference">([A-Z2-7 ]+)</li>', browser.get(answer.location).text)
    return app, codes
