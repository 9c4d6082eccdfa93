"""A deployment in this process, for the commands of whoever runs the network."""

from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result

from cli import coordinators, export_all, members, sessions
from cli.main import main
from cli.stack import Cloud, Contents
from infra import stages
from tests.network import ENVIRONMENT, TABLE, Network


class Psmn:
    """The command, and the cloud that it reaches."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        buckets = {name: ENVIRONMENT[f"{name.upper()}_BUCKET"] for name in ("library", "quarantine")}
        contents = Contents(url="", table=TABLE, functions={}, queues={}, buckets=buckets)
        make: Any = boto3.client
        cloud = Cloud(stages.find("production"), contents, make)
        for module in (members, coordinators, export_all, sessions):
            monkeypatch.setattr(module, "reach", lambda _: cloud)

    def __call__(self, *words: str) -> Result:
        """Type ``psmn`` and these words."""
        return CliRunner().invoke(main, words)


@pytest.fixture
def psmn(network: Network, monkeypatch: pytest.MonkeyPatch) -> Psmn:
    """A deployment is up, in a stage whose mail leaves."""
    return Psmn(monkeypatch)
