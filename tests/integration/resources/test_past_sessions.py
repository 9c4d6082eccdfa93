"""Acceptance item E13: 100 past sessions come into the library, without anything about who was there."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.integration.membership.conftest import Psmn
from tests.integration.resources.test_search_pages import Search, search, titles
from tests.library import LIBRARY, Sharing, arrival, verdict
from tests.network import Network
from tests.web import Browser

__all__ = ["search"]

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


def told(psmn: Psmn, *words: str) -> dict[str, Any]:
    result = psmn("sessions", "import", *words, "--yes", "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_e13_100_past_sessions_are_found_and_hold_nothing_of_who_was_there(
    psmn: Psmn, checks: None, sharing: Sharing, search: Search, bens: Browser, tmp_path: Path
) -> None:
    file = past_sessions(tmp_path)
    dry = told(psmn, file)
    assert (dry["new"], dry["added"], len(dry["skipped"])) == (100, None, 5)
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
