"""The pages of documentation that are made from the code, in Markdown."""

from collections.abc import Iterable, Sequence

MADE = "<!-- Made by `python -m cli.docs`. Do not change it by hand. -->"


def page(title: str, about: str, *parts: str) -> str:
    """A page with its title, what it is about, and its parts."""
    return "\n\n".join([f"# {title}", MADE, about, *parts]) + "\n"


def table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with the names of its columns."""
    lines = [names, ["---"] * len(names), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
