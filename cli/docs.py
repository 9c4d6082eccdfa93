"""The pages of documentation that are made from the code: ``python -m cli.docs``, and ``--check`` in the tests.

``docs/data-map.md`` comes from the registry of kinds, ``docs/record-of-processing.md`` from that and the purposes,
``docs/routes.md`` from the routes of every domain, ``docs/costs.md`` from what was counted and what AWS asks, and
``docs/security.md`` from the requirements and the names of the tests.
"""

import sys
from collections.abc import Iterable, Sequence
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import click

from cli import markdown, requirements
from cli.cost import FIRST_RATE, total
from cli.estimate import Counted, assumptions, estimate, prices
from functions.kernel.http import Route, Routes
from functions.kernel.kinds import KINDS, Kind
from functions.kernel.pages.brand import BRAND
from functions.kernel.purposes import PLACES, PURPOSES, Purpose, purposes_of

ROOT = Path(__file__).parents[1]
SIZES = (1_100, 5_000, 100_000, 1_000_000)


def documents() -> dict[Path, str]:
    """What each page should say, by its path below the root."""
    return {
        Path("docs/data-map.md"): data_map(KINDS),
        Path("docs/record-of-processing.md"): record_of_processing(PURPOSES),
        Path("docs/routes.md"): routes(),
        Path("docs/costs.md"): costs(),
        Path("docs/security.md"): requirements.page(ROOT),
    }


def data_map(kinds: Iterable[Kind]) -> str:
    """Every kind of item in the table."""
    rows = [
        (
            f"`{kind.name}`",
            kind.owner,
            f"`{kind.shape}`",
            kind.words,
            "yes" if kind.personal else "no",
            ", ".join(purpose.name for purpose in purposes_of(kind.name)),
            ", ".join(dict.fromkeys(purpose.basis for purpose in purposes_of(kind.name))),
            kind.retention,
        )
        for kind in kinds
    ]
    return markdown.page(
        "Data map",
        "Everything the network keeps. It is one DynamoDB table. `functions/kernel/kinds.py` says what each kind is, "
        "and only `functions/kernel/keys.py` spells a key. `docs/record-of-processing.md` says more of "
        "each purpose. People read the same list on the privacy page.",
        markdown.table(
            ("kind", "written by", "key", "what it holds", "personal", "purpose", "lawful basis", "kept"), rows
        ),
    )


def record_of_processing(purposes: Iterable[Purpose]) -> str:
    """What a controller has to be able to show: each purpose, whom and what it is about, who gets it, how long."""
    return markdown.page(
        "Record of processing",
        "What the UK GDPR asks a controller to keep (Article 30(1)), made from `functions/kernel/purposes.py` and "
        "`functions/kernel/kinds.py`, by which the code itself goes. The controller is the organisation that runs the "
        f"{BRAND.name}. It is reached by the address on its page `/contact`, and complaints come in at `/complaints`. "
        "Whoever deploys the network adds its legal name, and its data protection officer if it has one.",
        *map(_processing, purposes),
        _FOR_ALL,
        "## Where else something lies for a while\n\n"
        + markdown.table(
            ("place", "what it holds", "kept"), [(each.name, each.words, _days(each.kept)) for each in PLACES]
        ),
    )


_FOR_ALL = """\
## For every purpose

- **Who gets it.** The coordinators of the network, as far as they need it to answer people and to run sessions. Amazon
  Web Services processes it for the controller, under its data processing addendum. Nobody else. It is not sold, and no
  employer is told.
- **Where.** In AWS's London region. On its way to a visitor a page passes through the place of CloudFront that is
  nearest to them, and is not kept there. Mail goes to wherever its reader has their mailbox.
- **Special categories.** None is asked for, and none is worked out. The roles of patient safety partner and campaigner
  can let others guess at somebody's health or loss, so a role is shown to nobody but coordinators and the member.
- **Decisions by a machine.** The rules accept, ask, refer or let wait. Only a person declines, and whoever is not
  content with a decision can have a person look again.
- **Children.** The network is for adults. Whoever joins says that they are 18 or over; no date of birth is asked.
- **Security.** `SECURITY.md` says what is done, and which tests keep it."""


def _processing(purpose: Purpose) -> str:
    kept = [(f"`{kind.name}`", kind.words, kind.retention) for kind in purpose.kept]
    return (
        f"## {purpose.words}\n\n"
        f"`{purpose.name}`, version {purpose.version}, since {purpose.since:%-d %B %Y}\n\n"
        f"- **Lawful basis.** {purpose.basis.capitalize()} ({purpose.basis.article}). {purpose.why}\n"
        f"- **About.** {', '.join(purpose.people).capitalize()}.\n\n"
        f"{markdown.table(('kind', 'what it holds', 'kept'), kept)}"
    )


def _days(kept: timedelta) -> str:
    return f"{kept.days} days"


def routes() -> str:
    """Every address that answers, by the domain that owns it."""
    return markdown.page(
        "Routes",
        "Every address, who may use it, and what it does. A GET changes nothing. A path that is not here is answered "
        "by `functions/site/web.py` with a page that says so.",
        *(f"## {domain}\n\n{_routes_of(domain)}" for domain in _domains()),
    )


def costs() -> str:
    """What networks of some sizes cost a month."""
    asked, counted = prices(), Counted.read()
    bills = [estimate(size, counted, asked, rate=FIRST_RATE) for size in SIZES]
    by_name = [{line.what: line.dollars for line in bill} for bill in bills]
    sums = [total(bill) for bill in bills]
    rows = [
        *([line.what, *(f"{bill[line.what]:,.2f}" for bill in by_name)] for line in bills[0]),
        ["**together**", *(f"**{each:,.2f}**" for each in sums)],
        ["for each member", *(f"{each / size:.4f}" for each, size in zip(sums, SIZES, strict=True))],
    ]
    return markdown.page(
        "Costs",
        f"What a network costs a month, in US dollars, by the prices of {asked['as_of']} for London "
        "(`bench/prices.toml`). `psmn cost --members N` works it out for any size, from the calls and units that were "
        "counted (`docs/speed.md`), what the template holds, and what follows below the table.",
        markdown.table(("a month, for members", *(f"{size:,}" for size in SIZES)), rows),
        "\n".join(f"- {sentence}" for sentence in assumptions()),
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
