"""What went wrong, in a sentence on the terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from botocore.exceptions import BotoCoreError, ClientError

from functions.kernel.errors import Clash, Refusal
from functions.membership.addresses import Address, NotAnAddress, parse
from functions.membership.coordinators import LastCoordinator


@contextmanager
def in_words() -> Iterator[None]:
    """Turn whatever a use may raise into a sentence, and an exit code of 1."""
    try:
        yield
    except (Refusal, LookupError, LastCoordinator) as error:
        raise click.ClickException(str(error)) from error
    except Clash as error:
        raise click.ClickException("Somebody changed this at the same moment. Try again.") from error
    except (BotoCoreError, ClientError) as error:
        raise click.ClickException(f"The cloud did not answer: {error}") from error


class EmailAddress(click.ParamType[Address]):
    """An email address on the command line."""

    name = "email"

    def convert(self, value: str | Address, param: click.Parameter | None, ctx: click.Context | None) -> Address:
        """Read what was typed, or say what is wrong with it."""
        if isinstance(value, Address):
            return value
        try:
            return parse(value)
        except NotAnAddress as error:
            self.fail(str(error), param, ctx)
