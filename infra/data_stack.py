"""What must outlive every deployment: the table, the library, the seals, their backups, and whom the alarms tell."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from functions.kernel.kinds import BACKUPS_KEPT, DELETED_FILES_KEPT, ERASURES_KEPT
from functions.membership.erasure_list import ERASURES
from functions.resources.model import FILES
from functions.resources.shelf import PASSED
from infra.alarms import AlarmTopic
from infra.backups import Backups
from infra.bucket import PrivateBucket
from infra.findings import NO_KEY_OF_OUR_OWN, accept
from infra.function import physical_name
from infra.stages import Stage

INDEXES = ("gsi1", "gsi2")
SEALS_LOCKED = Duration.days(7 * 365)
"""A copy of a seal cannot be deleted for so long: longer than any line under it is kept."""


class DataStack(Stack):
    """The one table, whose keys ``functions/kernel/keys.py`` explains, the bucket of the library, that of seals, and
    the alarms' topic.

    The list of who was erased is in the library's bucket too, since it has to outlive the table.
    """

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, termination_protection=stage.keep_data, **kwargs)
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=_text("pk"),
            sort_key=_text("sk"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True, recovery_period_in_days=BACKUPS_KEPT.days
            ),
            # The stream is the outbox: it hands each planned mail to the queue.
            stream=dynamodb.StreamViewType.NEW_IMAGE,
            time_to_live_attribute="expires_at",
            deletion_protection=stage.keep_data,
            removal_policy=RemovalPolicy.RETAIN if stage.keep_data else RemovalPolicy.DESTROY,
        )
        accept(self.table, {"CKV_AWS_119": NO_KEY_OF_OUR_OWN})
        for index in INDEXES:
            self.table.add_global_secondary_index(
                index_name=index,
                partition_key=_text(f"{index}pk"),
                sort_key=_text(f"{index}sk"),
                projection_type=dynamodb.ProjectionType.ALL,
            )
        self.library = PrivateBucket(
            self,
            "Library",
            stage=stage,
            noncurrent_version_expiration=Duration.days(DELETED_FILES_KEPT.days),
            expired_object_delete_marker=True,
            versioned=True,
            why_no_log="Only our functions read and write it. A log of accesses would be a record of who read what, "
            "which this network does not keep.",
        )
        # An erasure holds for every backup, and may be needed for as long as anybody keeps one.
        self.library.add_lifecycle_rule(prefix=ERASURES, expiration=Duration.days(ERASURES_KEPT.days))
        self._give_only_what_has_passed(stage)
        # Here, because whoever it mails has to press a link each time it is made.
        self.alarms = AlarmTopic(self, "Alarms", stage=stage)
        self.alarms.takes_from("cloudwatch.amazonaws.com")
        if stage.keep_data:
            # The local cloud has no such service, and nothing worth keeping.
            Backups(self, "Backups", stage=stage, table=self.table, library=self.library, alarms=self.alarms)
        self.seals = PrivateBucket(
            self,
            "Seals",
            stage=stage,
            versioned=True,
            object_lock_enabled=stage.keep_data,
            # "Governance", since "compliance" could be undone by nobody, not even for a stage made by mistake.
            object_lock_default_retention=s3.ObjectLockRetention.governance(SEALS_LOCKED) if stage.keep_data else None,
            why_no_log="One function writes it once an hour, and it holds digests alone.",
        )
        self._let_nobody_change_a_seal(stage)

    def _let_nobody_change_a_seal(self, stage: Stage) -> None:
        """Let only the sealing put a copy here, and nobody take one away or shorten its lock.

        Whoever owns the account can change this policy first. CloudTrail shows that for 90 days.
        """
        sealing = f"arn:aws:iam::{self.account}:role/{physical_name(stage, 'audit.seal')}"
        each = self.seals.arn_for_objects("*")
        self.seals.add_to_resource_policy(
            _denial(["s3:PutObject"], each, {"ArnNotEquals": {"aws:PrincipalArn": sealing}})
        )
        self.seals.add_to_resource_policy(
            _denial(["s3:DeleteObjectVersion", "s3:BypassGovernanceRetention", "s3:PutObjectRetention"], each)
        )

    def _give_only_what_has_passed(self, stage: Stage) -> None:
        """Give nobody a file without its tag, and let nobody but the inspection write that tag.

        Security requirement 34. Whatever else a role may do, a denial here is stronger.
        """
        files, (tag, passed) = self.library.arn_for_objects(f"{FILES}*"), PASSED
        inspection = f"arn:aws:iam::{self.account}:role/{physical_name(stage, 'resources.inspect')}"
        for actions, conditions in (
            (["s3:GetObject", "s3:GetObjectVersion"], {"StringNotEquals": {f"s3:ExistingObjectTag/{tag}": passed}}),
            (
                [
                    "s3:PutObjectTagging",
                    "s3:PutObjectVersionTagging",
                    "s3:DeleteObjectTagging",
                    "s3:DeleteObjectVersionTagging",
                ],
                {"ArnNotEquals": {"aws:PrincipalArn": inspection}},
            ),
        ):
            self.library.add_to_resource_policy(_denial(actions, files, conditions))


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


def _denial(actions: list[str], resource: str, conditions: Mapping[str, Any] | None = None) -> iam.PolicyStatement:
    """What nobody may do, under conditions or ever."""
    return iam.PolicyStatement(
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=actions,
        resources=[resource],
        conditions=conditions,
    )
