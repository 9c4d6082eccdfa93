"""What the mail service tells us about a message after it took it: a rule over its events.

Events come twice, late, in any order, and before the answer to the call that sent the message. So an event never says
"now this happened": it proves how far a message got at least, and a message only ever goes further (security
requirement 73). The shapes are those of AWS, "Contents of event data that Amazon SES publishes to Amazon SNS".
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, ConfigDict, Field

from functions.kernel.value import Value
from functions.mail.model import State

TROUBLE_FOR = timedelta(days=14)
TROUBLE_FROM = 3
"""So many messages that came back within that time are trouble. Once or twice, a mailbox is just full."""
REMEMBERED = 10
"""As many returns are kept of one address as the page about them needs, and some more."""

_RANK: Mapping[State, int] = {
    State.SENT: 1,
    State.REJECTED: 2,
    State.SUPPRESSED: 3,
    State.DELIVERED: 4,
    State.BOUNCED: 5,
    State.COMPLAINED: 6,
}
"""How much each state proves. What is not here proves nothing, so any event takes its place."""

_NOT_TRIED = {"Suppressed", "OnAccountSuppressionList"}
"""The service keeps lists of its own, and reports for their addresses what happened to an earlier message."""
_TAKEN_BACK = "not-spam"
"""The reader moved a message out of the junk: the opposite of a complaint, in a report of the same kind."""


class What(StrEnum):
    """What an event proves beside the state of its message."""

    NOTHING = "nothing"
    FAILS = "fails"
    """No mail will ever arrive at the address."""
    CAME_BACK = "came back"
    """This message did not arrive. The next one may."""
    UNWELCOME = "unwelcome"
    """The reader calls our mail junk."""


class _Mail(Value):
    message_id: Annotated[str, Field(alias="messageId")]
    tags: dict[str, list[str]] = Field(default_factory=dict)


class _Bounce(Value):
    kind: Annotated[str, Field(alias="bounceType")]
    subtype: Annotated[str, Field(alias="bounceSubType")] = ""
    feedback_id: Annotated[str, Field(alias="feedbackId")]
    timestamp: AwareDatetime


class _Complaint(Value):
    kind: Annotated[str | None, Field(alias="complaintFeedbackType")] = None
    subtype: Annotated[str | None, Field(alias="complaintSubType")] = None


class Report(Value):
    """One event of the mail service, as it publishes it for a configuration set.

    It lists recipients as well, and we never read them: a complaint may name everybody at a domain. Whom a message was
    for, its own row says.
    """

    model_config = ConfigDict(populate_by_name=True)

    kind: Annotated[str | None, Field(alias="eventType")] = None
    """Absent where an identity publishes instead of a configuration set; then there are no tags either."""
    mail: _Mail
    bounce: _Bounce | None = None
    complaint: _Complaint | None = None

    @property
    def intent(self) -> str | None:
        """The key of the message, which we sent along as a tag."""
        return next(iter(self.mail.tags.get("intent", ())), None)

    @property
    def proves(self) -> tuple[State, What] | None:
        """How far the message got at least, and what else that means. ``None`` for an event of no meaning to us."""
        if self.bounce is not None:
            return _bounced(self.bounce)
        if self.complaint is not None:
            return _complained(self.complaint)
        match self.kind:
            case "Send" | "DeliveryDelay":
                return State.SENT, What.NOTHING
            case "Delivery":
                return State.DELIVERED, What.NOTHING
            case "Reject" | "Rendering Failure":
                return State.REJECTED, What.NOTHING
            case _:
                return None


def _bounced(bounce: _Bounce) -> tuple[State, What]:
    if bounce.subtype in _NOT_TRIED:
        return State.SUPPRESSED, What.NOTHING
    if bounce.kind == "Permanent":
        return State.BOUNCED, What.FAILS
    return State.SENT, What.CAME_BACK


def _complained(complaint: _Complaint) -> tuple[State, What]:
    if complaint.subtype in _NOT_TRIED:
        return State.SUPPRESSED, What.NOTHING
    if complaint.kind == _TAKEN_BACK:
        return State.DELIVERED, What.NOTHING
    return State.COMPLAINED, What.UNWELCOME


def goes_further(state: State, was: State) -> bool:
    """Whether a message that was in one state has got further than that."""
    return _RANK[state] > _RANK.get(was, 0)


class Trouble(Value):
    """The messages to one address that came back of late."""

    returns: dict[str, AwareDatetime] = Field(default_factory=dict)
    """When each came back, by the name the service gave its report."""

    def with_return(self, feedback_id: str, at: datetime) -> "Trouble":
        """The same with one more, which counts once however often it is reported."""
        known = sorted((self.returns | {feedback_id: at}).items(), key=lambda each: (each[1], each[0]))
        return Trouble(returns=dict(known[-REMEMBERED:]))

    @property
    def ends_at(self) -> datetime:
        """When nobody needs to know of it any more."""
        return max(self.returns.values()) + TROUBLE_FOR

    def is_there(self, now: datetime) -> bool:
        """Whether the owner of the address should be told."""
        return sum(1 for at in self.returns.values() if now - TROUBLE_FOR < at) >= TROUBLE_FROM
