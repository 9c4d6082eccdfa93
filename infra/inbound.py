"""Where mail to the address of the invitations comes in: SES puts it into a bucket and tells a function."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ses as ses
from constructs import Construct

from functions.invites.letterbox import PREFIX
from infra.bucket import PrivateBucket
from infra.findings import accept
from infra.function import Function
from infra.record import Record
from infra.records import Records
from infra.stages import Stage

KEPT = Duration.days(30)
"""As ``functions/kernel/keys.py`` says of what was heard."""
RULE = "events"


class Inbound(Construct):
    """The bucket, and in the cloud the rule that fills it.

    What is in it is on its way and gone after 30 days, so it stands in the service stack. A bucket that holds something
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
            why_no_log="SES alone writes and one function alone reads, and its log says what became of each mail. "
            "A log of accesses would be one more record of who wrote when.",
        )
        accept(self.bucket, {"CKV_AWS_21": "SES writes each mail once, under a name of its own."})
        self.each_mail = self.bucket.arn_for_objects(f"{PREFIX}*")

    def tell(self, hear: Function, records: Records) -> None:
        """Have ``hear`` told of each mail once it is in the bucket, and the world of where mail goes."""
        # The local cloud's CloudFormation knows no receipt rules. There, tests put mail into the bucket themselves.
        if not self.stage.mail_leaves:
            return
        stack = Stack.of(self)
        rule_set = ses.CfnReceiptRuleSet(self, "RuleSet", rule_set_name=self.stage.prefix)
        ours = {
            "aws:SourceAccount": stack.account,
            "aws:SourceArn": stack.format_arn(
                service="ses",
                resource="receipt-rule-set",
                resource_name=f"{self.stage.prefix}:receipt-rule/{RULE}",
            ),
        }
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("ses.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[self.each_mail],
                conditions={"StringEquals": ours},
            )
        )
        may_tell = lambda_.CfnPermission(
            self,
            "MayTell",
            action="lambda:InvokeFunction",
            function_name=hear.function.function_arn,
            principal="ses.amazonaws.com",
            source_account=ours["aws:SourceAccount"],
            source_arn=ours["aws:SourceArn"],
        )
        domain = self.stage.events_sender.rpartition("@")[2]
        rule = ses.CfnReceiptRule(
            self,
            "Rule",
            rule_set_name=rule_set.ref,
            rule=ses.CfnReceiptRule.RuleProperty(
                name=RULE,
                enabled=True,
                recipients=[domain],
                scan_enabled=True,
                tls_policy="Require",
                # In this order: a mail is in the bucket before anybody is told of it.
                actions=[
                    ses.CfnReceiptRule.ActionProperty(
                        s3_action=ses.CfnReceiptRule.S3ActionProperty(
                            bucket_name=self.bucket.bucket_name, object_key_prefix=PREFIX
                        )
                    ),
                    ses.CfnReceiptRule.ActionProperty(
                        lambda_action=ses.CfnReceiptRule.LambdaActionProperty(
                            function_arn=hear.function.function_arn, invocation_type="Event"
                        )
                    ),
                ],
            ),
        )
        # SES tries both when it takes the rule.
        assert self.bucket.policy
        rule.node.add_dependency(self.bucket.policy, may_tell)
        comes_in = f"inbound-smtp.{stack.region}.amazonaws.com"
        records.add("ComesIn", Record(name=domain, type="MX", value=f"10 {comes_in}"))
