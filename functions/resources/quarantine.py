"""What becomes of a file that came into quarantine: it is looked at, and then refused, held for a person, or ready.

Everything here may happen twice, late and in any order. Each change of an item is one conditional write, so the second
of two finds nothing left to do.
"""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from functions.kernel.errors import Clash
from functions.mail.model import Mail
from functions.membership.model import Member
from functions.membership.store import Members
from functions.resources import emails, life
from functions.resources.inspected import Inspected, Reason
from functions.resources.life import Scan
from functions.resources.model import File, Offer, Resource
from functions.resources.reports import Report
from functions.resources.shelf import Fetched, Shelf
from functions.resources.store import Library

_TRIES = 4


class Became(StrEnum):
    """What a report led to, in a word for the log."""

    ARRIVED = "arrived"
    READY = "ready"
    HELD = "held"
    REFUSED = "refused"
    UNCHECKED = "unchecked"
    GONE = "gone"
    """The version is not in quarantine any more."""
    NOT_OURS = "not ours"
    """It is about another bucket, or about an item that is not there."""
    NOT_AWAITED = "not awaited"
    """It is about another object or version than the item waits for, or has been heard before."""


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Everything that looking at a file needs."""

    library: Library
    members: Members
    shelf: Shelf
    inspect: Callable[[Path, str], Inspected]

    def hear(self, report: Report, now: datetime) -> Became:
        """Take in one report.

        The word that a file has come and the verdict on it often arrive in the same moment, and then one of the two
        finds the item changed and looks again. Raises ``Clash`` when that goes on: the report has to come again.
        """
        for _ in range(_TRIES - 1):
            with suppress(Clash):
                return self._hear(report, now)
        return self._hear(report, now)

    def _hear(self, report: Report, now: datetime) -> Became:
        resource = self.library.get(report.resource_id) if report.bucket == self.shelf.quarantine else None
        if resource is None:
            return Became.NOT_OURS
        here = life.arrived(resource, report.key, report.version, now)
        if report.scan is None:
            if here is resource:
                return Became.NOT_AWAITED
            self.library.save(resource, here)
            return Became.ARRIVED
        # A verdict may come before the word that the file is there.
        if not life.awaits_verdict(here, report.key, report.version):
            self._no_longer(report, resource)
            return Became.NOT_AWAITED
        return self._judge(resource, here, report.scan, now)

    def _judge(self, before: Resource, here: Resource, scan: Scan, now: datetime) -> Became:
        if scan is Scan.THREATS:
            return self._refuse(before, here, Reason.MALWARE, now)
        if scan is not Scan.CLEAN:
            after = life.unchecked(here, now)
            self._save(before, after, emails.unchecked, now)
            return Became.UNCHECKED
        assert here.offer is not None
        with tempfile.TemporaryDirectory() as folder:
            fetched = self.shelf.fetch(here.offer, Path(folder) / "file")
            if fetched is None:
                return Became.GONE
            inspected = self.inspect(fetched.path, fetched.name)
        if inspected.reason is not None:
            return self._refuse(before, here, inspected.reason, now)
        file = _file(here.offer, fetched, inspected)
        self.shelf.keep(here.offer, file, inspected.parts)
        after = life.passed(here, file, inspected, now)
        if inspected.findings:
            self._save(before, after, emails.held, now)
            return Became.HELD
        self.library.save(before, after)
        return Became.READY

    def _refuse(self, before: Resource, here: Resource, reason: Reason, now: datetime) -> Became:
        self._save(before, life.refused(here, reason, now), emails.refused, now)
        return Became.REFUSED

    def _save(
        self,
        before: Resource,
        after: Resource,
        message: Callable[[Resource, Member, datetime], Mail],
        now: datetime,
    ) -> None:
        owner = self.members.get(after.owner) if after.owner else None
        self.library.save(before, after, emails.told(message, after, owner, now))

    def _no_longer(self, report: Report, resource: Resource) -> None:
        """Delete the copy that an earlier try may have made before it was cut off, unless the item has it or may yet.

        All versions of an object share one copy, and the version that counts may be copied in this moment.
        """
        name, offer = report.key.partition("/")[2], resource.offer
        if offer is not None and life.awaits_verdict(resource, report.key, offer.version):
            return
        offered = offer.file if offer else None
        if name and name not in {file.key for file in (resource.file, offered) if file is not None}:
            self.shelf.discard(name)


def _file(offer: Offer, fetched: Fetched, inspected: Inspected) -> File:
    assert inspected.kind is not None
    return File(
        key=offer.random_name,
        name=fetched.name,
        kind=inspected.kind,
        size=fetched.size,
        checksum=fetched.checksum,
        title=inspected.title,
        people=inspected.people,
        hints=inspected.hints,
    )
