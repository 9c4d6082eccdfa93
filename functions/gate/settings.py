"""The environment that the gate needs."""

from functions.kernel.settings import Settings


class GateSettings(Settings):
    """What the gate compares with."""

    origin_secret_arn: str
    """The secret that CloudFront sends along with each request. Its value is nowhere in our environment."""
