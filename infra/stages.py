"""The stages this product can be deployed to, and everything that differs between them.

``local`` is the cloud that ``psmn up`` starts on this machine. The others are sections of ``psmn.toml``.
"""

import os
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ROOT / "psmn.toml"
LOCAL = "local"
LOCAL_ASSETS = "psmn-assets"
"""The bucket that ``psmn up`` makes for the bundle, which spares the local cloud a CDK bootstrap."""


class Platform(StrEnum):
    """The machine that a function's compiled parts are chosen for, as ``uv --python-platform`` names it."""

    CLOUD = "aarch64-manylinux2014"
    THIS_MACHINE = "this-machine"


class Stage(BaseModel):
    """One deployment of the product, from its account to the addresses on its mail."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    network: str
    account: str
    region: str
    domain: str
    """What people type to reach the pages."""
    mail_domain: str
    """The domain whose ``account.`` and ``events.`` subdomains mail comes from."""
    site_origin: str
    """How every link begins, without a slash at the end."""
    hosted_zone_id: str | None
    """The Route 53 zone that holds ``domain`` and ``mail_domain``. None where nothing asks the public DNS."""
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
    def encrypted(self) -> bool:
        """Whether what travels is encrypted. On this machine nothing travels."""
        return self.site_origin.startswith("https:")

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


class CloudStage(BaseModel):
    """One section of ``psmn.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: str
    region: str
    domain: str
    hosted_zone_id: str
    reserve_concurrency: bool
    alarms_to: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = None
    monthly_budget: Annotated[int, Field(gt=0)] = 20


class Deployments(BaseModel):
    """The whole of ``psmn.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    network: str
    stages: dict[str, CloudStage]


def find(name: str) -> Stage:
    """Return the stage of this name.

    Raises ``LookupError`` with a sentence when ``psmn.toml`` has no such stage.
    """
    if name == LOCAL:
        return local(int(os.environ.get("PSMN_PORT", "4566")))
    deployments = _deployments()
    if name not in deployments.stages:
        known = ", ".join([LOCAL, *deployments.stages])
        raise LookupError(f"There is no stage called {name}. psmn.toml knows these: {known}.")
    cloud = deployments.stages[name]
    return Stage(
        name=name,
        network=deployments.network,
        account=cloud.account,
        region=cloud.region,
        domain=cloud.domain,
        mail_domain=cloud.domain,
        site_origin=f"https://{cloud.domain}",
        hosted_zone_id=cloud.hosted_zone_id,
        keep_data=True,
        reserve_concurrency=cloud.reserve_concurrency,
        alarms_to=cloud.alarms_to,
        monthly_budget=cloud.monthly_budget,
        platform=Platform.CLOUD,
    )


def local(port: int) -> Stage:
    """Return the stage on this machine, whose gateway listens on ``port``.

    Browsers take every name under ``localhost`` for this machine and for a safe place to keep a cookie.
    """
    network = _deployments().network
    domain = f"{network}.localhost"
    return Stage(
        name=LOCAL,
        network=network,
        account="000000000000",
        region="eu-west-2",
        domain=domain,
        mail_domain=f"{network}.test",
        site_origin=f"http://{domain}:{port}",
        hosted_zone_id=None,
        keep_data=False,
        reserve_concurrency=True,
        alarms_to=None,
        monthly_budget=20,
        platform=Platform.THIS_MACHINE,
    )


def _deployments() -> Deployments:
    return Deployments.model_validate(tomllib.loads(SETTINGS.read_text(encoding="utf-8")))
