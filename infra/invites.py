"""The functions that decide who is told what about a session, and when."""

from functools import partial

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.function import Function, WebFunction
from infra.stages import Stage
from infra.triggers import OnNewItem, OnSchedule


class Invites(Construct):
    """The weekly plan, what changes after it was made, who joined since, the mail that comes back, and the lookout."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        code: lambda_.Code,
        table_name: str,
        inbound_bucket: str,
        stream_arn: str,
        undelivered: sqs.IQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        environment = {
            "table_name": table_name,
            "site_origin": stage.site_origin,
            "events_sender": stage.events_sender,
            "warm_up": str(stage.mail_leaves).lower(),
            "reply_to": stage.reply_to,
            "inbound_bucket": inbound_bucket,
        }
        job = partial(Function, self, stage=stage, code=code, environment=environment)
        self.web = WebFunction(self, "invites", stage=stage, code=code, environment=environment)
        self.plan = job("invites.plan", timeout=Duration.minutes(5), concurrency=1, undelivered=undelivered)
        # A long plan is worked on by several ticks side by side, one more each minute.
        self.tick = job("invites.tick", timeout=Duration.minutes(5), concurrency=5, undelivered=undelivered)
        self.welcome = job("invites.welcome", timeout=Duration.seconds(60), concurrency=2)
        self.hear = job("invites.hear", timeout=Duration.seconds(60), concurrency=2, undelivered=undelivered)
        self.check = job("invites.check", timeout=Duration.seconds(30), concurrency=1, undelivered=undelivered)
        for name, run, when in (
            ("EveryMonday", self.plan, "cron(0 9 ? * MON *)"),
            ("EveryMinute", self.tick, "rate(1 minute)"),
            ("EveryQuarter", self.check, "rate(15 minutes)"),
        ):
            OnSchedule(self, name, stage=stage, run=run, when=when, undelivered=undelivered)
        OnNewItem(
            self,
            "NewMember",
            run=self.welcome,
            kind="member",
            # A member who has a new address is invited there.
            changed_too=True,
            status="member",
            stream_arn=stream_arn,
            undelivered=undelivered,
        )
