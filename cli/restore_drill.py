"""``psmn restore-drill``: whether what is backed up can be had back, shown by having it back.

``docs/decisions/0023-operating.md`` says what is compared, and what a drill leaves alone.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError

from cli import options
from cli.comparison import Comparison, compare
from cli.files import files_of, objects
from cli.members import listed_in
from cli.stack import Cloud, reach
from cli.whole_table import every_item
from functions.kernel import clock
from functions.kernel.table import Table
from functions.kernel.when import clock_in_words, day_in_words, in_uk
from functions.membership import erasures
from infra.stages import Stage

BETWEEN, BETWEEN_HERE = 15, 1
"""Seconds from one look at the copy to the next, in AWS and on this machine."""
LONGEST = 4 * 3600
"""Seconds. AWS promises no time; most tables of our size take a quarter of an hour."""


@dataclass(frozen=True, slots=True)
class Drill:
    """What one drill found."""

    moment: datetime
    """To which the table was restored."""
    seconds: float
    comparison: Comparison
    files: int
    """In the library's bucket, for items of the copy."""
    missing: tuple[str, ...]
    """The ids of items of the copy whose file is not in the bucket."""
    erased_again: int
    """People whom the copy had brought back though they had been erased."""

    @property
    def is_good(self) -> bool:
        """Whether the network could go on with the copy."""
        return self.comparison.is_whole and not self.missing


@click.command("restore-drill")
@options.in_named_stage
@options.as_json
@click.pass_context
def restore_drill(context: click.Context, *, stage: Stage, as_json: bool) -> None:
    """Restore the table into a second one, compare the two, and delete the second.

    Members notice nothing. The exit code is 1 when anything is missing from what was restored.
    """
    try:
        drill = run(reach(stage), quiet=as_json)
    except LookupError as error:
        raise click.ClickException(str(error)) from error
    except (BotoCoreError, ClientError) as error:
        raise click.ClickException(f"The drill was cut short: {error}") from error
    click.echo(json.dumps(_plain(drill), indent=2) if as_json else "\n".join(_in_words(drill, stage)))
    context.exit(0 if drill.is_good else 1)


def run(cloud: Cloud, *, quiet: bool = True) -> Drill:
    """Restore, compare, delete. The copy is deleted whatever happens."""
    began, moment = time.monotonic(), _newest_moment(cloud)
    name = f"{cloud.stage.prefix}-drill-{clock.epoch(clock.now())}"
    if not quiet:
        click.echo(f"Restoring the table as {name}. It may take a quarter of an hour.", err=True)
    with _restored(cloud, name) as copy:
        seconds = time.monotonic() - began
        comparison = compare(every_item(cloud.table), every_item(copy), moment=moment, now=clock.now())
        there = objects(cloud)
        kept = list(files_of([item for item in every_item(copy) if item["kind"] == "resource"]))
        # As it has to be done before anybody uses a table that was restored in earnest.
        listed = listed_in(cloud.client("s3"), cloud.contents.buckets["library"])
        again = erasures.reapply(copy, listed, clock.now())
    missing = tuple(each.resource.id for each in kept if each.key not in there)
    return Drill(moment, seconds, comparison, len(kept) - len(missing), missing, again)


def _newest_moment(cloud: Cloud) -> datetime:
    """The newest moment that can be restored, about five minutes ago. A local cloud restores the present one."""
    answer = cloud.client("dynamodb").describe_continuous_backups(TableName=cloud.contents.table)
    recovery = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    if cloud.stage.on_this_machine:
        return clock.now()
    if recovery["PointInTimeRecoveryStatus"] != "ENABLED":
        raise LookupError(f"Nothing can be restored. psmn doctor --stage {cloud.stage.name} says what to do.")
    latest: datetime = recovery["LatestRestorableDateTime"]
    return latest


@contextmanager
def _restored(cloud: Cloud, name: str) -> Iterator[Table]:
    """A copy of the table under another name, for as long as it is looked at."""
    client = cloud.client("dynamodb")
    client.restore_table_to_point_in_time(
        SourceTableName=cloud.contents.table, TargetTableName=name, UseLatestRestorableTime=True
    )
    between = BETWEEN_HERE if cloud.stage.on_this_machine else BETWEEN
    patience = {"Delay": between, "MaxAttempts": LONGEST // between}
    try:
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig=patience)
        yield Table(name, client)
    finally:
        # A table that is still being made cannot be deleted.
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig=patience)
        client.delete_table(TableName=name)
        client.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig=patience)


def _plain(drill: Drill) -> dict[str, Any]:
    comparison = drill.comparison
    return {
        "good": drill.is_good,
        "moment": clock.stamp(drill.moment),
        "seconds": round(drill.seconds, 1),
        "items": comparison.restored,
        "newest": clock.stamp(comparison.newest_at) if comparison.newest_at else None,
        "newest_kind": comparison.newest["kind"] if comparison.newest else None,
        "kinds": {name: asdict(kind) for name, kind in comparison.kinds.items()},
        "files": drill.files,
        "items_without_their_file": list(drill.missing),
        "erased_again": drill.erased_again,
    }


def _in_words(drill: Drill, stage: Stage) -> Iterator[str]:
    found = drill.comparison
    yield f"Restored to {_words(drill.moment)} in {drill.seconds:,.0f} s: {found.restored:,} items."
    if stage.on_this_machine:
        yield "This local cloud copies the table as it is at the moment. In AWS it is a few minutes old."
    if found.newest is not None and found.newest_at is not None:
        yield f"The newest item is of the kind {found.newest['kind']}, of {_words(found.newest_at)}."
    yield ""
    yield f"{'':18}{'live':>10}{'restored':>10}{'since':>8}{'undated':>9}{'lost':>6}"
    for name, kind in found.kinds.items():
        yield f"{name:18}{kind.live:>10,}{kind.restored:>10,}{kind.since:>8,}{kind.undated:>9,}{kind.lost:>6,}"
    yield ""
    yield f"The library: {drill.files:,} files of items that were restored, {len(drill.missing):,} missing."
    yield f"Erased again, as after a real restore: {drill.erased_again:,} people."
    yield "The copy is deleted."
    yield "Nothing is lost." if drill.is_good else "Something is lost. Find out what before you need it."


def _words(moment: datetime) -> str:
    here = in_uk(moment)
    return f"{clock_in_words(here.time().replace(second=0, microsecond=0))} on {day_in_words(here.date())} (UK time)"
