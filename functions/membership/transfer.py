"""Members of the hub who come over: who is added, who is here already, and who is not brought in.

They are members already, so nobody is turned away by the rules. What the rules would have said is written down, and
shown to whoever brings them in (docs/decisions/0022-members-come-over-and-go.md). Nothing that is here is ever changed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched, chain

from functions.kernel import audit, clock, keys, tokens
from functions.kernel.errors import Clash
from functions.kernel.table import Attr, Item, Table, Write, put
from functions.kernel.text import PlainLine
from functions.kernel.value import Value
from functions.membership.addresses import Address
from functions.membership.agreeing import MANY
from functions.membership.eligibility import Decision, Evidence, Outcome, decide
from functions.membership.model import CAME_OVER, Member, Verdict
from functions.membership.new_address import will_not_do
from functions.membership.store import address_digest, member_kept

APPLIED = "They have applied to join here. Decide on their application instead."
REMOVED = "They were removed from the network before. A coordinator has to agree first, so they have to apply."
ERASED = "They have left, or were erased, and are not brought back. They can join again themselves."
WILL_NOT_DO = {
    "E03": "The address is one that is lent for a few minutes. Find out the member's own address.",
    "E10": "The address looks like a mailbox that several people read. Find out the member's own address.",
}
"""By the rules' own reason against an address itself."""

_WRITES = 3
_AT_ONCE = 33
"""Members in one transaction, which takes 100 writes (DynamoDB quota)."""


class Row(Value):
    """A member of the hub, as a list of them tells, once it could be read."""

    line: int
    """Where it stands in the list."""
    address: Address
    name: PlainLine
    role: str
    nation: str
    organisation: PlainLine
    networks: tuple[str, ...] = ()
    joined_at: datetime | None = None


@dataclass(slots=True)
class Transfer:
    """What bringing a list in does, before it is done."""

    to_add: list[tuple[Member, Decision]] = field(default_factory=list)
    """The new members, each with what the rules say of them."""
    already: list[Row] = field(default_factory=list)
    skipped: dict[int, str] = field(default_factory=dict)
    """Why a line is left out, in a sentence."""
    to_look_at: dict[str, list[int]] = field(default_factory=dict)
    """The lines of those added whom the rules would not have accepted by themselves, by the reason of the rules."""
    failing: list[int] = field(default_factory=list)
    """The lines of those added to whose addresses mail fails. None is sent there."""

    @property
    def name(self) -> str:
        """What makes this list the same list when it is brought in again, however far that got the first time."""
        members = [member.address_digest for member, _ in self.to_add]
        return tokens.digest("transfer", *sorted([*members, *(_digest(row) for row in self.already)]))

    @property
    def writes_to_many(self) -> bool:
        """Whether so many are written to that a coordinator has to agree."""
        return len(self.to_add) > MANY


def plan(rows: Sequence[Row], table: Table, now: datetime) -> Transfer:
    """Compare a list with what is here. Nothing is written."""
    transfer = Transfer()
    places = ((keys.address(digest), keys.erased(digest), keys.suppressed(digest)) for digest in map(_digest, rows))
    found = batched(table.get_many(list(chain.from_iterable(places))), 3, strict=True)
    for row, (owner, erased, failing) in zip(rows, found, strict=True):
        if owner is not None and "member_id" in owner:
            transfer.already.append(row)
        elif why := _why_not(row, owner, erased):
            transfer.skipped[row.line] = why
        else:
            decision = decide(Evidence(address=str(row.address), role=row.role, nation=row.nation, proven=True))
            transfer.to_add.append((_member(row, decision, now), decision))
            if decision.outcome is not Outcome.ACCEPT:
                transfer.to_look_at.setdefault(decision.reason, []).append(row.line)
            if failing is not None:
                transfer.failing.append(row.line)
    return transfer


def carry_out(transfer: Transfer, table: Table, *, by: str, now: datetime) -> int:
    """Make the new members, and say how many they were.

    It can be cut off anywhere, planned again and carried out again. Whoever joined by themselves meanwhile stays as
    they are.
    """
    return sum(_added(some, table, by, now) for some in batched(transfer.to_add, _AT_ONCE, strict=False))


def _added(some: Iterable[tuple[Member, Decision]], table: Table, by: str, now: datetime) -> int:
    left = list(some)
    while left:
        try:
            table.transact(chain.from_iterable(_writes(*each, by, now) for each in left))
        except Clash as clash:
            taken = {place // _WRITES for place in clash.failed}
            left = [each for place, each in enumerate(left) if place not in taken]
        else:
            break
    return len(left)


def _writes(member: Member, decision: Decision, by: str, now: datetime) -> tuple[Write, ...]:
    free = Attr("pk").not_exists() | Attr("expires_at").lte(clock.epoch(now))
    facts = {"reason": CAME_OVER, "rules_say": decision.reason, "rules": decision.rules_version}
    return (
        put("address", keys.address(member.address_digest), {"member_id": member.id}, where=free),
        member_kept(member),
        audit.line(member.id, "came over from the hub", by=by, now=now, **facts),
    )


def _why_not(row: Row, owner: Item | None, erased: Item | None) -> str | None:
    if owner is not None and "application_id" in owner:
        return APPLIED
    if owner is not None and "removed_at" in owner:
        return REMOVED
    if erased is not None:
        return ERASED
    reason = will_not_do(row.address)
    return WILL_NOT_DO[reason] if reason else None


def _member(row: Row, decision: Decision, now: datetime) -> Member:
    return Member(
        id=tokens.new_id(),
        name=row.name,
        address=str(row.address),
        address_digest=_digest(row),
        role=row.role,
        nation=row.nation,
        organisation=row.organisation,
        networks=row.networks,
        verdict=Verdict(
            outcome=Outcome.ACCEPT,
            reason=CAME_OVER,
            grade=decision.grade,
            rules_version=decision.rules_version,
        ),
        joined_at=row.joined_at or now,
    )


def _digest(row: Row) -> str:
    return address_digest(row.address.key)
