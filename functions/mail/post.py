"""Handing one message to the mail service, once.

The service has no way to recognise a message it has had before, so a call whose answer got lost must not be made
again: the SDK's own retries are off. Version 1 of the API takes the raw bytes as they are and loads less.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError
from botocore.parsers import ResponseParserError

from functions.kernel import aws
from functions.mail.pace import Quota

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient

_ONE_ATTEMPT = {"retries": {"total_max_attempts": 1}, "connect_timeout": 3, "read_timeout": 20}

# The service says each of these before it takes the message (security requirement 78).
_BUSY = frozenset({"RequestExpired", "Throttling", "ThrottlingException", "TooManyRequestsException"})
_PAUSED = frozenset(
    {
        "AccountSendingPausedException",
        "AccountSuspendedException",
        "ConfigurationSetSendingPausedException",
        "LimitExceededException",
    }
)
# Where the code does not tell, the words do: the day's quota comes as "Throttling", a suspension as "MessageRejected"
# (AWS, "Amazon SES API error messages").
_PAUSED_WORDS = ("daily message quota exceeded", "sending suspended", "sending paused")
_NOT_ALLOWED = 403
"""We may not call at all, which is our mistake and no fault of the message."""
_REFUSED_FROM, _FAULT_FROM = 400, 500


class Outcome(StrEnum):
    """What became of one call."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """The service will never take this message."""
    BUSY = "busy"
    """The message certainly did not leave, and may be tried again soon."""
    PAUSED = "paused"
    """The message certainly did not leave, and none will until somebody acts or a day has passed."""
    UNCLEAR = "unclear"
    """No answer: the message may or may not have left."""


@dataclass(frozen=True, slots=True)
class Posted:
    """The outcome, and the service's name for the message where it gave one."""

    outcome: Outcome
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class PostOffice:
    """Amazon SES."""

    client: "SESClient"

    @classmethod
    def connect(cls) -> Self:
        """The service in the region and account of the environment."""
        return cls(aws.connect("ses", _ONE_ATTEMPT))

    def header_of(self, message_id: str) -> str:
        """The Message-ID that the service gave a message, by its own name for it (AWS, "Email format and SES").

        A name that has a domain already is the whole of it.
        """
        domain = "" if "@" in message_id else f"@{self.client.meta.region_name}.amazonses.com"
        return f"<{message_id}{domain}>"

    def post(
        self, raw: bytes, *, sender: str, recipient: str, configuration_set: str, tags: Mapping[str, str]
    ) -> Posted:
        """Hand over a message. Never raises for what the service or the network does."""
        try:
            answer = self.client.send_raw_email(
                Source=sender,
                Destinations=[recipient],
                RawMessage={"Data": raw},
                ConfigurationSetName=configuration_set,
                Tags=[{"Name": name, "Value": value} for name, value in tags.items()],
            )
        except ClientError as error:
            return Posted(_outcome_of(error))
        except (ConnectTimeoutError, EndpointConnectionError):
            return Posted(Outcome.BUSY)
        except (BotoCoreError, ResponseParserError):
            return Posted(Outcome.UNCLEAR)
        return Posted(Outcome.ACCEPTED, answer["MessageId"])

    def quota(self) -> Quota | None:
        """How much may be sent now, or ``None`` when the service does not say."""
        try:
            answer = self.client.get_send_quota()
        except (BotoCoreError, ClientError, ResponseParserError):
            return None
        return Quota(answer["MaxSendRate"], answer["Max24HourSend"], answer["SentLast24Hours"])


def _outcome_of(error: ClientError) -> Outcome:
    code, words = error.response["Error"]["Code"], error.response["Error"].get("Message", "").lower()
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    if status >= _FAULT_FROM:
        return Outcome.UNCLEAR
    if code in _PAUSED or any(each in words for each in _PAUSED_WORDS):
        return Outcome.PAUSED
    if code in _BUSY or status == _NOT_ALLOWED:
        return Outcome.BUSY
    return Outcome.REFUSED if status >= _REFUSED_FROM else Outcome.UNCLEAR
