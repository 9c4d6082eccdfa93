"""Requirements 38 and 39: what every answer carries, whoever asks for whatever in whatever way."""

from functions.kernel.headers import SECURITY_HEADERS
from tests.network import Network
from tests.world import every_route, populate

KEPT = {"/assets/{name}": "public, max-age=31536000, immutable", "/calendar/{secret}": "private, max-age=900"}
"""What may be kept: files that never change, and by a calendar program alone what it asks for many times a day."""

LEADS_OUT = "/sessions/{id}/door"
"""The one form whose answer leads to another site, the meeting's."""


def test_requirements_38_and_39_every_answer_to_everybody_has_its_headers_and_is_not_kept(network: Network) -> None:
    world = populate(network)
    for who, browser in world.everybody().items():
        for path, methods in sorted(every_route().items()):
            for method in (*methods, "PUT"):
                address = world.address(path)
                page = browser.post(address) if method == "POST" else browser.send(method, address)
                expected = dict(SECURITY_HEADERS)
                if path == LEADS_OUT:
                    expected["content-security-policy"] = page.headers["content-security-policy"]
                    assert "unsafe" not in page.headers["content-security-policy"]
                assert page.status < 500, (who, method, path)
                assert expected.items() <= page.headers.items(), (who, method, path)
                kept = KEPT.get(path, "no-store") if page.status == 200 else "no-store"
                assert page.headers["cache-control"] == kept, (who, method, path)


def test_requirement_38_a_page_that_does_not_exist_and_a_form_from_elsewhere_have_them_too(network: Network) -> None:
    browser = network.browser()
    form = {"content-type": "application/x-www-form-urlencoded", "origin": "https://evil.test"}
    for page, status in (
        (browser.get("/nothing"), 404),
        (browser.get("/api/nothing"), 404),
        (browser.send("POST", "/join", body="email=a", headers=form), 403),
        (browser.send("POST", "/join", body="a" * 200_000, headers=form), 413),
        (browser.send("POST", "/api/eligibility", body="{", headers={"content-type": "application/json"}), 400),
    ):
        assert page.status == status
        assert SECURITY_HEADERS.items() <= page.headers.items()
        assert page.headers["cache-control"] == "no-store"
