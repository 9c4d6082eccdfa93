"""What the library does without anybody asking: it gives up on checks that never end, deletes files that are no longer
anybody's, and asks owners whether an old item still holds.

Each step can be cut off anywhere and begun again.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.kernel.errors import Clash
from functions.kernel.when import in_uk
from functions.membership.model import Member
from functions.membership.store import Members
from functions.resources import emails, life
from functions.resources.model import Resource
from functions.resources.shelf import Shelf
from functions.resources.store import Library

VERDICT_WITHIN = timedelta(minutes=15)
"""A scan takes seconds, and minutes for the largest file. After this, somebody has to look why there is none."""


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Everything that upkeep needs."""

    library: Library
    members: Members
    shelf: Shelf

    def give_up(self, now: datetime) -> int:
        """Go no further with files of which no verdict has come, and tell their sharers. Gives how many they were."""
        return sum(self._given_up(each, now) for each in list(self.library.checking_since(now - VERDICT_WITHIN)))

    def _given_up(self, resource: Resource, now: datetime) -> bool:
        after = life.unchecked(resource, now)
        try:
            self.library.save(resource, after, emails.told(emails.unchecked, after, self._owner(after), now))
        except Clash:
            # The verdict has come in this very moment.
            return False
        return True

    def delete_discarded(self) -> int:
        """Delete the files that no item has any more. Gives how many they were."""
        deleted = 0
        for resource in list(self.library.with_discarded()):
            for key in resource.discarded:
                self.shelf.discard(key)
            # If the item has changed meanwhile, the same is done again in a minute.
            with suppress(Clash):
                self.library.save(resource, life.tidied(resource))
                deleted += len(resource.discarded)
        return deleted

    def ask_owners(self, now: datetime) -> int:
        """Ask the owners of items whose review date has come whether they still hold, once for each date."""
        asked = 0
        for resource in list(self.library.review_due(in_uk(now).date())):
            after = life.owner_asked(resource, now)
            with suppress(Clash):
                self.library.save(resource, after, emails.told(emails.check_date, after, self._owner(after), now))
                asked += 1
        return asked

    def _owner(self, resource: Resource) -> Member | None:
        return self.members.get(resource.owner) if resource.owner else None
