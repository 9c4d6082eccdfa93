"""Sharing as people, their browsers and AWS do it between them: on moto, without a page."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from functions.kernel import tokens
from functions.membership.model import Member
from functions.membership.store import Members
from functions.resources import review, share
from functions.resources.inspected import FileKind, Inspected, Part
from functions.resources.life import Scan
from functions.resources.model import Offer, Permission, Resource, Words
from functions.resources.quarantine import Became, Quarantine
from functions.resources.reports import CREATED, SCANNED, Report, read
from functions.resources.shelf import Shelf
from functions.resources.store import Library
from tests.network import ENVIRONMENT, Network

QUARANTINE, LIBRARY = ENVIRONMENT["QUARANTINE_BUCKET"], ENVIRONMENT["LIBRARY_BUCKET"]
NOTHING_FOUND = Inspected(kind=FileKind.TEXT, parts=(Part(place="the text", text="We sat down together."),))


def words(title: str = "After action reviews", **more: Any) -> Words:
    """What somebody says about an item."""
    told: dict[str, Any] = {
        "title": title,
        "summary": "How we run them.",
        "topics": ("psirf",),
        "source": "Anytown NHS Foundation Trust",
        "permission": Permission.CHANGE,
        "review_on": date(2027, 11, 23),
    }
    return Words(**told | more)


def event(kind: tuple[str, str], detail: dict[str, Any]) -> str:
    """An event as EventBridge brings it."""
    source, name = kind
    return json.dumps({"version": "0", "source": source, "detail-type": name, "detail": detail})


def arrival(key: str, version: str, bucket: str = QUARANTINE) -> str:
    """S3's word that an object has come."""
    return event(CREATED, {"bucket": {"name": bucket}, "object": {"key": key, "version-id": version, "size": 1}})


def verdict(key: str, version: str, scan: str = Scan.CLEAN, bucket: str = QUARANTINE) -> str:
    """GuardDuty's word on an object."""
    place = {"bucketName": bucket, "objectKey": key, "versionId": version}
    return event(SCANNED, {"s3ObjectDetails": place, "scanResultDetails": {"scanResultStatus": scan}})


@dataclass(slots=True)
class Sharing:
    """The library of a network, and what its inspection will find."""

    network: Network
    finds: Inspected = field(default=NOTHING_FOUND)
    shelf: Shelf = field(default_factory=lambda: Shelf.connect(quarantine=QUARANTINE, library=LIBRARY))
    """The files."""

    @property
    def library(self) -> Library:
        """The items."""
        return Library(self.network.table)

    @property
    def quarantine(self) -> Quarantine:
        """What looks at files, with an inspection that finds what it is told to find."""
        return Quarantine(self.library, Members(self.network.table), self.shelf, lambda _path, _name: self.finds)

    def now(self, item: Resource) -> Resource:
        """The item as it is now."""
        found = self.library.get(item.id)
        assert found is not None
        return found

    def asked(self, owner: Member, title: str = "After action reviews", **more: Any) -> Resource:
        """An item with words, which waits for its file."""
        now = self.network.clock.now()
        item = share.begin(owner.id, asked=tokens.new_id(), library=self.library, now=now)
        return share.describe(item, words(title, **more), by=owner.id, library=self.library, now=now)

    def sent(
        self, item: Resource, body: bytes = b"We sat down together.", name: str = "reviews.txt"
    ) -> tuple[str, str]:
        """Send a file as a form does. Gives its key and its version."""
        offer = self.offer(item)
        put = self.shelf.client.put_object(Bucket=QUARANTINE, Key=offer.key, Body=body, Metadata={"name": name})
        return offer.key, put["VersionId"]

    def offer(self, item: Resource) -> Offer:
        """What is offered for an item now."""
        offer = self.now(item).offer
        assert offer is not None
        return offer

    def hear(self, *events: str) -> list[Became]:
        """Let the quarantine hear of events, one after another."""
        reports: list[Report] = list(map(read, events))
        return [self.quarantine.hear(report, self.network.clock.now()) for report in reports]

    def checked(self, owner: Member, title: str = "After action reviews", **more: Any) -> Resource:
        """An item whose file has come and has been looked at."""
        item = self.asked(owner, title, **more)
        key, version = self.sent(item)
        self.hear(arrival(key, version), verdict(key, version))
        return self.now(item)

    def published(self, owner: Member, by: Member, title: str = "After action reviews", **more: Any) -> Resource:
        """An item that a coordinator has published."""
        item = self.checked(owner, title, **more)
        self.publish(item, owner, by)
        return self.now(item)

    def publish(self, item: Resource, owner: Member, by: Member) -> bool:
        """Let a coordinator publish what is offered."""
        now = self.network.clock.now()
        return review.publish(
            self.now(item), seen=None, looked=True, by=by.id, owner=owner, library=self.library, now=now
        )

    def kept(self) -> set[str]:
        """The names of everything in the library's bucket, as it is now."""
        found = self.shelf.client.list_objects_v2(Bucket=LIBRARY)
        return {each["Key"] for each in found.get("Contents", [])}
