"""What programs that look around are told: where to report a weakness, and which pages are for the public."""

from datetime import datetime, timedelta
from functools import cache

import pytest
from protego import Protego

from functions.kernel.auth import Access
from tests.network import ENVIRONMENT, Network
from tests.web import ORIGIN
from tests.world import every_route

CRAWLER = "Googlebot"
ITS_OWN = {"{id}": "0" * 32, "{secret}": "s", "{token}": "t", "{name}": "main.css"}


@cache
def rules(text: str) -> Protego:
    return Protego.parse(text)


@pytest.mark.parametrize(
    ("path", "access"), [(path, ways["GET"].access) for path, ways in every_route().items() if "GET" in ways]
)
def test_a_crawler_is_sent_to_the_pages_for_everybody_and_to_no_others(
    shared_network: Network, path: str, access: Access
) -> None:
    page = shared_network.browser().get("/robots.txt")
    assert (page.status, page.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    address = path
    for name, value in ITS_OWN.items():
        address = address.replace(name, value)
    found = rules(page.text)
    assert found.can_fetch(f"{ORIGIN}{address}", CRAWLER) is (access is Access.ANYONE)


def fields(network: Network) -> dict[str, str]:
    page = network.browser().get("/.well-known/security.txt")
    assert page.status == 200
    # RFC 9116 section 2.1 and 2.2: plain text in UTF-8, a field a line.
    assert page.headers["content-type"] == "text/plain; charset=utf-8"
    pairs = [line.split(": ", 1) for line in page.text.splitlines()]
    assert len({name for name, _ in pairs}) == len(pairs)
    return dict(pairs)  # type: ignore[arg-type] # Each line has a name and a value, or the unpacking above fails.


def test_requirement_96_a_finder_of_a_weakness_learns_which_mailbox_people_read(shared_network: Network) -> None:
    found = fields(shared_network)
    assert found["Contact"] == f"mailto:{ENVIRONMENT['REPLY_TO']}"
    assert found["Canonical"] == f"{ORIGIN}/.well-known/security.txt"
    assert found["Preferred-Languages"] == "en"


def test_requirement_96_a_copy_is_good_for_some_months_and_the_site_itself_is_never_out_of_date(
    shared_network: Network,
) -> None:
    seen = []
    for _ in range(3):
        expires = datetime.fromisoformat(fields(shared_network)["Expires"])
        assert timedelta(days=80) < expires - shared_network.clock.now() < timedelta(days=366)
        seen.append(expires)
        shared_network.clock.move(hours=7)
    assert seen[0] == seen[1] == seen[2] - timedelta(days=1)
