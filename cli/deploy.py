"""``psmn deploy``: the product in an AWS account, or beside another in the local cloud."""

import json
import os
import sys
from dataclasses import replace
from subprocess import CalledProcessError
from typing import IO

import boto3
import click
from botocore.exceptions import BotoCoreError, ClientError

from cli import fridays, options
from cli.cdk import Cdk
from cli.health import wait_until_well
from cli.local_cloud import LocalCloud
from cli.origin import new_value
from cli.places import Places
from cli.records import ELSEWHERE, listed, records_of
from cli.release import Shelf, release
from cli.stack import Cloud, Stack
from functions.kernel import clock
from infra import stages
from infra.stages import EDGE_REGION, SECRET_VERSION, Stage


@click.command()
@options.in_named_stage
@options.yes
@click.option("--force", is_flag=True, help="Deploy even on a Friday while members meet.")
@click.option("--renew-secret", is_flag=True, help="Give CloudFront a new secret for the gateway. The old one ends.")
@options.as_json
def deploy(*, stage: Stage, yes: bool, force: bool, renew_secret: bool, as_json: bool) -> None:
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
    elsewhere = stage.hosted_zone_id is None and not stage.on_this_machine
    if elsewhere:
        click.echo(ELSEWHERE.format(domain=stage.domain, region=stage.region, edge=EDGE_REGION), err=True)
    try:
        cloud = _renew(stage, cdk, shelf) if renew_secret else release(stage, cdk, shelf, look=_tell_and_look)
        records = records_of(stage) if elsewhere else []
    except (BotoCoreError, ClientError) as error:
        raise click.ClickException(f"AWS did not answer: {error}") from error
    if as_json:
        told = [record.model_dump() for record in records]
        click.echo(json.dumps({**cloud.contents.model_dump(), "records": told}, indent=2))
    else:
        click.echo(f"Deployed, and well. The pages are at {cloud.contents.url}")
        click.echo(f"What is still to do says: psmn doctor --stage {stage.name}")


def _tell_and_look(cloud: Cloud, version: str) -> list[str]:
    """Tell the records that somebody has to add, without which no page answers, and see whether all is well."""
    stage = cloud.stage
    if stage.hosted_zone_id is None and not stage.on_this_machine:
        click.echo("\n".join(listed(records_of(stage))), err=True)
    return wait_until_well(cloud, version)


def _renew(stage: Stage, cdk: Cdk, shelf: Shelf) -> Cloud:
    if stage.on_this_machine:
        raise click.ClickException("There is no CloudFront on this machine, and so no secret.")
    secrets = boto3.client("secretsmanager", region_name=stage.region)
    try:
        with new_value(secrets, stage.origin_secret) as version:
            given = (*cdk.options, "--parameters", f"{stage.prefix}-edge:{SECRET_VERSION}={version}")
            return release(stage, replace(cdk, options=given), shelf, look=_tell_and_look)
    except secrets.exceptions.ResourceNotFoundException as error:
        raise click.ClickException(
            f"{stage.name} has no secret to renew yet. Deploy it first, without --renew-secret."
        ) from error


def _cdk(stage: Stage, log: IO[bytes] | None) -> Cdk:
    if not stage.on_this_machine:
        return Cdk(os.environ, log=log)
    # It says so when the local cloud is not up.
    Stack.load()
    return LocalCloud(Places.from_environment()).cdk(log)
