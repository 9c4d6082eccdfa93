"""``reset-factor``: a coordinator who has lost their phone and their recovery codes is helped."""

import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from cli import coordinators as command
from tests.coordinators import set_up, what_was_written
from tests.network import Network, text_of
from tests.people import ANN, CORA

type Type = Callable[..., Result]


@pytest.fixture
def psmn(network: Network, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Types ``psmn ... reset-factor`` and some words."""
    monkeypatch.setattr(command, "reach", lambda _: SimpleNamespace(table=network.table))
    return lambda *words, **more: CliRunner().invoke(command.reset_factor, words, **more)


def test_who_has_lost_everything_is_signed_out_and_sets_up_another_app(network: Network, psmn: Type) -> None:
    cora = network.member(CORA["name"], CORA["email"], coordinator=True)
    network.clock.move(days=8)
    browser, phone = network.signed_in(cora.address), network.signed_in(cora.address)
    old, codes = set_up(network, browser)
    network.clock.move(minutes=1)

    result = psmn(CORA["email"].upper(), input="y\n")

    assert (result.exit_code, "is signed out" in result.output) == (0, True), result.output
    assert [each.get("/home").status for each in (browser, phone)] == [303, 303]
    told = network.inbox(cora.address)[-1]
    assert told["subject"] == "Your authenticator app was taken off"
    assert "reply to this email at once" in text_of(told)
    assert what_was_written(network, cora.id) == ["second factor set up", "second factor taken off"]
    network.clock.move(minutes=1)
    desk = network.signed_in(cora.address)
    assert desk.get("/coordinate").location.startswith("/account/second-factor")
    assert desk.post("/sign-in/recovery", recovery_code=codes[0]).location == "/account/second-factor"
    new, _ = set_up(network, desk)
    assert new.key != old.key
    assert desk.get("/coordinate").status == 200


def test_nothing_is_taken_off_before_somebody_says_that_they_made_sure(network: Network, psmn: Type) -> None:
    cora = network.member(CORA["name"], CORA["email"], coordinator=True)
    browser = network.signed_in(cora.address)
    set_up(network, browser)
    assert psmn(cora.address, input="n\n").exit_code == 1
    assert browser.get("/coordinate").status == 200
    result = psmn(cora.address, "--yes", "--json")
    assert json.loads(result.output)["id"] == cora.id


def test_a_mistake_is_told_in_a_sentence_and_ends_with_its_code(network: Network, psmn: Type) -> None:
    network.member(ANN["name"], ANN["email"])
    network.member(CORA["name"], CORA["email"], coordinator=True)
    for address, code, sentence in (
        ("nobody", 2, "An email address has one @ sign"),
        ("nobody.here@nhs.net", 1, "No coordinator has this address."),
        (ANN["email"], 1, "No coordinator has this address."),
        (CORA["email"], 1, "This coordinator has no authenticator app set up."),
    ):
        result = psmn(address, "--yes")
        assert (result.exit_code, sentence in result.output) == (code, True), result.output
