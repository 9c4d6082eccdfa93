"""Coordinators look one member up by their address, and nobody lists members."""

from tests.coordinators import cora, what_was_written
from tests.network import Network
from tests.people import ANN


def test_cora_looks_up_one_member_and_the_look_is_written_down(network: Network) -> None:
    ann = network.member(ANN["name"], ANN["email"])
    browser = cora(network)

    answer = browser.post("/coordinate/members", email="ANN.example+x@nhs.net")

    page = browser.get(answer.location)
    assert "Ann Example" in page.words
    assert ANN["email"] not in answer.location
    assert what_was_written(network, ann.id) == ["looked up"]
    network.clock.move(minutes=11)
    assert "Ann Example" not in browser.get(answer.location).words


def test_cora_cannot_read_a_member_whom_she_did_not_look_up(network: Network) -> None:
    ann = network.member(ANN["name"], ANN["email"])
    browser = cora(network)

    assert "Ann Example" not in browser.get(f"/coordinate/members?member={ann.id}").words
    assert browser.post("/coordinate/members", email="nobody@nhs.net").error_beside("email") == (
        "No member has this email address. Check it for missing letters"
    )
