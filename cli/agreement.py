"""What the administrator may not do alone: a coordinator agrees to it first, on the site."""

from datetime import datetime

import click
from pydantic import TypeAdapter, ValidationError

from cli.stack import Cloud
from functions.kernel import audit
from functions.kernel.pages.engine import uk_moment
from functions.kernel.text import PlainLine
from functions.membership import agreeing
from functions.membership.agreements import LASTS, Agreements


class Sentence(click.ParamType[str]):
    """One line of words, which every member can read."""

    name = "sentence"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read what was typed, or say what is wrong with it."""
        try:
            return TypeAdapter(PlainLine).validate_python(value)
        except ValidationError:
            self.fail("Say it in one line of plain words.", param, ctx)


because = click.option(
    "--reason", type=Sentence(), help="Why, where a coordinator has to agree. Every member can read it, so name nobody."
)


def must_have(cloud: Cloud, wanted: str, did: str, reason: str | None, now: datetime) -> None:
    """Write down that something is done, if a coordinator has agreed to it. Otherwise it ends here.

    ``wanted`` follows "The administrator wants to", and ``did`` is what the audit log says of it. Raises
    ``ClickException`` with what to do next as long as nobody has said yes.
    """
    if reason is None:
        raise click.UsageError("A coordinator has to agree to this. Say why with --reason, and they are asked.")
    asked = agreeing.ask(wanted, reason, agreements=Agreements(cloud.table), now=now)
    until = uk_moment((asked.answered_at or asked.asked_at) + LASTS)
    if asked.answered_at is None:
        raise click.ClickException(
            "Nothing is done yet. Every coordinator is asked by email whether they agree, and can answer until "
            f"{until}. When one has said yes, type the same again."
        )
    if not asked.agreed:
        raise click.ClickException(f"A coordinator said no. Speak with them. You can ask again after {until}.")
    because = {"reason": asked.reason, "agreed_by": str(asked.by)}
    cloud.table.write(audit.line(audit.EVERYBODY, did, by=audit.BY_THE_ADMINISTRATOR, now=now, **because))
