"""Where the mail service puts what comes in: the only module that speaks S3."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from functions.kernel import aws

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX = "mail/"
"""How the name of each mail in the bucket begins. Its name at the mail service follows."""


@dataclass(frozen=True, slots=True)
class Letterbox:
    """The mail of the last 30 days."""

    client: "S3Client"
    bucket: str

    @classmethod
    def connect(cls, bucket: str) -> Self:
        """The bucket of this name. Only who hears mail pays for the connection."""
        return cls(aws.connect("s3"), bucket)

    def beginning(self, message_id: str, most: int) -> tuple[bytes, bool]:
        """The first ``most`` bytes of a mail, and whether they are all of it.

        The mail service puts a mail here before it tells us, so one that is not here raises.
        """
        body = self.client.get_object(Bucket=self.bucket, Key=f"{PREFIX}{message_id}")["Body"]
        with body:
            raw = body.read(most + 1)
        return raw[:most], len(raw) <= most
