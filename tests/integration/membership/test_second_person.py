"""A second person: the administrator exports everything, or writes to very many, when a coordinator has agreed."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from functions.kernel import audit
from functions.membership.agreeing import MANY
from tests.coordinators import DEV, cora, says, set_up, what_was_written
from tests.integration.membership.conftest import Psmn
from tests.integration.membership.test_coming_over import hub, some
from tests.network import Network, link_in, text_of
from tests.people import ANN, CORA

WHY = "We move to another system on Monday"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where an export would go."""
    return tmp_path / "all"


def export(psmn: Psmn, folder: Path, *words: str) -> tuple[int, str]:
    done = psmn("export-all", str(folder), "--stage", "production", "--yes", *words)
    return done.exit_code, done.output


def test_requirement_10_everything_is_exported_when_a_coordinator_has_agreed_and_not_before(
    network: Network, psmn: Psmn, folder: Path
) -> None:
    network.member(CORA["name"], CORA["email"], coordinator=True)
    network.member(DEV["name"], DEV["email"], coordinator=True)

    code, said = export(psmn, folder, "--reason", WHY)
    assert code == 1
    assert "Nothing is done yet. Every coordinator is asked by email" in said
    assert not folder.exists()
    for each in (CORA, DEV):
        (asked,) = network.inbox(each["email"])
        assert "wants to take out everything that the network holds" in text_of(asked)
        assert f"Their reason: {WHY}" in text_of(asked)

    browser = says(network, "yes", CORA["email"])
    assert "A coordinator said yes" in browser.get(link_in(asked, "/coordinate/agreements/")).words
    code, said = export(psmn, folder, "--reason", WHY)
    assert code == 0, said
    assert (folder / "table" / "member.jsonl").is_file()


def test_requirement_69_members_read_that_everything_was_exported_and_why_and_not_who_agreed(
    network: Network, psmn: Psmn, folder: Path
) -> None:
    network.member(CORA["name"], CORA["email"], coordinator=True)
    network.member(ANN["name"], ANN["email"])
    export(psmn, folder, "--reason", WHY)
    says(network, "yes", CORA["email"])
    network.clock.move(minutes=1)
    export(psmn, folder, "--reason", WHY)

    written = ["agreed to what the administrator asked for", "exported everything"]
    assert what_was_written(network, audit.EVERYBODY) == written
    exported = [json.loads(line) for line in (folder / "table" / "audit.jsonl").read_text().splitlines()]
    assert written[1] in {line["what"] for line in exported}, "It is written down before anything is read."
    page = network.signed_in(ANN["email"]).get("/account/data")
    assert all(what in page.words for what in written)
    assert WHY in page.words
    assert CORA["name"] not in page.text


def test_a_no_is_a_no_for_a_day_and_then_it_can_be_asked_again(network: Network, psmn: Psmn, folder: Path) -> None:
    network.member(CORA["name"], CORA["email"], coordinator=True)
    export(psmn, folder, "--reason", WHY)
    browser = says(network, "no", CORA["email"])

    code, said = export(psmn, folder, "--reason", WHY)
    assert code == 1
    assert "A coordinator said no. Speak with them." in said
    assert what_was_written(network, audit.EVERYBODY) == ["refused what the administrator asked for"]
    link = link_in(network.inbox(CORA["email"])[-2], "/coordinate/agreements/")
    assert "A coordinator said no" in browser.get(link).words

    network.clock.move(days=1, seconds=1)
    code, said = export(psmn, folder, "--reason", WHY)
    assert "Nothing is done yet" in said
    assert len([mail for mail in network.inbox(CORA["email"]) if "asks for your agreement" in mail["subject"]]) == 2


def test_the_first_answer_counts_and_asking_twice_asks_once(network: Network, psmn: Psmn, folder: Path) -> None:
    for each in (CORA, DEV):
        network.member(each["name"], each["email"], coordinator=True)
    for _ in range(2):
        export(psmn, folder, "--reason", WHY)
    assert len(network.inbox(DEV["email"])) == 1
    link = link_in(network.inbox(DEV["email"])[-1], "/coordinate/agreements/")
    says(network, "no", CORA["email"])

    assert network.signed_in(DEV["email"]).post(link, answer="yes").location == link
    assert "A coordinator said no" in export(psmn, folder, "--reason", WHY)[1]


def test_a_yes_lasts_a_day(network: Network, psmn: Psmn, folder: Path) -> None:
    network.member(CORA["name"], CORA["email"], coordinator=True)
    export(psmn, folder, "--reason", WHY)
    says(network, "yes", CORA["email"])
    network.clock.moment += timedelta(days=1)
    assert "Nothing is done yet" in export(psmn, folder, "--reason", WHY)[1]


def test_without_a_reason_or_a_coordinator_it_says_what_is_missing(network: Network, psmn: Psmn, folder: Path) -> None:
    assert "Say why with --reason" in export(psmn, folder)[1]
    assert "Say it in one line of plain words." in export(psmn, folder, "--reason", "a\nb")[1]
    assert "psmn coordinators add EMAIL" in export(psmn, folder, "--reason", WHY)[1]
    assert not network.everything()


def test_requirement_10_a_yes_takes_a_fresh_proof_with_the_app(network: Network, psmn: Psmn, folder: Path) -> None:
    browser = cora(network)
    app, _ = set_up(network, browser)
    export(psmn, folder, "--reason", WHY)
    link = link_in(network.inbox(CORA["email"])[-1], "/coordinate/agreements/")
    network.clock.move(minutes=16)

    assert browser.get(link).location.startswith("/sign-in?")
    assert browser.post(link, answer="yes").location.startswith("/sign-in?")
    assert "Nothing is done yet" in export(psmn, folder, "--reason", WHY)[1]

    again = network.signed_in(CORA["email"])
    assert again.post(link, answer="yes").location.startswith("/sign-in/second")
    again.post("/sign-in/second", code=app.next_code())
    assert again.post(link, answer="yes").location == link
    assert export(psmn, folder, "--reason", WHY)[0] == 0


def test_a_press_without_an_answer_is_asked_for_it(network: Network, psmn: Psmn, folder: Path) -> None:
    browser = cora(network)
    export(psmn, folder, "--reason", WHY)
    link = link_in(network.inbox(CORA["email"])[-1], "/coordinate/agreements/")
    assert "Choose whether you agree" in browser.post(link).words
    assert browser.get("/coordinate/agreements/nothing-of-ours").status == 404


def test_requirement_10_a_list_of_many_is_brought_in_when_a_coordinator_has_agreed(
    network: Network, psmn: Psmn, tmp_path: Path
) -> None:
    network.member(CORA["name"], CORA["email"], coordinator=True)
    few, many = hub(tmp_path / "few.csv", some(MANY)), hub(tmp_path / "many.csv", some(MANY + 1, "More"))
    assert "A coordinator has to agree first" in psmn("members", "import", many).output
    assert "A coordinator has to agree" not in psmn("members", "import", few).output
    assert psmn("members", "import", few, "--apply", "--yes").exit_code == 0

    words = ("members", "import", many, "--apply", "--yes", "--json", "--reason", WHY)
    assert psmn(*words).exit_code == 1
    asked = network.inbox(CORA["email"])[-1]
    assert f"wants to bring in {MANY + 1} people of the hub's list" in text_of(asked)
    says(network, "yes", CORA["email"])
    network.clock.move(minutes=1)
    done = psmn(*words)
    assert json.loads(done.output)["added"] == MANY + 1
    assert what_was_written(network, audit.EVERYBODY)[-1] == "brought in members of the hub"
