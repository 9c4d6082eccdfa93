"""The functions behind joining, signing in and the register of members."""

from functools import partial

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.function import Function, WebFunction
from infra.stages import Stage
from infra.triggers import OnSchedule


class Membership(Construct):
    """The pages, the job that settles decisions whose ten minutes are over and erasures, and the one that forgets."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        code: lambda_.Code,
        table_name: str,
        library_bucket: str,
        undelivered: sqs.IQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        environment = {
            "table_name": table_name,
            "site_origin": stage.site_origin,
            "library_bucket": library_bucket,
        }
        job = partial(Function, self, stage=stage, code=code, environment=environment)
        self.web = WebFunction(self, "membership", stage=stage, code=code, environment=environment)
        self.settle = job("membership.settle", timeout=Duration.seconds(60), concurrency=1, undelivered=undelivered)
        self.retain = job("membership.retain", timeout=Duration.minutes(5), concurrency=1, undelivered=undelivered)
        OnSchedule(
            self, "EveryMorning", stage=stage, run=self.retain, when="cron(0 7 * * ? *)", undelivered=undelivered
        )
        OnSchedule(self, "EveryMinute", stage=stage, run=self.settle, when="rate(1 minute)", undelivered=undelivered)
