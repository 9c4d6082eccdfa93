"""``psmn coordinators``: who runs the network."""

import json
from typing import Any

import click

from cli import options
from cli.refusals import EmailAddress, in_words
from cli.stack import reach
from functions.kernel import clock
from functions.kernel.audit import BY_THE_ADMINISTRATOR
from functions.kernel.when import day_in_words, in_uk
from functions.membership import appoint, second_factor
from functions.membership.addresses import Address
from functions.membership.coordinators import Coordinators
from functions.membership.model import Member
from functions.membership.store import Members
from infra.stages import Stage


@click.group()
def coordinators() -> None:
    """Say who decides on applications and edits sessions."""


@coordinators.command()
@click.argument("email", type=EmailAddress())
@options.in_stage
@options.as_json
def add(email: Address, *, stage: Stage, as_json: bool) -> None:
    """Make the member with this address a coordinator. They and the other coordinators are told by email."""
    with in_words():
        listed = Coordinators(reach(stage).table)
        member = appoint.appoint(email, by=BY_THE_ADMINISTRATOR, coordinators=listed, now=clock.now())
    _say(member, "is a coordinator. They have to sign in again.", as_json=as_json)


@coordinators.command()
@click.argument("email", type=EmailAddress())
@options.in_stage
@options.as_json
def remove(email: Address, *, stage: Stage, as_json: bool) -> None:
    """Make the coordinator with this address a member like any other. The last coordinator cannot be removed."""
    with in_words():
        listed = Coordinators(reach(stage).table)
        member = appoint.dismiss(email, by=BY_THE_ADMINISTRATOR, coordinators=listed, now=clock.now())
    _say(member, "is a member, and no coordinator. They have to sign in again.", as_json=as_json)


@coordinators.command("list")
@options.in_stage
@options.as_json
def list_them(*, stage: Stage, as_json: bool) -> None:
    """Print who the coordinators are, the longest appointed first."""
    with in_words():
        found = Members(reach(stage).table).coordinators()
    if as_json:
        click.echo(json.dumps([_facts(member) for member in found], indent=2, ensure_ascii=False))
        return
    for member in found:
        since = f", since {day_in_words(in_uk(member.appointed_at))}" if member.appointed_at else ""
        click.echo(f"{member.name}, {member.address}{since}")
    if not found:
        click.echo("There is no coordinator. Make a member one with: psmn coordinators add EMAIL")


@coordinators.command("reset-factor")
@click.argument("email", type=EmailAddress())
@options.in_stage
@options.yes
@options.as_json
def reset_factor(email: Address, *, stage: Stage, yes: bool, as_json: bool) -> None:
    """Take the authenticator app off the coordinator with this address, who has lost their recovery codes too.

    Make sure that it is them who ask, by a call or face to face: mail from their address proves nothing here, because
    whoever reads their mail needs no more than this to be a coordinator.
    """
    if not yes:
        click.confirm(
            f"Have you made sure, by a call or face to face, that {email} asks for this?", abort=True, err=True
        )
    with in_words():
        members = Members(reach(stage).table)
        member = second_factor.take_off(email, by=BY_THE_ADMINISTRATOR, members=members, now=clock.now())
    _say(member, "has no authenticator app any more, is signed out, and is told by email.", as_json=as_json)


def _say(member: Member, what: str, *, as_json: bool) -> None:
    click.echo(json.dumps(_facts(member), ensure_ascii=False) if as_json else f"{member.address} {what}")


def _facts(member: Member) -> dict[str, Any]:
    told = {"id", "name", "address", "roles", "appointed_at"}
    return member.model_dump(mode="json", include=told)
