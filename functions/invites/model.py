"""The values of planning, where it stands and what a run did, and of hearing, what came in and what it says."""

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, Field

from functions.kernel.value import Value
from functions.sessions.model import FROM_ELSEWHERE, AnswerValue


class Counts(Value):
    """How many people a run came to, by what came of it. The three add up to all of them."""

    planned: Annotated[int, Field(ge=0)] = 0
    already: Annotated[int, Field(ge=0)] = 0
    """They have been told this before, or there is nothing that they have to be told."""
    stopped: Annotated[int, Field(ge=0)] = 0
    """They have stopped mail of this kind."""

    def plus(self, other: "Counts") -> Self:
        """These and more people."""
        return self.model_copy(
            update={name: getattr(self, name) + getattr(other, name) for name in Counts.model_fields}
        )


class Part(Counts):
    """Where a run stands among the people of one part. One that was cut off goes on after its last whole page."""

    run: str
    shard: str
    """The digit that the ids of its people begin with; "all" where a run is for few people and has one part."""
    after: str = ""
    """The id of the last person it got to; empty at the start."""
    pages: Annotated[int, Field(ge=0)] = 0
    """One more with each page, so that two workers on one part notice each other."""
    finished: bool = False
    touched_at: AwareDatetime
    """When somebody last worked on it, by the clock of the machine. It says nothing of what is due."""


class Tally(Counts):
    """How many members were to hear of one session, by what came of it."""

    session: str
    edition: int
    title: str
    when: str


class Skipped(Value):
    """A session that nobody is invited to at the moment of the run, and why."""

    session: str
    title: str
    when: str
    why: str


class Report(Value):
    """What a run did, or with ``dry_run`` what it would do."""

    at: AwareDatetime
    dry_run: bool
    sessions: tuple[Tally, ...]
    skipped: tuple[Skipped, ...]
    unfinished: int = 0
    """In how many parts of the members planning still goes on, by itself, after this report."""


class Outcome(StrEnum):
    """What became of a mail that came in. The words are kept for 30 days, for whoever asks what happened to theirs."""

    ANSWERED = "answered"
    OLD_TIME = "old-time"
    """An answer to an earlier time of the session. It is kept as that."""
    OLDER = "older"
    """They have said something newer since, or have left."""
    TOO_LATE = "too-late"
    """The session was over."""
    ALIAS = FROM_ELSEWHERE
    """It answers for a member from another address, or from a member's address for somebody else."""
    STRANGER = "stranger"
    """It comes from nobody we know, who is told how to join."""
    NOT_OURS = "not-ours"
    """It answers something that we did not send."""
    FORGED = "forged"
    """It does not come from where it says, or does not say where it comes from."""
    UNSAFE = "unsafe"
    """The mail service found a virus in it, or takes it for spam."""
    UNREADABLE = "unreadable"
    TOO_LARGE = "too-large"
    TWO_ENTRIES = "two-entries"
    TWO_ATTENDEES = "two-attendees"
    NO_ATTENDEE = "no-attendee"
    NO_ANSWER = "no-answer"
    """It says neither yes, no nor maybe, for example that somebody else was asked to go."""
    COUNTER = "counter"
    """It proposes another time, which nobody here can agree to."""
    REFRESH = "refresh"
    """It asks for the entry again."""
    STOPPED = "stopped"
    """It stopped the kind of mail that it answers."""
    AUTOMATIC = "automatic"
    """No person wrote it."""
    OURS = "ours"
    """It comes from ourselves, or is the return of a mail that did not arrive."""
    FORWARDED = "forwarded"
    TOO_MANY = "too-many"
    """So many messages had been passed on that day that this one was not."""


class Arrival(Value):
    """A mail that came in, as the mail service tells of it: everything but the mail itself.

    Amazon SES, "Contents of the notifications for Amazon SES email receiving".
    """

    message_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,200}$")]
    """The service's name for it."""
    at: AwareDatetime
    return_path: str
    """The sender on the envelope. Nothing, where no answer is wanted."""
    recipients: tuple[str, ...]
    spam: str
    """What the service found, here and below: PASS, FAIL, GRAY or PROCESSING_FAILED."""
    virus: str
    spf: str
    dkim: str
    dmarc: str

    @classmethod
    def of(cls, event: dict[str, Any]) -> Self:
        """The one mail that an event is about."""
        (record,) = event["Records"]
        mail, receipt = record["ses"]["mail"], record["ses"]["receipt"]
        found = {name: receipt[f"{name}Verdict"]["status"] for name in ("spam", "virus", "spf", "dkim", "dmarc")}
        return cls(
            message_id=mail["messageId"],
            at=receipt["timestamp"],
            return_path=mail["source"].strip("<> "),
            recipients=tuple(receipt["recipients"]),
            **found,
        )


class Letter(Value):
    """A mail taken apart, as far as we look. None of it is to be believed."""

    sender: str | None
    """The one address in From."""
    signers: tuple[str, ...]
    """The domains that signed it, or say so."""
    unsigned: int
    """Signatures that name no domain."""
    subject: str
    automatic: bool
    """Whether it says that no person wrote it."""
    calendars: tuple[bytes, ...]
    text: str
    """The beginning of what was written."""


class Reply(Value):
    """What one calendar says about one entry."""

    uid: str
    attendee: str
    sequence: int
    stamp: AwareDatetime | None
    value: AnswerValue


class Heard(Value):
    """The record of one mail that came in."""

    message_id: str
    outcome: Outcome
    at: AwareDatetime
    member_id: str | None = None
    session_id: str | None = None
