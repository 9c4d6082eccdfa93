"""The functions behind joining, signing in and the register of members."""

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.function import Function
from infra.stages import Stage
from infra.triggers import OnSchedule


class Membership(Construct):
    """The pages, and the job that settles decisions whose ten minutes of reflection are over."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        code: lambda_.Code,
        table_name: str,
        undelivered: sqs.IQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        environment = {"table_name": table_name, "site_origin": stage.site_origin}
        self.web = Function(
            self,
            "membership.web",
            stage=stage,
            code=code,
            environment=environment,
            memory=1024,
            timeout=Duration.seconds(10),
            concurrency=25,
        )
        self.settle = Function(
            self,
            "membership.settle",
            stage=stage,
            code=code,
            environment=environment,
            memory=512,
            timeout=Duration.seconds(60),
            concurrency=1,
            undelivered=undelivered,
        )
        OnSchedule(self, "EveryMinute", stage=stage, run=self.settle, when="rate(1 minute)", undelivered=undelivered)
