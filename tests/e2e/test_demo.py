"""``psmn demo``: some weeks of a network, played on a local cloud of its own, whose sums add up."""

import json
from pathlib import Path

from tests.e2e.cloud import free_places, run


def test_a_demo_plays_its_weeks_counts_every_message_and_leaves_nothing_running(tmp_path: Path) -> None:
    places = free_places(tmp_path)
    played = run(places, "demo", "--members", "12", "--organisations", "6", "--weeks", "4", "--json")
    assert played.returncode == 0, played.stdout + played.stderr
    found = json.loads(played.stdout[played.stdout.index("\n{") :])
    assert found["adds_up"] is True
    assert (found["duplicates"], found["stale"], found["cross_member_addresses"]) == (0, 0, 0)
    # The coordinator, the dozen, and those who joined in the weeks before.
    invited = [run["planned"] for run in found["runs"] if run["kind"] == "invite"]
    assert invited == sorted(invited)
    assert len(invited) == 4
    assert invited[0] == 13
    assert [run["kind"] for run in found["runs"]].count("new-time") == 1
    assert run(places.model_copy(update={"folder": places.folder / "demo"}), "down").stdout == "Nothing was running.\n"
