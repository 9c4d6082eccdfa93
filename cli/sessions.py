"""``psmn sessions``: what whoever runs the network does with sessions: bring in those of before this platform."""

import json
import time
from collections.abc import Iterator
from typing import Any

import click

from cli import agreement, options
from cli.past_list import PastList, read
from cli.refusals import in_words
from cli.stack import Cloud, reach
from functions.kernel import clock, tokens
from functions.kernel.audit import BY_THE_ADMINISTRATOR
from functions.resources import past
from functions.resources.past import Plan
from functions.resources.shelf import Shelf
from functions.resources.store import Library
from infra.stages import Stage

WHAT = "brought in past sessions"
"""In the audit log."""
BETWEEN = 5
"""Seconds between two looks at how far the checks of the files have come."""
LOOKS = 60
"""So many looks, which are 5 minutes. Whoever types the same again goes on from there."""


@click.group()
def sessions() -> None:
    """Bring in the sessions of before this platform."""


@sessions.command("import")
@click.argument("path", metavar="FILE.csv")
@click.option("--apply", is_flag=True, help="Add the sessions. Without it nothing is written.")
@agreement.because
@options.in_stage
@options.as_json
@options.yes
def bring_in(path: str, *, apply: bool, reason: str | None, stage: Stage, as_json: bool, yes: bool) -> None:
    """Add past sessions to the library, from a CSV file, so that members find them.

    It reads the columns for the date, the title, the speaker and, if there is one, a summary. docs/import.md says how
    each may be headed. Who was there is never read. Without --apply it says what would happen. It adds, and never
    changes what is in the library already. Members read them without a coordinator having looked at each, so a
    coordinator has to agree to the list.
    """
    listed = read(path, clock.now())
    with in_words():
        cloud = reach(stage)
        library = Library(cloud.table)
        planned = past.plan(listed.rows, library)
        if not as_json:
            click.echo("\n".join(_diff(listed, planned, applied=apply)))
        wanted = [*planned.to_add, *planned.begun]
        if apply and wanted and not yes:
            click.confirm(f"Add {len(wanted):,} past sessions to the library of {stage.name}?", abort=True, err=True)
        if apply and wanted:
            agreement.must_have(cloud, _wanted(planned), WHAT, reason, clock.now())
        left = _carry_out(planned, cloud, library) if apply else {}
    added = len(wanted) - len(left) if apply else None
    if as_json:
        told = _facts(listed, planned) | {"added": added, "not_published": _by_line(left)}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    elif added is not None:
        click.echo(f"\nAdded {added:,} past sessions. Members can find them within minutes.")
        for line, why in left.items():
            click.echo(f"  Line {line}: {why}")


def _wanted(planned: Plan) -> str:
    rows = [*planned.to_add, *planned.begun, *planned.already]
    name = tokens.digest("past sessions", *sorted(row.id for row in rows))[:8]
    return f"put {len(rows):,} past sessions into the library, with their titles and speakers (list {name})"


def _carry_out(planned: Plan, cloud: Cloud, library: Library) -> dict[int, str]:
    """Bring the sessions in, and publish each as soon as its file is checked. Gives why the others are not."""
    buckets = cloud.contents.buckets
    shelf = Shelf(cloud.client("s3"), quarantine=buckets["quarantine"], library=buckets["library"])
    rows = [*planned.to_add, *planned.begun]
    past.bring_in(rows, by=BY_THE_ADMINISTRATOR, library=library, shelf=shelf, now=clock.now())
    waiting = rows
    for _ in range(LOOKS):
        # The moment is new each time, or the search would pass over what is published long after the command began.
        waiting = past.publish(waiting, by=BY_THE_ADMINISTRATOR, library=library, now=clock.now())
        if not waiting:
            break
        time.sleep(BETWEEN)
    return past.not_published(rows, library)


def _diff(listed: PastList, planned: Plan, *, applied: bool) -> Iterator[str]:
    skipped = listed.faults | planned.skipped
    yield "This is to be added." if applied else "A dry run. Nothing is written."
    yield ""
    for words, count in (
        ("are new and to be added" if applied else "are new and would be added", len(planned.to_add)),
        ("were begun before, and are not published yet", len(planned.begun)),
        ("are in the library already, and stay as they are", len(planned.already)),
        ("are skipped", len(skipped)),
    ):
        yield f"  {words:50}{count:>7,}"
    if skipped:
        yield "\nSkipped:"
        yield from (f"  Line {line}: {why}" for line, why in sorted(skipped.items()))
    if listed.left_alone:
        names = ", ".join(map(repr, listed.left_alone))
        yield f"\nThese columns look like who was there, so nothing in them is read or kept: {names}."
    if not applied and (planned.to_add or planned.begun):
        yield "\nTo add them, type the same with --apply and --reason. A coordinator has to agree first."


def _facts(listed: PastList, planned: Plan) -> dict[str, Any]:
    return {
        "new": len(planned.to_add),
        "begun": len(planned.begun),
        "in_library_already": len(planned.already),
        "skipped": _by_line(listed.faults | planned.skipped),
        "columns_left_alone": listed.left_alone,
    }


def _by_line(sentences: dict[int, str]) -> list[dict[str, Any]]:
    return [{"line": line, "why": why} for line, why in sorted(sentences.items())]
