"""``psmn invites``: what the schedule does at a moment, seen beforehand or done by hand."""

import json
import re
from datetime import date, datetime, time
from typing import Any, override

import click

from cli import options, refusals
from cli.stack import Cloud, reach
from functions.invites.model import Report
from functions.kernel.when import NoSuchTime, clock_in_words, day_in_words, in_uk, uk_local
from infra.stages import Stage

_SHAPE = re.compile(r"(2\d{3}-\d\d-\d\d)T(\d\d:\d\d)")


class UkMoment(click.ParamType[datetime]):
    """A moment as UK clocks show it, to the minute."""

    name = "moment"

    @override
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read the moment. Fails with a sentence for anything that no UK clock shows."""
        if isinstance(value, datetime):
            return value
        shape = _SHAPE.fullmatch(str(value))
        if shape is None:
            self.fail(f"{value!r} is not a UK local time like 2026-12-01T09:00.", param, ctx)
        try:
            return uk_local(date.fromisoformat(shape[1]), time.fromisoformat(shape[2]))
        except NoSuchTime as error:
            self.fail(str(error), param, ctx)
        except ValueError:
            self.fail(f"There is no day or time like {value}.", param, ctx)


@click.group()
def invites() -> None:
    """Plan the invitations to sessions."""


@invites.command()
@click.option("--at", required=True, type=UkMoment(), help="The moment in UK local time, like 2026-12-01T09:00.")
@click.option("--dry-run", is_flag=True, help="Write nothing, and say what would go to how many.")
@options.in_stage
@options.as_json
@options.yes
def run(at: datetime, *, dry_run: bool, stage: Stage, as_json: bool, yes: bool) -> None:
    """Do what the schedule does at a moment.

    Running it again adds only what is missing, so nobody gets an invitation twice. Where mail goes out into the world,
    it says how many it would go to, and asks.
    """
    with refusals.in_words():
        cloud = reach(stage)
        if stage.mail_leaves and not (dry_run or yes):
            _ask(stage, _plan(cloud, at, dry_run=True))
        report = _plan(cloud, at, dry_run=dry_run)
    told = report.model_dump(mode="json")
    click.echo(json.dumps(told, indent=2, ensure_ascii=False) if as_json else in_words(report))


def _ask(stage: Stage, foreseen: Report) -> None:
    """Have somebody say yes to what would go out. What goes to nobody needs no yes."""
    count = sum(tally.planned for tally in foreseen.sessions)
    if count:
        invitations = f"{count:,} {'invitation' if count == 1 else 'invitations'}"
        click.confirm(f"{invitations} would go to members of {stage.name}. Send?", abort=True, err=True)


def _plan(cloud: Cloud, at: datetime, *, dry_run: bool) -> Report:
    event = {"network": cloud.stage.network, "at": at.isoformat(), "dry_run": dry_run}
    return Report.model_validate(cloud.invoke("invites.plan", event))


def in_words(report: Report) -> str:
    """The report as a person reads it."""
    local = in_uk(report.at)
    moment = f"{clock_in_words(local.time())} on {day_in_words(local.date())} (UK time)"
    lines = [f"A dry run at {moment}. Nothing is written." if report.dry_run else f"A run at {moment}."]
    if not report.sessions:
        lines += ["", "No session is due for invitations at this moment."]
    for tally in report.sessions:
        lines += [
            "",
            f"{tally.title}, {tally.when}",
            f"  {'would be invited now' if report.dry_run else 'planned now':24}{tally.planned:>9,}",
            f"  {'invited before':24}{tally.already:>9,}",
            f"  {'stopped invitations':24}{tally.stopped:>9,}",
        ]
    if report.unfinished:
        lines += ["", "There was no time to plan for everybody. The rest is planned within minutes, by itself."]
    if report.skipped:
        lines += ["", "Nobody is invited to these now:"]
        lines += [f"  {each.title}, {each.when}. {each.why}" for each in report.skipped]
    return "\n".join(lines)
