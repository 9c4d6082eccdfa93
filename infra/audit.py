"""The function that seals the audit log."""

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.function import Function
from infra.stages import Stage
from infra.triggers import OnSchedule


class Audit(Construct):
    """One job, each hour: what was written down before the last one can no longer be changed without a trace."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        code: lambda_.Code,
        table_name: str,
        seals_bucket: str,
        undelivered: sqs.IQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        self.seal = Function(
            self,
            "audit.seal",
            stage=stage,
            code=code,
            environment={"table_name": table_name, "seals_bucket": seals_bucket},
            timeout=Duration.minutes(1),
            concurrency=1,
            undelivered=undelivered,
        )
        OnSchedule(self, "EveryHour", stage=stage, run=self.seal, when="rate(1 hour)", undelivered=undelivered)
