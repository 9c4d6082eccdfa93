"""When a deployment is refused, and what the person is told, before anything is asked of AWS."""

from datetime import UTC, datetime
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.cdk import Cdk
from cli.deploy import deploy
from cli.release import Shelf
from functions.kernel import clock

FRIDAY_NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
THURSDAY = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What was asked of the CDK, in whose place stands one that shows a difference and can deploy nothing."""
    verbs: list[str] = []

    def run(_self: Cdk, *arguments: Any) -> None:
        verbs.append(arguments[0])
        if arguments[0] == "deploy":
            raise CalledProcessError(1, "cdk")

    monkeypatch.setattr(Cdk, "_run", run)
    monkeypatch.setattr("cli.release.version_of", lambda _: "new")
    monkeypatch.setattr(Shelf, "of", lambda _: Shelf(tmp_path))
    monkeypatch.setenv("PSMN_STATE_DIR", str(tmp_path))
    return verbs


def run_at(moment: datetime, monkeypatch: pytest.MonkeyPatch, *words: str, typed: str = "") -> Result:
    monkeypatch.setattr(clock, "now", lambda: moment)
    return CliRunner().invoke(deploy, words, input=typed)


def test_a_deployment_while_members_meet_is_refused_before_anything_is_made(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = run_at(FRIDAY_NOON, monkeypatch, "--stage", "production", "--yes")
    assert refused.exit_code == 1
    assert "Members meet on Fridays" in refused.output
    assert asked == []


def test_who_must_can_deploy_all_the_same(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    run_at(FRIDAY_NOON, monkeypatch, "--stage", "production", "--yes", "--force")
    assert asked == ["synth", "diff", "deploy"]


def test_the_difference_is_shown_before_the_question_and_nothing_is_deployed_without_a_yes(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = run_at(THURSDAY, monkeypatch, "--stage", "production", typed="n\n")
    assert refused.exit_code == 1
    assert "Deploy this as psmn-production?" in refused.output
    assert asked == ["synth", "diff"]


def test_a_deployment_that_does_not_go_through_is_told_without_a_trace(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = run_at(THURSDAY, monkeypatch, "--stage", "production", typed="y\n")
    assert failed.exit_code == 1
    assert "It did not go through, and CloudFormation has put back what was there." in failed.output
    assert "Traceback" not in failed.output


@pytest.mark.parametrize(
    ("stage", "code", "sentence"),
    [
        ("local", 1, "The local stage is deployed by: psmn up"),
        # Nobody meets there, so a Friday is no matter; but there has to be something to deploy to.
        ("rehearsal", 1, "The local cloud is not up. Start it with: psmn up"),
        ("nowhere", 2, "There is no stage called nowhere. psmn.toml knows these: local, rehearsal, dev, production."),
    ],
)
def test_a_stage_that_cannot_be_deployed_is_told_with_what_to_do(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, stage: str, code: int, sentence: str
) -> None:
    refused = run_at(FRIDAY_NOON, monkeypatch, "--stage", stage, "--yes")
    assert refused.exit_code == code
    assert sentence in refused.output
    assert asked == []
