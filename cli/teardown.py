"""``psmn teardown``: a stage that nobody needs any more, taken away, and what is left of it told."""

import json
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from cli import options
from cli.files import empty
from cli.release import Shelf
from cli.remains import backups, remains, stacks
from cli.stack import clients
from infra import stages
from infra.stages import Stage

DATA = "-data"
"""How the name of the stack ends that holds what cannot be made again."""
EVERYWHERE = ("us-east-1",)
"""Where a stack may stand besides the stage's region: what CloudFront uses has to be there."""
LONGEST = 3600
"""Seconds for one stack to go."""
BETWEEN, BETWEEN_HERE = 10, 1
LAST_WORDS = 20
"""How often we look whether a function that still ran has begun a new log."""
FEW = 3
"""As many names as are told one by one."""

type Named = tuple[str, str]
"""What a thing is, and its name."""


@click.command()
@options.in_named_stage
@click.option("--and-the-data", is_flag=True, help="Delete the table and the library too. There is no way back.")
@options.as_json
@click.pass_context
def teardown(context: click.Context, *, stage: Stage, and_the_data: bool, as_json: bool) -> None:
    """Say what would go, ask, and take a stage away.

    The table and the library stay, in their own stack, unless you say --and-the-data: a deployment then brings back
    the rest.
    The exit code is 1 when something is left that should have gone.
    """
    if stage.name == stages.LOCAL:
        raise click.ClickException("The local stage goes with: psmn reset")
    client = clients(stage)
    try:
        going, staying = _parted(remains(stage, client), and_the_data=and_the_data)
        if not going:
            raise click.ClickException(f"There is nothing of {stage.prefix} to take away.")
        _say(stage, going, staying, and_the_data=and_the_data)
        if click.prompt(f"To take {stage.prefix} away, type the network's name", err=True) != stage.network:
            raise click.ClickException("That is not its name. Nothing was changed.")
        for region in EVERYWHERE if not stage.on_this_machine else ():
            _take_away(stage, clients(stage, region), and_the_data=and_the_data)
        _take_away(stage, client, and_the_data=and_the_data)
        shutil.rmtree(Shelf.of(stage).folder, ignore_errors=True)
        left, staying = _parted(remains(stage, client), and_the_data=and_the_data)
        kept = backups(stage, client)
    except (BotoCoreError, ClientError) as error:
        raise click.ClickException(f"It was cut short: {error}. Run it again, and it goes on.") from error
    told = {"left": left, "kept": staying, "backups": kept}
    click.echo(json.dumps(told, indent=2) if as_json else "\n".join(_in_words(stage, left, staying, kept)))
    context.exit(1 if left else 0)


def _in_words(stage: Stage, left: list[Named], staying: list[Named], kept: list[str]) -> Iterator[str]:
    """What is there afterwards."""
    yield from (f"Still there, and should not be: the {what} {name}" for what, name in left)
    yield from (f"Kept: the {what} {name}" for what, name in staying)
    yield from (f"Kept: the backup {name}" for name in kept)
    if not (left or staying):
        yield f"Nothing is left of {stage.prefix}{' but its backups' if kept else ''}."


def _parted(found: Iterator[Named], *, and_the_data: bool) -> tuple[list[Named], list[Named]]:
    """What goes, and what stays."""
    going: list[Named] = []
    staying: list[Named] = []
    for what, name in found:
        is_data = what in {"table", "bucket"} or (what == "stack" and name.endswith(DATA))
        (staying if is_data and not and_the_data else going).append((what, name))
    return going, staying


def _say(stage: Stage, going: list[Named], staying: list[Named], *, and_the_data: bool) -> None:
    """What is about to happen."""
    click.echo(f"This takes away {stage.prefix}, at {stage.site_origin}:", err=True)
    for what, number in Counter(what for what, _ in going).items():
        names = [name for each, name in going if each == what]
        click.echo(f"  {what}: {number if number > FEW else ', '.join(names)}", err=True)
    for what, name in staying:
        click.echo(f"  kept is the {what} {name}", err=True)
    if and_the_data:
        click.echo("With the table and the library goes what every member ever told the network.", err=True)
        click.echo(f"To have it in open formats first: psmn export-all --stage {stage.name} FOLDER", err=True)


def _take_away(stage: Stage, client: Callable[[str], Any], *, and_the_data: bool) -> None:
    """Delete the stacks and, where that is asked for, the data. What an earlier try has deleted is no error."""
    _let_go_of_the_rules(stage, client)
    for each in stacks(stage, client):
        name = each["StackName"]
        holds_data = name.endswith(DATA)
        if holds_data and not and_the_data:
            continue
        if and_the_data or not stage.keep_data:
            _make_deletable(client, name, unprotect=holds_data)
        _delete_stack(stage, client("cloudformation"), name)
    _delete_new_logs(stage, client)
    for what, name in list(remains(stage, client)):
        if what == "table" and and_the_data:
            client("dynamodb").delete_table(TableName=name)
            client("dynamodb").get_waiter("table_not_exists").wait(TableName=name)
        elif what == "bucket" and and_the_data:
            empty(client("s3"), name)
            client("s3").delete_bucket(Bucket=name)


def _delete_new_logs(stage: Stage, client: Callable[[str], Any]) -> None:
    """Delete the logs that functions began which still ran when theirs were deleted, until none begins another."""
    for _ in range(LAST_WORDS):
        logs = [name for what, name in remains(stage, client) if what == "log"]
        if not logs:
            return
        for name in logs:
            client("logs").delete_log_group(logGroupName=name)
        time.sleep(BETWEEN_HERE)


def _let_go_of_the_rules(stage: Stage, client: Callable[[str], Any]) -> None:
    """An active set of rules cannot be deleted. Without one, mail that comes in is refused."""
    ses = client("ses")
    if ses.describe_active_receipt_rule_set().get("Metadata", {}).get("Name") == stage.prefix:
        ses.set_active_receipt_rule_set()


def _make_deletable(client: Callable[[str], Any], stack: str, *, unprotect: bool) -> None:
    """Take off what protects the data of one stack, and empty its buckets: a full one cannot be deleted."""
    cloudformation = client("cloudformation")
    if unprotect:
        cloudformation.update_termination_protection(StackName=stack, EnableTerminationProtection=False)
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    for each in (each for page in pages for each in page["StackResourceSummaries"]):
        match each["ResourceType"]:
            case "AWS::DynamoDB::Table":
                _unprotect(client("dynamodb"), each["PhysicalResourceId"])
            case "AWS::S3::Bucket":
                # An earlier try may have deleted it.
                with suppress(client("s3").exceptions.NoSuchBucket):
                    empty(client("s3"), each["PhysicalResourceId"])


def _unprotect(dynamodb: Any, table: str) -> None:
    # An earlier try may have deleted it.
    with suppress(dynamodb.exceptions.ResourceNotFoundException):
        if dynamodb.describe_table(TableName=table)["Table"].get("DeletionProtectionEnabled"):
            dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)


def _delete_stack(stage: Stage, cloudformation: Any, name: str) -> None:
    """Delete a stack and wait for its end. Fails with CloudFormation's reason when it does not go."""
    cloudformation.delete_stack(StackName=name)
    between = BETWEEN_HERE if stage.on_this_machine else BETWEEN
    try:
        cloudformation.get_waiter("stack_delete_complete").wait(
            StackName=name, WaiterConfig={"Delay": between, "MaxAttempts": LONGEST // between}
        )
    except WaiterError as error:
        raise click.ClickException(f"{name} did not go. CloudFormation's own page of it says why. {error}") from error
