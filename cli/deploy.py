"""``psmn deploy``: the product in an AWS account, or beside another in the local cloud."""

import json
import os
import sys
from subprocess import CalledProcessError
from typing import IO

import click
from botocore.exceptions import BotoCoreError, ClientError

from cli import fridays, options
from cli.cdk import Cdk
from cli.local_cloud import LocalCloud
from cli.places import Places
from cli.release import Shelf, release
from cli.stack import Stack
from functions.kernel import clock
from infra import stages
from infra.stages import Stage


@click.command()
@options.in_named_stage
@click.option("--yes", is_flag=True, help="Do not ask before what would change is changed.")
@click.option("--force", is_flag=True, help="Deploy even on a Friday while members meet.")
@options.as_json
def deploy(*, stage: Stage, yes: bool, force: bool, as_json: bool) -> None:
    """Show what would change, ask, deploy a stage, and see that it is well.

    It takes the AWS credentials of this shell. When the new version is not well, the one before is put back.
    """
    if stage.name == stages.LOCAL:
        raise click.ClickException("The local stage is deployed by: psmn up")
    sentence = None if stage.on_this_machine or force else fridays.why_not_now(clock.now())
    if sentence:
        raise click.ClickException(sentence)
    # What programs print besides the result is for a person.
    log = sys.stderr.buffer if as_json else None
    cdk, shelf = _cdk(stage, log), Shelf.of(stage)
    shelf.clear()
    try:
        cdk.synthesise(stage, shelf.new)
        cdk.diff(shelf.new)
    except CalledProcessError as error:
        raise click.ClickException("There is nothing to deploy. What CDK said is above.") from error
    if not yes:
        click.confirm(f"Deploy this as {stage.prefix}?", abort=True, err=as_json)
    try:
        cloud = release(stage, cdk, shelf)
    except (BotoCoreError, ClientError) as error:
        raise click.ClickException(f"AWS did not answer: {error}") from error
    if as_json:
        click.echo(json.dumps(cloud.contents.model_dump(), indent=2))
    else:
        click.echo(f"Deployed, and well. The pages are at {cloud.contents.url}")
        click.echo(f"What is still to do says: psmn doctor --stage {stage.name}")


def _cdk(stage: Stage, log: IO[bytes] | None) -> Cdk:
    if not stage.on_this_machine:
        return Cdk(os.environ, log=log)
    # It says so when the local cloud is not up.
    Stack.load()
    return LocalCloud(Places.from_environment()).cdk(log)
