"""Copies of what cannot be made again, in a vault that nobody can empty, not even with an administrator's key.

The table's point-in-time recovery and the library's versions undo a slip, and go with the table and the bucket. This is
for the day when somebody has deleted those, by mistake or not.
"""

from aws_cdk import Acknowledgment, Duration, RemovalPolicy, Stack, Validations
from aws_cdk import aws_backup as backup
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.alarms import AlarmTopic
from infra.findings import NO_KEY_OF_OUR_OWN, accept
from infra.stages import Stage

KEPT = Duration.days(35)
"""As long as the table's point-in-time recovery reaches back, so that what was erased is gone everywhere on one day."""
AT_LEAST = Duration.days(7)
"""Nothing in the vault can be deleted sooner, whoever asks."""
TO_CHANGE_OUR_MINDS = Duration.days(3)
"""The least that AWS allows. After that nobody can loosen the lock (AWS Backup, "Vault lock", compliance mode)."""
EVERY_NIGHT = "cron(0 2 * * ? *)"
MANAGED_RULE = "AwsBackupManagedRule"
GONE_WRONG = ("FAILED", "ABORTED", "EXPIRED")


class Backups(Construct):
    """The vault, and the copies that are put into it each night."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        table: dynamodb.Table,
        library: s3.Bucket,
        alarms: AlarmTopic,
    ) -> None:
        super().__init__(scope, construct_id)
        vault = backup.CfnBackupVault(
            self,
            "Vault",
            backup_vault_name=stage.prefix,
            lock_configuration=backup.CfnBackupVault.LockConfigurationTypeProperty(
                min_retention_days=AT_LEAST.to_days(),
                max_retention_days=KEPT.to_days(),
                changeable_for_days=TO_CHANGE_OUR_MINDS.to_days(),
            ),
        )
        accept(vault, {"CKV_AWS_166": NO_KEY_OF_OUR_OWN})
        vault.apply_removal_policy(RemovalPolicy.RETAIN)
        plan = backup.CfnBackupPlan(
            self,
            "Plan",
            backup_plan=backup.CfnBackupPlan.BackupPlanResourceTypeProperty(
                backup_plan_name=stage.prefix,
                backup_plan_rule=[
                    backup.CfnBackupPlan.BackupRuleResourceTypeProperty(
                        rule_name="every-night",
                        target_backup_vault=vault.ref,
                        schedule_expression=EVERY_NIGHT,
                        lifecycle=backup.CfnBackupPlan.LifecycleResourceTypeProperty(delete_after_days=KEPT.to_days()),
                    )
                ],
            ),
        )
        role = self._role(vault, table, library)
        selection = backup.CfnBackupSelection(
            self,
            "Selection",
            backup_plan_id=plan.ref,
            backup_selection=backup.CfnBackupSelection.BackupSelectionResourceTypeProperty(
                selection_name="table-and-library",
                iam_role_arn=role.role_arn,
                resources=[table.table_arn, library.bucket_arn],
            ),
        )
        selection.node.add_dependency(role)
        self._tell(vault, alarms)

    def _role(self, vault: backup.CfnBackupVault, table: dynamodb.Table, library: s3.Bucket) -> iam.Role:
        """What AWS Backup needs to copy a table and a bucket, and nothing to restore or delete (AWS Backup, "Managed
        policies", AWSBackupServiceRolePolicyForBackup and AWSBackupServiceRolePolicyForS3Backup).
        """
        stack = Stack.of(self)
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "backup.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": stack.account}}
            ),
        )
        rule = f"arn:aws:events:{stack.region}:{stack.account}:rule/{MANAGED_RULE}*"
        copies = f"{table.table_arn}/backup/*"
        points = f"arn:aws:backup:{stack.region}:{stack.account}:recovery-point:*"
        objects = library.arn_for_objects("*")
        for actions, resource in (
            (
                (
                    "dynamodb:CreateBackup",
                    "dynamodb:DescribeTable",
                    "dynamodb:ListTagsOfResource",
                    "dynamodb:StartAwsBackupJob",
                ),
                table.table_arn,
            ),
            # Of a copy that it keeps in its own vault, the one in the table's is deleted.
            (("dynamodb:DescribeBackup", "dynamodb:DeleteBackup"), copies),
            (
                (
                    "s3:GetBucketAcl",
                    "s3:GetBucketLocation",
                    "s3:GetBucketNotification",
                    "s3:GetBucketTagging",
                    "s3:GetBucketVersioning",
                    "s3:GetInventoryConfiguration",
                    "s3:ListBucket",
                    "s3:ListBucketVersions",
                    "s3:PutBucketNotification",
                    "s3:PutInventoryConfiguration",
                ),
                library.bucket_arn,
            ),
            (
                (
                    "s3:GetObject",
                    "s3:GetObjectAcl",
                    "s3:GetObjectTagging",
                    "s3:GetObjectVersion",
                    "s3:GetObjectVersionAcl",
                    "s3:GetObjectVersionTagging",
                ),
                objects,
            ),
            (
                (
                    "events:DeleteRule",
                    "events:DescribeRule",
                    "events:DisableRule",
                    "events:EnableRule",
                    "events:ListTargetsByRule",
                    "events:PutRule",
                    "events:PutTargets",
                    "events:RemoveTargets",
                ),
                rule,
            ),
            (("backup:DescribeBackupVault", "backup:CopyIntoBackupVault"), vault.attr_backup_vault_arn),
            (("backup:TagResource",), points),
            # Neither knows a resource to name (AWS, "Actions, resources, and condition keys").
            (("cloudwatch:GetMetricData", "events:ListRules"), "*"),
        ):
            role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=[resource]))
        bucket, of_table = (
            f"<{stack.get_logical_id(each.node.default_child)}.Arn>"  # type: ignore[arg-type] # Each has one.
            for each in (library, table)
        )
        for star, reason in (
            (f"{bucket}/*", "It copies every file, and each has a random name."),
            (f"{of_table}/backup/*", "DynamoDB names the copies."),
            (rule, "AWS Backup names the rule that tells it of changed files, with this beginning."),
            (points, "AWS Backup names the copies."),
            ("*", "AWS knows no resource to name for these two, which only read."),
        ):
            Validations.of(role).acknowledge(
                Acknowledgment(id=f"AwsSolutions::AwsSolutions-IAM5[Resource::{star}]", reason=reason)
            )
        return role

    def _tell(self, vault: backup.CfnBackupVault, alarms: AlarmTopic) -> None:
        """Mail the people behind ``alarms`` of a copy that was not made. What to do: docs/runbooks/backup-failed.md."""
        words = "A backup was not made: <what>. What to do: docs/runbooks/backup-failed.md"
        rule = events.CfnRule(
            self,
            "Failed",
            event_pattern={
                "source": ["aws.backup"],
                "detail-type": ["Backup Job State Change"],
                "detail": {"state": list(GONE_WRONG), "backupVaultName": [vault.backup_vault_name]},
            },
            targets=[
                events.CfnRule.TargetProperty(
                    id="Alarms",
                    arn=alarms.topic_arn,
                    input_transformer=events.CfnRule.InputTransformerProperty(
                        input_paths_map={"what": "$.detail.resourceArn"}, input_template=f'"{words}"'
                    ),
                )
            ],
        )
        accept(rule, {"Serverless-EventBusDLQ": "There is a copy each night, and one that failed twice is told twice."})
        alarms.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[alarms.topic_arn],
                conditions={"ArnEquals": {"aws:SourceArn": rule.attr_arn}},
            )
        )
