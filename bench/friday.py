"""What a send to many takes and costs: ``python -m bench.friday [--members N ...] [--sent N]``.

Each size is planned, and its messages sent, in a process of its own, by the functions themselves through the real SDK,
whose calls are answered in the process (``bench/cloud.py``). The rest is worked out from that by the formulas printed.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import click

from bench.friday_run import BATCH
from functions.mail.pace import SHARE, WORKERS

_PRICES = Path(__file__).with_name("prices.toml")
_MEMORY = 512
"""MiB of the functions that plan and send (``infra/function.py``)."""
_WHOLE_CORE = 1_769
"""MiB at which a function has one processor (AWS, "Configure Lambda function memory")."""
_DERIVED = (1_100, 100_000, 1_000_000)
_RATES = (14, 50, 200)
"""Messages a second: what an account has at first, and what it may be given."""
_CHECKS = 5
"""What the start of an invitation rests on beside its own row: address, run, session, member, choice."""
_IN_QUEUE = 3 / BATCH
"""Calls of the queue for each message: it is put in, brought and taken out, ten at a time."""


@dataclass(frozen=True, slots=True)
class Each:
    """What one message takes."""

    plan: float
    """Seconds of processor time to plan it, here and below."""
    send: float
    queue: float
    plan_calls: float
    send_calls: float
    size: int
    """Bytes of its row."""

    @property
    def write_units(self) -> int:
        """What its row costs from planned to sent.

        A write in a transaction counts twice, one in each of the two indexes once, and one that changes the place in
        an index twice there (AWS, "DynamoDB read and write operations"). What is only checked is counted as a write.
        """
        units = ceil(self.size / 1_024)
        planned = 2 * units + units + units
        started = 2 * units + units + 2 * units + 2 * _CHECKS
        ended = 2 * units + units + units + 2
        return planned + started + ended


@click.command()
@click.option("--members", type=click.IntRange(min=100), multiple=True, default=(1_100, 100_000), show_default=True)
@click.option("--sent", type=click.IntRange(min=100), default=10_000, show_default=True, help="Send no more of them.")
def main(members: tuple[int, ...], sent: int) -> None:
    """Print what was measured and what follows from it."""
    each = None
    for number in members:
        found = _measured(number, sent)
        each = _each(found)
        for line in _shown(found, each):
            click.echo(line)
    assert each is not None
    for line in _derived(each, tomllib.loads(_PRICES.read_text(encoding="utf-8"))):
        click.echo(line)


def _measured(members: int, sent: int) -> dict[str, Any]:
    """One size, in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "bench.friday_run", str(members), str(sent)]
    asked = subprocess.run(command, capture_output=True, check=True, text=True)
    found: dict[str, Any] = json.loads(asked.stdout)
    return found


def _each(found: Mapping[str, Any]) -> Each:
    plan, send, queue = found["plan"], found["send"], found["queue"]
    return Each(
        plan=(plan["ours"] + plan["sdk"]) / plan["mails"],
        send=(send["ours"] + send["sdk"]) / send["mails"],
        queue=(queue["ours"] + queue["sdk"]) / queue["mails"],
        plan_calls=sum(plan["calls"].values()) / plan["mails"],
        send_calls=sum(send["calls"].values()) / send["mails"],
        size=found["row bytes"],
    )


def _shown(found: Mapping[str, Any], each: Each) -> Iterator[str]:
    yield f"{found['plan']['mails']:,} members, at most {found['peak MB']:.0f} MB of memory"
    yield f"  building one message: {found['build'] * 1e6:,.0f} us"
    for what, name in (("plan", "planned"), ("queue", "queued"), ("send", "sent")):
        step = found[what]
        ours, sdk = (step[whose] / step["mails"] * 1e6 for whose in ("ours", "sdk"))
        calls = ", ".join(f"{name} {made / step['mails']:.3f}" for name, made in sorted(step["calls"].items()))
        yield f"  {step['mails']:,} {name}, each: ours {ours:,.0f} us, the SDK's {sdk:,.0f} us; calls: {calls}"
    yield f"  a row has {each.size:,} bytes and costs {each.write_units} units of writing until it is sent"


def _derived(each: Each, prices: Mapping[str, Any]) -> Iterator[str]:
    core = _MEMORY / _WHOLE_CORE
    waits = {name: prices["waits"][f"{name}_ms"] / 1_000 for name in ("table", "mail")}
    planning = each.plan / core + each.plan_calls * waits["table"]
    sending = each.send / core + (each.send_calls - 1) * waits["table"] + waits["mail"]
    queueing = each.queue / core + waits["table"] / BATCH
    yield f"With prices of {prices['as_of']}, {_MEMORY} MiB ({core:.2f} of a processor) and waits assumed:"
    yield f"  planning P = {planning * 1e3:.1f} ms = processor / {core:.2f} + calls x {waits['table'] * 1e3:.0f} ms"
    yield f"  queueing Q = {queueing * 1e3:.1f} ms, in the same way"
    yield (
        f"  sending  S = {sending * 1e3:.1f} ms = processor / {core:.2f} + calls x {waits['table'] * 1e3:.0f} ms"
        f" + {waits['mail'] * 1e3:.0f} ms"
    )
    yield f"  hours = N / min({SHARE} x rate, {WORKERS} / S) / 3600, for {WORKERS} workers"
    yield f"  function seconds = N x (P + Q + max(S, {WORKERS} / ({SHARE} x rate))), since waiting for a turn is paid"
    for number in _DERIVED:
        for rate in _RATES:
            step = max(sending, WORKERS / (SHARE * rate))
            seconds = number * (planning + queueing + step)
            functions = seconds * _MEMORY / 1_024 * prices["lambda"]["gb_second"]
            functions += number * 2 / BATCH * prices["lambda"]["million_requests"] / 1e6
            table = number * each.write_units * prices["table"]["million_writes"] / 1e6
            table += number * (each.send_calls + 2) * prices["table"]["million_reads"] / 1e6
            queue = number * _IN_QUEUE * prices["queue"]["million_requests"] / 1e6
            mail = number * prices["mail"]["thousand"] / 1_000
            hours = number * step / WORKERS / 3_600
            yield (
                f"  {number:>9,} members at {rate:>3} a second: {hours:8.2f} h, {seconds:>9,.0f} function seconds;"
                f" dollars: {functions:.2f} functions + {table:.2f} table + {queue:.2f} queue + {mail:.2f} mail"
                f" = {functions + table + queue + mail:.2f}"
            )


if __name__ == "__main__":
    main()
