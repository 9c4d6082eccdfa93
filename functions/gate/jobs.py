"""What the gateway asks before anything else of ours runs."""

from functools import cache
from typing import Any

from functions.gate.secret import OriginSecret
from functions.gate.settings import GateSettings
from functions.kernel import clock, tokens
from functions.kernel.client import THROUGH_CLOUDFRONT

type Event = dict[str, Any]


@cache
def secret() -> OriginSecret:
    """The secret, connected once."""
    return OriginSecret.connect(GateSettings.from_environment().origin_secret_arn)


def admit(event: Event, context: Any) -> Event:  # noqa: ARG001 - Lambda passes both.
    """Say whether a request came through CloudFront (security requirement 60).

    The event and the answer are those of a Lambda authorizer with simple answers (AWS, "Control access to HTTP APIs
    with AWS Lambda authorizers"). A request without the header does not get here: the gateway refuses it by itself.
    It remembers what we say about each value for an hour, so this runs about once an hour for all visitors together.
    """
    (sent,) = event["identitySource"]
    # Every value is compared, so that the time tells nothing about which of them was nearly right.
    matches = [tokens.same(sent, value) for value in secret().values(clock.now())]
    return {"isAuthorized": True, "context": THROUGH_CLOUDFRONT} if any(matches) else {"isAuthorized": False}
