"""How well the search finds, and how quickly: ``python -m bench.search [--size ITEMS]``.

Without a size it judges the first ten hits of each question in ``judged.toml``. With one it makes an index of so many
items in the temporary folder, measures, and deletes it: 100,000 items take about 10 minutes and 1.2 GB.
"""

import statistics

import click

from bench.quality import judge
from bench.size import measure


@click.command()
@click.option("--size", type=click.IntRange(min=100), help="Measure an index of so many items instead.")
def main(size: int | None) -> None:
    """Print what was found."""
    if size is not None:
        for line in measure(size):
            click.echo(line)
        return
    judged = sorted(judge(), key=lambda each: each.ndcg)
    for each in judged:
        meant = f", meant {each.results.meant!r}" if each.results.meant else ""
        click.echo(f"{each.ndcg:.2f}  {each.missed:2} of the best missed  {each.typed}{meant}")
    click.echo(f"NDCG@10 {statistics.mean(each.ndcg for each in judged):.3f} over {len(judged)} questions")


if __name__ == "__main__":
    main()
