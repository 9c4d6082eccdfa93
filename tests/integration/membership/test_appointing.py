"""Making a member a coordinator."""

import pytest

from functions.kernel.errors import NotFound
from functions.membership import appoint
from functions.membership.addresses import parse
from functions.membership.store import Members
from tests.network import Network
from tests.people import CORA


def test_a_member_who_is_made_a_coordinator_signs_in_again_and_coordinates(network: Network) -> None:
    network.member(CORA["name"], CORA["email"])
    browser = network.signed_in(CORA["email"])
    assert browser.get("/coordinate").status == 404

    for _ in range(2):
        appoint.coordinator(
            parse("Cora.Example@NHS.net"), by="administrator", members=Members(network.table), now=network.clock.now()
        )

    assert browser.get("/home").status == 303
    network.clock.move(days=6)
    page = network.signed_in(CORA["email"]).get("/coordinate")
    assert "by Monday 30 November 2026, 10am" in page.words
    lines = [item for item in network.everything() if item.get("what") == "made coordinator"]
    assert len(lines) == 1


def test_nobody_is_made_a_coordinator_who_is_not_a_member(network: Network) -> None:
    with pytest.raises(NotFound, match="No member has this address"):
        appoint.coordinator(
            parse(CORA["email"]), by="administrator", members=Members(network.table), now=network.clock.now()
        )
