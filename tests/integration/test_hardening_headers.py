"""Requirements 38 and 39: what every answer carries, whoever asks for whatever in whatever way."""

from functions.kernel.auth import Access
from functions.kernel.headers import ASKED_AGAIN, FOR_STRANGERS, SECURITY_HEADERS, content_policy
from tests.network import Network
from tests.world import every_route, populate

KEPT = {"/assets/{name}": "public, max-age=31536000, immutable", "/calendar/{secret}": "private, max-age=900"}
"""What may be kept: files that never change, and by a calendar program alone what it asks for many times a day."""

FOR_ANYBODY = {"/words"}
"""What the browser of somebody who is not signed in may keep, since it is the same for all of them."""

ENDS = {"/account/leave", "/account/sign-out-everywhere", "/sign-out"}
"""Whoever sends these is nobody afterwards, so they come last."""

QUARANTINE, SHELF = (f"https://{name}.s3.eu-west-2.amazonaws.com" for name in ("quarantine", "library"))
BEYOND = {
    # The one form whose answer leads to another site, the meeting's.
    "/sessions/{id}/door": content_policy(forms=("https:",)),
    # Buttons that lead to a file, which is served from an origin of its own.
    "/library/{id}": content_policy(forms=(SHELF,)),
    "/coordinate/library/{id}": content_policy(forms=(SHELF,)),
    # The one page with a script. It sends a file to the same place as the form, and shows how far it has come.
    "/library/share/{id}/file": content_policy(forms=(QUARANTINE,), connects=(QUARANTINE,), scripts=True),
}
"""The pages that need more than others, and what. To add one is a decision."""


def test_requirements_38_and_39_every_answer_to_everybody_has_its_headers_and_is_not_kept(network: Network) -> None:
    world = populate(network)
    seen, strangers_read = set(), set()
    for who, browser in world.everybody().items():
        for path, methods in sorted(every_route().items(), key=lambda each: (each[0] in ENDS, each[0])):
            for method in (*methods, "PUT"):
                address = world.address(path)
                page = browser.post(address) if method == "POST" else browser.send(method, address)
                expected = dict(SECURITY_HEADERS)
                if page.headers["content-security-policy"] == FOR_STRANGERS["content-security-policy"]:
                    expected |= FOR_STRANGERS
                    assert (who, method) in {("visitor", "GET"), ("visitor", "HEAD")}, path
                    strangers_read.add(path)
                elif path in BEYOND and page.headers["content-security-policy"] != content_policy():
                    expected["content-security-policy"] = BEYOND[path]
                    seen.add(path)
                assert page.status < 500, (who, method, path)
                assert expected.items() <= page.headers.items(), (who, method, path)
                kept = KEPT.get(path, "no-store") if page.status == 200 else "no-store"
                if path in FOR_ANYBODY and page.status == 200 and who not in {"member", "coordinator"}:
                    kept = ASKED_AGAIN
                assert page.headers["cache-control"] == kept, (who, method, path)
    assert seen == BEYOND.keys()
    for_everybody = {
        path for path, ways in every_route().items() if "GET" in ways and ways["GET"].access is Access.ANYONE
    }
    assert {"/", "/join", "/words"} <= strangers_read <= for_everybody
    assert not any("unsafe" in policy or "*" in policy for policy in BEYOND.values())


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
