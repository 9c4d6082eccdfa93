"""The calls to AWS of each operation: ``python -m bench.trips [--write]``.

It prints the table of ``docs/speed.md``, or with ``--write`` puts it there. It takes a quarter of a minute.
"""

import io
import logging
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path

import click

from tests.operations import Taken, measured
from tests.trips import Trip

PAGE = Path(__file__).parents[1] / "docs" / "speed.md"
BEGIN, END = "<!-- round trips: begin -->", "<!-- round trips: end -->"
MEMBERS = 100

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
        ", ".join(map(_named, trips)),
        str(len(after)),
        str(sum(trip.writes for trip in after)),
        f"{sum(trip.read_units for trip in trips):g}",
        f"{sum(trip.write_units for trip in trips)}",
        _kilobytes(sum(trip.sent for trip in trips)),
        _kilobytes(sum(trip.received for trip in trips)),
    )


def _named(trip: Trip) -> str:
    return f"**{trip.label}**" if trip.writes else trip.label


def _kilobytes(length: int) -> str:
    return f"{length / 1000:.1f}"


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
@click.option("--write", is_flag=True, help="Put the table into docs/speed.md.")
def main(*, write: bool) -> None:
    """Print what was counted."""
    text = table(_quietly())
    if write:
        PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), text), encoding="utf-8")
    else:
        click.echo(text)


if __name__ == "__main__":
    main()
