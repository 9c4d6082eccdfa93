"""Everything that is measured: ``python -m bench``, which is ``make bench``."""

import sys
from importlib import import_module
from importlib.util import find_spec

import click

PARTS = ("cold", "pages", "search", "patient_details", "friday")
"""Each is a module with a ``main``, which says whether all is well, or says nothing of that."""


def main() -> int:
    """Measure one part after the other, and fail when one of them has grown beyond its budget."""
    failed = []
    for part in PARTS:
        if find_spec(f"bench.{part}") is None:
            continue
        click.echo(f"\n## {part}\n")
        measure = import_module(f"bench.{part}").main
        answer = measure.main([], standalone_mode=False) if isinstance(measure, click.Command) else measure()
        if answer is False:
            failed.append(part)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
