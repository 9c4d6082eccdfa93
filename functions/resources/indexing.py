"""Keeping the index of the search as the library is: from where the last run got to, or from the beginning.

Nothing tells the indexer what has changed. It asks the table for what changed since its last run, so a lost, repeated
or late ring of the bell changes nothing, and an index that is lost or of an older make is made again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched, chain
from pathlib import Path

from functions.kernel import clock
from functions.kernel.when import in_uk
from functions.resources.model import Resource
from functions.resources.search import index
from functions.resources.search.model import Entry
from functions.resources.shelf import Shelf
from functions.resources.store import Library

LOOKS_BACK = timedelta(minutes=1)
"""The table's own lists are late by a second or so, and clocks differ by less than this. What was taken in already is
taken in once more, which changes nothing."""
BATCH = 50
"""Items whose words are held in memory at once."""


@dataclass(frozen=True, slots=True)
class Indexer:
    """Everything that keeping the index needs."""

    library: Library
    shelf: Shelf
    path: Path

    def refresh(self, now: datetime, has_time: Callable[[], bool]) -> int:
        """Bring the index up to now, as far as time allows. Gives how many items it took in.

        A run that has to stop keeps what it did and where it got to, and the next goes on from there. Raises
        ``Moved`` when another run wrote the index meanwhile. Nothing of this run is kept then.
        """
        edition = self.shelf.index_edition()
        usable = edition is not None and edition.make == str(index.version())
        since = datetime.fromisoformat(edition.until) - LOOKS_BACK if edition and usable else None
        changed = self.library.changed_since(since)
        first = next(changed, None)
        if usable and first is None:
            return 0
        if usable:
            edition = self.shelf.fetch_index(self.path, None)
        else:
            index.create(self.path, ())
        taken = 0
        for some in batched(chain([first] if first else [], changed), BATCH, strict=False):
            gone = [each.id for each in some if not each.is_published]
            index.apply(self.path, put=[self._entry(each) for each in some if each.is_published], gone=gone)
            taken += len(some)
            if not has_time():
                now = some[-1].changed_at
                break
        self.shelf.put_index(self.path, clock.stamp(now), str(index.version()), over=edition)
        return taken

    def _entry(self, resource: Resource) -> Entry:
        words, file = resource.words, resource.file
        assert words is not None
        assert file is not None
        assert resource.published_at is not None
        return Entry(
            id=resource.id,
            title=words.title,
            summary=words.summary,
            topics=words.topics,
            nations=words.nations,
            settings=words.settings,
            organisations=words.organisations,
            source=words.source,
            published_on=in_uk(resource.published_at).date(),
            review_on=words.review_on,
            kind=file.kind,
            parts=self.shelf.words(file),
        )
