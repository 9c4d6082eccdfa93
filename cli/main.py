"""The ``psmn`` command. Each verb lives in a module of its own, which is imported when the verb is used."""

from importlib import import_module
from typing import override

import click

VERBS = {
    "up": "cli.local:up",
    "down": "cli.local:down",
    "reset": "cli.local:reset",
    "demo": "cli.demo:demo",
    "deploy": "cli.deploy:deploy",
    "doctor": "cli.doctor:doctor",
    "cost": "cli.cost:cost",
    "restore-drill": "cli.restore_drill:restore_drill",
    "export-all": "cli.export_all:export_all",
    "teardown": "cli.teardown:teardown",
    "eligibility": "cli.eligibility:eligibility",
    "invites": "cli.invites:invites",
    "members": "cli.members:members",
    "sessions": "cli.sessions:sessions",
    "retention": "cli.retention:retention",
    "coordinators": "cli.coordinators:coordinators",
    "audit": "cli.audit:audit",
}
"""Each verb, and the click command or group behind it."""


class Verbs(click.Group):
    """Finds a verb's command by name, so that a quick verb does not wait for what a slow one imports."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module, _, attribute = VERBS[cmd_name].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Run the Patient Safety Management Network's platform."""
