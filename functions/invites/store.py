"""Members by the page, the ledger's rows for a page, where planning stands, and what came in, in the table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from functions.invites.model import Heard, Outcome, Part
from functions.kernel import clock, keys, kinds
from functions.kernel.errors import Clash
from functions.kernel.table import Attr, Table, Write, put, put_new
from functions.mail.model import Mail, Run
from functions.mail.store import planned, run_begun
from functions.membership.model import Member

PAGE = 99
"""Members at a time: their messages and the place they were got to are written in one transaction, which takes 100."""


@dataclass(frozen=True, slots=True)
class Plans:
    """Everything that planning reads and writes beside the sessions."""

    table: Table

    def members(self, shard: str, after: str) -> Iterator[tuple[Member, ...]]:
        """The members of one shard whose ids come after one id, in pages. An empty id comes before all."""
        items = self.table.every(keys.LISTS, keys.members_of(shard), since=after)
        members = (Member.model_validate(item) for item in items if item["id"] != after)
        return batched((member for member in members if member.status == "member"), PAGE, strict=False)

    def profiles(self, member_ids: Iterator[str], after: str) -> Iterator[tuple[Member, ...]]:
        """The members behind ids that come in order, in pages, from the one after ``after`` on."""
        for some in batched((each for each in member_ids if each > after), PAGE, strict=False):
            items = self.table.get_many([keys.member(member_id) for member_id in some])
            members = (Member.model_validate(item) for item in items if item and item["status"] == "member")
            yield tuple(members)

    def rows(self, mail_keys: Sequence[str]) -> dict[str, Mail]:
        """The rows that the ledger has for some keys."""
        items = self.table.get_many([keys.mail(key) for key in mail_keys])
        return {key: Mail.model_validate(item) for key, item in zip(mail_keys, items, strict=True) if item}

    def told(self, mail_keys: Sequence[str]) -> dict[str, list[Mail]]:
        """The rows that the ledger has for some keys, each with the one that took its entry out again, if there is."""
        rows = self.rows(mail_keys)
        out = self.rows([key for row in rows.values() if (key := row.withdrawal)])
        return {key: [row, *([out[row.withdrawal]] if row.withdrawal in out else [])] for key, row in rows.items()}

    def begin(self, run: Run, shards: Sequence[str], now: datetime) -> list[Part]:
        """Keep a new run and its parts, or find the parts of one that has begun before."""
        parts = [Part(run=run.id, shard=shard, touched_at=now) for shard in shards]
        try:
            self.table.transact([run_begun(run, now), *(_kept(part) for part in parts)])
        except Clash:
            return self.parts(run.id)
        return parts

    def begin_stopped(self, run: Run, line: Write, now: datetime) -> bool:
        """Keep a run that never goes, and the line about it. ``False`` when it has begun."""
        try:
            self.table.transact([run_begun(run, now), line])
        except Clash:
            return False
        return True

    def parts(self, run_id: str) -> list[Part]:
        """Every part of a run."""
        return [
            Part.model_validate(item) for item in self.table.children(keys.run(run_id).pk, keys.run_part("", "").sk)
        ]

    def unfinished(self, until: datetime) -> Iterator[Part]:
        """The parts on which nobody has worked since ``until``, by the clock of the machines."""
        return map(Part.model_validate, self.table.every(keys.WAITING, keys.PLANNING, until=clock.stamp(until)))

    def keep(self, before: Part, after: Part, mails: Sequence[Mail] = ()) -> None:
        """Plan a page's messages and keep how far that got, in one transaction.

        Raises ``Clash`` with 0 when another worker was there first, and with a later place when one of the messages
        has been planned meanwhile.
        """
        self.table.transact([_kept(after, before), *map(planned, mails)])

    def add(self, mail: Mail) -> bool:
        """Put one message into the ledger. ``False`` when it is there already."""
        try:
            self.table.write(planned(mail))
        except Clash:
            return False
        return True


def _kept(part: Part, before: Part | None = None) -> Write:
    lifetime = kinds.KIND["run-part"].lifetime
    assert lifetime is not None
    item = part.model_dump(mode="json") | {"expires_at": clock.epoch(part.touched_at + lifetime)}
    if not part.finished:
        item |= {f"{keys.WAITING}pk": keys.PLANNING, f"{keys.WAITING}sk": clock.stamp(part.touched_at)}
    unchanged = Attr("pages").eq(before.pages) if before else Attr("pk").not_exists()
    return put("run-part", keys.run_part(part.run, part.shard), item, where=unchanged)


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
        lifetime = kinds.KIND["heard"].lifetime
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
