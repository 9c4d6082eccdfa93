"""The list of coordinators, in the table: one item, so that no two changes at once leave the network without one."""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.kernel import keys
from functions.kernel.table import Attr, Table, Write, change, delete, put
from functions.membership.model import Member

MOST = 40
"""Each of them is told of a change in the transaction of the change, which takes 100 writes (DynamoDB quota)."""


class LastCoordinator(Exception):
    """Nobody would be left to run the network (security requirement 19). The message is a sentence for people."""

    def __init__(self) -> None:
        """Say what to do instead."""
        super().__init__("This is the only coordinator. Somebody else has to be made one first.")


@dataclass(frozen=True, slots=True)
class Coordinators:
    """Who the coordinators are."""

    table: Table

    def ids(self) -> tuple[str, ...]:
        """Their member ids, the longest appointed first."""
        item = self.table.get(keys.coordinators())
        return tuple(item["members"]) if item else ()

    def appoint(self, before: Member, after: Member, listed: Sequence[str], also: Sequence[Write]) -> None:
        """Make a member a coordinator. ``listed`` are the ids of the coordinators before.

        Raises ``Clash`` when the list or the member has changed meanwhile.
        """
        self.table.transact([_standing(before, after), with_another(after.id, listed), *also])

    def dismiss(self, before: Member, after: Member, also: Sequence[Write]) -> None:
        """Let a coordinator be a member like any other.

        Raises ``LastCoordinator``, and ``Clash`` when the list or the member has changed meanwhile.
        """
        self.table.transact([_standing(before, after), *self.without(before.id), *also])

    def without(self, member_id: str, *, last_too: bool = False) -> list[Write]:
        """The write that takes somebody off the list, if they are on it, for the transaction that ends their role.

        It holds for the list as it was read. Of two coordinators who are taken off at once, one stays. Raises
        ``LastCoordinator``, unless the ``last_too`` may go.
        """
        listed = self.ids()
        if member_id not in listed:
            return []
        rest = [each for each in listed if each != member_id]
        if not rest and not last_too:
            raise LastCoordinator
        return [_listed(rest, listed)] if rest else [delete(keys.coordinators())]


def with_another(member_id: str, listed: Sequence[str]) -> Write:
    """The write that puts somebody on the list as it was read."""
    return _listed(list(dict.fromkeys([*listed, member_id])), listed)


def _listed(after: Sequence[str], before: Sequence[str]) -> Write:
    unchanged = Attr("members").eq(list(before)) if before else Attr("pk").not_exists()
    return put("coordinators", keys.coordinators(), {"members": list(after)}, where=unchanged)


def _standing(before: Member, after: Member) -> Write:
    unchanged = Attr("status").eq(before.status) & Attr("roles").eq(list(before.roles))
    told = after.model_dump(mode="json", include={"roles", "appointed_at"}, exclude_none=True)
    gone = () if after.appointed_at else ("appointed_at",)
    return change(keys.member(after.id), set=told, remove=gone, where=unchanged)
