"""The stages this product can be deployed to, and everything that differs between them.

Each is a section of ``psmn.toml``. Those that are on this machine stand side by side in the cloud that ``psmn up``
starts, which deploys the one called ``local``.
"""

import os
import tomllib
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, model_validator

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ROOT / "psmn.toml"
LOCAL = "local"
LONDON = "eu-west-2"
LOCAL_ASSETS = "psmn-assets"
"""The bucket that ``psmn up`` makes for the bundle, which spares the local cloud a CDK bootstrap."""

EDGE_REGION = "us-east-1"
"""Where AWS wants the certificate and the firewall of a CloudFront distribution, wherever its visitors are."""
SECRET_VERSION = "OriginSecretVersion"  # noqa: S105 - the name of a parameter, which says which version and not what.
"""The parameter of CloudFront's stack that makes CloudFormation read the secret anew. Empty is the version in use."""


class Platform(StrEnum):
    """The machine that a function's compiled parts are chosen for, as ``uv --python-platform`` names it."""

    CLOUD = "aarch64-manylinux2014"
    THIS_MACHINE = "this-machine"


class Plan(StrEnum):
    """How CloudFront and its firewall are paid for. ``docs/decisions/0019-cloudfront-in-front.md`` has the prices."""

    FREE = "free"
    """AWS's flat-rate plan for nothing. An account may have three, and one that is itself on trial may have none."""
    BY_USE = "by-use"


class Stage(BaseModel):
    """One deployment of the product, from its account to the addresses on its mail."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    network: str
    account: str
    region: str
    why_not_london: str = ""
    """Why what members tell us is kept outside the United Kingdom, where somebody has decided so."""
    domain: str
    """What people type to reach the pages."""
    mail_domain: str
    """The domain whose ``account.`` and ``events.`` subdomains mail comes from."""
    site_origin: str
    """How every link begins, without a slash at the end."""
    hosted_zone_id: str | None
    """The Route 53 zone that holds ``domain`` and ``mail_domain``. None where somebody else keeps their records."""
    cloudfront: Plan | None
    """How CloudFront in front of the gateway is paid for. None where browsers reach the gateway itself."""
    keep_data: bool
    """Whether the table outlives its stack and refuses to be deleted."""
    reserve_concurrency: bool
    """Whether each function may run only so many times at once, and can count on that many."""
    alarms_to: str | None
    """Who gets the mail of the alarms. None where nobody is to be woken."""
    monthly_budget: int
    """US dollars. Once they are spent, the library takes no files until the month is over."""
    platform: Platform

    @property
    def prefix(self) -> str:
        """How every name of this deployment begins, so that two can share an account."""
        return f"{self.network}-{self.name}"

    @property
    def alarms_begin(self) -> str:
        """How the name of each alarm begins, which is the subject of the mail that it sends."""
        return f"{self.prefix}: "

    @property
    def on_this_machine(self) -> bool:
        """Whether it is in the local cloud."""
        return self.platform is Platform.THIS_MACHINE

    @property
    def encrypted(self) -> bool:
        """Whether what travels is encrypted. On this machine nothing travels."""
        return self.site_origin.startswith("https:")

    @property
    def origin(self) -> str:
        """Where CloudFront finds the gateway.

        No certificate and no page names it, and it cannot be worked out without the account's number. That keeps nobody
        out, which is for ``functions/gate`` to do. It keeps whoever would go around CloudFront looking for longer.
        """
        name = sha256(f"{self.prefix} {self.account}".encode()).hexdigest()
        return f"origin-{name[:16]}.{self.domain}"

    @property
    def origin_secret(self) -> str:
        """What Secrets Manager calls the secret by which the gateway knows CloudFront."""
        return f"{self.prefix}-origin"

    @property
    def mail_leaves(self) -> bool:
        """Whether mail goes out into the world, where mail services watch who sends it."""
        return self.encrypted

    @property
    def account_sender(self) -> str:
        """The address that service mail comes from."""
        return f"account@account.{self.mail_domain}"

    @property
    def events_sender(self) -> str:
        """The address that invitations come from. Its domain may never change: calendars match on it."""
        return f"events@events.{self.mail_domain}"

    @property
    def reply_to(self) -> str:
        """A mailbox that people read."""
        return f"hello@{self.mail_domain}"


class StageHere(BaseModel):
    """A section of ``psmn.toml`` for a deployment to the local cloud."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    on_this_machine: Literal[True]
    domain: str
    """Browsers take every name under ``localhost`` for this machine and for a safe place to keep a cookie."""


class CloudStage(BaseModel):
    """A section of ``psmn.toml`` for a deployment to an account of AWS."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: str
    region: str
    why_not_london: str = ""
    domain: str
    hosted_zone_id: str = ""
    cloudfront: Plan
    reserve_concurrency: bool
    alarms_to: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = None
    monthly_budget: Annotated[int, Field(gt=0)] = 20

    @model_validator(mode="after")
    def _stays_in_the_country(self) -> Self:
        if self.region != LONDON and not self.why_not_london.strip():
            raise ValueError(
                f"the region is {self.region}, and not {LONDON} (London). Write the reason: why_not_london = ..."
            )
        return self


_TAKEN_FOR = 2


def _place(section: Any) -> str:
    return "here" if isinstance(section, dict) and "on_this_machine" in section else "cloud"


type Section = Annotated[
    Annotated[StageHere, Tag("here")] | Annotated[CloudStage, Tag("cloud")],
    Discriminator(_place),
]


class Deployments(BaseModel):
    """The whole of ``psmn.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    network: str
    stages: dict[str, Section]

    @model_validator(mode="after")
    def _stand_apart(self) -> Self:
        """Stages may share an account, which knows each by how its names begin, and by its domain."""
        of_domain: dict[str, str] = {}
        for name, section in self.stages.items():
            if "-" in name:
                raise ValueError(f"the stage {name} has a hyphen. The names of another stage could begin like its own")
            other = of_domain.setdefault(section.domain, name)
            if other != name:
                raise ValueError(f"the stages {other} and {name} have one domain, {section.domain}. Give each its own")
        return self


def find(name: str, *, port: int | None = None) -> Stage:
    """Return the stage of this name. The gateway of the local cloud listens on ``port``, or where ``PSMN_PORT`` says.

    Raises ``LookupError`` with a sentence when ``psmn.toml`` has no such stage, or cannot be read.
    """
    deployments = _deployments()
    if name not in deployments.stages:
        raise LookupError(f"There is no stage called {name}. psmn.toml knows these: {', '.join(deployments.stages)}.")
    section = deployments.stages[name]
    if isinstance(section, StageHere):
        return _here(name, deployments.network, section, port or int(os.environ.get("PSMN_PORT", "4566")))
    return Stage(
        name=name,
        network=deployments.network,
        account=section.account,
        region=section.region,
        why_not_london=section.why_not_london,
        domain=section.domain,
        mail_domain=section.domain,
        site_origin=f"https://{section.domain}",
        hosted_zone_id=section.hosted_zone_id or None,
        cloudfront=section.cloudfront,
        keep_data=True,
        reserve_concurrency=section.reserve_concurrency,
        alarms_to=section.alarms_to,
        monthly_budget=section.monthly_budget,
        platform=Platform.CLOUD,
    )


def _here(name: str, network: str, section: StageHere, port: int) -> Stage:
    return Stage(
        name=name,
        network=network,
        account="000000000000",
        region=LONDON,
        domain=section.domain,
        mail_domain=f"{section.domain.removesuffix('.localhost')}.test",
        site_origin=f"http://{section.domain}:{port}",
        hosted_zone_id=None,
        cloudfront=None,
        keep_data=False,
        reserve_concurrency=True,
        alarms_to=None,
        monthly_budget=20,
        platform=Platform.THIS_MACHINE,
    )


def _deployments() -> Deployments:
    try:
        return Deployments.model_validate(tomllib.loads(SETTINGS.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise LookupError(f"{SETTINGS.name} cannot be read: {error}.") from error
    except ValidationError as error:
        raise LookupError(f"{SETTINGS.name} cannot be used. {' '.join(map(_told, error.errors()))}") from error


def _told(fault: Any) -> str:
    """One fault of the settings as a sentence."""
    # After the name of a stage comes which of the two it was taken for.
    where = ".".join(str(part) for place, part in enumerate(fault["loc"]) if place != _TAKEN_FOR)
    said = fault["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{where}: {said}." if where else f"{said[0].upper()}{said[1:]}."
