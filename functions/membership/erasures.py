"""Erasing somebody: because they leave, because an administrator was asked to, or again after a backup was restored.

The first transaction is the whole of it as far as anybody can see. What it leaves behind is deleted at once; if that is
cut off, or something was being written meanwhile, the job finishes it. The list that the job writes apart from the
table holds for backups too (docs/decisions/0022-members-come-over-and-go.md).
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from functions.kernel import audit, keys, tokens
from functions.kernel.errors import Clash, NotFound
from functions.kernel.table import ConditionBase, Item, Table, Write
from functions.mail.store import planned
from functions.membership import emails, vouching
from functions.membership.coordinators import Coordinators
from functions.membership.erasure_list import ErasureList
from functions.membership.holdings import SECOND_LOOK_AFTER, Holdings, fingerprint
from functions.membership.model import Application, Erasure, Member, Person
from functions.membership.store import Applications, Members

STAYS = frozenset({"audit", "complaint", "erased", "limit", "suppressed", "trouble"})
"""The kinds of items that erasing leaves, each for its own time: reference numbers, fingerprints, and complaints, which
the law has us keep."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased, without a word of it."""

    erasure: Erasure
    kinds: tuple[str, ...]
    """The kinds of items that there were and are no more."""
    receipt: bool
    """Whether a receipt goes to the address. It does to members and applicants, who have proven that it is theirs."""


def leave(member: Member, *, holdings: Holdings, now: datetime) -> None:
    """End a membership and delete what we hold, with a receipt. Leaving twice is leaving once.

    Raises ``LastCoordinator``.
    """
    line = audit.line(member.id, "left", by=member.id, now=now)
    also = [planned(emails.left(member, now)), line, *Coordinators(holdings.table).without(member.id)]
    _erase(_new(member.person, now), also, holdings, now)


def lapse(member: Member, *, holdings: Holdings, now: datetime, only_if: ConditionBase) -> None:
    """End the membership of somebody who has not answered, and delete what we hold, as if they had left.

    Raises ``Clash`` when they have left, or ``only_if`` no longer holds for their profile. Then nothing has changed.
    """
    line = audit.line(member.id, "lapsed", by=audit.BY_THE_RULES, now=now)
    also = [planned(emails.left(member, now, lapsed=True)), line]
    _erase(_new(member.person, now), also, holdings, now, surely=True, only_if=only_if)


def erase(address_digest: str, *, by: str, holdings: Holdings, now: datetime) -> Erased:
    """Delete what we hold about whoever reads mail at an address, be they a member, an applicant or neither.

    Doing it twice does no harm: a second time there is little left to delete. Raises ``NotFound`` when nothing is held,
    ``LastCoordinator``, and ``Clash`` when their standing has changed meanwhile.
    """
    person = holdings.person_at(address_digest)
    held = tuple(dict.fromkeys(item["kind"] for item in holdings.of(person)))
    if not set(held) - STAYS:
        raise NotFound("Nothing is held about this address.")
    about = _about(person, holdings.table)
    erasure = _new(person, now)
    also = [audit.line(person.subjects[0], "erased", by=by, now=now)]
    if person.member_id is not None:
        also += Coordinators(holdings.table).without(person.member_id)
    if about is not None:
        also.append(planned(emails.erased(about, now)))
    _erase(erasure, also, holdings, now, surely=True)
    return Erased(erasure, tuple(kind for kind in held if kind not in STAYS), about is not None)


def finish(erasure: Erasure, *, holdings: Holdings, erasures: ErasureList, now: datetime) -> bool:
    """Put an erasure on the list, and once everything has been written delete the rest. ``True`` when that is done.

    Raises ``Clash`` when another run has done it, or it has to be tried again.
    """
    if not erasure.listed:
        erasures.add(erasure)
        holdings.note_listed(erasure)
    if now < erasure.at + SECOND_LOOK_AFTER:
        return False
    _delete(erasure, holdings, now)
    holdings.forget(erasure)
    return True


def reapply(table: Table, erasures: Iterable[Erasure], now: datetime) -> int:
    """Erase again whoever a restored backup has brought back, before anybody uses it. Gives how many they were.

    A membership that began after an erasure is another one and has another id, so it is left alone. Doing it twice
    finds nobody the second time. The fingerprints of all are there again afterwards (security requirement 63).
    """
    holdings, again = Holdings(table), 0
    for erasure in erasures:
        table.write(fingerprint(erasure))
        vouching.forget_contact(erasure.address_digest, Applications(table), erasure.at, now)
        back = _brought_back(erasure, table)
        if back is None:
            continue
        line = audit.line(back.subjects[0], "erased again", by=audit.BY_THE_ADMINISTRATOR, now=now)
        # The backup may be of a time at which they were the only coordinator.
        _erase(back, [line, *Coordinators(table).without(back.member_id or "", last_too=True)], holdings, now)
        again += 1
    return again


def _new(person: Person, now: datetime) -> Erasure:
    return Erasure(id=tokens.new_id(), at=now, **person.model_dump())


def _about(person: Person, table: Table) -> Member | Application | None:
    if person.member_id is not None:
        return Members(table).get(person.member_id)
    return Applications(table).get(person.application_id) if person.application_id else None


def _erase(
    erasure: Erasure,
    also: Sequence[Write],
    holdings: Holdings,
    now: datetime,
    *,
    surely: bool = False,
    only_if: ConditionBase | None = None,
) -> None:
    """Begin an erasure and go as far as it goes. ``surely`` raises ``Clash`` when somebody else has begun it."""
    try:
        holdings.begin(erasure, also, only_if=only_if)
    except Clash as clash:
        if surely or 0 not in clash.failed:
            raise
    with suppress(Clash):
        _delete(erasure, holdings, now)


def _delete(erasure: Erasure, holdings: Holdings, now: datetime) -> None:
    vouching.forget_contact(erasure.address_digest, Applications(holdings.table), erasure.at, now)
    holdings.delete_rest(erasure, now)


def _brought_back(erasure: Erasure, table: Table) -> Erasure | None:
    """The erasure of what a backup has brought back of somebody, as it was then; ``None`` when nothing has come."""
    places = [
        keys.member(erasure.member_id or erasure.id),
        keys.application(erasure.application_id or erasure.id),
    ]
    member, application = table.get_many(places)
    if member is not None and member["status"] == "member":
        return _then(erasure, member, erasure.member_id)
    if application is not None:
        return _then(erasure, application, None)
    return None


def _then(erasure: Erasure, item: Item, member_id: str | None) -> Erasure:
    # Under a new name, because the note of the first time may have come back too. It is on the list already.
    known = {"id": tokens.new_id(), "address_digest": item["address_digest"], "member_id": member_id, "listed": True}
    return erasure.model_copy(update=known)
