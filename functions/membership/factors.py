"""Second factors, in the table: the one a coordinator has, the one they are setting up, and the tries at its codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from functions.kernel import clock, keys
from functions.kernel.auth import Role
from functions.kernel.errors import Clash
from functions.kernel.keys import Key
from functions.kernel.table import Attr, ConditionBase, Table, Write, change, delete, put
from functions.membership.model import Member, NewSecondFactor, SecondFactor
from functions.membership.moves import device_of
from functions.membership.store import MOST_TRIES

LOCKED_FOR = timedelta(minutes=15)
"""How long no code is looked at after too many tries."""


@dataclass(frozen=True, slots=True)
class Factors:
    """The second factors of coordinators."""

    table: Table

    def get(self, member_id: str) -> SecondFactor | None:
        """The second factor that somebody has set up."""
        item = self.table.get(keys.second_factor(member_id))
        return SecondFactor.model_validate(item) if item else None

    def being_set_up(self, member_id: str, sign_in: Key) -> NewSecondFactor | None:
        """The second factor that somebody is setting up on one device."""
        item = self.table.get(keys.new_second_factor(member_id, device_of(sign_in)))
        return NewSecondFactor.model_validate(item) if item else None

    def begin(self, new: NewSecondFactor) -> None:
        """Keep a key until its app's first code has been typed."""
        self.table.write(put("new-second-factor", new.key, new.model_dump(mode="json", exclude_none=True)))

    def set_up(self, new: NewSecondFactor, factor: SecondFactor, also: Sequence[Write]) -> None:
        """Put a second factor in the place of the one there was, if any. Proofs of that one are void from then on.

        Raises ``Clash`` when this key was used already, or the factor or the role has changed since it was begun.
        """
        same = Attr("second_factor").eq(new.replaces) if new.replaces else Attr("second_factor").not_exists()
        may = Attr("status").eq("member") & Attr("roles").contains(Role.COORDINATOR) & same
        self.table.transact(
            [
                delete(new.key, where=Attr("secret").eq(new.secret)),
                change(keys.member(new.member_id), set={"second_factor": factor.id}, where=may),
                put("second-factor", factor.key, factor.model_dump(mode="json")),
                *also,
            ]
        )

    def take_off(self, member: Member, also: Sequence[Write]) -> None:
        """Delete somebody's second factor.

        Raises ``Clash`` when it has been replaced, or they have left, since ``member`` was read.
        """
        same = Attr("status").eq("member") & Attr("second_factor").eq(member.second_factor)
        self.table.transact(
            [
                change(keys.member(member.id), remove=("second_factor",), where=same),
                delete(keys.second_factor(member.id)),
                *also,
            ]
        )

    def one_try(self, member_id: str, now: datetime) -> SecondFactor:
        """Count a try before looking at the code, so that tries made at once are all counted, on every device.

        The count begins anew when there was no try for as long as the lock lasts. Raises ``Clash`` when there have
        been too many, or there is no second factor.
        """
        key, tried = keys.second_factor(member_id), {"tried_at": clock.stamp(now)}
        rested = Attr("tried_at").not_exists() | Attr("tried_at").lte(clock.stamp(now - LOCKED_FOR))
        try:
            item = self.table.update(change(key, set={**tried, "tries": 1}, where=Attr("pk").exists() & rested))
        except Clash:
            item = self.table.update(change(key, set=tried, add={"tries": 1}, where=Attr("tries").lt(MOST_TRIES)))
        return SecondFactor.model_validate(item)

    def use_code(self, factor: SecondFactor, step: int, also: Sequence[Write]) -> None:
        """Use up the code of one step, and forget the tries.

        Raises ``Clash`` when it or a later one was used before (security requirement 10).
        """
        self.table.transact([_used(factor, Attr("last_step").lt(step), last_step=step), *also])

    def use_recovery_code(self, factor: SecondFactor, digest: str, also: Sequence[Write]) -> None:
        """Use up one recovery code, and forget the tries.

        Raises ``Clash`` when one was used, or all were replaced, meanwhile.
        """
        self.replace_recovery_codes(factor, [each for each in factor.recovery_digests if each != digest], also)

    def replace_recovery_codes(self, factor: SecondFactor, digests: Sequence[str], also: Sequence[Write]) -> None:
        """Put other recovery codes in the place of those that are left.

        Raises ``Clash`` when one was used, or all were replaced, meanwhile.
        """
        as_read = Attr("recovery_digests").eq(list(factor.recovery_digests))
        self.table.transact([_used(factor, as_read, recovery_digests=list(digests)), *also])


def _used(factor: SecondFactor, where: ConditionBase, **changed: Any) -> Write:
    return change(factor.key, set=changed, remove=("tries", "tried_at"), where=Attr("id").eq(factor.id) & where)
