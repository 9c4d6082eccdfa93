"""A new administrator tries everything on a second stage beside the first, and the first never notices."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest

from cli.local_cloud import LocalCloud
from cli.release import Shelf, release, version_of
from infra import stages
from tests.e2e.cloud import Cloud, like, run, surroundings
from tests.people import ANN

STAGE = ("--stage", "rehearsal")


def test_a_new_administrator_tries_everything_beside_the_first_stage(
    local_cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = local_cloud.items()
    second = deployed(local_cloud)
    two_people_can_decide(second)
    a_version_that_does_not_work_is_put_back(second, monkeypatch)
    what_is_backed_up_can_be_had_back(second)
    everything_goes_into_open_formats(second, tmp_path / "all")
    nothing_is_left_of(second)

    assert {key(item) for item in first} <= {key(item) for item in local_cloud.items()}
    assert local_cloud.visitor().get("/").status == 200
    assert json.loads(local_cloud.visitor().get("/health").body)["status"] == "ok"


def deployed(first: Cloud) -> Cloud:
    """The second stage, as the command says where it is."""
    contents = json.loads(first.psmn("deploy", *STAGE, "--yes", "--json"))
    assert contents["url"].startswith("http://psmn-rehearsal.localhost:")
    assert not set(contents["functions"].values()) & set(first.stack.functions.values())
    return replace(first, stack=first.stack.model_copy(update=contents))


def two_people_can_decide(second: Cloud) -> None:
    """The doctor says what is missing and how to mend it, until nothing is."""
    before = examined(second, code=1)
    missing = [each for each in before["checks"] if each["state"] == "bad"]
    assert [each["check"] for each in missing] == ["coordinators"]
    assert missing[0]["fix"] == "psmn coordinators add EMAIL --stage rehearsal"
    for person in (like(ANN, "Ann Rehearsing"), like(ANN, "Bea Rehearsing")):
        second.join(person)
        second.psmn("coordinators", "add", person["email"], *STAGE)
    after = examined(second, code=0)
    assert {each["state"] for each in after["checks"]} == {"good", "not here"}


def examined(cloud: Cloud, *, code: int) -> Any:
    done = run(cloud.places, "doctor", *STAGE, "--json")
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


def a_version_that_does_not_work_is_put_back(second: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in surroundings(second.places).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("cli.health.PATIENCE_HERE", 0)
    stage = stages.find("rehearsal")
    shelf = Shelf.of(stage)
    good = version_of(shelf.good)
    shutil.copytree(shelf.good, shelf.new)
    break_it(shelf.new)
    with (second.places.log_folder / "rehearsal.log").open("wb") as log:
        cdk = LocalCloud(second.places).cdk(log)
        with pytest.raises(click.ClickException) as told:
            release(stage, cdk, shelf)
    assert "The home page does not answer as it should: HTTP Error 5" in told.value.message
    assert told.value.message.endswith(f"Version {good}, which was well, is deployed again.")
    assert json.loads(second.visitor().get("/health").body) == {"status": "ok", "version": good}


def break_it(assembly: Path) -> None:
    """Let the pages be answered by a module that is not there. The CDK knows files by a digest, so it changes too."""
    template = assembly / "psmn-rehearsal-service.template.json"
    manifest = json.loads((assembly / "manifest.json").read_bytes())
    address = manifest["artifacts"][template.name.partition(".")[0]]["properties"]["stackTemplateAssetObjectUrl"]
    digest = address.rpartition("/")[2].partition(".")[0]
    template.write_text(template.read_text().replace("functions.site.web.handler", "functions.site.nowhere.handler"))
    for path in assembly.glob("*.json"):
        path.write_text(path.read_text().replace(digest, digest[::-1]))


def what_is_backed_up_can_be_had_back(second: Cloud) -> None:
    found = json.loads(second.psmn("restore-drill", *STAGE, "--json"))
    assert found["good"]
    assert found["kinds"]["member"] == {"live": 2, "restored": 2, "since": 0, "undated": 0, "lost": 0}
    assert found["newest"]
    tables = second.stack.client("dynamodb").list_tables()["TableNames"]
    assert not [name for name in tables if "drill" in name], "A drill leaves no table behind."


def everything_goes_into_open_formats(second: Cloud, folder: Path) -> None:
    words = ("export-all", *STAGE, str(folder), "--yes", "--reason", "We rehearse leaving")
    alone = run(second.places, *words)
    assert (alone.returncode, folder.exists()) == (1, False)
    bea = like(ANN, "Bea Rehearsing")["email"]
    asked = second.path_in(second.mailbox.next(bea, "The administrator asks for your agreement"), "/coordinate/")
    assert second.sign_in(bea).post(asked, answer="yes").location == asked
    second.psmn(*words)
    members = [json.loads(line) for line in (folder / "table" / "member.jsonl").read_text().splitlines()]
    assert {member["name"] for member in members} == {"Ann Rehearsing", "Bea Rehearsing"}
    lines = [json.loads(line) for line in (folder / "table" / "audit.jsonl").read_text().splitlines()]
    assert "exported everything" in {line["what"] for line in lines}
    again = run(second.places, "export-all", *STAGE, str(folder), "--yes")
    assert again.returncode == 1
    assert "is not empty" in again.stderr


def nothing_is_left_of(second: Cloud) -> None:
    mistyped = run(second.places, "teardown", *STAGE, "--and-the-data", typed="production\n")
    assert mistyped.returncode == 1
    assert "Nothing was changed" in mistyped.stderr
    done = run(second.places, "teardown", *STAGE, "--and-the-data", "--json", typed="psmn\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout) == {"left": [], "kept": [], "backups": []}
    gone = run(second.places, "doctor", *STAGE)
    assert "psmn-rehearsal-service is not deployed." in gone.stdout


def key(item: dict[str, Any]) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]
