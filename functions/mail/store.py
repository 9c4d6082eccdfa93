"""The ledger of messages and the choices of members, in the table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from heapq import merge
from operator import and_, itemgetter
from typing import Any

from functions.kernel import clock, keys, kinds
from functions.kernel.consents import DIGEST
from functions.kernel.errors import Clash
from functions.kernel.keys import Key
from functions.kernel.table import Attr, ConditionBase, Table, Write, change, check, put_new
from functions.mail.addresses import Addresses
from functions.mail.kinds import Choice, IfUnknown, Secret, Stream
from functions.mail.model import ENDS, GOT_THROUGH, WAITING, Guard, Mail, Reader, Run, RunState, State, run_guard
from functions.mail.withdraw import withdrawals

__all__ = ["ROW", "RUN", "SUPPRESSION", "Addresses", "Choices", "Ledger", "Runs", "planned", "run_begun", "wants"]


def planned(mail: Mail) -> Write:
    """The write that plans a message. It belongs into the transaction of the change that causes the message.

    Its condition fails when the message has been planned before, so a double press adds nothing.
    """
    item: dict[str, Any] = mail.model_dump(mode="json", exclude_none=True)
    item |= {"expires_at": clock.epoch(mail.planned_at + mail.about.kept)} | _its_turn(mail, mail.due_at)
    # What belongs to nobody yet is listed by its address, so that it can be found for whoever reads mail there.
    owner = mail.owner or mail.address_digest
    item |= {f"{keys.LISTS}pk": keys.mail_of(owner), f"{keys.LISTS}sk": clock.stamp(mail.planned_at)}
    return put_new("mail", keys.mail(mail.key), item)


def _its_turn(mail: Mail, due: datetime) -> dict[str, str]:
    """Its place among the messages that wait for their turn."""
    return _listed(keys.mail_waiting(mail.about.stream, keys.mail_part(mail.key)), due)


def _listed(name: str, at: datetime) -> dict[str, str]:
    return {f"{keys.WAITING}pk": name, f"{keys.WAITING}sk": clock.stamp(at)}


_UNLISTED = (f"{keys.WAITING}pk", f"{keys.WAITING}sk")


def wants(choice: Choice, member_id: str) -> Guard:
    """Holds as long as the member gets mail of this kind."""
    key = keys.mail_choices(member_id)
    if choice.on_request:
        return Guard(pk=key.pk, sk=key.sk, present=(_wanted(choice),))
    return Guard(pk=key.pk, sk=key.sk, absent=(_stopped(choice),))


def _stopped(choice: Choice) -> str:
    return f"{choice.replace('-', '_')}_stopped_at"


def _wanted(choice: Choice) -> str:
    return f"{choice}_wanted_since"


def _holds(guard: Guard) -> Write:
    terms: list[ConditionBase] = [Attr(name).eq(value) for name, value in guard.equals.items()]
    terms += [Attr(name).not_exists() for name in guard.absent]
    terms += [Attr(name).exists() for name in guard.present]
    return check(guard.key, reduce(and_, terms or [Attr("pk").exists()]))


_AGREED_TO = f"{Choice.DIGEST}_agreed_to"
_NEWEST = 10
"""Runs: more than a month of them."""

# The places of the first writes of the transaction that starts a sending. What has no run has no third.
ROW, SUPPRESSION, RUN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every message to every person."""

    table: Table

    def get(self, key: str) -> Mail | None:
        """The message as it is now."""
        item = self.table.get(keys.mail(key))
        return Mail.model_validate(item) if item else None

    def of(self, owner: str) -> Iterator[Mail]:
        """The messages of one member or application, or those to an address that are nobody's, oldest first."""
        return map(Mail.model_validate, self.table.every(keys.LISTS, keys.mail_of(owner)))

    def waiting(self, stream: Stream, until: datetime) -> Iterator[Mail]:
        """The messages of a stream that were due before ``until`` and still wait, the longest due first."""
        return self._listed((keys.mail_waiting(stream, part) for part in keys.MAIL_PARTS), until)

    def unanswered(self, until: datetime) -> Iterator[Mail]:
        """The messages that were handed over before ``until`` and of which we have heard nothing since."""
        return self._listed(map(keys.mail_sending, keys.MAIL_PARTS), until)

    def to_see_to(self) -> Iterator[Mail]:
        """The messages whose fate nobody knows and about which a person decides, the longest ended first."""
        return map(Mail.model_validate, self.table.every(keys.WAITING, keys.MAIL_TO_SEE_TO))

    def seen_to(self, mail: Mail, *also: Write) -> bool:
        """Take a message off that list, with what was decided. ``False`` when somebody else was first."""
        listed = Attr(f"{keys.WAITING}pk").eq(keys.MAIL_TO_SEE_TO)
        try:
            self.table.transact([change(keys.mail(mail.key), remove=_UNLISTED, where=listed), *also])
        except Clash:
            return False
        return True

    def _listed(self, names: Iterable[str], until: datetime) -> Iterator[Mail]:
        lists = (self.table.every(keys.WAITING, name, until=clock.stamp(until)) for name in names)
        return map(Mail.model_validate, merge(*lists, key=itemgetter(f"{keys.WAITING}sk")))

    def start(self, mail: Mail, digests: Mapping[Secret, str], now: datetime) -> Mail:
        """Move a message from PLANNED to SENDING, if all that it rests on still holds, and give it as it has become.

        This one transaction is the claim: of two workers one gets it, and a message that has started is never started
        again. Raises ``Clash`` with ``ROW``, ``SUPPRESSION`` or a later place among the failed ones.
        """
        on_row = {f"{name}_digest": value for name, value in digests.items() if name.on_row}
        elsewhere = {f"{name}_digest": value for name, value in digests.items() if not name.on_row}
        claim = {"state": State.SENDING, "sending_at": clock.stamp(now)}
        writes = [
            change(
                keys.mail(mail.key),
                set=claim | on_row | _listed(keys.mail_sending(keys.mail_part(mail.key)), now),
                where=_is_still(mail),
            ),
            check(keys.suppressed(mail.address_digest), Attr("pk").not_exists()),
            *([_holds(run_guard(mail.run))] if mail.run else []),
            *map(_holds, mail.guards),
        ]
        if mail.secrets_in is not None:
            writes.append(change(Key(*mail.secrets_in), set=elsewhere, where=Attr("mail").eq(mail.key)))
        self.table.transact(writes)
        return mail.model_copy(update={"state": State.SENDING, "sending_at": now.replace(microsecond=0)})

    def end(self, mail: Mail, state: State, now: datetime, *, message_id: str | None = None) -> None:
        """Record how a message ended, or that it ended otherwise than we thought.

        The counts of its run change in the same transaction, so they always add up. Raises ``Clash`` when the message
        is no longer as ``mail`` has it, so that a slow worker cannot say of a message that another is sending that it
        never left.
        """
        ended = {"state": state, "ended_at": clock.stamp(now)} | ({"message_id": message_id} if message_id else {})
        waits_for_us = state is State.UNKNOWN and mail.about.if_unknown is IfUnknown.HOLD
        row = change(
            keys.mail(mail.key),
            set=ended | (_listed(keys.MAIL_TO_SEE_TO, now) if waits_for_us else {}),
            remove=() if waits_for_us else _UNLISTED,
            where=_is_still(mail),
        )
        # A transaction even for one row: when its answer gets lost, DynamoDB knows the second try for the first.
        self.table.transact([row, *([] if mail.run is None else [_counted(mail, state, now)])])

    def put_off(self, mail: Mail, until: datetime) -> None:
        """Let a message wait longer. Raises ``Clash`` when it no longer waits for its turn."""
        later = {"not_before": clock.stamp(until)} | _its_turn(mail, until)
        self.table.write(change(keys.mail(mail.key), set=later, where=_is_still(mail)))

    def look_again(self, mail: Mail, at: datetime) -> None:
        """Find a message among those that wait only after this moment. When it may go stays as it is."""
        with suppress(Clash):
            self.table.write(change(keys.mail(mail.key), set=_its_turn(mail, at), where=_is_still(mail)))

    def put_back(self, mail: Mail, until: datetime) -> None:
        """Return a message to PLANNED that the service certainly did not take, and let it wait.

        Raises ``Clash`` when the sending of it is no longer the one that ``mail`` is of.
        """
        waits = {"state": State.PLANNED, "not_before": clock.stamp(until), "refusals": mail.refusals + 1}
        self._return(mail, waits, until)

    def plan_again(self, mail: Mail, now: datetime) -> None:
        """Return a message to PLANNED whose answer got lost: its second attempt, and its last.

        Raises ``Clash`` when something was heard of it meanwhile.
        """
        self._return(mail, {"state": State.PLANNED, "attempt": mail.attempt + 1, "refusals": 0}, now)

    def _return(self, mail: Mail, waits: Mapping[str, Any], until: datetime) -> None:
        row = change(
            keys.mail(mail.key),
            set={**waits, **_its_turn(mail, until)},
            remove=("sending_at",),
            where=_is_still(mail),
        )
        self.table.transact([row])

    def by_token(self, key: str, secret: Secret, digest: str) -> Mail | None:
        """The message whose link of one kind carries the secret with this digest."""
        item = self.table.get(keys.mail(key))
        return Mail.model_validate(item) if item and item.get(f"{secret}_digest") == digest else None

    def withdrawals(self, owner: str, address_digest: str, now: datetime) -> list[Mail]:
        """The messages that would take what is coming out of the calendar at an address, but for those planned before.

        The rows are read as they are now: the index may not know yet that one of them has started.
        """
        entries = [keys.mail(mail.key) for mail in self.of(owner) if mail.calendar is not None]
        rows = (Mail.model_validate(item) for item in self.table.get_many(entries) if item is not None)
        wanted = withdrawals(rows, address_digest, now)
        there = self.table.get_many([keys.mail(mail.key) for mail in wanted])
        return [mail for mail, item in zip(wanted, there, strict=True) if item is None]

    def withdraw(self, owner: str, address_digest: str, now: datetime) -> None:
        """Plan these messages. It can be cut off anywhere and begun again."""
        for mail in self.withdrawals(owner, address_digest, now):
            with suppress(Clash):  # Another request has planned it in this moment.
                self.table.write(planned(mail))

    def close(self, mail: Mail, now: datetime) -> None:
        """End a message whose row is about to be deleted, so that the counts of its run add up.

        Raises ``Clash`` when it moved in this very moment.
        """
        mail_now = self.get(mail.key)
        if mail_now is not None and mail_now.state in WAITING:
            # One that has started may have gone, and nobody will be left to be told.
            ended = State.UNKNOWN if mail_now.state is State.SENDING else State.STALE
            self.end(mail_now, ended, now)

    def disown(self, mail: Mail) -> None:
        """Keep a message for its own time, and no longer as its owner's."""
        owned = ("owner", f"{keys.LISTS}pk", f"{keys.LISTS}sk")
        with suppress(Clash):  # Its time was over meanwhile.
            self.table.write(change(keys.mail(mail.key), remove=owned, where=Attr("pk").exists()))


def _is_still(mail: Mail) -> ConditionBase:
    """Whether the row is as we know it. A message that is being sent is told from an earlier sending by its moment."""
    same: ConditionBase = Attr("state").eq(mail.state)
    if mail.state is State.SENDING and mail.sending_at is not None:
        same &= Attr("sending_at").eq(clock.stamp(mail.sending_at))
    return same


def _counted(mail: Mail, state: State, now: datetime) -> Write:
    assert mail.run is not None
    lifetime = kinds.KIND["run-count"].lifetime
    assert lifetime is not None
    return change(
        keys.run_count(mail.run, mail.key[0]),
        set={"kind": "run-count", "expires_at": clock.epoch(now + lifetime)},
        add={state.value: 1} | ({} if mail.state in WAITING else {mail.state.value: -1}),
    )


@dataclass(frozen=True, slots=True)
class Runs:
    """Sends to many: whether each goes on, and how its messages ended."""

    table: Table

    def get(self, run_id: str) -> Run | None:
        """The run as it is now."""
        item = self.table.get(keys.run(run_id))
        return Run.model_validate(item) if item else None

    def newest(self, limit: int) -> list[Run]:
        """The runs that were due last, the newest first."""
        page = self.table.listed(keys.LISTS, keys.RUNS, newest_first=True, limit=limit)
        return [Run.model_validate(item) for item in page.items]

    def counts(self, run_id: str) -> dict[State, int]:
        """How many messages of a run have ended in each state."""
        return self.with_counts(run_id)[1]

    def with_counts(self, run_id: str) -> tuple[Run | None, dict[State, int]]:
        """The run as it is now, and how many of its messages have ended in each state, in one read."""
        shards = (keys.run_count(run_id, shard) for shard in keys.SHARDS)
        item, *shares = self.table.get_many([keys.run(run_id), *shards])
        counts = {state: sum(share.get(state, 0) for share in shares if share is not None) for state in ENDS}
        return (Run.model_validate(item) if item else None), counts

    def proven(self) -> int:
        """How many messages the largest of the newest runs got through."""
        return max(
            (sum(self.counts(run.id)[state] for state in GOT_THROUGH) for run in self.newest(_NEWEST)), default=0
        )

    def move(self, run: Run, state: RunState, why: str, *also: Write) -> bool:
        """Pause, stop or go on with a run, and keep the lines about it. ``False`` when it has changed meanwhile.

        Whoever lets it go on accepts how its messages have ended so far.
        """
        accepted = {"accepted": self.counts(run.id)} if state is RunState.GOING else {}
        moved = change(
            keys.run(run.id), set={"state": state, "why": why, **accepted}, where=Attr("state").eq(run.state)
        )
        try:
            self.table.transact([moved, *also])
        except Clash:
            return False
        return True


def run_begun(run: Run, now: datetime) -> Write:
    """The write that keeps a new run. Its condition fails when it has been begun before."""
    lifetime = kinds.KIND["run"].lifetime
    assert lifetime is not None
    listed = {f"{keys.LISTS}pk": keys.RUNS, f"{keys.LISTS}sk": f"{clock.stamp(run.at)}#{run.id}"}
    item = run.model_dump(mode="json") | listed | {"expires_at": clock.epoch(now + lifetime)}
    return put_new("run", keys.run(run.id), item)


@dataclass(frozen=True, slots=True)
class Choices:
    """Which mail each member has stopped or asked for."""

    table: Table

    def without(self, choice: Choice, member_ids: Sequence[str]) -> set[str]:
        """Those of the members who do not get mail of this kind."""
        items = self.table.get_many([keys.mail_choices(member_id) for member_id in member_ids])
        return {member_id for member_id, item in zip(member_ids, items, strict=True) if not _gets(choice, item or {})}

    def of(self, member_id: str) -> set[Choice]:
        """The kinds of mail that a member gets."""
        item = self.table.get(keys.mail_choices(member_id)) or {}
        return {choice for choice in Choice if _gets(choice, item)}

    def reader(self, member_id: str) -> Reader | None:
        """Where the mail of a member goes now, or ``None`` when they have left."""
        item = self.table.get(keys.member(member_id))
        return Reader.model_validate(item) if item and item["status"] == "member" else None

    def digest_readers(self, after: str) -> Iterator[str]:
        """The ids of the members who asked for the digest, from the one after ``after`` on."""
        items = self.table.every(keys.LISTS, keys.DIGEST_READERS, since=after)
        return (item["member"] for item in items if item["member"] != after)

    def stop(self, choice: Choice, member_id: str, now: datetime, *also: Write) -> None:
        """Stop mail of one kind, and make the other writes with it, such as the receipt.

        Raises ``Clash`` when it was stopped before, or the member has left.
        """
        key, here = keys.mail_choices(member_id), check(keys.member(member_id), Attr("status").eq("member"))
        if choice.on_request:
            listed = (f"{keys.LISTS}pk", f"{keys.LISTS}sk")
            asked_for = (_wanted(choice), _AGREED_TO, *listed)
            stop = change(key, remove=asked_for, where=Attr(_wanted(choice)).exists())
        else:
            fresh = Attr(_stopped(choice)).not_exists()
            stop = change(key, set=_choices_of(member_id) | {_stopped(choice): clock.stamp(now)}, where=fresh)
        self.table.transact([stop, here, *also])

    def start(self, choice: Choice, member_id: str, now: datetime) -> None:
        """Start mail of one kind. Starting it twice is starting it once.

        Raises ``Clash`` when the member has left.
        """
        key, here = keys.mail_choices(member_id), check(keys.member(member_id), Attr("status").eq("member"))
        told: dict[str, Any] = _choices_of(member_id)
        if choice.on_request:
            told |= {
                _wanted(choice): clock.stamp(now),
                _AGREED_TO: DIGEST.reference,
                f"{keys.LISTS}pk": keys.DIGEST_READERS,
                f"{keys.LISTS}sk": member_id,
            }
            self.table.transact([change(key, set=told), here])
        else:
            self.table.transact([change(key, set=told, remove=(_stopped(choice),)), here])


def _gets(choice: Choice, item: Mapping[str, Any]) -> bool:
    return _wanted(choice) in item if choice.on_request else _stopped(choice) not in item


def _choices_of(member_id: str) -> dict[str, Any]:
    return {"kind": "mail-choices", "member": member_id}
