"""The ledger of messages and the choices of members, in the table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import and_
from typing import Any

from functions.kernel import clock, keys
from functions.kernel.keys import Key
from functions.kernel.table import Attr, ConditionBase, Table, Write, change, check, delete, put, put_new
from functions.mail.model import Guard, Mail, Secret, State


def planned(mail: Mail) -> Write:
    """The write that plans a message. It belongs into the transaction of the change that causes the message.

    Its condition fails when the message has been planned before, so a double press adds nothing.
    """
    item: dict[str, Any] = mail.model_dump(mode="json", exclude_none=True)
    item |= {
        "expires_at": clock.epoch(mail.planned_at + mail.about.kept),
        f"{keys.WAITING}pk": keys.MAIL_WAITING,
        f"{keys.WAITING}sk": clock.stamp(mail.not_before or mail.planned_at),
    }
    if mail.owner is not None:
        item |= {f"{keys.LISTS}pk": keys.mail_of(mail.owner), f"{keys.LISTS}sk": clock.stamp(mail.planned_at)}
    return put_new("mail", keys.mail(mail.key), item)


def wants_invites(member_id: str) -> Guard:
    """Holds as long as the member has not stopped the weekly invitations."""
    key = keys.mail_choices(member_id)
    return Guard(pk=key.pk, sk=key.sk, absent=("invites_stopped_at",))


def _holds(guard: Guard) -> Write:
    terms: list[ConditionBase] = [Attr(name).eq(value) for name, value in guard.equals.items()]
    terms += [Attr(name).not_exists() for name in guard.absent]
    return check(guard.key, reduce(and_, terms or [Attr("pk").exists()]))


# The places of the first two writes of the transaction that starts a sending.
ROW, SUPPRESSION = 0, 1


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every message to every person."""

    table: Table

    def get(self, key: str) -> Mail | None:
        """The message as it is now."""
        item = self.table.get(keys.mail(key))
        return Mail.model_validate(item) if item else None

    def of(self, owner: str) -> Iterator[Mail]:
        """The messages of one member or application, oldest first."""
        return map(Mail.model_validate, self.table.every(keys.LISTS, keys.mail_of(owner)))

    def waiting(self, until: datetime) -> Iterator[Mail]:
        """The messages that were due before ``until`` and have not ended."""
        return map(Mail.model_validate, self.table.every(keys.WAITING, keys.MAIL_WAITING, until=clock.stamp(until)))

    def start(self, mail: Mail, digests: Mapping[Secret, str], now: datetime) -> None:
        """Move a message from PLANNED to SENDING, if all that it rests on still holds.

        This one transaction is the claim: of two workers one gets it, and a message that has started is never started
        again. Raises ``Clash`` with ``ROW``, ``SUPPRESSION`` or a later place among the failed ones.
        """
        on_row = {f"{name}_digest": value for name, value in digests.items() if name is Secret.STOP}
        elsewhere = {f"{name}_digest": value for name, value in digests.items() if name is not Secret.STOP}
        writes = [
            change(
                keys.mail(mail.key),
                set={"state": State.SENDING, "sending_at": clock.stamp(now), **on_row},
                where=Attr("state").eq(State.PLANNED),
            ),
            check(keys.suppressed(mail.address_digest), Attr("pk").not_exists()),
            *map(_holds, mail.guards),
        ]
        if mail.secrets_in is not None:
            writes.append(change(Key(*mail.secrets_in), set=elsewhere, where=Attr("mail").eq(mail.key)))
        self.table.transact(writes)

    def end(self, mail: Mail, state: State, now: datetime, *, was: State, message_id: str | None = None) -> None:
        """Record how a message ended.

        Raises ``Clash`` when it is no longer where it was, so that a slow worker cannot say of a message that another
        is sending that it never left.
        """
        self.table.write(
            change(
                keys.mail(mail.key),
                set={"state": state, "ended_at": clock.stamp(now)} | ({"message_id": message_id} if message_id else {}),
                remove=(f"{keys.WAITING}pk", f"{keys.WAITING}sk"),
                where=Attr("state").eq(was),
            )
        )

    def put_back(self, mail: Mail) -> None:
        """Return a message that was certainly not sent to PLANNED."""
        self.table.write(
            change(
                keys.mail(mail.key),
                set={"state": State.PLANNED},
                remove=("sending_at",),
                where=Attr("state").eq(State.SENDING),
            )
        )

    def by_stop_token(self, key: str, digest: str) -> Mail | None:
        """The message whose "stop" link carries this secret."""
        item = self.table.get(keys.mail(key))
        return Mail.model_validate(item) if item and item.get("stop_digest") == digest else None


@dataclass(frozen=True, slots=True)
class Choices:
    """Which mail each member has stopped."""

    table: Table

    def stopped_invites(self, member_ids: Sequence[str]) -> set[str]:
        """Those of the members who have stopped the weekly invitations."""
        items = self.table.get_many([keys.mail_choices(member_id) for member_id in member_ids])
        return {
            member_id
            for member_id, item in zip(member_ids, items, strict=True)
            if item is not None and "invites_stopped_at" in item
        }

    def stop_invites(self, member_id: str, receipt: Mail, now: datetime) -> None:
        """Stop the weekly invitations, and plan the receipt.

        Raises ``Clash`` when they were stopped before, or the member has left.
        """
        key = keys.mail_choices(member_id)
        item = {"invites_stopped_at": clock.stamp(now)}
        stop = put("mail-choices", key, item, where=Attr("invites_stopped_at").not_exists())
        self.table.transact([stop, check(keys.member(member_id), Attr("pk").exists()), planned(receipt)])

    def start_invites(self, member_id: str) -> None:
        """Start the weekly invitations again."""
        self.table.write(delete(keys.mail_choices(member_id)))
