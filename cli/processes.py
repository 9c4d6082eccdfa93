"""The programs behind the local cloud: started in groups of their own, remembered, and stopped by certain identity."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, RootModel

PATIENCE = 15.0
"""Seconds to save its state and go, before a program is ended without asking."""


_children: list[subprocess.Popen[bytes]] = []
"""Kept, because Python warns of a child that is let go while it runs. Ours may outlive this process on purpose."""


class Process(BaseModel):
    """A program we started. It leads its own process group, so its children end with it."""

    model_config = ConfigDict(frozen=True)

    pid: int
    began: str
    """When the system says it started: a number that was used again for another program has another time."""

    def is_running(self) -> bool:
        """Whether this very program, not another with its number, is still there."""
        return _began(self.pid) == self.began

    def stop(self) -> None:
        """Ask the program to save what it keeps and to go; end what is left of it and its children after a while."""
        if not self.is_running():
            return
        os.killpg(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while self.is_running() and time.monotonic() < deadline:
            time.sleep(0.05)
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


class Processes(RootModel[dict[str, Process]]):
    """The programs of one local cloud by name, as the file in its folder keeps them."""

    @classmethod
    def read(cls, file: Path) -> "Processes":
        """Return what the file says, or none when there is no file."""
        return cls.model_validate_json(file.read_bytes()) if file.exists() else cls({})

    def write(self, file: Path) -> None:
        """Remember these programs, so that another command can stop them."""
        file.write_text(self.model_dump_json(indent=2), encoding="utf-8")

    def running(self) -> dict[str, Process]:
        """Return those that are still there."""
        return {name: process for name, process in self.root.items() if process.is_running()}

    def stop(self) -> None:
        """Stop each that is still there, in the order they were started."""
        for process in self.root.values():
            process.stop()


def start(command: Sequence[str | Path], *, environment: Mapping[str, str], folder: Path, log: Path) -> Process:
    """Start a program in ``folder``, with what it prints going to ``log``."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _children.append(child)
    return Process(pid=child.pid, began=_began(child.pid))


def _began(pid: int) -> str:
    """Return when the program ``pid`` started, as the system words it, or nothing when it has ended."""
    if Path("/proc/self/stat").exists():
        try:
            # The name, in brackets, may hold spaces and brackets itself. After it come the state and 18 more fields.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        return "" if fields[0] == "Z" else fields[19]
    asked = subprocess.run(["ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, since = asked.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else since.strip()
