"""``psmn invites run``: what the schedule does, seen beforehand or done by hand."""

import json
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import click
import pytest
from botocore.exceptions import EndpointConnectionError
from click.testing import CliRunner, Result

from cli import invites as command
from cli.stack import Cloud
from functions.invites import jobs
from functions.sessions.store import Programme
from infra.stages import Stage
from tests.integration.invites.conftest import Context
from tests.network import Network
from tests.people import ANN


class Deployed:
    """A deployment whose functions run in this process."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        """Run the function, over JSON as Lambda does."""
        assert function == "invites.plan"
        # What a function prints is in its log, and not on the terminal.
        with redirect_stdout(StringIO()):
            return json.loads(json.dumps(jobs.plan(json.loads(json.dumps(event)), Context(5))))


@pytest.fixture
def deployed(network: Network, programme: Programme, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every stage is up."""
    monkeypatch.setattr(command, "reach", Deployed)


def psmn_invites(*words: str, typed: str = "") -> Result:
    """Type ``psmn invites`` and these words, and answer what it asks."""
    return CliRunner().invoke(command.invites, words, input=typed)


def test_a_dry_run_says_what_would_go_to_how_many_and_why_others_are_skipped(network: Network, deployed: None) -> None:
    network.member(ANN["name"], ANN["email"])
    result = psmn_invites("run", "--at", "2026-11-23T09:00", "--dry-run")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[:6] == [
        "A dry run at 9am on Monday 23 November 2026 (UK time). Nothing is written.",
        "",
        "Friday drop-in, Friday 27 November 2026, midday to 1pm (UK time)",
        "  would be invited now            1",
        "  invited before                  0",
        "  stopped invitations             0",
    ]
    assert lines[6:9] == [
        "",
        "Nobody is invited to these now:",
        (
            "  Friday drop-in, Friday 4 December 2026, midday to 1pm (UK time). "
            "Its invitations go at 9am on Monday 30 November 2026."
        ),
    ]
    assert network.inbox(ANN["email"]) == []


def test_a_run_plans_once_however_often_it_is_typed(network: Network, deployed: None) -> None:
    network.member(ANN["name"], ANN["email"])
    first, second = (psmn_invites("run", "--at", "2026-11-23T09:00") for _ in range(2))
    assert "  planned now                     1" in first.output
    assert "  planned now                     0" in second.output
    assert "  invited before                  1" in second.output
    assert len(network.inbox(ANN["email"])) == 1


def test_a_moment_at_which_nothing_is_due_says_so(deployed: None) -> None:
    result = psmn_invites("run", "--at", "2026-11-22T09:00", "--dry-run")
    assert result.exit_code == 0
    assert "No session is due for invitations at this moment." in result.output


def test_programs_get_the_report_as_json(network: Network, deployed: None) -> None:
    report = json.loads(psmn_invites("run", "--at", "2026-11-23T09:00", "--dry-run", "--json").output)
    assert (report["at"], report["dry_run"]) == ("2026-11-23T09:00:00Z", True)
    assert [tally["planned"] for tally in report["sessions"]] == [0]
    assert len(report["skipped"]) == 3


def test_summer_time_is_taken_off(deployed: None) -> None:
    report = json.loads(psmn_invites("run", "--at", "2027-03-29T09:00", "--dry-run", "--json").output)
    assert report["at"] == "2027-03-29T08:00:00Z"


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("monday", "'monday' is not a UK local time like 2026-12-01T09:00."),
        ("2026-12-01", "'2026-12-01' is not a UK local time like 2026-12-01T09:00."),
        ("2026-12-01T09:00Z", "'2026-12-01T09:00Z' is not a UK local time like 2026-12-01T09:00."),
        ("2026-02-30T09:00", "There is no day or time like 2026-02-30T09:00."),
        ("2026-12-01T25:00", "There is no day or time like 2026-12-01T25:00."),
        ("2027-03-28T01:30", "There is no 1:30am on Sunday 28 March 2027, because the clocks go forward."),
    ],
)
def test_a_moment_that_no_uk_clock_shows_is_refused_with_a_sentence(at: str, sentence: str) -> None:
    result = psmn_invites("run", "--at", at)
    assert result.exit_code == 2
    assert sentence in result.output


def test_a_run_needs_its_moment() -> None:
    assert psmn_invites("run").exit_code == 2


IN_AWS = ("run", "--at", "2026-11-23T09:00", "--stage", "production")


def test_where_mail_leaves_nobody_is_invited_before_somebody_says_yes(network: Network, deployed: None) -> None:
    network.member(ANN["name"], ANN["email"])
    refused = psmn_invites(*IN_AWS, typed="n\n")
    assert refused.exit_code == 1
    assert "1 invitation would go to members of production. Send? [y/N]" in refused.output
    assert network.inbox(ANN["email"]) == []
    done = psmn_invites(*IN_AWS, typed="y\n")
    assert done.exit_code == 0
    assert "  planned now                     1" in done.output
    assert len(network.inbox(ANN["email"])) == 1


def test_what_goes_to_nobody_is_not_asked_about(network: Network, deployed: None) -> None:
    network.member(ANN["name"], ANN["email"])
    dry = psmn_invites(*IN_AWS, "--dry-run")
    assert (dry.exit_code, network.inbox(ANN["email"])) == (0, [])
    sure = psmn_invites(*IN_AWS, "--yes", "--json")
    assert [tally["planned"] for tally in json.loads(sure.stdout)["sessions"]] == [1]
    again = psmn_invites(*IN_AWS)
    assert again.exit_code == 0
    assert not any("Send?" in each.output for each in (dry, sure, again))


def test_programs_get_the_question_apart_from_the_report(network: Network, deployed: None) -> None:
    network.member(ANN["name"], ANN["email"])
    result = psmn_invites(*IN_AWS, "--json", typed="y\n")
    assert "Send?" in result.stderr
    assert json.loads(result.stdout)["dry_run"] is False


def test_a_stage_that_is_not_there_is_told_with_those_that_are() -> None:
    result = psmn_invites(*IN_AWS[:-1], "nowhere")
    assert result.exit_code == 2
    assert "There is no stage called nowhere." in result.output


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (click.ClickException("The local cloud is not up."), "The local cloud is not up."),
        (LookupError("psmn-production-service is not deployed."), "psmn-production-service is not deployed."),
        (
            EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
            "The cloud did not answer: Could not connect",
        ),
    ],
)
def test_a_failure_is_told_and_ends_with_1(monkeypatch: pytest.MonkeyPatch, fault: Exception, sentence: str) -> None:
    def fails(_: Stage) -> Cloud:
        raise fault

    monkeypatch.setattr(command, "reach", fails)
    result = psmn_invites("run", "--at", "2026-11-23T09:00")
    assert result.exit_code == 1
    assert sentence in result.output
