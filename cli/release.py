"""Deploying with a way back: what was deployed last and was well is kept, and deployed again when the new one is not.

CloudFormation takes back an update that fails. This is for the one that goes through and does not work.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import CalledProcessError

import click

from cli.cdk import Cdk
from cli.health import wait_until_well
from cli.places import Places
from cli.stack import Cloud, reach
from infra.stages import ROOT, Stage

SITE = "site-web"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the assemblies of one stage are: templates, and the files that they deploy."""

    folder: Path

    @classmethod
    def of(cls, stage: Stage) -> "Shelf":
        """That of a stage. What is deployed to a local cloud goes when the local cloud does."""
        base = Places.from_environment().folder if stage.on_this_machine else ROOT
        return cls(base / "cdk.out" / stage.name)

    @property
    def new(self) -> Path:
        """What is to be deployed."""
        return self.folder / "new"

    @property
    def good(self) -> Path:
        """What was deployed last from this checkout, and was well."""
        return self.folder / "good"

    def clear(self) -> None:
        """Make room for a new assembly."""
        shutil.rmtree(self.new, ignore_errors=True)

    def keep(self) -> None:
        """The new one is well: from here on, it is the one to go back to."""
        shutil.rmtree(self.good, ignore_errors=True)
        self.new.rename(self.good)


def version_of(assembly: Path) -> str:
    """The version that ``/health`` will tell once an assembly is deployed."""
    for template in sorted(assembly.glob("*.template.json")):
        for resource in json.loads(template.read_bytes())["Resources"].values():
            given = resource.get("Properties", {})
            if str(given.get("FunctionName", "")).endswith(SITE):
                return str(given["Environment"]["Variables"]["VERSION"])
    raise LookupError(f"There is no function of the pages in {assembly}.")


def release(
    stage: Stage, cdk: Cdk, shelf: Shelf, *, look: Callable[[Cloud, str], list[str]] = wait_until_well
) -> Cloud:
    """Deploy the new assembly of a stage, and the good one again when the new one is not well.

    Fails with sentences that say what was wrong and what is deployed now.
    """
    version = version_of(shelf.new)
    try:
        cdk.deploy(shelf.new)
    except CalledProcessError as error:
        sentence = "It did not go through, and CloudFormation has put back what was there. What CDK said is above."
        raise click.ClickException(sentence) from error
    cloud = reach(stage)
    wrong = look(cloud, version)
    if not wrong:
        shelf.keep()
        return cloud
    raise click.ClickException("\n".join(["It is deployed, and not well:", *wrong, _go_back(stage, cdk, shelf, look)]))


def _go_back(stage: Stage, cdk: Cdk, shelf: Shelf, look: Callable[[Cloud, str], list[str]]) -> str:
    """Deploy the good assembly, and say how that went."""
    if not shelf.good.exists():
        return (
            "No version before it is kept on this machine, so it was left as it is. Check out the commit that was "
            f"deployed before, and run: psmn deploy --stage {stage.name}"
        )
    before = version_of(shelf.good)
    try:
        cdk.deploy(shelf.good)
    except CalledProcessError:
        return f"Version {before}, which was well, could not be put back. What CDK said is above."
    wrong = look(reach(stage), before)
    return (
        "\n".join([f"Version {before} was put back, and is not well either:", *wrong])
        if wrong
        else (f"Version {before}, which was well, is deployed again.")
    )
