"""The functions of the library: its pages, what looks at files, and what keeps the search new."""

from functools import partial

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.function import Function, WebFunction
from infra.queues import WorkQueue
from infra.stages import Stage
from infra.triggers import OnSchedule

LONGEST_LOOK = Duration.minutes(3)
"""A file of 100 MB is fetched in seconds. What reads its inside stops after two minutes by itself."""
LONGEST_INDEXING = Duration.minutes(5)


class Resources(Construct):
    """The pages, the inspection, the indexer, the sweep, and what closes the library for new files."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        code: lambda_.Code,
        inspection_code: lambda_.Code,
        table_name: str,
        quarantine_bucket: str,
        library_bucket: str,
        undelivered: sqs.IQueue,
    ) -> None:
        """Make them. ``inspection_code`` also holds the libraries that read the insides of files."""
        super().__init__(scope, construct_id)
        self.reports = WorkQueue(self, "Reports", stage=stage, work_takes=LONGEST_LOOK)
        self.bell = WorkQueue(self, "Bell", stage=stage, work_takes=LONGEST_INDEXING)
        environment = {
            "table_name": table_name,
            "site_origin": stage.site_origin,
            "quarantine_bucket": quarantine_bucket,
            "library_bucket": library_bucket,
            "index_queue_url": self.bell.queue_url,
        }
        job = partial(Function, self, stage=stage, environment=environment)
        self.web = WebFunction(self, "resources", stage=stage, code=code, environment=environment)
        self.inspect = job("resources.inspect", code=inspection_code, memory=2048, timeout=LONGEST_LOOK, concurrency=5)
        self.index = job(
            "resources.index",
            code=code,
            memory=1024,
            timeout=LONGEST_INDEXING,
            concurrency=2,
            undelivered=undelivered,
        )
        self.sweep = job(
            "resources.sweep", code=code, timeout=Duration.minutes(1), concurrency=1, undelivered=undelivered
        )
        self.close = job(
            "resources.close", code=code, timeout=Duration.seconds(30), concurrency=1, undelivered=undelivered
        )
        # One at a time, so that a file which takes long holds up no other.
        self.reports.brings_work_to(self.inspect, batch=1)
        self.bell.brings_work_to(self.index)
        for name, run, when in (
            ("IndexEachMinute", self.index, "rate(1 minute)"),
            ("SweepEachMinute", self.sweep, "rate(1 minute)"),
        ):
            OnSchedule(self, name, stage=stage, run=run, when=when, undelivered=undelivered)
