"""A message to one person: what it is, when it may go, and the state it is in."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import AwareDatetime, ConfigDict, Field

from functions.kernel import keys, tokens
from functions.kernel.keys import Key
from functions.kernel.value import Value
from functions.mail.kinds import KINDS, MailKind


class State(StrEnum):
    """Where a message is. All but the first two are ends."""

    PLANNED = "planned"
    SENDING = "sending"
    """Handed to the mail service, whose answer we do not have yet."""
    SENT = "sent"
    """The mail service took it."""
    DELIVERED = "delivered"
    """The reader's mail system took it."""
    BOUNCED = "bounced"
    """The reader's mail system says that it will never take mail for this address."""
    COMPLAINED = "complained"
    """It arrived, and the reader called it junk."""
    REJECTED = "rejected"
    """The mail service refused it."""
    SUPPRESSED = "suppressed"
    """Mail to the address fails, so we did not try."""
    STALE = "stale"
    """What it says was no longer true, or no longer wanted, when its turn came."""
    EXPIRED = "expired"
    """Its time was over before its turn came."""
    STOPPED = "stopped"
    """A coordinator stopped the run that it belongs to."""
    UNKNOWN = "unknown"
    """The mail service never said what became of it."""


WAITING = frozenset({State.PLANNED, State.SENDING})
ENDS = tuple(state for state in State if state not in WAITING)
GOT_THROUGH = frozenset({State.SENT, State.DELIVERED})
MAY_HAVE_ARRIVED = frozenset({State.SENDING, State.SENT, State.DELIVERED, State.COMPLAINED, State.UNKNOWN})
"""After these, what a message carried may be in its reader's calendar."""


class Guard(Value):
    """Something that must still be so at the moment of sending, or the message is stale.

    It becomes a condition of the very transaction that marks the message as being sent, so a change that commits
    first always stops it (security requirement 80).
    """

    model_config = ConfigDict(extra="forbid")

    pk: str
    sk: str
    equals: dict[str, str | int | bool] = Field(default_factory=dict)
    absent: tuple[str, ...] = ()
    present: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """The item it looks at."""
        return Key(self.pk, self.sk)


class CalendarPart(Value):
    """The calendar entry that a message carries; ``entry`` is a ``kernel.entry.Entry`` in JSON."""

    model_config = ConfigDict(extra="forbid")

    method: Literal["REQUEST", "CANCEL", "WITHDRAW"]
    """What it does: put an entry in or move it, call the session off, or take it out of this calendar alone."""
    entry: dict[str, Any]


class Mail(Value):
    """A row of the ledger: one message to one person, planned once and sent at most once."""

    key: str
    """``mail_key`` of what makes the message the same message; a second one with the same key is never planned."""
    mail_kind: str
    to_address: str
    to_name: str = ""
    address_digest: str
    """The digest by which a failing address is known."""
    owner: str | None = None
    """The member or the application that it belongs to."""
    context: dict[str, Any] = Field(default_factory=dict)
    """What its words need. Never a secret."""
    guards: tuple[Guard, ...] = ()
    secrets_in: tuple[str, str] | None = None
    """The key of the item that takes the digests of its code and token, as long as its ``mail`` is still this one."""
    calendar: CalendarPart | None = None
    follows: str | None = None
    """The mail service's name for an earlier message that mail programs show together with this one."""
    run: str | None = None
    """The send to many that it belongs to."""
    attempt: int = 1
    """How many times it has been planned. A second time is only for kinds that say so, and there is no third."""
    refusals: int = 0
    """How often in this attempt the mail service was too busy to take it."""
    planned_at: AwareDatetime
    not_before: AwareDatetime | None = None
    not_after: AwareDatetime
    state: State = State.PLANNED
    sending_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    message_id: str | None = None

    @property
    def about(self) -> MailKind:
        """The facts about its kind."""
        return KINDS[self.mail_kind]

    @property
    def due_at(self) -> datetime:
        """The moment from which it may go."""
        return self.not_before or self.planned_at

    @property
    def may_have_arrived(self) -> bool:
        """Whether what it carries may be with its reader. A second attempt follows one whose answer got lost."""
        return self.state in MAY_HAVE_ARRIVED or self.attempt > 1

    @property
    def withdrawal(self) -> str | None:
        """The key of the message that takes out of its reader's calendar what this one may have put in."""
        if self.calendar is None or self.calendar.method != "REQUEST" or not self.may_have_arrived:
            return None
        entry = self.calendar.entry
        return mail_key("withdrawn", entry["uid"], self.address_digest, f"{entry['sequence']}.{entry['stamp']}")

    @property
    def outlives_owner(self) -> bool:
        """Whether it has to go when its owner leaves: their receipt, and what takes a session out of their calendar."""
        takes_out = self.calendar is not None and self.calendar.method == "WITHDRAW"
        return self.state in WAITING and (takes_out or self.about.is_receipt)


class Reader(Value):
    """A member, as far as their mail needs to know them."""

    name: str
    address: str
    address_digest: str


class RunState(StrEnum):
    """Whether the messages of a run go out."""

    GOING = "going"
    PAUSED = "paused"
    """They wait. Only a person lets them go on."""
    STOPPED = "stopped"
    """Those that have not gone never go."""


class Run(Value):
    """One send to many."""

    id: str
    mail_kind: str
    words: str
    """What it tells, for coordinators: "Friday drop-in, Friday 27 November 2026, midday to 1pm (UK time)"."""
    thing: str
    """What it is about: a session's id, or the day of a digest."""
    edition: int = 0
    """Which edition of the session it tells of."""
    at_once: int | None = None
    """How many of its messages may go at once, while the network is new to the mail service; ``None`` for all."""
    at: AwareDatetime
    """The moment it was due."""
    state: RunState = RunState.GOING
    why: str = ""
    """Why it is paused or stopped, in a sentence."""
    accepted: dict[State, int] = Field(default_factory=dict)
    """How its messages had ended when a person last let it go on."""

    @property
    def about(self) -> MailKind:
        """The facts about its kind of message."""
        return KINDS[self.mail_kind]


def run_guard(run_id: str) -> Guard:
    """Holds as long as the messages of a run may go out."""
    key = keys.run(run_id)
    return Guard(pk=key.pk, sk=key.sk, equals={"state": RunState.GOING.value})


def mail_key(kind: str, thing: str, person: str, version: str | int = 1) -> str:
    """What makes a message the same message."""
    return tokens.digest("mail", kind, thing, person, str(version))


def new_mail(
    kind: str,
    *,
    key: str,
    to_address: str,
    address_digest: str,
    now: datetime,
    to_name: str = "",
    owner: str | None = None,
    context: Mapping[str, Any] | None = None,
    guards: tuple[Guard, ...] = (),
    secrets_in: Key | None = None,
    calendar: CalendarPart | None = None,
    follows: str | None = None,
    run: str | None = None,
    not_after: datetime | None = None,
) -> Mail:
    """A message, ready to be planned. It expires with its kind's time unless ``not_after`` says otherwise."""
    return Mail(
        key=key,
        mail_kind=kind,
        to_address=to_address,
        to_name=to_name,
        address_digest=address_digest,
        owner=owner,
        context=dict(context or {}),
        guards=guards,
        secrets_in=(secrets_in.pk, secrets_in.sk) if secrets_in else None,
        calendar=calendar,
        follows=follows,
        run=run,
        planned_at=now,
        not_after=not_after or now + KINDS[kind].good_for,
    )
