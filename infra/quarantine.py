"""Where shared files come in: a bucket that browsers send to, and the events that say what came and what it is."""

from aws_cdk import Acknowledgment, Duration, Stack, Validations
from aws_cdk import aws_events as events
from aws_cdk import aws_guardduty as guardduty
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from functions.resources.reports import CREATED, SCANNED
from infra.bucket import PrivateBucket
from infra.function import Function
from infra.stages import Stage

KEPT = Duration.days(7)
"""Long enough for somebody to see why a file was never judged. What was refused is gone by then as well."""
SCANNER = "malware-protection-plan.guardduty.amazonaws.com"


class Quarantine(Construct):
    """The bucket, and in the cloud the scanner that watches it.

    What is in it is on its way and gone after a week, so it stands in the service stack. A bucket that holds something
    cannot be deleted, so it outlives the stack by that long.
    """

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage) -> None:
        super().__init__(scope, construct_id)
        self.stage = stage
        self.bucket = PrivateBucket(
            self,
            "Bucket",
            stage=stage,
            expiration=KEPT,
            noncurrent_version_expiration=KEPT,
            # A form can be sent twice. Each time makes a version, and the one that is scanned is the one that counts.
            versioned=True,
            cors=[
                s3.CorsRule(allowed_methods=[s3.HttpMethods.POST], allowed_origins=[stage.site_origin], max_age=3600)
            ],
            why_no_log="Each file in it is one that a form was signed for, which the table knows, and what became of "
            "each is in the log. A log of accesses would be one more record of who sent what.",
        )
        # CDK's own switch for this needs a function of its own; the template has a property for it.
        bucket = self.bucket.node.default_child
        assert isinstance(bucket, s3.CfnBucket)
        bucket.add_property_override(
            "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", value=True
        )
        self.each_file = self.bucket.arn_for_objects("*")

    def report_to(self, queue: sqs.Queue, undelivered: sqs.Queue) -> None:
        """Have each file that comes, and each verdict on one, put on a queue, or aside if that cannot be."""
        name = self.bucket.bucket_name
        for rule_id, (source, kind), detail in (
            ("Arrived", CREATED, {"bucket": {"name": [name]}}),
            ("Scanned", SCANNED, {"s3ObjectDetails": {"bucketName": [name]}}),
        ):
            rule = events.CfnRule(
                self,
                rule_id,
                event_pattern={"source": [source], "detail-type": [kind], "detail": detail},
                targets=[
                    events.CfnRule.TargetProperty(
                        id="Reports",
                        arn=queue.queue_arn,
                        dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=undelivered.queue_arn),
                    )
                ],
            )
            for each in (queue, undelivered):
                each.add_to_resource_policy(
                    iam.PolicyStatement(
                        principals=[iam.ServicePrincipal("events.amazonaws.com")],
                        actions=["sqs:SendMessage"],
                        resources=[each.queue_arn],
                        conditions={"ArnEquals": {"aws:SourceArn": rule.attr_arn}},
                    )
                )

    def give_to(self, inspect: Function) -> None:
        """Have the scanner look at each file, and let nobody else but ``inspect`` read one."""
        readers = [inspect.role.role_arn]
        # The local cloud has no scanner of AWS's. There, the emulator plays it.
        if self.stage.encrypted:
            readers.append(self._scanner().role_arn)
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["s3:GetObject", "s3:GetObjectVersion"],
                resources=[self.each_file],
                conditions={"ArnNotEquals": {"aws:PrincipalArn": readers}},
            )
        )

    def _scanner(self) -> iam.Role:
        """What GuardDuty needs (Amazon GuardDuty User Guide, "Create or update IAM role policy")."""
        stack = Stack.of(self)
        role = iam.Role(
            self,
            "ScannerRole",
            assumed_by=iam.ServicePrincipal(SCANNER, conditions={"StringEquals": {"aws:SourceAccount": stack.account}}),
        )
        managed = "DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*"
        managed_rule = f"arn:aws:events:{stack.region}:{stack.account}:rule/{managed}"
        by_guardduty = {"StringLike": {"events:ManagedBy": SCANNER}}
        bucket = self.bucket.bucket_arn
        for actions, resource, only_if in (
            (
                ["events:PutRule", "events:DeleteRule", "events:PutTargets", "events:RemoveTargets"],
                managed_rule,
                by_guardduty,
            ),
            (["events:DescribeRule", "events:ListTargetsByRule"], managed_rule, None),
            (["s3:PutBucketNotification", "s3:GetBucketNotification", "s3:ListBucket"], bucket, None),
            (
                ["s3:PutObject"],
                self.bucket.arn_for_objects("malware-protection-resource-validation-object"),
                None,
            ),
            (
                [
                    "s3:GetObject",
                    "s3:GetObjectVersion",
                    "s3:GetObjectTagging",
                    "s3:GetObjectVersionTagging",
                    "s3:PutObjectTagging",
                    "s3:PutObjectVersionTagging",
                ],
                self.each_file,
                None,
            ),
        ):
            role.add_to_policy(iam.PolicyStatement(actions=actions, resources=[resource], conditions=only_if))
        plan = guardduty.CfnMalwareProtectionPlan(
            self,
            "Scanner",
            role=role.role_arn,
            protected_resource=guardduty.CfnMalwareProtectionPlan.CFNProtectedResourceProperty(
                s3_bucket=guardduty.CfnMalwareProtectionPlan.S3BucketProperty(bucket_name=self.bucket.bucket_name)
            ),
            actions=guardduty.CfnMalwareProtectionPlan.CFNActionsProperty(
                tagging=guardduty.CfnMalwareProtectionPlan.CFNTaggingProperty(status="ENABLED")
            ),
        )
        # It tries the role when it is made.
        plan.node.add_dependency(role)
        for star, reason in (
            (
                f"Resource::{managed_rule}",
                "GuardDuty names the rule that it makes, with this beginning.",
            ),
            (
                f"Resource::<{stack.get_logical_id(self.bucket.node.default_child)}.Arn>/*",  # type: ignore[arg-type] # A bucket has one.
                "It scans every file, and each has a random name.",
            ),
        ):
            Validations.of(role).acknowledge(
                Acknowledgment(id=f"AwsSolutions::AwsSolutions-IAM5[{star}]", reason=reason)
            )
        return role
