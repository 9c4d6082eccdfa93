"""``psmn up``, ``down`` and ``reset``: the whole product on this machine."""

import signal
import time
from types import FrameType

import click

from cli.local_cloud import LocalCloud
from cli.places import Places
from cli.stack import Stack

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""How we are asked to stop. SIGINT is among them because a shell starts a command in the background with it ignored."""


@click.command()
@click.option("--detach", is_flag=True, help="Leave it running and return.")
@click.option("--empty", is_flag=True, help="Start without made-up members and sessions.")
@click.option("--members", default=100, show_default=True, help="How many made-up members to start with.")
def up(*, detach: bool, empty: bool, members: int) -> None:
    """Start the local cloud, deploy to it, and print the addresses.

    It keeps its data until `psmn reset`. PSMN_PORT, PSMN_MAIL_PORT, PSMN_SMTP_PORT and PSMN_STATE_DIR move it, so
    that several can run at once.
    """
    end_when_asked()
    cloud = LocalCloud(Places.from_environment())
    cloud.check_that_nothing_is_in_the_way()
    keep = False
    try:
        stack = cloud.up(members=members, empty=empty)
        _tell(stack, detach=detach)
        if detach:
            keep = True
        else:
            _wait_for_the_end(cloud)
    finally:
        if not keep:
            finish_in_peace()
            cloud.down()


@click.command()
def down() -> None:
    """Stop what `psmn up` started, and keep the data."""
    stopped = LocalCloud(Places.from_environment()).down()
    click.echo(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")


@click.command()
def reset() -> None:
    """Stop what `psmn up` started, and delete the data."""
    cloud = LocalCloud(Places.from_environment())
    cloud.down()
    cloud.forget()
    click.echo("Stopped, and every made-up person and message is deleted.")


def _wait_for_the_end(cloud: LocalCloud) -> None:
    """Return when the person at the terminal, or ``psmn down`` in another one, has had enough."""
    try:
        while cloud.is_whole():
            time.sleep(0.5)
    except KeyboardInterrupt:
        click.echo("\nStopping, and keeping the data for the next time.")
        return
    if cloud.places.stack_file.exists():
        raise click.ClickException(f"A program ended by itself: {cloud.places.log_folder} says why.")
    click.echo("Stopped by psmn down.")


def end_when_asked() -> None:
    """From here on, whoever asks this program to stop ends it as Ctrl-C does, so that it stops what it started."""
    for number in ENDINGS:
        signal.signal(number, _interrupt)


def finish_in_peace() -> None:
    """From here on, nobody can stop this program: it is stopping what it started."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _tell(stack: Stack, *, detach: bool) -> None:
    click.echo()
    click.echo(f"  The network  {stack.url}")
    click.echo(f"  The mailbox  {stack.mailbox_url}")
    if stack.coordinator:
        click.echo(f"  Sign in as   {stack.coordinator} (coordinator)")
    click.echo()
    click.echo("psmn down stops it." if detach else "Press Ctrl-C to stop.")
