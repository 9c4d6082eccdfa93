"""The list of who was erased, kept apart from the table, so that a table restored from a backup can be set right."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from functions.kernel import aws, clock
from functions.membership.model import Erasure

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ERASURES = "erasures/"
"""How the names of the list's entries begin, in the library's bucket."""


@dataclass(frozen=True, slots=True)
class ErasureList:
    """One object for each erasure. It holds reference numbers, a fingerprint and a moment."""

    client: "S3Client"
    bucket: str

    @classmethod
    def connect(cls, bucket: str) -> Self:
        """The list in the bucket of this name."""
        return cls(aws.connect("s3"), bucket)

    def add(self, erasure: Erasure) -> None:
        """Put an erasure on the list. Doing it again makes the same entry again."""
        name = f"{ERASURES}{clock.stamp(erasure.at)}-{erasure.id}.json"
        entry = erasure.model_dump_json(exclude_none=True, exclude={"listed"}).encode()
        self.client.put_object(Bucket=self.bucket, Key=name, Body=entry, ContentType="application/json")
