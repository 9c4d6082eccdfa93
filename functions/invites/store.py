"""Members by the page, the ledger's rows for a page, and the run, in the table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched, chain

from functions.invites.model import Run
from functions.kernel import clock, keys
from functions.kernel.errors import Clash
from functions.kernel.table import Table, put
from functions.mail.model import Mail
from functions.mail.store import planned
from functions.membership.model import Member

PAGE = 100
"""Members at a time: one read tells who has stopped, and another who has been invited."""


@dataclass(frozen=True, slots=True)
class Plans:
    """Everything that planning reads and writes beside the sessions."""

    table: Table

    def members(self, after: str) -> Iterator[tuple[Member, ...]]:
        """The members whose ids come after one id, in pages. An empty id comes before all."""
        items = chain.from_iterable(
            self.table.every(keys.LISTS, keys.members_of(shard), since=after)
            for shard in keys.SHARDS
            if shard >= after[:1]
        )
        members = (Member.model_validate(item) for item in items if item["id"] != after)
        return batched((member for member in members if member.status == "member"), PAGE, strict=False)

    def invited(self, mail_keys: Sequence[str]) -> set[str]:
        """Those of the keys that the ledger has a row for."""
        rows = self.table.get_many([keys.mail(key) for key in mail_keys])
        return {key for key, row in zip(mail_keys, rows, strict=True) if row is not None}

    def plan(self, mail: Mail) -> bool:
        """Put a message into the ledger. ``False`` when it is there already."""
        try:
            self.table.write(planned(mail))
        except Clash:
            return False
        return True

    def run(self, run_id: str) -> Run | None:
        """The run of this id."""
        item = self.table.get(keys.run(run_id))
        return Run.model_validate(item) if item else None

    def keep(self, run: Run, now: datetime) -> None:
        """Write down where a run stands."""
        lifetime = keys.KIND["run"].lifetime
        assert lifetime is not None
        item = {
            **run.model_dump(mode="json"),
            "planned": run.planned,
            "expires_at": clock.epoch(now + lifetime),
        }
        self.table.write(put("run", keys.run(run.id), item))
