"""The bell that hurries the indexer. It works each minute anyway, so a ring that nobody hears only costs a minute."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from botocore.exceptions import BotoCoreError, ClientError

from functions.kernel import aws

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# Somebody waits for the page that rings, and would rather wait a minute for the search than for the page.
_PATIENCE = {"retries": {"total_max_attempts": 1}, "connect_timeout": 1, "read_timeout": 2}


@dataclass(frozen=True, slots=True)
class Bell:
    """The queue of the indexer."""

    client: "SQSClient"
    queue_url: str

    @classmethod
    def connect(cls, queue_url: str) -> Self:
        """The queue at this address."""
        return cls(aws.connect("sqs", _PATIENCE), queue_url)

    def ring(self) -> bool:
        """Say that something has changed. ``False`` when nobody could be told."""
        try:
            self.client.send_message(QueueUrl=self.queue_url, MessageBody="changed")
        except (BotoCoreError, ClientError):
            return False
        return True
