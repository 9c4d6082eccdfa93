"""The items of the library, in the table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from functions.kernel import audit, clock, keys
from functions.kernel.errors import Clash
from functions.kernel.table import Attr, Item, Table, Write, change, check, put, put_new
from functions.membership.store import Limit
from functions.resources.life import in_review
from functions.resources.model import Resource, Stage, Status

_DRAFT_KEPT = timedelta(days=90)
_ENDED_KEPT = timedelta(days=90)
MOST_OFFERS_A_DAY = 30
"""Files that one member can offer in a day. With the limit on the size of each, it bounds what they can store."""

OFFER_LIMIT = 2
"""The position, in the transaction of ``Library.save_asked``, of the write that counts the offers of a day."""


@dataclass(frozen=True, slots=True)
class Library:
    """What members have shared."""

    table: Table

    def get(self, resource_id: str) -> Resource | None:
        """The item as it is now."""
        (found,) = self.get_many([resource_id])
        return found

    def get_to_send(self, resource_id: str) -> tuple[Resource | None, bool]:
        """The item as it is now, and whether the library takes no files, in one read."""
        item, closed = self.table.get_many([keys.resource(resource_id), keys.library_closed()])
        return (Resource.model_validate(item) if item else None), closed is not None

    def close(self, until: datetime, now: datetime) -> bool:
        """Take no files until a moment. ``False`` when that has been said before."""
        # DynamoDB deletes what has expired up to days late, so an item may be left of an earlier month.
        over = Attr("pk").not_exists() | Attr("expires_at").lte(clock.epoch(now))
        item = {"since": clock.stamp(now), "expires_at": clock.epoch(until)}
        line = audit.line("library", "closed", by=audit.BY_THE_RULES, now=now, until=clock.stamp(until))
        try:
            self.table.transact([put("library-closed", keys.library_closed(), item, where=over), line])
        except Clash:
            return False
        return True

    def get_many(self, resource_ids: Sequence[str]) -> list[Resource | None]:
        """The items as they are now, in the order of their ids."""
        items = self.table.get_many([keys.resource(each) for each in resource_ids])
        return [Resource.model_validate(item) if item else None for item in items]

    def begin(self, resource: Resource) -> None:
        """Keep a new item.

        Raises ``Clash`` when its owner is no longer a member.
        """
        assert resource.owner is not None
        pointer = put_new("share", keys.share(resource.owner, resource.id), {"made_at": clock.stamp(resource.made_at)})
        kept = put_new("resource", keys.resource(resource.id), _item(resource))
        self.table.transact([kept, pointer, _is_member(resource.owner)])

    def bring_in(self, resource: Resource, line: Write) -> None:
        """Keep a new item that no member shares, with its audit line. Raises ``Clash`` when it is here already."""
        self.table.transact([put_new("resource", keys.resource(resource.id), _item(resource)), line])

    def save(self, before: Resource, after: Resource, also: Sequence[Write] = ()) -> None:
        """Keep a changed item, and whatever else belongs to the change.

        Raises ``Clash`` with position 0 when somebody else changed it since ``before`` was read.
        """
        self.table.transact([_kept(before, after), *also])

    def save_asked(self, before: Resource, after: Resource, owner: str, now: datetime) -> None:
        """Keep an item that waits for another file, and count that its owner was asked for one.

        Raises ``Clash`` with position ``OFFER_LIMIT`` when they have been asked often enough for a day, and with
        another when the item or its owner's standing has changed.
        """
        limit = Limit("offer", owner, timedelta(days=1), MOST_OFFERS_A_DAY)
        self.table.transact([_kept(before, after), _is_member(owner), limit.one_more(now)])

    def shared_by(self, member_id: str) -> list[Resource]:
        """What a member has shared and begun to share, the newest first."""
        place = keys.share(member_id, "")
        ids = [item["sk"].removeprefix(keys.SHARES) for item in self.table.children(place.pk, place.sk)]
        found = [each for each in self.get_many(ids) if each is not None]
        return sorted(found, key=lambda each: each.made_at, reverse=True)

    def in_review(self, most: int) -> list[Resource]:
        """The items whose files wait for a coordinator, the longest waiting first, at most so many."""
        return list(islice(self._waiting(keys.FILES_IN_REVIEW), most))

    def checking_since(self, until: datetime) -> Iterator[Resource]:
        """The items whose files came before ``until`` and have not been judged."""
        return self._waiting(keys.FILES_CHECKED, clock.stamp(until))

    def with_discarded(self) -> Iterator[Resource]:
        """The items that have files to delete, and nothing else to wait for."""
        return self._waiting(keys.FILES_DISCARDED)

    def review_due(self, today: date) -> Iterator[Resource]:
        """The published items whose review date has come, and whose owner has not been asked."""
        return self._waiting(keys.REVIEW_DATES, (today + timedelta(days=1)).isoformat())

    def changed_since(self, moment: datetime | None) -> Iterator[Resource]:
        """The items that have ever been published and changed at ``moment`` or later, in the order of their changes."""
        since = clock.stamp(moment) if moment else ""
        return map(Resource.model_validate, self.table.every(keys.LISTS, keys.RESOURCES, since=since))

    def count_download(self, resource_id: str) -> None:
        """Count one download, of nobody in particular."""
        counted = change(keys.download_count(resource_id), set={"kind": "download-count"}, add={"downloads": 1})
        self.table.write(counted)

    def downloads(self, resource_id: str) -> int:
        """How often an item has been downloaded."""
        item = self.table.get(keys.download_count(resource_id))
        return int(item["downloads"]) if item else 0

    def _waiting(self, partition: str, until: str = "") -> Iterator[Resource]:
        return map(Resource.model_validate, self.table.every(keys.WAITING, partition, until=until))


def _is_member(member_id: str) -> Write:
    """Lets nothing be written for somebody who has left."""
    return check(keys.member(member_id), Attr("status").eq("member"))


def _kept(before: Resource, after: Resource) -> Write:
    # Somebody who leaves meanwhile takes their name off, which is no new version of the item.
    own = Attr("owner").eq(before.owner) if before.owner else Attr("owner").not_exists()
    same = Attr("version").eq(before.version) & own
    return put("resource", keys.resource(after.id), _item(after), where=same)


def _item(resource: Resource) -> Item:
    item: Item = resource.model_dump(mode="json", exclude_none=True)
    # What was never published was never in the index of the search, so the search need not hear of its end.
    if resource.published_at is not None:
        item |= {f"{keys.LISTS}pk": keys.RESOURCES, f"{keys.LISTS}sk": clock.stamp(resource.changed_at)}
    place = _waits_in(resource)
    if place is not None:
        item |= dict(zip((f"{keys.WAITING}pk", f"{keys.WAITING}sk"), place, strict=True))
    kept = _DRAFT_KEPT if resource.status is Status.DRAFT else _ENDED_KEPT if resource.is_over else None
    # A file that waits for a coordinator is not lost because nobody looked, nor is one that has to be deleted.
    if kept is not None and not in_review(resource) and not resource.discarded:
        item["expires_at"] = clock.epoch(resource.changed_at + kept)
    return item


def _waits_in(resource: Resource) -> tuple[str, str] | None:
    """The list of things to do that an item is on, and its place there. It is on one at most: the first that fits."""
    offer = resource.offer
    if offer is not None and offer.stage is Stage.CHECKING and offer.arrived_at is not None:
        return keys.FILES_CHECKED, clock.stamp(offer.arrived_at)
    if in_review(resource):
        assert offer is not None
        assert offer.judged_at is not None
        return keys.FILES_IN_REVIEW, clock.stamp(offer.judged_at)
    if resource.discarded:
        return keys.FILES_DISCARDED, clock.stamp(resource.changed_at)
    if resource.is_published and resource.words is not None and resource.owner_asked_at is None and resource.owner:
        return keys.REVIEW_DATES, resource.words.review_on.isoformat()
    return None
