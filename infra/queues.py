"""Where what nobody could take is kept, until somebody looks."""

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.stages import Stage


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
