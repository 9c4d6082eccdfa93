"""A message to one person: what it is, when it may go, and the state it is in."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from functions.kernel import tokens
from functions.kernel.keys import Key
from functions.kernel.value import Value


class Stream(StrEnum):
    """The two streams of mail, which never share a sender's reputation."""

    ACCOUNT = "account"
    EVENTS = "events"


class State(StrEnum):
    """Where a message is. All but the first two are ends."""

    PLANNED = "planned"
    SENDING = "sending"
    """Handed to the mail service, whose answer we do not have yet. Never sent again from here."""
    SENT = "sent"
    REJECTED = "rejected"
    """The mail service refused it."""
    SUPPRESSED = "suppressed"
    """Mail to the address fails, so we did not try."""
    STALE = "stale"
    """What it says was no longer true, or no longer wanted, when its turn came."""
    EXPIRED = "expired"
    """Its time was over before its turn came."""
    UNKNOWN = "unknown"
    """The mail service never said what became of it."""


WAITING = frozenset({State.PLANNED, State.SENDING})


class Secret(StrEnum):
    """A secret that is made at the moment of sending, so that only its digest is ever stored."""

    CODE = "code"
    TOKEN = "token"  # noqa: S105 - the name of a kind of secret.
    STOP = "stop"


class MailKind(BaseModel):
    """The facts about one kind of message."""

    model_config = ConfigDict(frozen=True)

    name: str
    words: str
    """What it is called on the page "Mail we sent you"."""
    template: str
    """The folder or file of its words, below ``functions/``."""
    stream: Stream = Stream.ACCOUNT
    configuration_set: str = "account"
    secrets: tuple[Secret, ...] = ()
    good_for: timedelta
    """It is not sent later than this after it was planned, unless the message itself says when."""
    kept: timedelta = timedelta(days=396)


def _membership(name: str, words: str, **more: Any) -> MailKind:
    return MailKind(name=name, words=words, template=f"membership/pages/emails/{name}", **more)


_CODE: dict[str, Any] = {
    "configuration_set": "signin",
    "good_for": timedelta(minutes=15),
    "kept": timedelta(hours=24),
}

KINDS: Mapping[str, MailKind] = {
    kind.name: kind
    for kind in (
        _membership("join-code", "Your code to join", secrets=(Secret.CODE,), **_CODE),
        _membership("join-already-member", "You are already a member", **_CODE),
        _membership("sign-in-code", "Your code to sign in", secrets=(Secret.CODE,), **_CODE),
        _membership("sign-in-not-known", "No member has this address", **_CODE),
        _membership("application-received", "We have your application", good_for=timedelta(days=7)),
        _membership("application-accepted", "You are a member", good_for=timedelta(days=14)),
        _membership("application-question", "A question about your application", good_for=timedelta(days=14)),
        _membership("application-declined", "Our answer to your application", good_for=timedelta(days=14)),
        _membership(
            "vouch-request", "Can you confirm somebody's work?", good_for=timedelta(days=7),
            secrets=(Secret.CODE, Secret.TOKEN),
        ),
        _membership("vouch-thanks", "Thank you for answering", good_for=timedelta(days=7)),
        _membership("vouch-waiting", "Your contact has not answered yet", good_for=timedelta(days=3)),
        _membership("left", "You have left the network", good_for=timedelta(days=7), kept=timedelta(days=30)),
        MailKind(
            name="invite", words="Invitation to a session", template="invites/pages/emails/invite",
            stream=Stream.EVENTS, configuration_set="invites", secrets=(Secret.STOP,), good_for=timedelta(days=7),
        ),
        MailKind(
            name="forwarded", words="A message of yours, passed on to a person",
            template="invites/pages/emails/forwarded", good_for=timedelta(days=7), kept=timedelta(days=30),
        ),
        MailKind(
            name="how-to-join", words="How to join the network", template="invites/pages/emails/how-to-join",
            good_for=timedelta(days=1), kept=timedelta(days=30),
        ),
        MailKind(
            name="stopped", words="You have stopped weekly invitations", template="mail/pages/emails/stopped",
            good_for=timedelta(days=7),
        ),
    )
}  # fmt: skip


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

    @property
    def key(self) -> Key:
        """The item it looks at."""
        return Key(self.pk, self.sk)


class CalendarPart(Value):
    """The calendar entry that a message carries; ``entry`` is a ``kernel.ical.Entry`` in JSON."""

    model_config = ConfigDict(extra="forbid")

    method: Literal["REQUEST", "CANCEL"]
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
    run: str | None = None
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
        run=run,
        planned_at=now,
        not_after=not_after or now + KINDS[kind].good_for,
    )
