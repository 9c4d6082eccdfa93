"""The functions and the queues that every message leaves through, and the one that brings word of it back."""

from functools import partial

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.function import Function, WebFunction
from infra.queues import WORKERS, WorkQueue
from infra.records import Records
from infra.senders import Senders
from infra.stages import Stage
from infra.triggers import OnNewItem, OnSchedule

TIME_TO_SEND = Duration.minutes(5)
"""SES may take 23 seconds to answer each of a batch of ten, and mail to many waits for its turn before that."""
TIME_TO_HEAR = Duration.seconds(60)


class Mail(Construct):
    """New mail in the table → ``dispatch`` → a queue → ``send`` → SES, whose reports come back to ``feedback``.

    There are two queues to SES, so that a code never waits behind a thousand invitations (security requirement 78).
    ``sweep`` finds what got stuck.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        code: lambda_.Code,
        table_name: str,
        stream_arn: str,
        undelivered: sqs.Queue,
        records: Records,
    ) -> None:
        super().__init__(scope, construct_id)
        self.senders = Senders(self, "Senders", stage=stage, records=records)
        self.urgent = WorkQueue(self, "Urgent", stage=stage, work_takes=TIME_TO_SEND)
        self.bulk = WorkQueue(self, "Bulk", stage=stage, work_takes=TIME_TO_SEND)
        self.reports = WorkQueue(self, "Reports", stage=stage, work_takes=TIME_TO_HEAR)
        # Raw: the service's own words, without SNS's around them.
        self.senders.reports.add_subscription(
            subscriptions.SqsSubscription(self.reports, raw_message_delivery=True, dead_letter_queue=undelivered)
        )
        environment = {
            "table_name": table_name,
            "site_origin": stage.site_origin,
            "deployment": stage.prefix,
            "account_sender": stage.account_sender,
            "events_sender": stage.events_sender,
            "reply_to": stage.reply_to,
            "mail_queue_url": self.urgent.queue_url,
            "bulk_queue_url": self.bulk.queue_url,
        }
        job = partial(Function, self, stage=stage, code=code, environment=environment)
        self.web = WebFunction(self, "mail", stage=stage, code=code, environment=environment)
        self.dispatch = job("mail.dispatch", timeout=Duration.seconds(30), concurrency=2)
        self.send = job("mail.send", timeout=TIME_TO_SEND, concurrency=2 * WORKERS)
        self.feedback = job("mail.feedback", timeout=TIME_TO_HEAR, concurrency=WORKERS)
        self.sweep = job("mail.sweep", timeout=Duration.minutes(2), concurrency=1, undelivered=undelivered)
        self.urgent.brings_work_to(self.send)
        self.bulk.brings_work_to(self.send)
        self.reports.brings_work_to(self.feedback)
        OnNewItem(self, "NewMail", run=self.dispatch, kind="mail", stream_arn=stream_arn, undelivered=undelivered)
        OnSchedule(
            self, "EveryFiveMinutes", stage=stage, run=self.sweep, when="rate(5 minutes)", undelivered=undelivered
        )
