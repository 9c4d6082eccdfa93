"""Reading a whole table, which only the people who run the network do, and no page and no job."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime

from functions.kernel.table import Item, Table, unmarshal


def every_item(table: Table) -> Iterator[Item]:
    """Each item there is, those past their keeping time and not yet deleted among them, a page at a time."""
    for page in table.client.get_paginator("scan").paginate(TableName=table.name, ConsistentRead=True):
        yield from map(unmarshal, page["Items"])


def count_by_kind(items: Iterable[Item]) -> Counter[str]:
    """How many items there are of each kind."""
    return Counter(item["kind"] for item in items)


def written_at(item: Item, now: datetime) -> datetime | None:
    """The newest moment that an item names and that has passed, which is when it was last written, or a little before.

    Moments to come, such as the start of a session, say nothing of that. ``None`` when it names no moment.
    """
    named = (_moment(value) for value in item.values() if isinstance(value, str))
    return max((moment for moment in named if moment is not None and moment <= now), default=None)


def _moment(text: str) -> datetime | None:
    # Everything is written with its zone, as "2026-11-27T11:00:00Z".
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    return None
