"""Starting and stopping what runs on this machine, without harm to anything else on it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli import processes
from cli.local_cloud import LocalCloud
from cli.places import Places
from cli.processes import Process, Processes
from cli.stack import Stack

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    *("-u", "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf'); time.sleep(60)"),
]


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places.model_validate({"PSMN_STATE_DIR": tmp_path, "PSMN_PORT": 45660})


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[Process]:
    started = processes.start(SLEEP, environment=os.environ, folder=tmp_path, log=tmp_path / "log" / "sleeper.log")
    yield started
    started.stop()
    ended(started)


def ended(process: Process) -> int:
    """Wait for the end of a program, and return how it ended as ``subprocess`` does: minus the signal."""
    (child,) = (child for child in processes._children if child.pid == process.pid)
    return child.wait(timeout=10)


def test_down_stops_what_up_started(sleeper: Process, places: Places) -> None:
    cloud = LocalCloud(places)
    Processes({"emulator": sleeper}).write(places.folder / "processes.json")
    assert cloud.down() == ["emulator"]
    assert not sleeper.is_running()
    assert cloud.down() == []


def test_down_leaves_a_program_alone_that_was_given_the_number_of_one_of_ours(sleeper: Process) -> None:
    earlier = Process(pid=sleeper.pid, began="an earlier moment")
    assert not earlier.is_running()
    earlier.stop()
    assert sleeper.is_running()


def test_a_program_that_will_not_go_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "PATIENCE", 0.2)
    stubborn = processes.start(STUBBORN, environment=os.environ, folder=tmp_path, log=tmp_path / "stubborn.log")
    while "deaf" not in (tmp_path / "stubborn.log").read_text():
        time.sleep(0.02)
    stubborn.stop()
    assert ended(stubborn) == -signal.SIGKILL


@pytest.mark.parametrize("variable", ["PSMN_PORT", "PSMN_MAIL_PORT", "PSMN_SMTP_PORT"])
def test_a_taken_port_is_named_with_the_variable_that_changes_it(variable: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        places = Places.model_validate({"PSMN_STATE_DIR": tmp_path, **_free_ports(), variable: port})
        with pytest.raises(click.ClickException, match=rf"Port {port} is taken\. .*{variable}"):
            LocalCloud(places).check_that_nothing_is_in_the_way()


def test_a_second_start_beside_the_first_is_refused_with_a_sentence(sleeper: Process, places: Places) -> None:
    Processes({"emulator": sleeper}).write(places.folder / "processes.json")
    with pytest.raises(click.ClickException, match=r"up already\. Stop it with: psmn down"):
        LocalCloud(places).check_that_nothing_is_in_the_way()


def test_a_program_that_needs_the_local_cloud_is_told_how_to_start_it(places: Places) -> None:
    with pytest.raises(click.ClickException, match=r"is not up\. Start it with: psmn up"):
        Stack.load(places)


def test_a_port_that_is_no_number_is_refused_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PSMN_MAIL_PORT", "the usual one")
    with pytest.raises(click.ClickException, match="PSMN_MAIL_PORT must be a port"):
        Places.from_environment()


def test_reset_forgets_what_is_kept_and_leaves_other_folders(places: Places) -> None:
    for name in ("state", "mail", "tools"):
        (places.folder / name).mkdir()
    LocalCloud(places).forget()
    assert [path.name for path in places.folder.iterdir()] == ["tools"]


def test_a_verb_does_not_wait_for_what_another_imports() -> None:
    check = "import sys, cli.main; sys.exit('aws_cdk' in sys.modules or 'boto3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def _free_ports() -> dict[str, int]:
    names = ("PSMN_PORT", "PSMN_MAIL_PORT", "PSMN_SMTP_PORT")
    servers = [socket.create_server(("127.0.0.1", 0)) for _ in names]
    ports = [server.getsockname()[1] for server in servers]
    for server in servers:
        server.close()
    return dict(zip(names, ports, strict=True))
