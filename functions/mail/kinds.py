"""Every kind of message: what it is called, who sends it, what stops it, and how long it may wait and is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any


class Stream(StrEnum):
    """The two streams of mail, which never share a sender's reputation."""

    ACCOUNT = "account"
    EVENTS = "events"


class Secret(StrEnum):
    """A secret that is made at the moment of sending, so that only its digest is ever stored."""

    CODE = "code"
    TOKEN = "token"  # noqa: S105 - the name of a kind of secret.
    STOP = "stop"
    REPLY = "reply"

    @property
    def on_row(self) -> bool:
        """Whether the ledger's own row keeps the digest. A code's or a token's is kept by what it opens."""
        return self in {Secret.STOP, Secret.REPLY}


class Choice(StrEnum):
    """A kind of mail that a member may have or not."""

    INVITES = "invites"
    REMINDERS = "reminders"
    FOLLOW_UPS = "follow-ups"
    DIGEST = "digest"

    @property
    def on_request(self) -> bool:
        """Whether nobody gets it who has not asked for it."""
        return self is Choice.DIGEST


class IfUnknown(StrEnum):
    """What to do with a message of which the mail service never said what became of it."""

    NOTHING = "nothing"
    """It would be late, or the person can ask for another."""
    RESEND = "resend once"
    """A second copy does no harm, and a missing one would."""
    HOLD = "hold"
    """A person looks at it first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailKind:
    """The facts about one kind of message."""

    name: str
    words: str
    """What it is called on the page "Mail we sent you"."""
    template: str
    """The folder or file of its words, below ``functions/``."""
    stream: Stream = Stream.ACCOUNT
    configuration_set: str = "account"
    secrets: tuple[Secret, ...] = ()
    choice: Choice | None = None
    """The choice that stops it. Service mail cannot be stopped."""
    if_unknown: IfUnknown = IfUnknown.NOTHING
    good_for: timedelta
    """It is not sent later than this after it was planned, unless the message itself says when."""
    kept: timedelta = timedelta(days=396)
    is_receipt: bool = False
    """Whether it tells somebody that what we hold about them is deleted."""


_ONCE_MORE: dict[str, Any] = {"if_unknown": IfUnknown.RESEND}


def _membership(name: str, words: str, **more: Any) -> MailKind:
    return MailKind(name=name, words=words, template=f"membership/pages/emails/{name}", **more)


def _shared(name: str, words: str) -> MailKind:
    template = f"resources/pages/emails/{name}"
    return MailKind(name=name, words=words, template=template, good_for=timedelta(days=14), **_ONCE_MORE)


_SESSION_MAIL: dict[str, Any] = {"configuration_set": "invites", "good_for": timedelta(days=7)}


def _about_a_session(name: str, words: str, choice: Choice, **more: Any) -> MailKind:
    return MailKind(
        name=name,
        words=words,
        template=f"invites/pages/emails/{name}",
        stream=Stream.EVENTS,
        choice=choice,
        secrets=(Secret.STOP, Secret.REPLY),
        **{**_SESSION_MAIL, **more},
    )


_CODE: dict[str, Any] = {
    "configuration_set": "signin",
    "good_for": timedelta(minutes=15),
    "kept": timedelta(hours=24),
}

_RECEIPT: dict[str, Any] = {"good_for": timedelta(days=7), "kept": timedelta(days=30), "is_receipt": True}

KINDS: Mapping[str, MailKind] = {
    kind.name: kind
    for kind in (
        _membership("join-code", "Your code to join", secrets=(Secret.CODE,), **_CODE),
        _membership("join-already-member", "You are already a member", **_CODE),
        _membership("sign-in-code", "Your code to sign in", secrets=(Secret.CODE,), **_CODE),
        _membership("sign-in-not-known", "No member has this address", **_CODE),
        _membership("application-received", "We have your application", good_for=timedelta(days=7), **_ONCE_MORE),
        _membership("application-accepted", "You are a member", good_for=timedelta(days=14), **_ONCE_MORE),
        _membership(
            "application-question", "A question about your application", good_for=timedelta(days=14), **_ONCE_MORE
        ),
        _membership(
            "application-declined", "Our answer to your application", good_for=timedelta(days=14),
            if_unknown=IfUnknown.HOLD,
        ),
        _membership(
            "vouch-request", "Can you confirm somebody's work?", good_for=timedelta(days=7),
            secrets=(Secret.CODE, Secret.TOKEN),
        ),
        _membership("vouch-thanks", "Thank you for answering", good_for=timedelta(days=7)),
        _membership("vouch-waiting", "Your contact has not answered yet", good_for=timedelta(days=3)),
        _membership("address-code", "Your code to change your email address", secrets=(Secret.CODE,), **_CODE),
        _membership("address-changed", "Your email address has changed", good_for=timedelta(days=7), **_ONCE_MORE),
        _membership(
            "second-factor-changed", "Your authenticator app, or your recovery codes", good_for=timedelta(days=7),
            **_ONCE_MORE,
        ),
        _membership(
            "complaint-received", "We have your complaint", good_for=timedelta(days=14), **_ONCE_MORE
        ),
        _membership(
            "complaint-answered", "Our answer to your complaint", good_for=timedelta(days=14), **_ONCE_MORE
        ),
        _membership("still-you", "Is this still you?", good_for=timedelta(days=14), secrets=(Secret.TOKEN,)),
        _membership("complaint-waits", "A complaint waits for your answer", good_for=timedelta(days=2)),
        _membership("agreement-asked", "The administrator asks for your agreement", good_for=timedelta(days=1)),
        _membership("left", "You have left the network", **_RECEIPT),
        _membership("erased", "We have deleted what we held about you", **_RECEIPT),
        _membership("coordinator-changed", "Who coordinates has changed", good_for=timedelta(days=7), **_ONCE_MORE),
        _about_a_session("invite", "Invitation to a session", Choice.INVITES, **_ONCE_MORE),
        _about_a_session("new-time", "A session has a new time", Choice.INVITES, **_ONCE_MORE),
        _about_a_session("cancelled", "A session is called off", Choice.INVITES, **_ONCE_MORE),
        _about_a_session("changed", "What a session is about has changed", Choice.INVITES, **_ONCE_MORE),
        _about_a_session("reminder", "Your session is today", Choice.REMINDERS),
        _about_a_session("after", "After the session", Choice.FOLLOW_UPS, good_for=timedelta(days=14)),
        _about_a_session("digest", "The week ahead", Choice.DIGEST, configuration_set="digest"),
        MailKind(
            name="came-over", words="Your membership has come over from the hub",
            template="invites/pages/emails/came-over", stream=Stream.EVENTS,
            **{**_SESSION_MAIL, "good_for": timedelta(days=14)}, **_ONCE_MORE,
        ),
        MailKind(
            name="withdrawn", words="A session taken out of your calendar", template="mail/pages/emails/withdrawn",
            stream=Stream.EVENTS, kept=timedelta(days=30), **_SESSION_MAIL, **_ONCE_MORE,
        ),
        MailKind(
            name="forwarded", words="A message of yours, passed on to a person",
            template="invites/pages/emails/forwarded", good_for=timedelta(days=7), kept=timedelta(days=30),
        ),
        MailKind(
            name="how-to-join", words="How to join the network", template="invites/pages/emails/how-to-join",
            good_for=timedelta(days=1), kept=timedelta(days=30),
        ),
        _shared("share-published", "What you shared is in the library"),
        _shared("share-refused", "We could not take a file you sent"),
        _shared("share-held", "Something in a file you sent needs another look"),
        _shared("share-returned", "A coordinator gave a file back to you"),
        _shared("share-removed", "What you shared was taken out of the library"),
        _shared("share-check-date", "Is what you shared still right?"),
        MailKind(
            name="session-changes", words="Another coordinator changed a session",
            template="sessions/pages/emails/session-changes", good_for=timedelta(hours=1),
        ),
        MailKind(
            name="stopped", words="You have stopped a kind of email", template="mail/pages/emails/stopped",
            good_for=timedelta(days=7), **_ONCE_MORE,
        ),
    )
}  # fmt: skip
