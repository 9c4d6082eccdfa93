"""The settings file: what it may say, and the sentence for each way in which it can be wrong."""

from pathlib import Path

import pytest

from infra import stages

GOOD = """
network = "psmn"
[stages.here]
on_this_machine = true
domain = "psmn-here.localhost"
[stages.there]
account = "111122223333"
region = "eu-west-2"
domain = "psmn.example"
hosted_zone_id = "Z0"
cloudfront = "free"
reserve_concurrency = false
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "psmn.toml"
    file.write_text(GOOD)
    monkeypatch.setattr(stages, "SETTINGS", file)
    return file


def test_a_stage_on_this_machine_has_names_of_its_own_behind_the_same_gateway(settings: Path) -> None:
    stage = stages.find("here", port=4801)
    assert stage.on_this_machine
    assert (stage.prefix, stage.site_origin) == ("psmn-here", "http://psmn-here.localhost:4801")
    assert stage.events_sender == "events@events.psmn-here.test"
    assert not stage.keep_data


def test_a_stage_in_the_cloud_keeps_its_data_and_is_encrypted(settings: Path) -> None:
    stage = stages.find("there")
    assert not stage.on_this_machine
    assert stage.keep_data
    assert stage.encrypted


def test_the_port_is_the_one_of_the_environment_unless_it_is_said(
    settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PSMN_PORT", "4900")
    assert stages.find("here").site_origin.endswith(":4900")
    assert stages.find("here", port=4801).site_origin.endswith(":4801")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("eu-west-2", "us-east-1", r"stages\.there: the region is us-east-1, and not eu-west-2 \(London\)"),
        ('region = "eu-west-2"\n', "", r"stages\.there\.region: Field required"),
        ('"psmn.example"', '"psmn.example"\ncolour = "green"', r"stages\.there\.colour: Extra inputs"),
        ("on_this_machine = true", "on_this_machine = false", r"stages\.here\.on_this_machine: Input should be True"),
        ('network = "psmn"', "network = ", r"psmn\.toml cannot be read: "),
        ("stages.there", "stages.here-too", r"be used\. The stage here-too has a hyphen\."),
        (
            '"psmn-here.localhost"',
            '"psmn.example"',
            r"used\. The stages here and there have one domain,",
        ),
    ],
)
def test_whatever_is_wrong_with_the_file_is_told_with_its_place(
    settings: Path, old: str, new: str, sentence: str
) -> None:
    settings.write_text(GOOD.replace(old, new))
    with pytest.raises(LookupError, match=sentence):
        stages.find("there")


def test_another_region_needs_a_reason_that_is_more_than_blank(settings: Path) -> None:
    elsewhere = GOOD.replace('"eu-west-2"', '"eu-west-1"\nwhy_not_london = "{}"')
    settings.write_text(elsewhere.format("The members are in Ireland."))
    assert stages.find("there").why_not_london == "The members are in Ireland."
    settings.write_text(elsewhere.format(" "))
    with pytest.raises(LookupError, match="Write the reason"):
        stages.find("there")


def test_a_stage_that_is_not_there_is_told_with_those_that_are(settings: Path) -> None:
    with pytest.raises(LookupError, match=r"There is no stage called prod\. psmn\.toml knows these: here, there\."):
        stages.find("prod")


def test_our_own_file_has_the_stages_that_the_documentation_names() -> None:
    for name in ("local", "rehearsal", "dev", "production"):
        assert stages.find(name).name == name
