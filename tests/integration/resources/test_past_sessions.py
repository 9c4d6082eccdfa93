"""Acceptance item E13: 100 past sessions come into the library, without anything about who was there."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from functions.kernel import audit
from functions.membership.store import Members
from functions.resources import review
from functions.resources.model import Stage
from functions.resources.shelf import Shelf
from tests.coordinators import DEV, says, what_was_written
from tests.integration.membership.conftest import Psmn
from tests.integration.resources.test_search_pages import Search, search, titles
from tests.library import LIBRARY, Sharing, arrival, verdict
from tests.network import Network
from tests.shelves import NHS_NUMBER_ON_SLIDE_3
from tests.web import Browser

__all__ = ["search"]

WHY = "Members ask for them"
FAULTS = (
    "summer,A talk,Sam Speaker,,\n"
    "2027-01-01,A talk to come,Sam Speaker,,\n"
    "2026-06-05,,Sam Speaker,,\n"
    "2026-06-05,A talk,sam@nhs.net,,\n"
    "2024-01-05,TALK NUMBER 0,Sam Speaker,,\n"
)


@pytest.fixture
def psmn(network: Network, monkeypatch: pytest.MonkeyPatch) -> Psmn:
    return Psmn(monkeypatch)


@pytest.fixture
def checks(sharing: Sharing, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the command waits, the files that have come are looked at."""

    def look(_: float) -> None:
        for each in sharing.shelf.client.list_object_versions(Bucket="quarantine").get("Versions", []):
            sharing.hear(arrival(each["Key"], each["VersionId"]), verdict(each["Key"], each["VersionId"]))

    monkeypatch.setattr(time, "sleep", look)


def past_sessions(folder: Path) -> str:
    lines = [
        f"{5 + n % 20:02}/01/2024,Talk number {n},Speaker{n} Example,About huddles.,canary{n}\n" for n in range(100)
    ]
    file = folder / "past.csv"
    file.write_text(
        "\ufeffDate,Session title,Speaker(s),Summary,Attendees\n" + "".join(lines) + FAULTS, encoding="utf-8"
    )
    return str(file)


def asked(network: Network, psmn: Psmn, file: str) -> None:
    """A coordinator is asked whether the list may be brought in, and says yes."""
    network.member(DEV["name"], DEV["email"], coordinator=True)
    result = psmn("sessions", "import", file, "--apply", "--yes", "--reason", WHY)
    assert (result.exit_code, "Nothing is done yet" in result.output) == (1, True), result.output
    says(network, "yes", DEV["email"])


def told(psmn: Psmn, *words: str) -> dict[str, Any]:
    result = psmn("sessions", "import", *words, "--yes", "--json", "--reason", WHY)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_e13_100_past_sessions_are_found_and_hold_nothing_of_who_was_there(
    psmn: Psmn, checks: None, sharing: Sharing, search: Search, bens: Browser, tmp_path: Path
) -> None:
    file = past_sessions(tmp_path)
    dry = told(psmn, file)
    assert (dry["new"], dry["added"], len(dry["skipped"])) == (100, None, 5)
    asked(sharing.network, psmn, file)
    assert not sharing.kept()

    first, second = told(psmn, file, "--apply"), told(psmn, file, "--apply")

    assert (first["added"], first["not_published"], first["columns_left_alone"]) == (100, [], ["Attendees"])
    assert (second["added"], second["in_library_already"]) == (0, 100)
    search.refresh()
    assert titles(bens.get("/library?q=Speaker42")) == ["Talk number 42"]
    assert "Talk number 42" in titles(bens.get("/library?q=talk+number+42"))
    (item,) = (
        each for each in sharing.library.changed_since(None) if each.words and each.words.title == "Talk number 42"
    )
    page = bens.get(f"/library/{item.id}")
    assert "A session of the network on Sunday 7 January 2024. Speaker42 Example spoke." in page.words
    assert bens.post(f"/library/{item.id}/file").status == 303
    assert item.file is not None
    body = sharing.shelf.client.get_object(Bucket=LIBRARY, Key=f"files/{item.file.key}")["Body"].read().decode()
    assert "Speaker: Speaker42 Example" in body
    assert "About huddles." in body
    assert "canary" not in body
    assert "canary" not in str(sharing.network.everything())


def three(folder: Path) -> str:
    file = folder / "past.csv"
    file.write_text("When,Topic,Presenter\n2024-01-05,One,Sam\n2024-01-12,Two,\n2024-01-19,Three,Pat\n")
    return str(file)


def test_it_says_in_words_what_would_happen_and_what_has(
    network: Network, psmn: Psmn, checks: None, tmp_path: Path
) -> None:
    file = three(tmp_path)
    dry = psmn("sessions", "import", file).output
    assert dry.startswith("A dry run. Nothing is written.")
    assert "are new and would be added" in dry
    assert dry.endswith("A coordinator has to agree first.\n")
    assert "Say why with --reason" in psmn("sessions", "import", file, "--apply", "--yes").output
    asked(network, psmn, file)
    network.clock.move(minutes=1)
    done = psmn("sessions", "import", file, "--apply", "--yes", "--reason", WHY)
    assert done.output.endswith("Added 3 past sessions. Members can find them within minutes.\n")
    assert what_was_written(network, audit.EVERYBODY)[-1] == "brought in past sessions"


def test_one_that_is_cut_off_is_made_good_by_the_next(
    network: Network, psmn: Psmn, checks: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = three(tmp_path)
    asked(network, psmn, file)
    send, sent = Shelf.send, []

    def only_one(shelf: Shelf, *rest: Any) -> None:
        if sent:
            raise KeyboardInterrupt
        sent.append(rest)
        send(shelf, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(Shelf, "send", only_one)
        assert psmn("sessions", "import", file, "--apply", "--yes", "--reason", WHY).exit_code == 1
    again = told(psmn, file, "--apply")
    assert (again["new"], again["begun"], again["added"], again["not_published"]) == (1, 2, 3, [])


def test_what_is_held_waits_for_a_coordinator_and_what_is_removed_stays_away(
    network: Network, psmn: Psmn, checks: None, sharing: Sharing, tmp_path: Path
) -> None:
    file = three(tmp_path)
    asked(network, psmn, file)

    sharing.finds = NHS_NUMBER_ON_SLIDE_3
    held = told(psmn, file, "--apply")
    assert held["added"] == 0
    assert {each["why"] for each in held["not_published"]} == {
        "Something in it may be about a patient. It waits for a coordinator."
    }
    dev = Members(network.table).coordinators()[0]
    one, *_ = sharing.library.in_review(3)
    assert one.offer is not None
    assert one.offer.stage is Stage.HELD
    review.remove(one, "Not ours", seen=None, by=dev.id, owner=None, library=sharing.library, now=network.clock.now())
    after = told(psmn, file)
    assert [each["why"] for each in after["skipped"]] == ["It was removed from the library, and is not brought back."]
    assert after["begun"] == 2
