"""What lets CloudFront in at the gateway, and nobody who goes around it."""

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.findings import NO_KEY_OF_OUR_OWN, accept
from infra.function import Function
from infra.stages import EDGE_REGION, Stage

HEADER = "x-origin-secret"
"""In which CloudFront sends the secret. It writes over what a visitor sends under this name."""
REMEMBERED = Duration.hours(1)
"""How long the gateway goes by an answer, which is as long as it can."""


class Gate(Construct):
    """A secret that only CloudFront and Secrets Manager hold, and the function that compares it."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage, code: lambda_.Code) -> None:
        super().__init__(scope, construct_id)
        self.secret = secretsmanager.Secret(
            self,
            "Secret",
            secret_name=stage.origin_secret,
            description="By this the gateway knows CloudFront. To renew it: psmn deploy --renew-secret",
            # 64 letters and digits, which are 381 bits, and safe in a header.
            generate_secret_string=secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True),
            # The gateway reads it here at every hour. CloudFront's stack reads it there when it is deployed.
            replica_regions=[secretsmanager.ReplicaRegion(region=EDGE_REGION)],
        )
        by_hand = "Whoever deploys renews it. A function that could do so by itself could lead all visitors away."
        accept(self.secret, {"AwsSolutions-SMG4": by_hand, "CKV_AWS_149": NO_KEY_OF_OUR_OWN})
        self.admit = Function(
            self,
            "gate.admit",
            stage=stage,
            code=code,
            environment={"origin_secret_arn": self.secret.secret_arn},
            memory=1024,
            timeout=Duration.seconds(10),
            concurrency=10,
        )
