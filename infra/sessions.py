"""The functions behind the programme of Fridays, the door and the calendar feed."""

from functools import partial

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.function import Function, WebFunction
from infra.stages import Stage
from infra.triggers import OnSchedule


class Sessions(Construct):
    """The pages, and the job that makes sessions ahead of time from the series."""

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
        environment = {
            "table_name": table_name,
            "site_origin": stage.site_origin,
            "events_sender": stage.events_sender,
        }
        job = partial(Function, self, stage=stage, code=code, environment=environment)
        self.web = WebFunction(self, "sessions", stage=stage, code=code, environment=environment)
        self.programme = job("sessions.programme", timeout=Duration.seconds(60), concurrency=1, undelivered=undelivered)
        OnSchedule(
            self, "EveryNight", stage=stage, run=self.programme, when="cron(0 3 * * ? *)", undelivered=undelivered
        )
