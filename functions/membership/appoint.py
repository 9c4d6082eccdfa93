"""Making a member a coordinator. The first one is made by whoever deploys the network."""

from datetime import datetime

from functions.kernel import audit
from functions.kernel.auth import Role
from functions.kernel.errors import NotFound
from functions.membership.addresses import Address
from functions.membership.model import Member
from functions.membership.store import Applications, Members, address_digest


def coordinator(address: Address, *, by: str, members: Members, now: datetime) -> Member:
    """Make the member of an address a coordinator. Doing it twice changes nothing.

    Their sign-ins end, because what they were granted to has changed. Raises ``NotFound`` when no member has the
    address, and ``Clash`` when the member was changed meanwhile.
    """
    owner = Applications(members.table).of_address(address_digest(address.key)) or {}
    member = members.get(owner["member_id"]) if "member_id" in owner else None
    if member is None or member.status != "member":
        raise NotFound("No member has this address.")
    if Role.COORDINATOR in member.roles:
        return member
    appointed = member.model_copy(update={"roles": (*member.roles, Role.COORDINATOR), "appointed_at": now})
    members.change_roles(member, appointed, audit.line(member.id, "made coordinator", by=by, now=now))
    return appointed
