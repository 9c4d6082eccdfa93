"""``psmn deploy``: the product in an AWS account."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from subprocess import CalledProcessError

import boto3
import click

from cli import cdk
from cli.origin import new_value
from cli.stack import contents_of
from infra import stages
from infra.record import OUTPUT, Record
from infra.stages import EDGE_REGION, ROOT, SECRET_VERSION, Stage

ELSEWHERE = """This stage has no zone at Route 53, so AWS waits until a record of yours proves that {domain} is yours.
AWS shows it while this runs, once, in Certificate Manager: the record is the same in {region} and {edge}.
https://{region}.console.aws.amazon.com/acm/home?region={region}#/certificates/list"""


@click.command()
@click.option("--stage", "name", required=True, help="A section of psmn.toml.")
@click.option("--yes", is_flag=True, help="Do not ask before permissions are widened.")
@click.option("--renew-secret", is_flag=True, help="Give CloudFront a new secret for the gateway. The old one ends.")
@click.option("--json", "as_json", is_flag=True, help="Print what is deployed as JSON.")
def deploy(*, name: str, yes: bool, renew_secret: bool, as_json: bool) -> None:
    """Deploy a stage with the AWS credentials of this shell, or bring it up to date."""
    if name == stages.LOCAL:
        raise click.ClickException("The local stage is deployed by: psmn up")
    try:
        stage = stages.find(name)
    except LookupError as error:
        raise click.ClickException(str(error)) from error
    if stage.hosted_zone_id is None:
        click.echo(ELSEWHERE.format(domain=stage.domain, region=stage.region, edge=EDGE_REGION), err=True)
    approval = ("--require-approval", "never" if yes else "broadening")
    log = sys.stderr.buffer if as_json else None
    carry_out = partial(cdk.deploy, stage.name, *approval, output=ROOT / "cdk.out", environment=os.environ, log=log)
    try:
        if renew_secret:
            _renew(stage, carry_out)
        else:
            carry_out()
    except CalledProcessError as error:
        raise click.ClickException("The deployment did not go through. What CDK said is above.") from error
    contents = contents_of(stage, boto3.client("cloudformation", region_name=stage.region))
    records = _records_of(stage)
    if as_json:
        told = [record.model_dump() for record in records]
        click.echo(json.dumps({**contents.model_dump(), "records": told}, indent=2))
        return
    click.echo(f"Deployed. The pages are at {contents.url}")
    if records:
        click.echo("\n".join(_listed(records)))


def _renew(stage: Stage, carry_out: Callable[..., None]) -> None:
    secrets = boto3.client("secretsmanager", region_name=stage.region)
    try:
        with new_value(secrets, stage.origin_secret) as version:
            carry_out("--parameters", f"{stage.prefix}-edge:{SECRET_VERSION}={version}")
    except secrets.exceptions.ResourceNotFoundException as error:
        raise click.ClickException(
            f"{stage.name} has no secret to renew yet. Deploy it first, without --renew-secret."
        ) from error


def _records_of(stage: Stage) -> list[Record]:
    """The records that the stacks ask somebody to add. There are none where the stage names a zone."""
    found = []
    for stack, region in (("service", stage.region), ("edge", EDGE_REGION)):
        cloudformation = boto3.client("cloudformation", region_name=region)
        (described,) = cloudformation.describe_stacks(StackName=f"{stage.prefix}-{stack}")["Stacks"]
        found += [
            Record.model_validate_json(output["OutputValue"])
            for output in described.get("Outputs", [])
            if output["OutputKey"].startswith(OUTPUT)
        ]
    return sorted(found, key=lambda record: (record.name.split(".")[::-1], record.type))


def _listed(records: list[Record]) -> Iterator[str]:
    yield ""
    yield "Add these records where the records of the domain are kept, unless they are there already:"
    yield ""
    widths = [max(map(len, column)) for column in zip(*((each.name, each.type) for each in records), strict=True)]
    for each in records:
        yield f"{each.name:<{widths[0]}}  {each.type:<{widths[1]}}  {each.value}"
    yield ""
    yield "ALIAS is called ANAME or a flattened CNAME by some. Where a name is not the top of its domain, use CNAME."
