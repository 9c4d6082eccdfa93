"""The calls to AWS of each operation: ``python -m bench.trips [--write]``.

It prints the table of ``docs/speed.md``. With ``--write`` it puts it there, and what ``psmn cost`` needs of it into
``bench/counted.json``, together with what the template holds that costs by the month. It takes half a minute.
"""

import io
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from itertools import groupby
from pathlib import Path

import click

from cli.estimate import COUNTED, Counted, Operation, Standing
from tests.infra.deployment import Deployment, for_members
from tests.operations import Taken, measured
from tests.trips import Trip

PAGE = Path(__file__).parents[1] / "docs" / "speed.md"
BEGIN, END = "<!-- round trips: begin -->", "<!-- round trips: end -->"
MEMBERS = 100
_MANY = 3

_COLUMNS = (
    "what is done",
    "calls, in order; **writes**",
    "one after another",
    "writes",
    "read units",
    "write units",
    "KB sent",
    "KB received",
)


def table(taken: Taken) -> str:
    """A row for each operation, as Markdown."""
    rows = [_COLUMNS, ["---"] * len(_COLUMNS), *(_row(operation, trips) for operation, trips in taken.items())]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(operation: str, trips: Sequence[Trip]) -> Sequence[str]:
    after = [trip for trip in trips if not trip.proves]
    return (
        operation,
        ", ".join(_together(map(_named, trips))),
        str(len(after)),
        str(sum(trip.writes for trip in after)),
        f"{sum(trip.read_units for trip in trips):g}",
        f"{sum(trip.write_units for trip in trips)}",
        _kilobytes(sum(trip.sent for trip in trips)),
        _kilobytes(sum(trip.received for trip in trips)),
    )


def _named(trip: Trip) -> str:
    return f"**{trip.label}**" if trip.writes else trip.label


def _together(names: Iterable[str]) -> Iterator[str]:
    """The same call many times in a row, told once."""
    for name, same in groupby(names):
        number = sum(1 for _ in same)
        yield from (f"{name} x {number}",) if number > _MANY else [name] * number


def _kilobytes(length: int) -> str:
    return f"{length / 1000:.1f}"


def counted(taken: Taken) -> dict[str, Operation]:
    """What each operation costs in calls and units."""
    return {
        operation: Operation(
            calls=dict(sorted(Counter(trip.name for trip in trips).items())),
            read_units=sum(trip.read_units for trip in trips),
            write_units=sum(trip.write_units for trip in trips),
        )
        for operation, trips in taken.items()
    }


def standing(deployment: Deployment) -> Standing:
    """What there is of a stage in the cloud that costs by the month, whether or not anybody comes."""

    def number(kind: str) -> int:
        return len(deployment.of_type(kind))

    mappings = deployment.of_type("AWS::Lambda::EventSourceMapping").values()
    firewalls = deployment.of_type("AWS::WAFv2::WebACL").values()
    plans = deployment.of_type("AWS::PricingPlanManager::Subscription").values()
    secrets = deployment.of_type("AWS::SecretsManager::Secret").values()
    return Standing(
        schedules={
            deployment.named(each["Target"]["Arn"]["Fn::GetAtt"][0]): each["ScheduleExpression"]
            for each in deployment.of_type("AWS::Scheduler::Schedule").values()
        },
        # A function that reads the table's stream has a filter, and nothing to pay for looking.
        queues=sum("FilterCriteria" not in each for each in mappings),
        alarms=number("AWS::CloudWatch::Alarm"),
        # A copy in another region is paid for like a secret of its own.
        secrets=sum(1 + len(each.get("ReplicaRegions", [])) for each in secrets),
        distributions=number("AWS::CloudFront::Distribution"),
        firewalls=len(firewalls),
        firewall_rules=sum(len(each["Rules"]) for each in firewalls),
        free_plans=sum(each["PlanTier"] == "FREE" for each in plans),
        backup_plans=number("AWS::Backup::BackupPlan"),
    )


def within(page: str) -> str:
    """What stands between the two marks of a page."""
    return page.partition(BEGIN)[2].partition(END)[0].strip()


def replaced(page: str, text: str) -> str:
    """The page with another text between its marks."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}"


def _quietly() -> Taken:
    """Measure without what the functions would write into a log."""
    logging.disable()
    with redirect_stdout(io.StringIO()):
        return measured(MEMBERS)


@click.command()
@click.option("--write", is_flag=True, help="Put the table into docs/speed.md, and the rest into bench/counted.json.")
def main(*, write: bool) -> None:
    """Print what was counted."""
    taken = _quietly()
    text = table(taken)
    if write:
        PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), text), encoding="utf-8")
        found = Counted(operations=counted(taken), standing=standing(for_members()))
        COUNTED.write_text(found.model_dump_json(indent=2) + "\n", encoding="utf-8")
    else:
        click.echo(text)


if __name__ == "__main__":
    main()
