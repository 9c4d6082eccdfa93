"""``psmn retention``: who is asked if they are still there, reminded or forgotten, seen beforehand or done by hand."""

import json
from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError

from cli import options
from cli.stack import Cloud, reach
from functions.kernel import clock
from infra.stages import Stage


@click.group()
def retention() -> None:
    """Keep nobody longer than they want."""


@retention.command()
@click.option("--dry-run", is_flag=True, help="Change nothing, and say what would happen.")
@options.in_stage
@options.as_json
@options.yes
def run(*, dry_run: bool, stage: Stage, as_json: bool, yes: bool) -> None:
    """Do what the schedule does each morning.

    Running it again on the same day adds nothing. It asks before anybody is erased.
    """
    try:
        cloud = reach(stage)
        report = _invoke(cloud, dry_run=True)
        if not dry_run:
            erased = report["counts"]["erase"]
            if erased and not yes:
                click.confirm(f"{_people(erased)} would be erased, for good. Go on?", abort=True, err=True)
            report = _invoke(cloud, dry_run=False)
    except LookupError as error:
        raise click.ClickException(str(error)) from error
    except (BotoCoreError, ClientError) as error:
        raise click.ClickException(f"The cloud did not answer: {error}") from error
    click.echo(json.dumps(report, indent=2) if as_json else in_words(report))
    if report["failed"]:
        raise SystemExit(1)


def _invoke(cloud: Cloud, *, dry_run: bool) -> dict[str, Any]:
    event = {"network": cloud.stage.network, "at": clock.now().isoformat(), "dry_run": dry_run}
    answer: dict[str, Any] = cloud.invoke("membership.retain", event)
    return answer


def in_words(report: dict[str, Any]) -> str:
    """The report as a person reads it."""
    counts, would = report["counts"], "would be " if report["dry_run"] else ""
    lines = [
        "A dry run. Nothing is changed." if report["dry_run"] else "Done.",
        f"{_people(report['looked_at'])} looked at.",
        f"{_people(counts['ask'])} {would}asked if they are still here.",
        f"{_people(counts['tell'])} {would}asked who run the network, and whom nothing erases.",
        f"{_people(counts['remind'])} {would}reminded.",
        f"{_people(counts['erase'])} {would}erased: asked 90 days ago or longer, reminded, and not heard from.",
    ]
    if report["held_back"]:
        lines.append(f"{_people(report['held_back'])} more wait for the next run, so that a mistake is seen in time.")
    if report["unfinished"]:
        lines.append("There was no time for everybody. The next run goes on.")
    if report["failed"]:
        lines.append(f"{_people(report['failed'])} could not be dealt with. The log says why, and the next run tries.")
    return "\n".join(lines)


def _people(count: int) -> str:
    return f"{count:,} {'person' if count == 1 else 'people'}"
