"""The one address that says whether the network is up."""

import pytest

from functions.site import web as site
from tests.calls import faults, refused
from tests.network import ENVIRONMENT, Network


def test_requirement_92_it_says_that_all_is_well_and_which_version_answers_and_no_more(network: Network) -> None:
    answer = network.browser().get("/health")
    assert (answer.status, answer.json) == (200, {"status": "ok", "version": ENVIRONMENT["VERSION"]})


def test_requirement_92_when_the_table_does_not_answer_it_says_so_and_not_why(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    browser = network.browser()
    browser.get("/health")
    with faults(site.table().client, "GetItem", *[refused("InternalServerError", 500)] * 10):
        answer = browser.get("/health")
    assert answer.status == 503
    assert answer.headers["retry-after"]
    assert "InternalServerError" not in answer.text
