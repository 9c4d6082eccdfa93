"""The functions and the queue that every message leaves through."""

from functools import partial

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.function import Function, WebFunction
from infra.queues import DeadLetters
from infra.senders import Senders
from infra.stages import Stage
from infra.triggers import OnNewItem, OnSchedule

BATCH = 10
MINUTES_TO_SEND = 4
"""SES may take 23 seconds to answer each of a batch of ten."""
TRIES = 5
"""After so many, a message goes to the dead letters and the ones behind it go on."""


class Mail(Construct):
    """New mail in the table → ``dispatch`` → the queue → ``send`` → SES, with ``sweep`` to find what got stuck."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        code: lambda_.Code,
        table_name: str,
        stream_arn: str,
        undelivered: sqs.IQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        self.senders = Senders(self, "Senders", stage=stage)
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=stage.encrypted,
            # Six times the function's, as Lambda asks: a batch must not come back while it is still being sent.
            visibility_timeout=Duration.minutes(6 * MINUTES_TO_SEND),
            retention_period=Duration.days(4),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=DeadLetters(self, "DeadLetters", stage=stage), max_receive_count=TRIES
            ),
        )
        environment = {
            "table_name": table_name,
            "site_origin": stage.site_origin,
            "account_sender": stage.account_sender,
            "events_sender": stage.events_sender,
            "reply_to": stage.reply_to,
            "mail_queue_url": self.queue.queue_url,
        }
        job = partial(Function, self, stage=stage, code=code, environment=environment)
        self.web = WebFunction(self, "mail", stage=stage, code=code, environment=environment)
        self.dispatch = job("mail.dispatch", timeout=Duration.seconds(30), concurrency=2)
        self.send = job("mail.send", timeout=Duration.minutes(MINUTES_TO_SEND), concurrency=2)
        self.sweep = job("mail.sweep", timeout=Duration.minutes(2), concurrency=1, undelivered=undelivered)
        lambda_.CfnEventSourceMapping(
            self,
            "QueuedMail",
            function_name=self.send.function.function_arn,
            event_source_arn=self.queue.queue_arn,
            batch_size=BATCH,
            function_response_types=["ReportBatchItemFailures"],
            # Two is the least AWS allows. SES paces us long before Lambda would.
            scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(maximum_concurrency=2),
        ).node.add_dependency(self.send.function)
        OnNewItem(self, "NewMail", run=self.dispatch, kind="mail", stream_arn=stream_arn, undelivered=undelivered)
        OnSchedule(
            self, "EveryFiveMinutes", stage=stage, run=self.sweep, when="rate(5 minutes)", undelivered=undelivered
        )
