"""Where messages wait, and where what nobody could take is kept until somebody looks."""

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.findings import accept
from infra.function import Function
from infra.stages import Stage

BATCH = 10
TRIES = 5
"""After so many, a message goes to the dead letters and the ones behind it go on."""
WORKERS = 2
"""The least that AWS allows, for each queue."""


BY_SQS = "SQS encrypts it with a key of its own (SqsManagedSseEnabled), which this check does not know."


class DeadLetters(sqs.Queue):
    """Keeps messages as long as AWS allows, which is longer than any queue they come from."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage) -> None:
        super().__init__(
            scope,
            construct_id,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=stage.encrypted,
            retention_period=Duration.days(14),
        )
        accept(self, {"CKV_AWS_27": BY_SQS, "Serverless-SQSRedrivePolicy": "These are the dead letters themselves."})


class WorkQueue(sqs.Queue):
    """A queue whose messages a function works off, a few at a time. What it always fails at is put aside."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage, work_takes: Duration) -> None:
        """Make the queue of a function that takes at most ``work_takes`` for a batch."""
        super().__init__(
            scope,
            construct_id,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=stage.encrypted,
            # Six times that, as Lambda asks: a batch must not come back while it is still worked on.
            visibility_timeout=Duration.seconds(6 * work_takes.to_seconds()),
            retention_period=Duration.days(4),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=DeadLetters(scope, f"{construct_id}DeadLetters", stage=stage), max_receive_count=TRIES
            ),
        )
        accept(self, {"CKV_AWS_27": BY_SQS})

    def brings_work_to(self, function: Function, *, batch: int = BATCH) -> None:
        """Run ``function`` with at most ``batch`` messages, ``WORKERS`` times at once."""
        function.may("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", on=[self.queue_arn])
        mapping = lambda_.CfnEventSourceMapping(
            self,
            "Work",
            function_name=function.function.function_arn,
            event_source_arn=self.queue_arn,
            batch_size=batch,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(maximum_concurrency=WORKERS),
        )
        mapping.node.add_dependency(function.function)
        accept(
            mapping,
            {
                "Serverless-LambdaEventSourceMappingDestination": "The queue has dead letters, and its mapping "
                "takes no other destination."
            },
        )
