"""How long functions take to start, and what they cost then and later: ``python -m bench.cold``.

Every contestant is started in turn, round after round, and compared with the bare one of its own round, so that a busy
machine disturbs all of them alike. What is printed are medians of these ratios. Seconds of one machine say little.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import click

from bench import contest, folders, instructions
from bench.aws import Aws
from bench.contest import AS_DEPLOYED, BARE, FASTAPI, NOTHING, NOTHING_KEPT, Entry
from bench.people import objects, world
from bench.runtime import Costs, RuntimeApi, measure, serving

BUDGET = Path(__file__).with_name("budget.toml")
ROUNDS = 7
WARM = 30
"""Later answers of each process."""
WITHOUT_AWS = "POST /api/eligibility"
"""The form that asks nothing of AWS."""
MEGABYTE = 1_000_000

type Ratios = Mapping[str, float]
"""What each of ``Costs`` is, as a share of another contestant's."""


def main(rounds: int = ROUNDS, only: str = "", *, counted: bool = False) -> bool:
    """Print the table, and say whether everything is within its budget."""
    there = world(datetime.now(UTC))
    entries = [each for each in [*contest.theirs(), *contest.ours(there)] if each.kind == "theirs" or only in each.name]
    client = folders.installed("client", "awslambdaric", bytecode=True)
    with serving(Aws(there.items, objects())) as aws, serving(RuntimeApi()) as api:
        if counted:
            for line in instructions.counted(entries, api, client, aws.url):
                click.echo(line)
            return True
        costs: dict[str, list[Costs]] = {each.name: [] for each in entries}
        for _ in range(rounds):
            for each in entries:
                costs[each.name].append(measure(each.contestant, api, client, aws.url, warm=WARM))
    for line in table(entries, costs):
        click.echo(line)
    budget = tomllib.loads(BUDGET.read_text(encoding="utf-8"))
    faults = [*over_budget(entries, costs, budget)]
    for fault in faults:
        click.echo(fault, err=True)
    return not faults


def compared(mine: Iterable[Costs], other: Iterable[Costs]) -> Ratios:
    """The median over all rounds of each cost, as a share of what another cost in the same round."""
    rounds = [*zip(mine, other, strict=True)]
    return {
        each.name: median(getattr(a, each.name) / getattr(b, each.name) for a, b in rounds) for each in fields(Costs)
    }


def table(entries: Sequence[Entry], costs: Mapping[str, Sequence[Costs]]) -> Iterator[str]:
    """A table in Markdown. All but the last column are shares of what the bare contestant cost."""
    yield "| | init | init CPU | cold | cold CPU | warm | warm p99 | warm CPU | peak memory | MB |"
    yield f"| --- {'| ---: ' * 9}|"
    for each in entries:
        shares = compared(costs[each.name], costs[BARE])
        cells = [f"{shares[field.name]:.2f}" for field in fields(Costs)]
        yield f"| {each.name} | {' | '.join(cells)} | {folders.size_of(each.contestant.code) / MEGABYTE:.1f} |"
    bare = costs[BARE]
    absolute = {field.name: median(getattr(each, field.name) for each in bare) for field in fields(Costs)}
    yield ""
    for each in entries:
        if each.name.endswith(WITHOUT_AWS):
            share = own_part(each.name, costs)
            yield f"{each.name}: a later answer is {share:.2f} of FastAPI's CPU, each without AWS's own client."
    yield (
        f"The bare one took {absolute['cold'] * 1000:.0f} ms to its first answer, {absolute['cold_cpu'] * 1000:.0f} ms "
        f"of CPU, {absolute['warm_cpu'] * 1000:.2f} ms of CPU for each later one, "
        f"and {absolute['peak'] / MEGABYTE:.0f} MB."
    )


def over_budget(
    entries: Iterable[Entry], costs: Mapping[str, Sequence[Costs]], budget: Mapping[str, Any]
) -> Iterator[str]:
    """A sentence for each cost that has grown beyond what ``budget.toml`` allows."""
    for each in (entry for entry in entries if entry.kind != "theirs"):
        of_bare = compared(costs[each.name], costs[BARE])
        of_fastapi = compared(costs[each.name], costs[AS_DEPLOYED])
        for name, most in budget["of_bare"][each.kind].items():
            if of_bare[name] > most:
                yield f"{each.name}: {name} is {of_bare[name]:.2f} of the bare one's, and {most:.2f} is allowed."
        for name, most in budget["of_fastapi_as_deployed"].items():
            if of_fastapi[name] > most:
                yield f"{each.name}: {name} is {of_fastapi[name]:.2f} of FastAPI's, and {most:.2f} is allowed."
        if each.name.endswith(WITHOUT_AWS):
            share, most = own_part(each.name, costs), budget["warm_cpu_of_fastapi"]
            if share > most:
                yield f"{each.name}: a later answer is {share:.2f} of FastAPI's CPU, and {most:.2f} is allowed."


def own_part(name: str, costs: Mapping[str, Sequence[Costs]]) -> float:
    """What later answers of ours cost, as a share of FastAPI's that keep nothing either.

    What AWS's own client takes for an answer, which neither can change, is in neither of the two.
    """
    rounds = zip(costs[name], costs[f"{FASTAPI}, {NOTHING_KEPT}"], costs[NOTHING], strict=True)
    return median((ours.warm_cpu - none.warm_cpu) / (theirs.warm_cpu - none.warm_cpu) for ours, theirs, none in rounds)


@click.command()
@click.option("--rounds", default=ROUNDS, help="Start each so often.")
@click.option("--only", default="", help="Of ours, those with this in their names.")
@click.option("--instructions", "counted", is_flag=True, help="Count instructions up to the first event, by valgrind.")
def command(rounds: int, only: str, *, counted: bool) -> None:
    """Measure, and fail when something costs more than its budget."""
    if not main(rounds, only, counted=counted):
        raise SystemExit(1)


if __name__ == "__main__":
    command()
