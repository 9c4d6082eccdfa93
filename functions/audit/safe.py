"""The safe: the bucket in which the copies of the seals are locked. The only module of the audit log that speaks S3."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from botocore.exceptions import ClientError

from functions.audit.model import Seal
from functions.kernel import aws

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_THERE = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})


@dataclass(frozen=True, slots=True)
class Safe:
    """One bucket."""

    client: "S3Client"
    bucket: str

    @classmethod
    def connect(cls, bucket: str) -> Self:
        """The bucket of this name."""
        return cls(aws.connect("s3"), bucket)

    def lock_away(self, seal: Seal) -> None:
        """Keep a copy of a seal, unless it is there already."""
        try:
            self.client.put_object(
                Bucket=self.bucket,
                Key=seal.copy_name,
                Body=seal.text.encode(),
                ContentType="application/json",
                # A bucket with a lock takes nothing without one (AWS, "PutObject").
                ChecksumAlgorithm="SHA256",
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in _THERE:
                raise
