"""``psmn members``: what whoever runs the network does with members: bring them in, hand out, delete."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import click

from cli import agreement, options
from cli.hub_list import HubList, read
from cli.refusals import EmailAddress, in_words
from cli.stack import Cloud, reach
from functions.invites import warm_up
from functions.invites.plan import run_id
from functions.invites.store import Plans
from functions.kernel import audit, clock, keys
from functions.kernel.audit import BY_THE_ADMINISTRATOR
from functions.kernel.kinds import BACKUPS_KEPT, DELETED_FILES_KEPT, KIND
from functions.kernel.when import day_in_words, in_uk
from functions.mail.model import Run
from functions.mail.store import Runs
from functions.membership import account, erasures, transfer
from functions.membership.addresses import Address
from functions.membership.erasure_list import ERASURES
from functions.membership.erasures import Erased
from functions.membership.holdings import Holdings
from functions.membership.model import Erasure
from functions.membership.register import register
from functions.membership.store import address_digest
from functions.membership.transfer import Transfer
from infra.stages import Stage

WHAT = "brought in members of the hub"
"""In the audit log."""


@click.group()
def members() -> None:
    """Bring members in, and hand out or delete what is held about one person."""


@members.command("import")
@click.argument("path", metavar="FILE.csv")
@click.option("--apply", is_flag=True, help="Add the members. Without it nothing is written.")
@agreement.because
@options.in_stage
@options.as_json
@options.yes
def bring_in(path: str, *, apply: bool, reason: str | None, stage: Stage, as_json: bool, yes: bool) -> None:
    """Add the members of the hub, from a CSV file that the hub gave out.

    It reads the columns for the email address, the name (or first and last name), the role or job title, the
    organisation, the nation or country, and if they are there the networks and the day of joining. docs/import.md says
    how each may be headed. Without --apply it says what would happen. It adds, and never changes who is here already.
    """
    now = clock.now()
    listed = read(path, now)
    with in_words():
        cloud = reach(stage)
        planned = transfer.plan(listed.rows, cloud.table, now)
        if not as_json:
            click.echo("\n".join(_diff(listed, planned, applied=apply)))
        if apply and planned.to_add and not yes:
            click.confirm(
                f"Add {len(planned.to_add):,} members to {stage.name}, and write to each?", abort=True, err=True
            )
        if apply and planned.writes_to_many:
            agreement.must_have(cloud, _wanted(planned), WHAT, reason, now)
        added = transfer.carry_out(planned, cloud.table, by=BY_THE_ADMINISTRATOR, now=now) if apply else None
        run = _welcome(cloud, planned) if apply else None
    if as_json:
        click.echo(json.dumps(_facts(listed, planned) | {"added": added, "send": run}, indent=2, ensure_ascii=False))
    elif added is not None:
        click.echo(f"\nAdded {added:,} members.{_WHAT_NEXT.format(stage=stage.name) if added else ''}")


_WHAT_NEXT = """ Within minutes each is told by email, in waves: coordinators see it on the page "Emails to members".
If this week's invitations have gone out, they are invited with everybody else next Monday at 9am. To invite them to
this week's session before that, once the first emails have gone well, with the Monday of the week:
psmn invites run --at 2026-11-23T09:00 --stage {stage}"""


def _wanted(planned: Transfer) -> str:
    people = len(planned.to_add) + len(planned.already)
    return f"bring in {people:,} people of the hub's list {planned.name[:8]}, and write to each who is new"


def _welcome(cloud: Cloud, planned: Transfer) -> str | None:
    """Let the members who came over be told, by the same planning as every send. Gives the send's id.

    The same list makes the same send, so one that was cut off before this is made good by bringing it in again.
    """
    if not planned.to_add and not planned.already:
        return None
    now = clock.now()
    proven = Runs(cloud.table).proven()
    run = Run(
        id=run_id("came-over", planned.name, 0),
        mail_kind="came-over",
        words="Members who came over from the hub: what changes for them",
        thing=in_uk(now).date().isoformat(),
        at=now,
        at_once=warm_up.at_once(proven) if cloud.stage.mail_leaves else None,
    )
    Plans(cloud.table).begin(run, keys.SHARDS, now)
    return run.id


def _diff(listed: HubList, planned: Transfer, *, applied: bool) -> Iterator[str]:
    skipped = _skipped(listed, planned)
    yield "This is to be added." if applied else "A dry run. Nothing is written."
    yield ""
    for words, count in (
        ("are new and to be added" if applied else "are new and would be added", len(planned.to_add)),
        ("are members already, and stay as they are", len(planned.already)),
        ("are skipped", len(skipped)),
    ):
        yield f"  {words:44}{count:>7,}"
    if skipped:
        yield "\nSkipped:"
        yield from (f"  Line {line}: {why}" for line, why in skipped.items())
    if planned.to_look_at:
        yield "\nFor a person to look at. They are added, and the rules would not have accepted them by themselves:"
        reasons = register().reasons
        for code, lines in sorted(planned.to_look_at.items()):
            yield f"  {code}, {reasons[code].title}: {_lines(lines)}"
    if planned.failing:
        yield f"\nEmail to these fails, so none is sent: {_lines(planned.failing)}"
    for name, lines in sorted(listed.unknown_networks.items()):
        yield f"\nThere is no network called {name!r}, so it is left out: {_lines(lines)}"
    if not applied and planned.to_add:
        yield "\nTo add them, type the same with --apply."
        if planned.writes_to_many:
            yield "A coordinator has to agree first, because many are written to. Add --reason, and say why."


_MOST_LINES = 20


def _lines(lines: Sequence[int]) -> str:
    told = ", ".join(map(str, lines[:_MOST_LINES]))
    more = len(lines) - _MOST_LINES
    rest = f" and {more:,} more, which --json lists" if more > 0 else ""
    return f"line{'s' if len(lines) > 1 else ''} {told}{rest}"


def _skipped(listed: HubList, planned: Transfer) -> dict[int, str]:
    return dict(sorted((listed.faults | planned.skipped).items()))


def _facts(listed: HubList, planned: Transfer) -> dict[str, Any]:
    return {
        "new": len(planned.to_add),
        "members_already": len(planned.already),
        "skipped": [{"line": line, "why": why} for line, why in _skipped(listed, planned).items()],
        "to_look_at": planned.to_look_at,
        "email_fails": planned.failing,
        "unknown_networks": listed.unknown_networks,
    }


@members.command("export")
@click.argument("email", type=EmailAddress())
@options.in_stage
@click.option("--json", "as_json", is_flag=True, help="It prints JSON anyway.")
def hand_out(email: Address, *, stage: Stage, as_json: bool) -> None:  # noqa: ARG001 - every verb of psmn takes it.
    """Print everything that is held about the person with this address, as JSON.

    That it was handed out is written down, where the person can see it too.
    """
    now = clock.now()
    with in_words():
        table = reach(stage).table
        holdings = Holdings(table)
        person = holdings.person_at(address_digest(email.key))
        table.write(audit.line(person.subjects[0], "exported", by=BY_THE_ADMINISTRATOR, now=now))
        held = account.as_json(account.everything(person, holdings))
    told = {"address": str(email), "at": clock.stamp(now), "held": held}
    click.echo(json.dumps(told, indent=2, ensure_ascii=False).encode())


@members.command()
@click.argument("email", type=EmailAddress(), required=False)
@click.option("--again-from-list", is_flag=True, help="Erase again whoever a restored backup has brought back.")
@options.in_stage
@options.as_json
@options.yes
def erase(email: Address | None, *, again_from_list: bool, stage: Stage, as_json: bool, yes: bool) -> None:
    """Delete everything that is held about the person with this address, and print a receipt.

    It may be a member, somebody who applied to join, or somebody whose address was only typed. A member or an applicant
    gets a receipt by email too. It cannot be undone.
    """
    if (email is None) != again_from_list:
        raise click.UsageError("Give an email address, or --again-from-list.")
    if not yes:
        whom = email if email is not None else "everybody on the list of erasures"
        click.confirm(f"Delete everything that is held about {whom} in {stage.name}, for good?", abort=True, err=True)
    now = clock.now()
    with in_words():
        cloud = reach(stage)
        if email is None:
            entries = listed_in(cloud.client("s3"), cloud.contents.buckets["library"])
            again = erasures.reapply(cloud.table, entries, now)
            click.echo(json.dumps({"erased_again": again}) if as_json else f"Erased {again:,} people again.")
            return
        digest = address_digest(email.key)
        done = erasures.erase(digest, by=BY_THE_ADMINISTRATOR, holdings=Holdings(cloud.table), now=now)
    receipt = _receipt(email, done)
    click.echo(json.dumps(receipt, indent=2) if as_json else "\n".join(_in_words(receipt)))


def listed_in(s3: Any, bucket: str) -> Iterator[Erasure]:
    """The list of erasures that is kept in the library's bucket, the oldest first."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=ERASURES):
        for entry in page.get("Contents", ()):
            yield Erasure.model_validate_json(s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read())


def _receipt(email: Address, done: Erased) -> dict[str, Any]:
    at = done.erasure.at
    return {
        "address": str(email),
        "erased_at": clock.stamp(at),
        "deleted": [KIND[name].words for name in done.kinds],
        "receipt_by_email": done.receipt,
        "stays": [
            "What they shared in the library, without their name",
            "Audit lines, by reference number, for 6 years",
            "A fingerprint of the address, so that no list brings it back, for 6 years",
            "An email that they sent to the network, for up to 30 days",
        ],
        "out_of_backups_after": clock.stamp(at + BACKUPS_KEPT),
        "out_of_deleted_files_after": clock.stamp(at + DELETED_FILES_KEPT),
        "finished_by": clock.stamp(at + timedelta(minutes=20)),
    }


def _in_words(receipt: dict[str, Any]) -> Iterator[str]:
    yield f"Deleted what was held about {receipt['address']}:"
    yield from (f"  {words}" for words in receipt["deleted"])
    yield "What stays:"
    yield from (f"  {words}" for words in receipt["stays"])
    last = day_in_words(in_uk(clock.now() + BACKUPS_KEPT))
    yield f"It is in no backup after {last}. What was being written just now is deleted within 20 minutes."
    yield "A receipt goes to the address." if receipt["receipt_by_email"] else "No email goes to the address."
