"""The pages of documentation that are made from the code: ``python -m cli.docs``, and ``--check`` in the tests.

``docs/data-map.md`` comes from the registry of kinds, ``docs/routes.md`` from the routes of every domain, and
``docs/security.md`` from the requirements and the names of the tests.
"""

import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path

import click

from cli import markdown, requirements
from functions.kernel.http import Route, Routes
from functions.kernel.kinds import KINDS, Kind

ROOT = Path(__file__).parents[1]


def documents() -> dict[Path, str]:
    """What each page should say, by its path below the root."""
    return {
        Path("docs/data-map.md"): data_map(KINDS),
        Path("docs/routes.md"): routes(),
        Path("docs/security.md"): requirements.page(ROOT),
    }


def data_map(kinds: Iterable[Kind]) -> str:
    """Every kind of item in the table."""
    rows = [
        (f"`{kind.name}`", kind.owner, f"`{kind.shape}`", kind.words, "yes" if kind.personal else "no", kind.retention)
        for kind in kinds
    ]
    return markdown.page(
        "Data map",
        "Everything the network keeps. It is one DynamoDB table. `functions/kernel/kinds.py` says what each kind is, "
        "and `functions/kernel/keys.py` is the only file that spells a key. The privacy page shows the same list to "
        "the people whom it is about.",
        markdown.table(("kind", "written by", "key", "what it holds", "personal", "kept"), rows),
    )


def routes() -> str:
    """Every address that answers, by the domain that owns it."""
    return markdown.page(
        "Routes",
        "Every address, who may use it, and what it does. A GET changes nothing. A path that is not here is answered "
        "by `functions/site/web.py` with a page that says so.",
        *(f"## {domain}\n\n{_routes_of(domain)}" for domain in _domains()),
    )


def _domains() -> list[str]:
    return sorted(path.parent.name for path in (ROOT / "functions").glob("*/web.py"))


def _routes_of(domain: str) -> str:
    found: Routes = import_module(f"functions.{domain}.web").routes
    rows = [
        (f"`{method} {path}`", route.access.value, _what(route), f"`{_where(route)}`")
        for path, methods in sorted(found.by_path.items())
        if path != "$default"
        for method, route in methods.items()
    ]
    return markdown.table(("address", "for", "what it does", "code"), rows)


def _what(route: Route) -> str:
    """The first sentence of the route's own description."""
    return (route.answer.__doc__ or "").strip().partition("\n")[0]


def _where(route: Route) -> str:
    return f"{route.answer.__module__}.{route.answer.__qualname__}"


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Write the pages, or with ``--check`` say which of them are out of date. The exit code is honest."""
    stale = [
        path for path, text in documents().items() if not (root / path).is_file() or (root / path).read_text() != text
    ]
    if "--check" in arguments:
        for path in stale:
            click.echo(f"{path} is out of date. Run: python -m cli.docs", err=True)
        return 1 if stale else 0
    for path in stale:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(documents()[path])
        click.echo(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
