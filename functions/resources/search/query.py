"""Finding: from what somebody typed to one page of hits.

All of the words must be in an item, wherever in it. When too few items have them all, those with some of the words
follow. A word that nothing has is taken for the beginning of one, then for one that is spelt wrong.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from functions.kernel.glossary import Term
from functions.resources.search import passages, spelling
from functions.resources.search.index import parts_of
from functions.resources.search.model import FILTERS, PAGE, Hit, Query, Results
from functions.resources.search.words import Group, alternatives, marked, other_names, read, respelt

# What a word counts in the title, in the labels, in the summary, and inside the file. BM25 lets a word that comes often
# count hardly more than one that comes twice, whatever its column weighs, so the title counts once more by itself.
_FIT: Final = "4 * bm25(texts, 10, 0, 0, 0) + bm25(texts, 8, 4, 3, 1)"
_EXACT: Final = 1.25
"""How much more an item counts that has all of the words, and the very terms that were typed."""
_FEW: Final = 5
"""When so few were found, somebody may have meant another word."""
_COUNTED: Final = 2_000
"""For more hits than these, the choices are not counted: it would take longer than the search."""
_RARE_ENOUGH: Final = 20_000
"""How many items the words of which only some must be found may have together, so that any search is quick."""


def find(index: sqlite3.Connection, query: Query, *, today: date) -> Results:
    """The page that ``query`` asks for, best first; newest first when it asks for no words.

    Any text may be asked. Raises ``sqlite3.DatabaseError`` when the index is damaged.
    """
    groups = read(query.words)
    if not groups:
        return _newest(index, query, today)
    plan = _plan(index, groups)
    if plan.better:
        meant = respelt(query.words, plan.better)
        results = _search(index, query, _plan(index, read(meant)), today)
        return results.model_copy(update={"meant": meant, "corrected": True})
    results = _search(index, query, plan, today)
    if results.total < _FEW or results.some_words:
        likely = _more_likely(index, plan)
        results = results.model_copy(update={"meant": respelt(query.words, likely) if likely else None})
    return results


class _Looked(NamedTuple):
    """One group as it is looked for, in the language of FTS5."""

    own: str
    """What was typed."""
    wide: str
    """That, or what the glossary names for it."""
    words: tuple[str, ...]
    terms: tuple[Term, ...] = ()


class _Plan(NamedTuple):
    looked: tuple[_Looked, ...]
    items: Mapping[str, int]
    """In how many items each of the plain words is, of those that are in any."""
    shown_for: tuple[str, ...]
    better: Mapping[str, str]
    """What was meant by words that are nowhere."""


def _plan(index: sqlite3.Connection, groups: tuple[Group, ...]) -> _Plan:
    plain = sorted(word for group in groups if group.is_plain for word in group.words)
    items = spelling.items_with(index, plain)
    looked: list[_Looked] = []
    also: list[str] = []
    better: dict[str, str] = {}
    for group in groups:
        if group.is_phrase:
            looked.append(_phrase(group.words))
        elif group.term is not None:
            looked.append(_named(group.words, group.term))
            also += other_names(group.term, group.words)
        else:
            (word,) = group.words
            is_known = word in items or _is_anywhere(index, word)
            forms = [word] if is_known else spelling.beginning_with(index, word)
            looked.append(_either(forms or [word]))
            if not forms and (meant := spelling.meant(index, word)):
                better[word] = meant
    return _Plan(tuple(looked), items, tuple(dict.fromkeys(also)), better)


def _is_anywhere(index: sqlite3.Connection, word: str) -> bool:
    """Whether any item has the word in another of its forms."""
    return index.execute("SELECT 1 FROM texts WHERE texts MATCH ? LIMIT 1", (f'"{word}"',)).fetchone() is not None


def _phrase(words: tuple[str, ...]) -> _Looked:
    match = f'"{" ".join(words)}"'
    return _Looked(match, match, words)


def _either(words: Sequence[str]) -> _Looked:
    match = f"({' OR '.join(f'"{word}"' for word in words)})"
    return _Looked(match, match, (*words,))


def _named(words: tuple[str, ...], term: Term) -> _Looked:
    """A term under all of its names, and if it has several words, those that were typed, wherever they stand."""
    terms = alternatives(term)
    typed = f" OR ({' AND '.join(f'"{word}"' for word in words)})" if len(words) > 1 else ""
    own, *others = (f'"{marked(each)}"' for each in terms)
    return _Looked(f"({own}{typed})", f"({' OR '.join((own, *others))}{typed})", words, terms)


def _more_likely(index: sqlite3.Connection, plan: _Plan) -> dict[str, str]:
    """For words that are hardly anywhere, near ones that are in far more items."""
    likely = ((word, spelling.more_likely(index, word, items)) for word, items in plan.items.items())
    return {word: other for word, other in likely if other is not None}


def _search(index: sqlite3.Connection, query: Query, plan: _Plan, today: date) -> Results:
    chosen, values = _chosen(query, "texts.rowid")
    exactly = " AND ".join(each.own for each in plan.looked)
    match, some = " AND ".join(each.wide for each in plan.looked), False
    total = _total(index, match, chosen, values)
    if total < PAGE and len(plan.looked) > 1:
        wider = " OR ".join(_rarest(index, plan.looked))
        if (more := _total(index, wider, chosen, values)) > total:
            match, total, some = wider, more, True
    rows = index.execute(
        f"""
        SELECT texts.rowid,
            ({_FIT}) * iif(texts.rowid IN (SELECT rowid FROM texts WHERE texts MATCH ?), {_EXACT}, 1) AS fit
        FROM texts JOIN item ON item.id = texts.rowid
        WHERE texts MATCH ? {chosen}
        ORDER BY fit, item.published_on DESC, item.key
        LIMIT ? OFFSET ?
        """,
        (exactly, match, *values, PAGE, (query.page - 1) * PAGE),
    ).fetchall()
    what = passages.wanted(
        (word for each in plan.looked for word in each.words), (term for each in plan.looked for term in each.terms)
    )
    hits = _hits(index, [(number, -fit) for number, fit in rows], what, today)
    counts = _counts(index, match, chosen, values) if 0 < total <= _COUNTED else {}
    return Results(hits=hits, total=total, page=query.page, some_words=some, shown_for=plan.shown_for, counts=counts)


def _rarest(index: sqlite3.Connection, looked: Sequence[_Looked]) -> list[str]:
    """What to look for when some of the words will do: the rarest, which say most, so many as are quickly ranked."""
    known = sorted((items, each.wide) for each in looked if (items := _total(index, each.wide, "", [])))
    kept: list[str] = []
    room = _RARE_ENOUGH
    for items, match in known:
        if kept and items > room:
            break
        kept.append(match)
        room -= items
    return kept or [looked[0].wide]


def _chosen(query: Query, column: str) -> tuple[str, list[str]]:
    """The condition that an item fits the choices, and the values in it."""
    conditions, values = "", list[str]()
    for name in FILTERS:
        if picked := getattr(query, name):
            fit = "SELECT item FROM choice WHERE filter=? AND value IN (SELECT value FROM json_each(?))"
            conditions += f" AND {column} IN ({fit})"
            values += [name, json.dumps(picked)]
    return conditions, values


def _total(index: sqlite3.Connection, match: str, chosen: str, values: list[str]) -> int:
    (total,) = index.execute(f"SELECT count(*) FROM texts WHERE texts MATCH ? {chosen}", (match, *values)).fetchone()
    return int(total)


def _counts(index: sqlite3.Connection, match: str, chosen: str, values: list[str]) -> dict[str, dict[str, int]]:
    return _grouped(
        index.execute(
            f"""
            SELECT filter, value, count(*) FROM texts CROSS JOIN choice ON choice.item = texts.rowid
            WHERE texts MATCH ? {chosen} GROUP BY filter, value
            """,
            (match, *values),
        )
    )


def _grouped(rows: sqlite3.Cursor) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for name, value, count in rows:
        counts[name][value] = count
    return dict(counts)


def _newest(index: sqlite3.Connection, query: Query, today: date) -> Results:
    """Everything that fits the choices, newest first."""
    chosen, values = _chosen(query, "item.id")
    (total,) = index.execute(f"SELECT count(*) FROM item WHERE TRUE {chosen}", values).fetchone()
    rows = index.execute(
        f"SELECT item.id, 0.0 FROM item WHERE TRUE {chosen} ORDER BY published_on DESC, key LIMIT ? OFFSET ?",
        (*values, PAGE, (query.page - 1) * PAGE),
    ).fetchall()
    counts: dict[str, dict[str, int]] = {}
    if 0 < total <= _COUNTED:
        counts = _grouped(
            index.execute(
                f"SELECT filter, value, count(*) FROM item JOIN choice ON choice.item = item.id WHERE TRUE {chosen}"
                " GROUP BY filter, value",
                values,
            )
        )
    hits = _hits(index, rows, passages.wanted((), ()), today)
    return Results(hits=hits, total=total, page=query.page, counts=counts)


def _hits(
    index: sqlite3.Connection, found: Sequence[tuple[int, float]], what: passages.Wanted, today: date
) -> tuple[Hit, ...]:
    hits: list[Hit] = []
    for number, score in found:
        about_text, inside = index.execute("SELECT about, inside FROM content WHERE id=?", (number,)).fetchone()
        about = json.loads(about_text)
        review_on = about["review_on"]
        passage = passages.best(about["summary"], parts_of(inside), what)
        hits.append(
            Hit(
                id=about["id"],
                title=about["title"],
                kind=about["kind"],
                published_on=about["published_on"],
                review_is_due=review_on is not None and date.fromisoformat(review_on) <= today,
                snippet=passage.runs,
                place=passage.place,
                score=score,
            )
        )
    return tuple(hits)
