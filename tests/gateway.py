"""What stands before our functions in AWS: the secret by which the gateway knows CloudFront."""

import contextlib
from typing import Any

import boto3

from tests.network import ENVIRONMENT

NAME = ENVIRONMENT["ORIGIN_SECRET_ARN"]


def secrets() -> Any:
    """Secrets Manager, as whoever deploys reaches it."""
    return boto3.client("secretsmanager")


def put_in_secrets_manager(value: str) -> None:
    """Make the secret as CloudFormation does, unless it is there."""
    client = secrets()
    with contextlib.suppress(client.exceptions.ResourceExistsException):
        client.create_secret(Name=NAME, SecretString=value)
