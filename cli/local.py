"""``psmn up``, ``down`` and ``reset``: the whole product on this machine."""

import signal
import time
from types import FrameType

import click

from cli.local_cloud import LocalCloud
from cli.places import Places
from cli.stack import Stack


@click.command()
@click.option("--detach", is_flag=True, help="Leave it running and return.")
@click.option("--empty", is_flag=True, help="Start without made-up members and sessions.")
@click.option("--members", default=100, show_default=True, help="How many made-up members to start with.")
def up(*, detach: bool, empty: bool, members: int) -> None:
    """Start the local cloud, deploy to it, and print the addresses.

    It keeps its data until `psmn reset`. PSMN_PORT, PSMN_MAIL_PORT, PSMN_SMTP_PORT and PSMN_STATE_DIR move it, so
    that several can run at once.
    """
    # SIGINT too: a shell starts a command in the background with it ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    cloud = LocalCloud(Places.from_environment())
    stack = cloud.up(members=members, empty=empty)
    _tell(stack, detach=detach)
    if detach:
        return
    try:
        started = cloud.processes()
        while len(started.running()) == len(started.root):
            time.sleep(0.5)
        if cloud.processes().root:
            raise click.ClickException(f"A program ended by itself: {cloud.places.log_folder} says why.")
    except KeyboardInterrupt:
        click.echo("\nStopping, and keeping the data for the next time.")
    finally:
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
