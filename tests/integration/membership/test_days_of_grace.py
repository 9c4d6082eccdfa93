"""The first seven days of a coordinator, in which they can do without a second factor."""

import pytest

from functions.kernel import keys
from functions.kernel.table import change
from functions.membership.model import Member
from tests.coordinators import set_up
from tests.network import Network
from tests.people import ANN, CORA
from tests.web import Browser

PAGE = "/account/second-factor"


@pytest.fixture
def cora(network: Network) -> Member:
    return network.member(CORA["name"], CORA["email"], coordinator=True)


@pytest.fixture
def browser(network: Network, cora: Member) -> Browser:
    return network.signed_in(cora.address)


def test_a_new_coordinator_is_told_on_each_page_until_when_there_is_time(network: Network, browser: Browser) -> None:
    for path in ("/coordinate", "/coordinate/applications", "/coordinate/sessions", "/coordinate/library"):
        page = browser.get(path)
        assert page.status == 200
        assert "Set up an authenticator app by Monday 30 November 2026, 10am." in page.words
    assert "authenticator" not in browser.get("/home").words
    set_up(network, browser)
    assert "authenticator" not in browser.get("/coordinate").words


def test_after_seven_days_coordinators_pages_lead_to_setting_it_up(network: Network, cora: Member) -> None:
    network.clock.move(days=7, seconds=-1)
    desk = network.signed_in(cora.address)
    assert desk.get("/coordinate").status == 200
    network.clock.move(seconds=1)
    assert desk.get("/coordinate").location == f"{PAGE}?next=%2Fcoordinate"
    assert desk.post("/coordinate/members", email=ANN["email"]).location == f"{PAGE}?next=%2Fcoordinate"
    assert desk.get("/home").status == 200
    page = desk.get(PAGE)
    assert "Pages for coordinators open again once you have set up an authenticator app." in page.words
    set_up(network, desk)
    assert desk.get("/coordinate").status == 200


def test_a_coordinator_of_before_second_factors_has_seven_days_from_their_next_sign_in(
    network: Network, cora: Member, browser: Browser
) -> None:
    network.table.write(change(keys.member(cora.id), remove=("appointed_at",)))
    network.clock.move(hours=1)
    assert "by Monday 30 November 2026, 10am" in browser.get("/coordinate").words
    network.clock.move(days=90)
    for days in (0, 6):
        network.clock.move(days=days)
        desk = network.signed_in(cora.address)
        assert "by Sunday 28 February 2027, 11am" in desk.get("/coordinate").words
    network.clock.move(days=1)
    assert network.signed_in(cora.address).get("/coordinate").location.startswith(PAGE)
