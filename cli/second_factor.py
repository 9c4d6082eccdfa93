"""``reset-factor``: help for a coordinator who has lost both their phone and their recovery codes."""

import json

import click
from botocore.exceptions import BotoCoreError, ClientError

from cli.stack import reach
from functions.kernel import clock
from functions.kernel.errors import Clash, NotFound
from functions.membership import second_factor
from functions.membership.addresses import NotAnAddress, parse
from functions.membership.store import Members
from infra import stages

BY = "administrator"
"""Who an audit line says it was, for what is done with the keys of the account."""


@click.command("reset-factor")
@click.argument("email")
@click.option("--stage", default=stages.LOCAL, show_default=True, help="Where: a section of psmn.toml.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def reset_factor(email: str, *, stage: str, yes: bool, as_json: bool) -> None:
    """Take the authenticator app off the coordinator with this address.

    Make sure that it is them who ask, by a call or face to face: mail from their address proves nothing here, because
    whoever reads their mail needs no more than this to be a coordinator.
    """
    try:
        address = parse(email)
    except NotAnAddress as error:
        raise click.BadParameter(str(error), param_hint="EMAIL") from error
    if not yes:
        click.confirm(f"Have you made sure, by a call or face to face, that {address} asks for this?", abort=True)
    try:
        member = second_factor.take_off(address, by=BY, members=Members(reach(stage).table), now=clock.now())
    except (NotFound, LookupError) as error:
        raise click.ClickException(str(error)) from error
    except Clash as error:
        raise click.ClickException("Somebody changed this member at the same moment. Try again.") from error
    except (BotoCoreError, ClientError) as error:
        raise click.ClickException(f"The cloud did not answer: {error}") from error
    if as_json:
        click.echo(json.dumps({"member": member.id, "second_factor": None}))
    else:
        click.echo(f"{member.address} has no authenticator app any more, is signed out, and is told by email.")
