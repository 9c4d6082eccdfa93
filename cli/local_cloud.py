"""The local cloud: an emulator of AWS, our own CDK app deployed to it, a mailbox, and people who do not exist.

``docs/decisions/0002-local-cloud.md`` says why there is one and what it cannot show.
"""

import hashlib
import os
import shutil
import socket
import sys
import time
import urllib.request
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from subprocess import CalledProcessError
from typing import IO, Any

import click
from pydantic import BaseModel, ConfigDict

from cli import processes
from cli.cdk import Cdk, tools
from cli.places import Places
from cli.processes import Process, Processes
from cli.progress import step
from cli.stack import Contents, Stack, contents_of, local_client
from infra import bundle, stages
from infra.stages import ROOT

READY_WITHIN = 30.0
"""Seconds for the emulator and the mailbox to answer."""

MADE = "/psmn/made"
"""The parameter in the local cloud itself that says what is in it, so that the two are kept or lost together."""


class Made(BaseModel):
    """What earlier starts have put into the local cloud."""

    model_config = ConfigDict(frozen=True)

    deployed: str = ""
    """The digest of everything the deployment was made from."""
    coordinator: str | None = None
    """The made-up coordinator, once the made-up people are in. Empty when the network was to start without."""


class LocalCloud:
    """One local cloud, on its own ports and in its own folder."""

    def __init__(self, places: Places) -> None:
        self.places = places
        try:
            self.stage = stages.find(stages.LOCAL, port=places.port)
        except LookupError as error:
            raise click.ClickException(str(error)) from error
        self._processes_file = places.folder / "processes.json"

    def processes(self) -> Processes:
        """Return the programs that the last start left behind, running or not."""
        return Processes.read(self._processes_file)

    def is_whole(self) -> bool:
        """Whether everything that was started is still there."""
        started = self.processes().root
        return bool(started) and all(process.is_running() for process in started.values())

    def up(self, *, members: int, empty: bool) -> Stack:
        """Start everything and return what runs. When a step fails, ``down`` stops what the others started."""
        with step("Starting the cloud and the mailbox"):
            started = self._start()
        contents = self._deploy_what_changed()
        stack = Stack(
            **contents.model_dump(),
            mailbox_url=self.places.mailbox_url,
            endpoint_url=self.places.endpoint_url,
            region=self.stage.region,
            coordinator="",
            pids={name: process.pid for name, process in started.root.items()},
        )
        stack = stack.model_copy(update={"coordinator": self._people(stack, members=members, empty=empty)})
        stack.save(self.places.stack_file)
        return stack

    def down(self) -> list[str]:
        """Stop what ``up`` started and nothing else. Return the names of what was still running."""
        # First, so that whoever watches the programs end can tell that somebody meant them to.
        self.places.stack_file.unlink(missing_ok=True)
        started = self.processes()
        running = list(started.running())
        started.stop()
        self._processes_file.unlink(missing_ok=True)
        shutil.rmtree(self._workplace, ignore_errors=True)
        return running

    def forget(self) -> None:
        """Delete all that the local cloud keeps. Tools and other folders beside it stay."""
        for name in ("state", "mail", "log", "cdk.out"):
            shutil.rmtree(self.places.folder / name, ignore_errors=True)

    @property
    def _workplace(self) -> Path:
        """Where the emulator unpacks functions."""
        return self.places.folder / "tmp"

    def _log(self, name: str) -> Path:
        """Where a program's words go."""
        return self.places.log_folder / f"{name}.log"

    def check_that_nothing_is_in_the_way(self) -> None:
        """Fail with a sentence when this local cloud is up already, or another program has one of its ports."""
        if self.processes().running():
            raise click.ClickException("The local cloud is up already. Stop it with: psmn down")
        for port, variable in (
            (self.places.port, "PSMN_PORT"),
            (self.places.mail_port, "PSMN_MAIL_PORT"),
            (self.places.smtp_port, "PSMN_SMTP_PORT"),
        ):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError as error:
                    sentence = f"Port {port} is taken. Choose another with the environment variable {variable}."
                    raise click.ClickException(sentence) from error

    def _start(self) -> Processes:
        places = self.places
        shutil.rmtree(self._workplace, ignore_errors=True)
        self._workplace.mkdir(parents=True)
        environment = tools(self._environment())
        # The emulator comes first, so that it is stopped first: the mailbox then still takes the last mail.
        commands: dict[str, list[str | Path]] = {
            "emulator": [sys.executable, "-m", "cli.emulator"],
            "mailbox": [
                *(ROOT / "node_modules/.bin/maildev", "--ip", "127.0.0.1", "--web-ip", "127.0.0.1"),
                *("--smtp", str(places.smtp_port), "--web", str(places.mail_port)),
                *("--mail-directory", places.folder / "mail"),
            ],
        }
        started: dict[str, Process] = {}
        for name, command in commands.items():
            started[name] = processes.start(command, environment=environment, folder=ROOT, log=self._log(name))
            Processes(started).write(self._processes_file)
        self._wait_for("emulator", f"{places.endpoint_url}/_ministack/ready")
        self._wait_for("mailbox", f"{places.mailbox_url}/api/email")
        return Processes(started)

    def _wait_for(self, name: str, address: str) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline and self.processes().root[name].is_running():
            try:
                with urllib.request.urlopen(address, timeout=2):
                    return
            except OSError:
                time.sleep(0.05)
        raise click.ClickException(f"The {name} did not start: {self._log(name)} says why.")

    def cdk(self, log: IO[bytes] | None = None) -> Cdk:
        """The CDK command for stages in this local cloud."""
        # Its own validation is slow, and waits for AWS.
        environment = {**self._environment(), "CDK_VALIDATION": "false"}
        return Cdk(environment, ("--method", "direct", "--progress", "events"), log)

    def _environment(self) -> dict[str, str]:
        """Return what the emulator, the mailbox and the CDK see: none of this person's own AWS settings."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        state = self.places.folder / "state"
        return {
            **own,
            # Roles are enforced: what a function may not do in AWS, it may not do here.
            "AUTH": "true",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": self.stage.region,
            "AWS_DEFAULT_REGION": self.stage.region,
            "AWS_ENDPOINT_URL": self.places.endpoint_url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.places.port),
            "IOT_MTLS_ENABLED": "0",
            "LAMBDA_EXECUTOR": "local",
            "MINISTACK_ACCOUNT_ID": self.stage.account,
            "MINISTACK_REGION": self.stage.region,
            "PERSIST_STATE": "1",
            "PSMN_PORT": str(self.places.port),
            "S3_DATA_DIR": str(state / "s3"),
            "S3_PERSIST": "1",
            "SMTP_HOST": f"127.0.0.1:{self.places.smtp_port}",
            "STATE_DIR": str(state),
            "TMPDIR": str(self._workplace),
        }

    def _client(self, service: str) -> Any:
        return local_client(service, endpoint_url=self.places.endpoint_url, region=self.stage.region)

    def _deploy_what_changed(self) -> Contents:
        """Deploy, unless the kept state already holds a deployment of exactly this tree."""
        made, digest = self._made(), self._digest()
        if made.deployed != digest:
            try:
                with step("Making the bundles"):
                    for contents in bundle.Contents:
                        bundle.make(self.stage.platform, contents)
            except CalledProcessError as error:
                raise click.ClickException("The bundle could not be made. What its programs said is above.") from error
            try:
                with step("Deploying the CDK app"):
                    self._deploy()
            except CalledProcessError as error:
                raise click.ClickException(f"It could not be deployed: {self._log('deploy')} says why.") from error
            self._remember(made.model_copy(update={"deployed": digest}))
        return contents_of(self.stage, self._client("cloudformation"))

    def _deploy(self) -> None:
        s3 = self._client("s3")
        with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
            s3.create_bucket(
                Bucket=stages.LOCAL_ASSETS, CreateBucketConfiguration={"LocationConstraint": self.stage.region}
            )
        assembly = self.places.folder / "cdk.out" / self.stage.name
        with self._log("deploy").open("wb") as log:
            self.cdk(log).deploy(assembly, self.stage)

    def _people(self, stack: Stack, *, members: int, empty: bool) -> str:
        """Put made-up people and sessions in, once, and return the address of their coordinator."""
        made = self._made()
        if made.coordinator is not None:
            return made.coordinator
        with step("Adding people who do not exist"):
            coordinator = import_module("cli.people").seed(stack, members=members, empty=empty) or ""
        self._remember(made.model_copy(update={"coordinator": coordinator}))
        return coordinator

    def _made(self) -> Made:
        ssm = self._client("ssm")
        try:
            return Made.model_validate_json(ssm.get_parameter(Name=MADE)["Parameter"]["Value"])
        except ssm.exceptions.ParameterNotFound:
            return Made()

    def _remember(self, made: Made) -> None:
        self._client("ssm").put_parameter(Name=MADE, Value=made.model_dump_json(), Type="String", Overwrite=True)

    def _digest(self) -> str:
        """Sum up everything that a deployment is made from."""
        digest = hashlib.sha256(str(self.places.port).encode())
        files = [ROOT / name for name in ("psmn.toml", "uv.lock", "package-lock.json", "cdk.json")]
        for folder in ("functions", "infra"):
            files += sorted(path for path in (ROOT / folder).rglob("*") if path.is_file())
        for path in files:
            if "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()
