"""The audit lines of everybody, and the seals on them, in the table."""

from collections.abc import Iterator
from dataclasses import dataclass

from functions.audit.model import Line, Seal
from functions.kernel import keys
from functions.kernel.table import Table, put_new


@dataclass(frozen=True, slots=True)
class AuditLog:
    """What was written down, in the order in which it was written."""

    table: Table

    def lines(self, *, since: str, until: str) -> Iterator[Line]:
        """The lines that were written from ``since`` on and before ``until``, in order."""
        return self.table.every(keys.LISTS, keys.LINES, since=since, until=until)

    def seals(self) -> Iterator[Seal]:
        """The seals, the newest first."""
        start = None
        while True:
            page = self.table.listed(keys.LISTS, keys.SEALS, newest_first=True, limit=30, start=start)
            yield from map(Seal.model_validate, page.items)
            if (start := page.next) is None:
                return

    def add(self, seal: Seal) -> None:
        """Keep a new seal.

        It is a transaction of one, so that the SDK knows it again when an answer got lost (security requirement 82).
        Raises ``Clash`` when there is one of this number.
        """
        listed = {f"{keys.LISTS}pk": keys.SEALS, f"{keys.LISTS}sk": f"{seal.number:08}"}
        self.table.transact([put_new("seal", keys.seal(seal.number), seal.model_dump(mode="json") | listed)])
