"""Finding: the index of the search on this machine's disk, kept as new as the one in the bucket."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from sqlite3 import Connection

from functions.resources.model import Resource
from functions.resources.search import index, query
from functions.resources.search.model import PAGE, Hit, Query, Results
from functions.resources.shelf import Edition, Shelf
from functions.resources.store import Library


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, and the items as they are now."""

    results: Results
    items: Sequence[tuple[Hit, Resource]]
    """In the order of the hits. An item that has gone since the index was made is left out."""


@dataclass(slots=True)
class Catalogue:
    """The index, fetched when there is a newer one. One process asks at a time, as Lambda has it."""

    library: Library
    shelf: Shelf
    path: Path
    edition: Edition | None = field(default=None, init=False)
    connection: Connection | None = field(default=None, init=False)
    """To the edition that is on the disk."""

    def find(self, wanted: Query, today: date, *, most: int = PAGE) -> Found | None:
        """The first ``most`` items of the page, or ``None`` while there is no index to look in. It is being made then.

        What it says of an item comes from the table, so what has been taken out is gone at once.
        """
        connection = self._opened()
        if connection is None:
            return None
        results = query.find(connection, wanted, today=today)
        hits = results.hits[:most]
        items = self.library.get_many([hit.id for hit in hits])
        pairs = [(hit, item) for hit, item in zip(hits, items, strict=True) if item is not None and item.is_published]
        return Found(results, pairs)

    def _opened(self) -> Connection | None:
        """The newest edition, opened. What was open before is an older file, which nobody else can see any more."""
        before, self.edition = self.edition, self.shelf.fetch_index(self.path, self.edition)
        if self.edition != before and self.connection is not None:
            self.connection.close()
            self.connection = None
        if self.edition is None or self.edition.make != str(index.version()):
            return None
        if self.connection is None:
            self.connection = index.opened(self.path)
        return self.connection
