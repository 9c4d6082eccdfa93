"""``psmn members``: what the people who run the network do with one member."""

import json

import click
from botocore.exceptions import BotoCoreError, ClientError

from cli.stack import reach
from functions.kernel import audit, clock
from functions.kernel.errors import Clash, NotFound
from functions.membership import appoint
from functions.membership.addresses import NotAnAddress, parse
from functions.membership.store import Members
from infra import stages


@click.group()
def members() -> None:
    """Look after one member."""


@members.command("make-coordinator")
@click.argument("email")
@click.option("--stage", default=stages.LOCAL, show_default=True, help="Where: a section of psmn.toml.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def make_coordinator(email: str, *, stage: str, as_json: bool) -> None:
    """Let the member with this address decide on applications and edit sessions."""
    try:
        address = parse(email)
    except NotAnAddress as error:
        raise click.BadParameter(str(error), param_hint="EMAIL") from error
    try:
        member = appoint.coordinator(
            address, by=audit.ADMINISTRATOR, members=Members(reach(stage).table), now=clock.now()
        )
    except (NotFound, LookupError) as error:
        raise click.ClickException(str(error)) from error
    except Clash as error:
        raise click.ClickException("Somebody changed this member at the same moment. Try again.") from error
    except (BotoCoreError, ClientError) as error:
        raise click.ClickException(f"The cloud did not answer: {error}") from error
    if as_json:
        click.echo(json.dumps({"member": member.id, "roles": list(member.roles)}))
    else:
        click.echo(f"{member.address} is a coordinator. They have to sign in again.")
