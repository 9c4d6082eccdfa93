"""What the verbs of the people who deploy have in common: which stage, in which words, and with how many questions."""

from typing import override

import click

from infra import stages
from infra.stages import Stage


class StageName(click.ParamType[Stage]):
    """The name of a section of ``psmn.toml``, which becomes the stage."""

    name = "NAME"

    @override
    def convert(self, value: str | Stage, param: click.Parameter | None, ctx: click.Context | None) -> Stage:
        if isinstance(value, Stage):
            return value
        try:
            return stages.find(value)
        except LookupError as error:
            self.fail(str(error), param, ctx)


in_stage = click.option(
    "--stage", default=stages.LOCAL, show_default=True, type=StageName(), help="Where: a section of psmn.toml."
)
in_named_stage = click.option("--stage", required=True, type=StageName(), help="Where: a section of psmn.toml.")
"""For what nobody should do to a stage that they did not name."""
as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
yes = click.option("--yes", is_flag=True, help="Do not ask first.")
