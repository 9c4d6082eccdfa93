"""Everything that is held about one person, wherever in the table it stands: to be read by them, and to be deleted."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched, chain

from functions.kernel import audit, clock, keys, kinds
from functions.kernel.errors import Clash
from functions.kernel.keys import Key
from functions.kernel.table import Attr, ConditionBase, Item, Table, Write, change, check, delete, put, put_new
from functions.mail.model import Mail
from functions.mail.store import Ledger
from functions.membership.codes import GOOD_FOR
from functions.membership.model import Erasure, Person

LEFT = "left"
"""The status of a member who is being erased, while the last of what we held is being deleted."""

SECOND_LOOK_AFTER = timedelta(minutes=15)
"""What was being written about somebody at the moment they were erased is there by then, and is deleted too."""

_TRANSACTION = 100
"""Writes in one transaction (DynamoDB quota)."""
_LIMITS = ("code", "vouch", "forward", "complaint")
"""What is counted by address."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the table holds about people, across all of its kinds."""

    table: Table

    def person_at(self, address_digest: str) -> Person:
        """Whoever reads mail at an address: a member, an applicant, or somebody who is neither."""
        owner = self.table.get(keys.address(address_digest)) or {}
        return Person(
            address_digest=address_digest,
            member_id=owner.get("member_id"),
            application_id=owner.get("application_id"),
        )

    def of(self, person: Person) -> list[Item]:
        """Every item about somebody."""
        digest, application_id = person.address_digest, person.application_id
        single = [key(digest) for key in (keys.address, keys.suppressed, keys.trouble, keys.erased)]
        single += [keys.application(application_id)] if application_id else []
        complaints = list(self.table.every(keys.LISTS, keys.complaints_of(digest)))
        subjects = [*person.subjects, *(each["id"] for each in complaints)]
        told_of = [*subjects, audit.EVERYBODY] if person.member_id else subjects
        own = self._own(person)
        shared = [keys.resource(resource_id) for resource_id in _shared_by(own)]
        return [
            *own,
            *complaints,
            *(item for item in self.table.get_many(shared) if item is not None),
            *(item for item in self.table.get_many(single) if item is not None),
            *(item for item in self.table.get_many(self._questions_about(person)) if item),
            *self.table.every(keys.LISTS, keys.vouches_by(digest)),
            *self.table.every(keys.LISTS, keys.wishes_of(digest)),
            *chain.from_iterable(self.table.every(keys.LISTS, keys.mail_of(owner)) for owner in subjects),
            *self._heard(person),
            *chain.from_iterable(self.table.children(keys.limit(what, digest, "").pk) for what in _LIMITS),
            *chain.from_iterable(self.table.children(keys.audit(subject, "", "").pk) for subject in told_of),
        ]

    def begin(self, erasure: Erasure, also: Iterable[Write], *, only_if: ConditionBase | None = None) -> None:
        """End somebody's standing in one transaction, with what else belongs to it, such as the receipt.

        What is left in a member's place holds no name and no address, and ends the sign-ins, because they were granted
        to a member. A note remembers what is still to be deleted, and a fingerprint stays of the address. Raises
        ``Clash`` with position 0 when they are gone already, have become somebody else, or ``only_if`` does not hold
        for a member's profile.
        """
        self.table.transact([*_ended(erasure, only_if), _noted(erasure), fingerprint(erasure), *also])

    def delete_rest(self, erasure: Erasure, now: datetime) -> None:
        """Delete what is held about somebody who is being erased, all but the note that they are.

        It can be cut off anywhere and begun again. What takes sessions out of their calendar is planned before the
        messages are deleted that say what is in it, and goes out without them, as the receipt does. What they shared in
        the library stays without their name, which comes off before the pointers go that lead to it. The questions to
        contacts go before the mail that leads to them. What came after the erasure is left alone, since its address may
        be somebody's again. Raises ``Clash`` when a message was just being sent: then it has to be begun again.
        """
        member_id, application_id = erasure.member_id, erasure.application_id
        ledger, rows = Ledger(self.table), [mail for mail in self._mail(erasure) if mail.planned_at <= erasure.at]
        if member_id is not None:
            ledger.withdraw(member_id, erasure.address_digest, now)
        for mail in rows:
            if mail.outlives_owner:
                ledger.disown(mail)
            elif mail.run is not None:
                ledger.close(mail, now)
        own = [item for item in self._own(erasure) if item["kind"] != "member"]
        for resource_id in _shared_by(own):
            # Their name is off already, or the item is not there any more.
            with suppress(Clash):
                self.table.write(_without_owner(resource_id, str(member_id)))
        # The index may be a moment late, so what was disowned just now may still be in it.
        asked_before = clock.stamp(erasure.at + GOOD_FOR + timedelta(seconds=1))
        wanted = [
            *map(_key, own),
            *self._questions_about(erasure),
            *([keys.application(application_id)] if application_id else []),
            *(keys.mail(mail.key) for mail in rows if not mail.outlives_owner),
            *map(_key, self._heard(erasure)),
            *map(_key, self.table.every(keys.LISTS, keys.wishes_of(erasure.address_digest), until=asked_before)),
        ]
        for some in batched(dict.fromkeys(wanted), _TRANSACTION, strict=False):
            self.table.transact(delete(key) for key in some)

    def waiting(self, until: datetime) -> Iterator[Erasure]:
        """The erasures for which there is something to do at a moment before ``until``."""
        return map(Erasure.model_validate, self.table.every(keys.WAITING, keys.ERASURES, until=clock.stamp(until)))

    def note_listed(self, erasure: Erasure) -> None:
        """Remember that an erasure stands in the list, and look at it again when everything has been written."""
        listed = {"listed": True, f"{keys.WAITING}sk": clock.stamp(erasure.at + SECOND_LOOK_AFTER)}
        self.table.write(change(keys.erasure(erasure.id), set=listed, where=Attr("pk").exists()))

    def forget(self, erasure: Erasure) -> None:
        """Delete the note that somebody is being erased, the last item about them but the fingerprint.

        Raises ``Clash`` when what is in the member's place is anything else.
        """
        gone = Attr("pk").not_exists() | Attr("status").eq(LEFT)
        place = [delete(keys.member(erasure.member_id), where=gone)] if erasure.member_id else []
        self.table.transact([*place, delete(keys.erasure(erasure.id))])

    def _own(self, person: Person) -> list[Item]:
        return self.table.children(keys.member(person.member_id).pk) if person.member_id else []

    def _heard(self, person: Person) -> Iterable[Item]:
        return self.table.every(keys.LISTS, keys.heard_of(person.member_id)) if person.member_id else ()

    def _mail(self, person: Person) -> Iterator[Mail]:
        return chain.from_iterable(map(Ledger(self.table).of, person.subjects))

    def _questions_about(self, person: Person) -> list[Key]:
        """Every contact who was asked. The application knows the last of them, the mail knows all."""
        asked = (mail.context.get("vouch") for mail in self._mail(person))
        return [keys.vouch(vouch_id) for vouch_id in dict.fromkeys(asked) if vouch_id]


def fingerprint(erasure: Erasure) -> Write:
    """The write that keeps no more of an address than that it was erased."""
    lifetime = kinds.KIND["erased"].lifetime
    assert lifetime is not None
    item = {"at": clock.stamp(erasure.at), "expires_at": clock.epoch(erasure.at + lifetime)}
    return put("erased", keys.erased(erasure.address_digest), item)


def _noted(erasure: Erasure) -> Write:
    waits = {f"{keys.WAITING}pk": keys.ERASURES, f"{keys.WAITING}sk": clock.stamp(erasure.at)}
    return put_new("erasure", keys.erasure(erasure.id), erasure.model_dump(mode="json", exclude_none=True) | waits)


def _ended(erasure: Erasure, only_if: ConditionBase | None) -> list[Write]:
    """The writes that end somebody's standing. The first of them finds out whether they still have it."""
    member_id, application_id = erasure.member_id, erasure.application_id
    address = keys.address(erasure.address_digest)
    if member_id is not None:
        rest = {"id": member_id, "address_digest": erasure.address_digest, "status": LEFT}
        theirs = Attr("member_id").eq(member_id) | Attr("pk").not_exists()
        is_member: ConditionBase = Attr("status").eq("member")
        return [
            put("member", keys.member(member_id), rest, where=is_member & only_if if only_if else is_member),
            delete(address, where=theirs),
        ]
    if application_id is not None:
        unaccepted = Attr("pk").exists() & Attr("member_id").not_exists()
        theirs = (Attr("application_id").eq(application_id) & Attr("member_id").not_exists()) | Attr("pk").not_exists()
        return [delete(keys.application(application_id), where=unaccepted), delete(address, where=theirs)]
    return [check(address, Attr("member_id").not_exists() & Attr("application_id").not_exists())]


def _shared_by(items: Iterable[Item]) -> list[str]:
    """The items of the library to which a member's own items lead."""
    return [item["sk"].removeprefix(keys.SHARES) for item in items if item["kind"] == "share"]


def _without_owner(resource_id: str, owner: str) -> Write:
    return change(keys.resource(resource_id), remove=("owner",), where=Attr("owner").eq(owner))


def _key(item: Item) -> Key:
    return Key(item["pk"], item["sk"])
