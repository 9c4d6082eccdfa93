"""``psmn audit``: who did what about one member, and whether anybody changed what was written down."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, override

import click
from botocore.exceptions import BotoCoreError, ClientError

from cli import options
from cli.stack import Cloud, reach
from functions.audit.checking import Report, check
from functions.audit.model import Copy
from functions.kernel import audit as lines
from functions.kernel import clock, keys
from functions.kernel.table import Item, Table, unmarshal
from functions.kernel.when import clock_in_words, day_in_words, in_uk
from functions.membership.addresses import Address, NotAnAddress, parse
from functions.membership.review_words import history
from functions.membership.store import LOOKED_UP, Applications, Members, address_digest, lines_about
from infra.stages import Stage

MOST_SHOWN = 20
"""Findings that are printed in full. All are in the JSON."""


class AddressOrVerb(click.Group):
    """Takes an email address for the wish to read about whoever has it."""

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        return super().resolve_command(ctx, [about.name or "", *args] if "@" in args[0] else args)


@click.group(cls=AddressOrVerb, subcommand_metavar="EMAIL | verify [OPTIONS]")
def audit() -> None:
    """Read what was written down about a member, or check all of it.

    "psmn audit ann@nhs.net" tells who did what about Ann, and "psmn audit verify" whether anybody changed a line.
    """


@audit.command()
@click.argument("email")
@options.in_stage
@options.as_json
def about(email: str, *, stage: Stage, as_json: bool) -> None:
    """Tell who did what about the member or applicant with this address. That you asked is written down too."""
    try:
        address = parse(email)
    except NotAnAddress as error:
        raise click.BadParameter(str(error), param_hint="EMAIL") from error
    try:
        found, names = _read(address, reach(stage).table, clock.now())
    except LookupError as error:
        raise click.ClickException(str(error.args[0])) from error
    except (BotoCoreError, ClientError) as error:
        raise click.ClickException(f"The cloud did not answer: {error}") from error
    told = list(history(found, names))
    if as_json:
        shown = [
            {"at": item["at"], "by": item["by"], "by_name": line.by, "what": item["what"], "facts": item["facts"]}
            for item, line in zip(found, told, strict=True)
        ]
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    for line in told:
        click.echo(f"{_moment(line.at):40}  {line.by}: {line.what}")


def _read(address: Address, table: Table, now: datetime) -> tuple[list[Item], Mapping[str, str]]:
    """The lines about whoever has an address, oldest first, and the names of those who are members.

    A line says first that they are read (security requirement 69). Raises ``LookupError`` when nobody has the address.
    """
    owner = Applications(table).of_address(address_digest(address.key)) or {}
    subjects = [str(owner[name]) for name in ("member_id", "application_id") if name in owner]
    if not subjects:
        raise LookupError("Nobody has this address: no member, and nobody who has applied. Check it for slips.")
    table.transact([lines.line(subjects[0], LOOKED_UP, by=lines.BY_THE_ADMINISTRATOR, now=now)])
    found = [line for subject in subjects for line in lines_about(subject, table)]
    names = Members(table).names_of(line["by"] for line in found)
    return sorted(found, key=lambda line: str(line["at"])), names


@audit.command()
@options.in_stage
@options.as_json
def verify(*, stage: Stage, as_json: bool) -> None:
    """Check that no line of the audit log was edited, deleted or inserted, and no seal on it. Ends with 1 if one was.

    It reads the whole table, since a line that somebody slipped in may be on no list.
    """
    try:
        report = verified(reach(stage), clock.now())
    except LookupError as error:
        raise click.ClickException(str(error.args[0])) from error
    except (BotoCoreError, ClientError) as error:
        raise click.ClickException(f"The cloud did not answer: {error}") from error
    click.echo(json.dumps(_as_json(report), indent=2, ensure_ascii=False) if as_json else in_words(report))
    if not report.is_whole:
        raise SystemExit(1)


def verified(cloud: Cloud, at: datetime) -> Report:
    """What the checker says of a deployment.

    A seal that is made meanwhile must not look like one that is missing, nor a line under it like one that was
    deleted. So what is made last is read first: the copies, then the seals, then the lines.
    """
    copies = list(_copies(cloud))
    seals = list(_items(cloud, keys.seal("").pk))
    return check(lines=_items(cloud, keys.audit("", "", "").pk), seals=seals, copies=copies, at=at)


def _items(cloud: Cloud, begins: str) -> Iterator[Item]:
    """Each item whose partition begins so, even those whose time is over."""
    pages = (
        cloud.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=cloud.contents.table,
            FilterExpression="begins_with(pk, :begins)",
            ExpressionAttributeValues={":begins": {"S": begins}},
            ConsistentRead=True,
        )
    )
    for page in pages:
        for image in page["Items"]:
            try:
                yield unmarshal(image)
            except (TypeError, ValueError):
                # We never keep such a value, so whoever put it there changed the item. The checker says so.
                yield {"pk": image["pk"]["S"], "sk": image["sk"]["S"], "unreadable": str(image)}


def _copies(cloud: Cloud) -> Iterator[Copy]:
    """What the safe holds: each version, since what was put over another or marked as deleted is still there."""
    pages = cloud.client("s3").get_paginator("list_object_versions").paginate(Bucket=cloud.contents.buckets["seals"])
    for page in pages:
        for version in page.get("Versions", ()):
            try:
                yield Copy.named(version["Key"])
            except ValueError as error:
                raise LookupError(f"The safe holds {version['Key']}, which is no copy of a seal.") from error


def in_words(report: Report) -> str:
    """The report as a person reads it."""
    sums = [
        f"  {'lines as they were sealed':32}{report.lines:>9,}",
        f"  {'lines whose time was over':32}{report.expired:>9,}",
        f"  {'lines that wait for a seal':32}{report.waiting:>9,}",
    ]
    head = report.head
    last = f"The last seal is number {head.number}, made on {_moment(head.at)}: {head.digest}" if head else ""
    if report.is_whole:
        return "\n".join(["Nothing was changed.", "", *sums, "", last or "There is no seal yet."])
    shown = [f"  {finding.says}" for finding in report.findings[:MOST_SHOWN]]
    more = len(report.findings) - len(shown)
    shown += [f"  And {more:,} more, which --json lists."] if more else []
    return "\n".join(["Something is wrong.", "", *shown, "", *sums, *(["", last] if last else [])])


def _as_json(report: Report) -> dict[str, Any]:
    head = report.head
    return {
        "whole": report.is_whole,
        "lines": report.lines,
        "expired": report.expired,
        "waiting": report.waiting,
        "last_seal": {"number": head.number, "digest": head.digest, "at": clock.stamp(head.at)} if head else None,
        "wrong": [{"what": finding.wrong, "says": finding.says} for finding in report.findings],
    }


def _moment(moment: datetime) -> str:
    shown = in_uk(moment).replace(second=0, microsecond=0)
    return f"{day_in_words(shown.date())}, {clock_in_words(shown.time())}"
