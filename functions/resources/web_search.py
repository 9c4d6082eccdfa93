"""The library's front page: what is new, and the search."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from functions.kernel.auth import Access
from functions.kernel.forms import Fields, Form
from functions.kernel.http import Answer, Request
from functions.kernel.text import showable
from functions.kernel.when import in_uk
from functions.resources import words
from functions.resources.routes import catalogue, routes
from functions.resources.search.model import LONGEST_QUESTION, Query, Results
from functions.resources.shown import Shown
from functions.resources.topics import NATIONS, ORGANISATIONS, SETTINGS, TOPICS

_PAGE = re.compile(r"[1-9][0-9]{0,2}")

FILTERS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "topics": ("Topic", TOPICS),
    "nations": ("Nation", NATIONS),
    "settings": ("Setting", SETTINGS),
    "organisations": ("Kind of organisation", ORGANISATIONS),
}
"""What a search can be narrowed to, by the name of its field."""


@routes.get("/library", Access.MEMBER)
def search(request: Request) -> Answer:
    """What is in the library: the newest first, or what fits a search."""
    wanted = read_query(request.query)
    today = in_uk(request.now).date()
    found = catalogue().find(wanted, today)
    return request.page(
        "resources/pages/library.jinja",
        wanted=wanted,
        chosen=Form(values={name: list(getattr(wanted, name)) for name in FILTERS}),
        filters=_filters(found.results if found else Results()),
        narrowed=sum(len(getattr(wanted, name)) for name in FILTERS),
        results=found.results if found else None,
        items=[(hit, Shown(item, today)) for hit, item in found.items] if found else [],
        meant=address(wanted, words=found.results.meant) if found and found.results.meant else None,
        where=words.where,
        without_filters=address(Query(words=wanted.words)),
        previous=address(wanted, page=wanted.page - 1) if wanted.page > 1 else None,
        next=address(wanted, page=wanted.page + 1) if found and wanted.page < found.results.pages else None,
    )


def _filters(results: Results) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Each filter with its choices, and how many of what was found each choice would leave, where that is known."""
    return [
        (
            name,
            legend,
            [(value, _counted(label, results.counts.get(name, {}).get(value))) for value, label in of.items()],
        )
        for name, (legend, of) in FILTERS.items()
    ]


def _counted(label: str, count: int | None) -> str:
    return label if count is None else f"{label} ({count})"


def read_query(fields: Fields) -> Query:
    """What somebody looks for. Whatever an address holds, some search comes of it: it may be an old link."""

    def chosen(name: str) -> tuple[str, ...]:
        return tuple(value for value in FILTERS[name][1] if value in fields.get(name, []))

    (typed,) = fields.get("q", [""])[:1]
    (page,) = fields.get("page", [""])[:1]
    return Query(
        words=" ".join(showable(typed).split())[:LONGEST_QUESTION].strip(),
        page=int(page) if _PAGE.fullmatch(page) else 1,
        topics=chosen("topics"),
        nations=chosen("nations"),
        settings=chosen("settings"),
        organisations=chosen("organisations"),
    )


def address(wanted: Query, **other: object) -> str:
    """The address of a search, or of one that differs in some ways."""
    query = wanted.model_copy(update={"page": 1, **other})
    fields = {"q": query.words or None, **{name: getattr(query, name) for name in FILTERS}}
    fields["page"] = query.page if query.page > 1 else None
    given = {name: value for name, value in fields.items() if value}
    return "/library?" + urlencode(given, doseq=True) if given else "/library"
