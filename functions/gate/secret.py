"""The secret that CloudFront sends along with each request: the only module that speaks to Secrets Manager."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from functions.kernel import aws

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

GOOD_FOR = timedelta(seconds=5)
"""How long a value is remembered. A flood of wrong ones then costs twelve looks a minute and not one for each."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_QUICKLY = {"connect_timeout": 2, "read_timeout": 3, "retries": {"total_max_attempts": 2}}


@dataclass(slots=True)
class OriginSecret:
    """Its value in use, and beside it, while it is being replaced, the one to come."""

    client: "SecretsManagerClient"
    arn: str
    _values: tuple[str, ...] = ()
    _until: datetime = _LONG_AGO

    @classmethod
    def connect(cls, arn: str) -> Self:
        """The secret of this name. Somebody waits for the answer, so it comes quickly or not at all."""
        return cls(aws.connect("secretsmanager", _QUICKLY), arn)

    def values(self, now: datetime) -> tuple[str, ...]:
        """Every value that is good now.

        Raises what botocore raises when Secrets Manager does not answer. The gateway then refuses the request and
        remembers nothing, so the next one is asked about again.
        """
        if now >= self._until:
            current = self.client.get_secret_value(SecretId=self.arn, VersionStage="AWSCURRENT")["SecretString"]
            self._values = (current, *self._to_come())
            self._until = now + GOOD_FOR
        return self._values

    def _to_come(self) -> tuple[str, ...]:
        try:
            answer = self.client.get_secret_value(SecretId=self.arn, VersionStage="AWSPENDING")
        except self.client.exceptions.ResourceNotFoundException:
            return ()
        return (answer["SecretString"],)
