"""``psmn deploy``: the product in an AWS account."""

import json
import os
import sys
from subprocess import CalledProcessError

import boto3
import click

from cli import cdk
from cli.stack import contents_of
from infra import stages
from infra.stages import ROOT


@click.command()
@click.option("--stage", "name", required=True, help="A section of psmn.toml.")
@click.option("--yes", is_flag=True, help="Do not ask before permissions are widened.")
@click.option("--json", "as_json", is_flag=True, help="Print what is deployed as JSON.")
def deploy(*, name: str, yes: bool, as_json: bool) -> None:
    """Deploy a stage with the AWS credentials of this shell, or bring it up to date."""
    if name == stages.LOCAL:
        raise click.ClickException("The local stage is deployed by: psmn up")
    try:
        stage = stages.find(name)
    except LookupError as error:
        raise click.ClickException(str(error)) from error
    try:
        cdk.deploy(
            stage.name,
            *("--require-approval", "never" if yes else "broadening"),
            output=ROOT / "cdk.out",
            environment=os.environ,
            log=sys.stderr.buffer if as_json else None,
        )
    except CalledProcessError as error:
        raise click.ClickException("The deployment did not go through. What CDK said is above.") from error
    contents = contents_of(stage, boto3.client("cloudformation", region_name=stage.region))
    click.echo(json.dumps(contents.model_dump(), indent=2) if as_json else f"Deployed. The pages are at {contents.url}")
