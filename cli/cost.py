"""``psmn cost``: what a network costs a month, and what that is worked out from."""

import json

import click

from cli import options
from cli.estimate import Counted, Line, assumptions, estimate, prices

FIRST_RATE = 14.0
"""Messages a second that the mail service takes from a new account."""
MONTHS = 12


@click.command()
@click.option("--members", default=1_100, show_default=True, type=click.IntRange(min=1), help="How many there are.")
@click.option(
    "--rate",
    default=FIRST_RATE,
    show_default=True,
    type=click.FloatRange(min=1),
    help="Messages a second that the mail service takes.",
)
@options.as_json
def cost(*, members: int, rate: float, as_json: bool) -> None:
    """Say what a network of so many members costs a month, in US dollars, line by line."""
    asked = prices()
    lines = estimate(members, Counted.read(), asked, rate=rate)
    if as_json:
        told = {
            "members": members,
            "prices_of": str(asked["as_of"]),
            "dollars": round(total(lines), 2),
            "dollars_a_year": round(total(lines) * MONTHS, 2),
            "lines": {line.what: round(line.dollars, 4) for line in lines},
            "assumptions": assumptions(),
        }
        click.echo(json.dumps(told, indent=2))
        return
    click.echo(f"{members:,} members, a month, by the prices of {asked['as_of']} for London:")
    click.echo()
    for line in lines:
        click.echo(f"  {line.what:34}${line.dollars:>12,.2f}")
    click.echo(f"  {'together':34}${total(lines):>12,.2f}")
    click.echo(f"  {'a year':34}${total(lines) * MONTHS:>12,.2f}")
    click.echo(f"  {'for each member, a month':34}${total(lines) / members:>14,.4f}")
    click.echo()
    click.echo("Calls and units are counted (docs/speed.md). This is assumed (cli/estimate.py):")
    for sentence in assumptions():
        click.echo(f"- {sentence}")


def total(lines: list[Line]) -> float:
    """The sum of the bill."""
    return sum(line.dollars for line in lines)
