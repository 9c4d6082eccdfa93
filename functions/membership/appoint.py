"""Making a member a coordinator, and a coordinator a member like any other.

It is done by whoever runs the deployment, with the keys of the account. Nobody can do it on a page, so nobody can give
themselves a role (security requirement 19). Every coordinator hears of it.
"""

from collections.abc import Sequence
from datetime import datetime

from functions.kernel import audit
from functions.kernel.auth import Role
from functions.kernel.errors import NotFound, TooMany
from functions.kernel.table import Write
from functions.mail.store import planned
from functions.membership import emails
from functions.membership.addresses import Address
from functions.membership.coordinators import MOST, Coordinators
from functions.membership.model import Member
from functions.membership.store import Members, address_digest


def appoint(address: Address, *, by: str, coordinators: Coordinators, now: datetime) -> Member:
    """Make the member of an address a coordinator. Doing it twice changes nothing.

    Their sign-ins end, because what they were granted to has changed (security requirement 9). Raises ``NotFound`` when
    no member has the address, ``TooMany`` when there are as many as the list takes, and ``Clash`` when the list or the
    member was changed meanwhile.
    """
    before, listed = _member(address, coordinators), coordinators.ids()
    if before.id in listed:
        return before
    if len(listed) >= MOST:
        raise TooMany(f"There are {MOST} coordinators, which is as many as there can be.")
    roles = tuple(dict.fromkeys([*before.roles, Role.COORDINATOR]))
    after = before.model_copy(update={"roles": roles, "appointed_at": now})
    line = audit.line(before.id, "made coordinator", by=by, now=now)
    coordinators.appoint(before, after, listed, [line, *_told(after, Members(coordinators.table).coordinators(), now)])
    return after


def dismiss(address: Address, *, by: str, coordinators: Coordinators, now: datetime) -> Member:
    """Make the coordinator of an address a member like any other. Doing it twice changes nothing.

    Their sign-ins end. Raises ``NotFound`` when no member has the address, ``LastCoordinator``, and ``Clash`` when the
    list or the member was changed meanwhile.
    """
    before = _member(address, coordinators)
    if Role.COORDINATOR not in before.roles:
        return before
    roles = tuple(role for role in before.roles if role != Role.COORDINATOR)
    after = before.model_copy(update={"roles": roles, "appointed_at": None})
    others = [each for each in Members(coordinators.table).coordinators() if each.id != before.id]
    line = audit.line(before.id, "no longer coordinator", by=by, now=now)
    coordinators.dismiss(before, after, [line, *_told(after, others, now)])
    return after


def _member(address: Address, coordinators: Coordinators) -> Member:
    member = Members(coordinators.table).at(address_digest(address.key))
    if member is None:
        raise NotFound("No member has this address.")
    return member


def _told(member: Member, others: Sequence[Member], now: datetime) -> list[Write]:
    return [planned(emails.coordinator_changed(member, to, now)) for to in (member, *others)]
