"""Starts a function the way Lambda does, and measures what that costs.

Lambda starts a process that asks the Runtime API of its machine for one event after the other (AWS, "Using the Lambda
runtime API for custom runtimes"). Here a server on the loopback is that API, the process is Python with AWS's own
runtime client, and its environment is the one that Lambda sets: nothing of this checkout can be imported by it.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from queue import Empty, Queue
from statistics import median, quantiles
from threading import Thread
from typing import Any, override

ACCOUNT = "000000000000"
REGION = "eu-west-2"
_GOOD_FOR = 300
"""Seconds until Lambda would end the function."""


class Broken(Exception):
    """A contestant ended, or answered with a fault, so that there is nothing to measure."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """Somebody's function, as it would be deployed."""

    name: str
    code: Path
    handler: str
    event: Mapping[str, Any]
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Costs:
    """What one process cost. Times are seconds, memory is bytes."""

    init: float
    """From its start until it asked for its first event."""
    init_cpu: float
    cold: float
    """That, and its first answer."""
    cold_cpu: float
    warm: float
    """The median of its later answers."""
    warm_p99: float
    warm_cpu: float
    peak: float


@dataclass(frozen=True, slots=True)
class _Moment:
    """When the process asked for an event, and what it had used by then."""

    at: float
    cpu: float


class RuntimeApi(ThreadingHTTPServer):
    """The Runtime API, for one process at a time."""

    daemon_threads = True

    def __init__(self) -> None:
        """It listens at any free port."""
        super().__init__(("127.0.0.1", 0), _Door)
        self.process: subprocess.Popen[bytes] | None = None
        self.forget()

    def forget(self) -> None:
        """Begin anew: nobody has asked for anything, and nobody has been told anything."""
        self.asked: Queue[_Moment | None] = Queue()
        self.events: Queue[bytes | None] = Queue()
        """``None`` for a process that has ended, so that nobody waits for it."""
        self.answers: Queue[bytes] = Queue()

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A process that has ended asks for nothing any more."""

    @property
    def address(self) -> str:
        """Its host and port."""
        return f"127.0.0.1:{self.server_address[1]}"


class _Door(BaseHTTPRequestHandler):
    """What the process asks."""

    server: RuntimeApi
    protocol_version = "HTTP/1.1"
    # Without this each answer waits for the network's own collecting of small packets.
    wbufsize = -1

    def do_GET(self) -> None:
        """Take the next event, as soon as there is one."""
        process = self.server.process
        assert process is not None
        self.server.asked.put(_Moment(time.perf_counter(), _cpu_of(process.pid)))
        event = self.server.events.get()
        if event is None:
            self.close_connection = True
            return
        self._answer(
            200,
            event,
            {
                # AWS's client reads it without looking whether it is there.
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
                "Lambda-Runtime-Deadline-Ms": str(int((time.time() + _GOOD_FOR) * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:bench",
                "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
            },
        )

    def do_POST(self) -> None:
        """Bring the answer to an event, or say what went wrong."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path.endswith("/response"):
            self.server.answers.put(body)
        else:
            sys.stderr.write(f"{body.decode(errors='replace')}\n")
            self.server.asked.put(None)
        self._answer(202, b"", {})

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serving[S: ThreadingHTTPServer](server: S) -> Iterator[S]:
    """A server that answers meanwhile."""
    Thread(target=partial(server.serve_forever, poll_interval=0.05), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def started(
    contestant: Contestant, api: RuntimeApi, client: Path, aws: str, *, under: tuple[str, ...] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """The process of a contestant, which is ended afterwards.

    :param client: the folder that holds AWS's runtime client, and nothing that the contestant is measured with.
    :param aws: the address of what stands in for AWS.
    :param under: a program, with its options, that runs the interpreter and watches it.
    """
    environment = {
        **contestant.environment,
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_SESSION_TOKEN": "bench",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": aws,
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_RUNTIME_API": api.address,
        "LAMBDA_TASK_ROOT": str(contestant.code),
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": os.pathsep.join((str(contestant.code), str(client))),
        # Nobody can write to the folder that Lambda unpacks a bundle to, so nothing is compiled for the next start.
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "TZ": ":UTC",
    }
    # Without its site the interpreter knows the standard library and nothing of this environment.
    command = [*under, sys.executable, "-S", "-m", "awslambdaric", contestant.handler]
    api.forget()
    api.process = subprocess.Popen(command, cwd=contestant.code, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield api.process
    finally:
        api.process.terminate()
        api.process.wait()
        api.events.put(None)


def measure(contestant: Contestant, api: RuntimeApi, client: Path, aws: str, *, warm: int) -> Costs:
    """Start a contestant, let it answer ``1 + warm`` times, and give what that cost.

    Raises ``Broken`` when it does not answer.
    """
    event = json.dumps(contestant.event).encode()
    began = time.perf_counter()
    with started(contestant, api, client, aws) as process:
        moments = [_asked(api, process, contestant)]
        for _ in range(1 + warm):
            api.events.put(event)
            moments.append(_asked(api, process, contestant))
            _check(contestant, api.answers.get(timeout=1))
        peak = peak_of(process.pid)
    first, second, *_ = moments
    times = [later.at - earlier.at for earlier, later in pairwise(moments[1:])]
    return Costs(
        init=first.at - began,
        init_cpu=first.cpu,
        cold=second.at - began,
        cold_cpu=second.cpu,
        warm=median(times),
        warm_p99=quantiles(times, n=100)[98],
        warm_cpu=(moments[-1].cpu - second.cpu) / warm,
        peak=peak,
    )


def _asked(api: RuntimeApi, process: subprocess.Popen[bytes], contestant: Contestant) -> _Moment:
    """When the process next asks for an event. Until then it does what it was told before."""
    with suppress(Empty):
        moment = api.asked.get(timeout=60)
        if moment is not None:
            return moment
    process.terminate()
    raise Broken(f"{contestant.name} ended with a fault, or did not answer in a minute.")


def _check(contestant: Contestant, answer: bytes) -> None:
    """Make sure that what was measured is the work and not the telling of a fault."""
    value = json.loads(answer)
    status = value.get("statusCode", 200) if isinstance(value, dict) else 200
    if status >= 500 or (isinstance(value, dict) and value.get("batchItemFailures")):  # noqa: PLR2004 - a fault of ours.
        raise Broken(f"{contestant.name} answered {answer[:300]!r}.")


def _cpu_of(pid: int) -> float:
    """Seconds of processor time that a process has used, with all its threads (clock_getcpuclockid(3) on Linux)."""
    return time.clock_gettime((~pid << 3) | 2)


def peak_of(pid: int) -> float:
    """The most memory that a process has held at once."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
    return float(peak) * 1024
