"""A bucket of this product: closed to the world, encrypted, and kept when its stack goes where data is kept."""

from typing import Any

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.findings import accept
from infra.stages import Stage


class PrivateBucket(s3.Bucket):
    """Nobody gets at it but who is named, and nothing travels to or from it in the open."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        expiration: Duration | None = None,
        noncurrent_version_expiration: Duration | None = None,
        expired_object_delete_marker: bool | None = None,
        why_no_log: str,
        **more: Any,
    ) -> None:
        """Make a bucket whose objects are gone after the times given.

        :param why_no_log: why nobody writes down who reads and writes it.
        """
        super().__init__(
            scope,
            construct_id,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=stage.encrypted,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=expiration,
                    noncurrent_version_expiration=noncurrent_version_expiration,
                    expired_object_delete_marker=expired_object_delete_marker,
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
            removal_policy=RemovalPolicy.RETAIN if stage.keep_data else RemovalPolicy.DESTROY,
            **more,
        )
        accept(self, {"AwsSolutions-S1": why_no_log, "CKV_AWS_18": why_no_log})
