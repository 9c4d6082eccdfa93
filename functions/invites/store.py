"""Members by the page, the ledger's rows for a page, the run, and what came in, in the table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from functions.invites.model import Heard, Outcome, Run
from functions.kernel import clock, keys
from functions.kernel.errors import Clash
from functions.kernel.table import Table, Write, put, put_new
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
        items = self.table.every(keys.LISTS, keys.MEMBERS, since=after)
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


@dataclass(frozen=True, slots=True)
class Hearings:
    """What became of each mail that came in."""

    table: Table

    def get(self, message_id: str) -> Heard | None:
        """The record of one mail."""
        item = self.table.get(keys.heard(message_id))
        return Heard.model_validate(item) if item else None

    def keep(self, heard: Heard, also: Sequence[Write] = ()) -> Outcome:
        """Make the record of a mail, with what the mail causes, once. Gives what became of it, now or before.

        Raises ``Clash`` when something that the mail causes cannot be.
        """
        lifetime = keys.KIND["heard"].lifetime
        assert lifetime is not None
        item = heard.model_dump(mode="json", exclude_none=True) | {"expires_at": clock.epoch(heard.at + lifetime)}
        if heard.member_id is not None:
            item |= {f"{keys.LISTS}pk": keys.heard_of(heard.member_id), f"{keys.LISTS}sk": clock.stamp(heard.at)}
        try:
            self.table.transact([put_new("heard", keys.heard(heard.message_id), item), *also])
        except Clash:
            before = self.get(heard.message_id)
            if before is None:
                raise
            return before.outcome
        return heard.outcome
