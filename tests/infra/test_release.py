"""A version that does not work is put back, and what people are told of it."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

import click
import pytest

from cli import release as module
from cli.release import Shelf, release, version_of
from infra import stages

STAGE = stages.find("production")
DOWN = "The home page does not answer as it should: HTTP Error 500."


def assembly(folder: Path, version: str) -> None:
    folder.mkdir(parents=True)
    functions = {
        "Other": {"Properties": {"FunctionName": "psmn-production-mail-web"}},
        "Site": {
            "Properties": {
                "FunctionName": "psmn-production-site-web",
                "Environment": {"Variables": {"VERSION": version}},
            }
        },
        "Nameless": {},
    }
    (folder / "psmn-production-service.template.json").write_text(json.dumps({"Resources": functions}))


@dataclass
class Recorder:
    """Stands for the CDK command: it remembers what it deployed, and fails at what it is told to."""

    fails_at: set[str] = field(default_factory=set)
    deployed: list[str] = field(default_factory=list)

    def deploy(self, folder: Path) -> None:
        version = version_of(folder)
        if version in self.fails_at:
            raise CalledProcessError(1, "cdk")
        self.deployed.append(version)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.setattr(module, "reach", lambda name: name)
    found = Shelf(tmp_path)
    assembly(found.new, "new")
    return found


def looks(*ill: str) -> Any:
    """Somebody who finds these versions ill, and all others well."""
    return lambda _cloud, version: [DOWN] if version in ill else []


def told_by(shelf: Shelf, cdk: Any, *ill: str) -> str:
    with pytest.raises(click.ClickException) as told:
        release(STAGE, cdk, shelf, look=looks(*ill))
    return told.value.message


def test_a_version_that_is_well_is_the_one_to_go_back_to(shelf: Shelf) -> None:
    cdk: Any = Recorder()
    release(STAGE, cdk, shelf, look=looks())
    assert cdk.deployed == ["new"]
    assert version_of(shelf.good) == "new"
    assert not shelf.new.exists()


def test_a_version_that_is_not_well_gives_way_to_the_one_before(shelf: Shelf) -> None:
    assembly(shelf.good, "good")
    cdk: Any = Recorder()
    assert told_by(shelf, cdk, "new").splitlines() == [
        "It is deployed, and not well:",
        DOWN,
        "Version good, which was well, is deployed again.",
    ]
    assert cdk.deployed == ["new", "good"]
    assert version_of(shelf.good) == "good"


def test_without_a_version_before_people_are_told_how_to_get_one(shelf: Shelf) -> None:
    cdk: Any = Recorder()
    told = told_by(shelf, cdk, "new")
    assert "No version before it is kept on this machine" in told
    assert told.endswith("run: psmn deploy --stage production")
    assert not shelf.good.exists()


def test_a_deployment_that_fails_is_taken_back_by_the_cloud_and_not_by_us(shelf: Shelf) -> None:
    assembly(shelf.good, "good")
    cdk: Any = Recorder({"new"})
    assert "It did not go through" in told_by(shelf, cdk)
    assert cdk.deployed == []


def test_when_the_way_back_fails_as_well_people_are_told_so(shelf: Shelf) -> None:
    assembly(shelf.good, "good")
    stuck: Any = Recorder({"good"})
    assert "could not be put back" in told_by(shelf, stuck, "new")
    assert "is not well either" in told_by(shelf, Recorder(), "new", "good")


def test_an_assembly_without_our_pages_is_none_of_ours(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="no function of the pages"):
        version_of(tmp_path)


def test_every_deployment_tells_its_own_version(deployments: dict[str, Any], code: Path) -> None:
    for deployment in deployments.values():
        site = deployment.functions()["site.web"]
        assert site["Environment"]["Variables"]["VERSION"] == code.name.rpartition("-")[2]
