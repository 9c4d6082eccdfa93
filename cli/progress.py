"""What a person sees while a verb works: one line for each step, with the time it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def step(what: str) -> Iterator[None]:
    """Print ``what`` at once, and the seconds when it is done."""
    click.echo(f"{what} ... ", nl=False)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        click.echo("no")
        raise
    click.echo(f"{time.monotonic() - began:.1f} s")
