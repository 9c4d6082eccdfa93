"""A new value for the secret by which the gateway knows CloudFront."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from functions.kernel import tokens

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


@contextmanager
def new_value(secrets: "SecretsManagerClient", name: str) -> Iterator[str]:
    """Put a value beside the one in use, and make it the one in use once CloudFront has it.

    Yields its version, for CloudFront to be given. The gateway takes both meanwhile, and the new one alone afterwards.
    When giving it fails, both stay, and the next call goes on with the same one: some of CloudFront may have it.
    """
    current, coming = _versions(secrets, name)
    if coming in {None, current}:
        made = secrets.put_secret_value(SecretId=name, SecretString=tokens.new_secret(), VersionStages=["AWSPENDING"])
        coming = made["VersionId"]
    assert coming
    yield coming
    secrets.update_secret_version_stage(
        SecretId=name, VersionStage="AWSCURRENT", MoveToVersionId=coming, RemoveFromVersionId=current
    )
    secrets.update_secret_version_stage(SecretId=name, VersionStage="AWSPENDING", RemoveFromVersionId=coming)


def _versions(secrets: "SecretsManagerClient", name: str) -> tuple[str, str | None]:
    """The version in use, and the one to come."""
    labels = secrets.describe_secret(SecretId=name)["VersionIdsToStages"]
    labelled = {label: version for version, given in labels.items() for label in given}
    return labelled["AWSCURRENT"], labelled.get("AWSPENDING")
