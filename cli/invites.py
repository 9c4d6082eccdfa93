"""``psmn invites``: what the schedule does at a moment, seen beforehand or done by hand."""

import json
import re
from datetime import date, datetime, time
from typing import Any, override

import click
from botocore.exceptions import BotoCoreError, ClientError

from cli.stack import Stack
from functions.invites.model import Report
from functions.kernel.when import NoSuchTime, clock_in_words, day_in_words, in_uk, uk_local
from infra.stages import LOCAL, find

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
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def run(at: datetime, *, dry_run: bool, as_json: bool) -> None:
    """Do what the schedule does at a moment.

    Running it again adds only what is missing, so nobody gets an invitation twice.
    """
    event = {"network": find(LOCAL).network, "at": at.isoformat(), "dry_run": dry_run}
    try:
        answer = Stack.load().invoke("invites.plan", event)
    except (BotoCoreError, ClientError) as error:
        raise click.ClickException(f"The cloud did not answer: {error}") from error
    report = Report.model_validate(answer)
    click.echo(json.dumps(answer, indent=2, ensure_ascii=False) if as_json else in_words(report))


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
