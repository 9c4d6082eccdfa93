"""Complaints, in the table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from functions.kernel import clock, keys
from functions.kernel.table import Attr, Item, Table, Write, put, put_new
from functions.membership.model import Complaint

KEPT = timedelta(days=6 * 366)
"""How long a complaint is kept once it has been answered. For so long somebody can go to court about it (Limitation Act
1980, sections 2 and 9), and we have to be able to show what we did."""


@dataclass(frozen=True, slots=True)
class Complaints:
    """What people complained of, and what they were answered."""

    table: Table

    def get(self, complaint_id: str) -> Complaint | None:
        """The complaint as it is now."""
        item = self.table.get(keys.complaint(complaint_id))
        return Complaint.model_validate(item) if item else None

    def waiting(self) -> Iterator[Complaint]:
        """The complaints that nobody has answered, oldest first."""
        return map(Complaint.model_validate, self.table.every(keys.WAITING, keys.COMPLAINTS_WAITING))

    def answered(self) -> Iterator[Complaint]:
        """The complaints that have been answered, the one answered longest ago first."""
        return map(Complaint.model_validate, self.table.every(keys.WAITING, keys.COMPLAINTS_ANSWERED))

    def add(self, complaint: Complaint, also: Sequence[Write]) -> None:
        """Keep a new complaint, and what goes with it.

        Raises ``Clash`` with position 0 when it is there already, and with another when a limit is reached.
        """
        self.table.transact([put_new("complaint", keys.complaint(complaint.id), _item(complaint)), *also])

    def save(self, before: Complaint, after: Complaint, also: Sequence[Write]) -> None:
        """Keep a changed complaint, and what goes with it.

        Raises ``Clash`` with position 0 when somebody has answered it, or told of it, since ``before`` was read.
        """
        unchanged = Attr("answered_at").not_exists() & Attr("told").eq(before.told)
        kept = put("complaint", keys.complaint(after.id), _item(after), where=unchanged)
        self.table.transact([kept, *also])


def _item(complaint: Complaint) -> Item:
    item: Item = complaint.model_dump(mode="json", exclude_none=True)
    item |= {
        f"{keys.LISTS}pk": keys.complaints_of(complaint.address_digest),
        f"{keys.LISTS}sk": clock.stamp(complaint.made_at),
    }
    if complaint.answered_at is None:
        waits = keys.COMPLAINTS_WAITING, clock.stamp(complaint.made_at)
    else:
        waits = keys.COMPLAINTS_ANSWERED, clock.stamp(complaint.answered_at)
        item["expires_at"] = clock.epoch(complaint.answered_at + KEPT)
    return item | dict(zip((f"{keys.WAITING}pk", f"{keys.WAITING}sk"), waits, strict=True))
