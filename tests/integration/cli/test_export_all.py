"""Everything that a stage holds, written out so that any program can read it."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result

from cli import agreement
from cli import export_all as module
from cli.export_all import export_all, write
from cli.files import empty, files_of, objects
from cli.stack import Cloud, Contents
from functions.kernel.kinds import KIND
from infra import stages
from tests.library import LIBRARY, Sharing
from tests.network import TABLE, Network
from tests.people import ANN, CORA


@pytest.fixture
def cloud(network: Network) -> Cloud:
    """A stage with a member, a coordinator, and two items of the library."""
    contents = Contents(url="https://psmn.test", table=TABLE, functions={}, queues={}, buckets={"library": LIBRARY})
    make: Callable[..., Any] = boto3.client
    ann = network.member(ANN["name"], ANN["email"])
    cora = network.member(CORA["name"], CORA["email"], coordinator=True)
    sharing = Sharing(network)
    for title in ("Falls huddle", "Falls: what we learned/2"):
        sharing.published(ann, cora, title)
    return Cloud(stages.find("rehearsal"), contents, make)


def lines_of(folder: Path, kind: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "table" / f"{kind}.jsonl").read_text().splitlines()]


def place(item: dict[str, Any]) -> tuple[str, str]:
    return item["pk"], item["sk"]


def test_every_item_is_in_the_file_of_its_kind_and_every_file_has_its_name(
    cloud: Cloud, network: Network, tmp_path: Path
) -> None:
    folder = tmp_path / "all"
    export = write(cloud, folder, network.clock.now())

    everything = network.everything()
    written = [item for kind in export.kinds for item in lines_of(folder, kind)]
    assert {place(item): item for item in written} == {place(item): item for item in everything}
    assert len(written) == len(everything)
    assert all(
        item["kind"] == path.stem for path in (folder / "table").iterdir() for item in lines_of(folder, path.stem)
    )
    names = {path.name.partition("-")[2] for path in (folder / "library").iterdir()}
    assert names == {"Falls huddle.txt", "Falls what we learned 2.txt"}
    assert not export.missing


def test_the_folder_says_what_is_in_it_and_is_for_one_person_alone(
    cloud: Cloud, network: Network, tmp_path: Path
) -> None:
    folder = tmp_path / "all"
    export = write(cloud, folder, network.clock.now())
    about = (folder / "README.md").read_text()
    for kind, number in export.kinds.items():
        assert f"| `{kind}.jsonl` | {number} | {KIND[kind].words} |" in about
    for kind in KIND:
        assert kind in about
    assert "personal data" in about
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_an_item_whose_file_is_gone_is_named(cloud: Cloud, network: Network, tmp_path: Path) -> None:
    resources = [item for item in network.everything() if item["kind"] == "resource"]
    gone = next(files_of(resources))
    boto3.client("s3").delete_object(Bucket=LIBRARY, Key=gone.key)
    export = write(cloud, tmp_path / "all", network.clock.now())
    assert export.missing == [gone.resource.id]
    assert len(export.files) == 1


def asked(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str, typed: str = "") -> Result:
    monkeypatch.setattr(module, "reach", lambda _: cloud)
    monkeypatch.setattr(agreement, "must_have", lambda *_: None)
    return CliRunner().invoke(export_all, ["--stage", "rehearsal", str(folder), *words], input=typed)


def test_nothing_is_written_without_a_yes(cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "all"
    refused = asked(cloud, monkeypatch, folder, typed="n\n")
    assert refused.exit_code == 1
    assert "addresses and answers of every member of psmn-rehearsal" in refused.output
    assert not folder.exists()
    done = asked(cloud, monkeypatch, folder, typed="y\n")
    assert done.exit_code == 0
    assert "2 files are in" in done.output


def test_a_folder_with_something_in_it_is_left_alone(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    refused = asked(cloud, monkeypatch, tmp_path, "--yes")
    assert refused.exit_code == 1
    assert "is not empty" in refused.output
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_bucket_is_emptied_with_every_version_that_was_kept(cloud: Cloud) -> None:
    s3 = boto3.client("s3")
    (key, *_) = objects(cloud)
    s3.delete_object(Bucket=LIBRARY, Key=key)
    assert empty(s3, LIBRARY) > 1
    s3.delete_bucket(Bucket=LIBRARY)
