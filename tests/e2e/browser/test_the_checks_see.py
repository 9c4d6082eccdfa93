"""Whether the checks on pages would notice a fault. A check that cannot fail shows nothing."""

import pytest
from playwright.sync_api import Browser, Error

from tests.e2e.browser.conftest import Open
from tests.e2e.browser.looks import can_be_used_by_everybody
from tests.e2e.cloud import Cloud

FAULTS = {
    "a picture without words": "document.querySelector('main').append(document.createElement('img'))",
    "words that are too pale": "document.querySelector('h1').style.color = 'rgb(200, 200, 200)'",
    "a word wider than a phone": "document.querySelector('h1').textContent = 'a'.repeat(200)",
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_page_with_a_fault_is_noticed(open_page: Open, fault: str) -> None:
    page = open_page()
    page.goto("/about")
    page.evaluate(f"() => {{ {fault} }}")

    with pytest.raises(AssertionError):
        can_be_used_by_everybody(page)


@pytest.mark.parametrize(("cookie", "asked"), [("", "https://elsewhere.test/"), ("a=b", "/api/sessions")])
def test_the_policy_stops_what_a_page_should_not_do(
    chromium: Browser, local_cloud: Cloud, cookie: str, asked: str
) -> None:
    """Without a cookie a page can fetch what anybody can ask for, and nothing from elsewhere."""
    page = chromium.new_page(base_url=local_cloud.stack.url, extra_http_headers={"cookie": cookie} if cookie else {})
    page.goto("/about")

    with pytest.raises(Error, match="Failed to fetch"), page.expect_console_message() as said:
        page.evaluate("asked => fetch(asked)", asked)

    assert "Content Security Policy" in said.value.text
    page.close()
