"""Agreements of a second person, in the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from functions.kernel import clock, keys
from functions.kernel.table import Attr, Item, Table, Write, put
from functions.membership.model import Agreement

LASTS = timedelta(days=1)
"""How long a question waits for its answer, and how long a "yes" lets the administrator do what they asked for."""


@dataclass(frozen=True, slots=True)
class Agreements:
    """What the administrator asked for, and what coordinators said to it."""

    table: Table

    def get(self, agreement_id: str) -> Agreement | None:
        """The agreement as it is now."""
        item = self.table.get(keys.agreement(agreement_id))
        return Agreement.model_validate(item) if item else None

    def add(self, agreement: Agreement, letters: Sequence[Write]) -> None:
        """Keep a new question, and what tells of it.

        Raises ``Clash`` when the same was asked before and still waits or counts.
        """
        # What has expired is absent, and may lie there for days until DynamoDB deletes it.
        is_over = Attr("pk").not_exists() | Attr("expires_at").lte(clock.epoch(agreement.asked_at))
        kept = put("agreement", keys.agreement(agreement.id), _item(agreement), where=is_over)
        self.table.transact([kept, *letters])

    def save(self, answered: Agreement, also: Sequence[Write]) -> None:
        """Keep an answer, and what goes with it. Raises ``Clash`` with position 0 when there is one already."""
        waits = Attr("pk").exists() & Attr("answered_at").not_exists()
        kept = put("agreement", keys.agreement(answered.id), _item(answered), where=waits)
        self.table.transact([kept, *also])


def _item(agreement: Agreement) -> Item:
    lasts_from = agreement.answered_at or agreement.asked_at
    return agreement.model_dump(mode="json", exclude_none=True) | {"expires_at": clock.epoch(lasts_from + LASTS)}
