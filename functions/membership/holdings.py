"""Everything that is held about one member, wherever in the table it stands: to be read by them, and to be deleted."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched, chain
from typing import Any

from functions.kernel import clock, keys
from functions.kernel.errors import Clash
from functions.kernel.keys import Key
from functions.kernel.table import Attr, ConditionBase, Item, Table, Write, change, delete, put
from functions.kernel.value import Value
from functions.mail.model import Mail
from functions.mail.store import Ledger, planned
from functions.membership.model import Member

LEFT = "left"
"""The status of somebody who has left, while the last of what we held is being deleted."""

SECOND_LOOK_AFTER = timedelta(minutes=15)
"""What was being written about somebody at the moment they left is there by then, and is deleted too."""

_TRANSACTION = 100
"""Writes in one transaction (DynamoDB quota)."""
_LIMITS = ("code", "vouch", "forward", "complaint")
"""What is counted by address."""


class Leaver(Value):
    """What is remembered of somebody who has left, until the last of what we held is deleted."""

    id: str
    address_digest: str
    application_id: str | None = None


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the table holds about members, across all of its kinds."""

    table: Table

    def of(self, member: Member) -> list[Item]:
        """Every item about a member."""
        application_id = member.application_id
        single = [key(member.address_digest) for key in (keys.address, keys.suppressed, keys.trouble)]
        single += [keys.application(application_id)] if application_id else []
        complaints = list(self.table.every(keys.LISTS, keys.complaints_of(member.address_digest)))
        subjects = [member.id, *([application_id] if application_id else []), *(each["id"] for each in complaints)]
        own = self.table.children(keys.member(member.id).pk)
        shared = [keys.resource(resource_id) for resource_id in _shared_by(own)]
        return [
            *own,
            *complaints,
            *(item for item in self.table.get_many(shared) if item is not None),
            *(item for item in self.table.get_many(single) if item is not None),
            *(item for item in self.table.get_many(self._questions_about(member.id, application_id)) if item),
            *self.table.every(keys.LISTS, keys.vouches_by(member.address_digest)),
            *chain.from_iterable(self.table.every(keys.LISTS, keys.mail_of(owner)) for owner in subjects),
            *self.table.every(keys.LISTS, keys.heard_of(member.id)),
            *chain.from_iterable(
                self.table.children(keys.limit(what, member.address_digest, "").pk) for what in _LIMITS
            ),
            *chain.from_iterable(self.table.children(keys.audit(subject, "", "").pk) for subject in subjects),
        ]

    def begin_leaving(
        self, member: Member, receipt: Mail, line: Write, now: datetime, *, only_if: ConditionBase | None = None
    ) -> None:
        """End a membership in one transaction: the profile, the address, every sign-in, and the receipt.

        What is left in the profile's place holds no name and no address. It ends the sign-ins, because they were
        granted to a member, and it remembers what is still to be deleted. Raises ``Clash`` with position 0 when the
        member has left already, or ``only_if`` does not hold for their profile.
        """
        is_member = Attr("status").eq("member")
        rest: dict[str, Any] = {
            **Leaver.model_validate(member.model_dump()).model_dump(),
            "status": LEFT,
            f"{keys.WAITING}pk": keys.LEAVING,
            f"{keys.WAITING}sk": clock.stamp(now + SECOND_LOOK_AFTER),
        }
        own = Attr("member_id").eq(member.id) | Attr("pk").not_exists()
        self.table.transact(
            [
                put("member", keys.member(member.id), rest, where=is_member & only_if if only_if else is_member),
                delete(keys.address(member.address_digest), where=own),
                planned(receipt),
                line,
            ]
        )

    def delete_rest(self, leaver: Leaver, now: datetime) -> None:
        """Delete what is held about somebody who has left, all but the note that they have.

        It can be cut off anywhere and begun again. What takes sessions out of their calendar is planned before the
        messages are deleted that say what is in it, and goes out without them. What they shared in the library stays
        without their name, which comes off before the pointers go that lead to it. The questions to contacts go before
        the mail that leads to them. Raises ``Clash`` when a message was just being sent: then it has to be begun again.
        """
        member_id, application_id = leaver.id, leaver.application_id
        place, ledger = keys.member(member_id), Ledger(self.table)
        rows = list(self._mail(member_id, application_id))
        ledger.withdraw(member_id, leaver.address_digest, now)
        for mail in rows:
            if mail.outlives_owner:
                ledger.disown(mail)
            elif mail.run is not None:
                ledger.close(mail, now)
        own = [item for item in self.table.children(place.pk) if item["sk"] != place.sk]
        for resource_id in _shared_by(own):
            # Their name is off already, or the item is not there any more.
            with suppress(Clash):
                self.table.write(_without_owner(resource_id, member_id))
        wanted = [
            *map(_key, own),
            *self._questions_about(member_id, application_id),
            *([keys.application(application_id)] if application_id else []),
            *(keys.mail(mail.key) for mail in rows if not mail.outlives_owner),
            *map(_key, self.table.every(keys.LISTS, keys.heard_of(member_id))),
        ]
        for some in batched(dict.fromkeys(wanted), _TRANSACTION, strict=False):
            self.table.transact(delete(key) for key in some)

    def leaving(self, until: datetime) -> Iterator[Leaver]:
        """Those who left long enough before ``until``."""
        left = self.table.every(keys.WAITING, keys.LEAVING, until=clock.stamp(until))
        return map(Leaver.model_validate, left)

    def forget(self, member_id: str) -> None:
        """Delete the note that somebody has left, the last item about them.

        Raises ``Clash`` when it is anything else.
        """
        self.table.write(delete(keys.member(member_id), where=Attr("status").eq(LEFT)))

    def _mail(self, member_id: str, application_id: str | None) -> Iterator[Mail]:
        ledger = Ledger(self.table)
        return chain(ledger.of(member_id), ledger.of(application_id) if application_id else ())

    def _questions_about(self, member_id: str, application_id: str | None) -> list[Key]:
        """Every contact who was asked. The application knows the last of them, the mail knows all."""
        asked = (mail.context.get("vouch") for mail in self._mail(member_id, application_id))
        return [keys.vouch(vouch_id) for vouch_id in dict.fromkeys(asked) if vouch_id]


def _shared_by(items: Iterable[Item]) -> list[str]:
    """The items of the library to which a member's own items lead."""
    return [item["sk"].removeprefix(keys.SHARES) for item in items if item["kind"] == "share"]


def _without_owner(resource_id: str, owner: str) -> Write:
    return change(keys.resource(resource_id), remove=("owner",), where=Attr("owner").eq(owner))


def _key(item: Item) -> Key:
    return Key(item["pk"], item["sk"])
