"""Changes of address, in the table: the wish, and what becomes of everything that an address stands in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from functions.kernel import clock, keys
from functions.kernel.keys import Key
from functions.kernel.table import Attr, Table, Write, change, delete, put
from functions.membership.model import Application, Member, NewAddress

TAKEN = 0
"""The position, in the transaction of ``Moves.make``, of the write that claims the new address."""


def device_of(sign_in: Key) -> str:
    """The digest of the secret in a device's cookie, from the key of its sign-in."""
    return sign_in.sk.removeprefix(keys.SIGN_INS)


@dataclass(frozen=True, slots=True)
class Moves:
    """Members who move to another address."""

    table: Table

    def wish(self, member_id: str, sign_in: Key) -> NewAddress | None:
        """The address that a member wants to change to, on one device."""
        item = self.table.get(keys.new_address(member_id, device_of(sign_in)))
        return NewAddress.model_validate(item) if item else None

    def make(self, wish: NewAddress, before: Member, after: Member, also: Sequence[Write], now: datetime) -> None:
        """Change a member's address: the wish is used up, the old address is free, the new one is theirs.

        Raises ``Clash`` with position ``TAKEN`` when the new address belongs to somebody, and with another when the
        wish has been used or the member has changed meanwhile.
        """
        told = {
            "address": after.address,
            "address_digest": after.address_digest,
            "verdict": after.verdict.model_dump(mode="json"),
        }
        same = Attr("status").eq("member") & Attr("address_digest").eq(before.address_digest)
        over = Attr("expires_at").lte(clock.epoch(now))
        claim = {"member_id": after.id, "application_id": after.application_id}
        writes = [
            put("address", keys.address(after.address_digest), claim, where=Attr("pk").not_exists() | over),
            delete(wish.key, where=Attr("code_digest").eq(wish.code_digest)),
            change(keys.member(after.id), set=told, where=same),
            delete(keys.address(before.address_digest), where=Attr("member_id").eq(after.id)),
            *also,
        ]
        self.table.transact(writes)


def application_moved(before: Application, to: Member) -> Write:
    """The write that gives an application the member's new address, so that it goes on belonging to it."""
    moved = {"address": to.address, "address_digest": to.address_digest, "version": before.version + 1}
    return change(keys.application(before.id), set=moved, where=Attr("version").eq(before.version))
