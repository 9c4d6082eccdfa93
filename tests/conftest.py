"""Fixtures that every kind of test can use."""

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from moto import mock_aws
from moto.ses.models import SESQuota

from functions.kernel import aws, clock, table
from tests.network import ENVIRONMENT, REGION, Clock, Network, client_of, make_table
from tests.quick_moto import make_quick
from tests.standing import watched
from tests.used import RECORDER
from tests.web import Event

# How long an example takes says more about the machine than about the code. CI tries the same examples each time, so
# that a change fails for what it changed.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

WHOLE = {"tests/unit", "tests/integration", "tests/conventions"}
"""What has to run, all of it, before it is known what functions use."""


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take in what a worker has seen of functions, once it is done."""
    RECORDER.add(getattr(node, "workeroutput", {}).get("used", ()))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Hand on what was seen of functions: to whoever started this worker, or to the tests of the template."""
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["used"] = sorted(RECORDER.uses)
    elif set(config.args) >= WHOLE and not config.option.keyword and exitstatus == pytest.ExitCode.OK:
        RECORDER.keep()


_WEB = ("site", "membership", "sessions", "invites", "mail", "resources")


# The functions trust themselves with what they give the table, and so nothing else would notice a slip of theirs here.
table._CONNECTION["parameter_validation"] = True

make_quick()


def _forget() -> None:
    """Connections and settings are made once for each function; a test begins without any."""
    for name, module in list(sys.modules.items()):
        if name.startswith("functions."):
            for made_once in (
                "session",
                "settings",
                "table",
                "ledger",
                "sender",
                "queue",
                "letterbox",
                "secret",
                "shelf",
                "bell",
                "catalogue",
                "erasure_list",
                "safe",
            ):
                if hasattr(found := getattr(module, made_once, None), "cache_clear"):
                    found.cache_clear()


def _serve(event: Event, context: Any) -> Event:
    """What API Gateway does: the domain whose path matches answers, and ``site`` answers the rest."""
    for domain in _WEB:
        paths = importlib.import_module(f"functions.{domain}").PATHS
        if any(_matches(path, event["rawPath"]) for path in paths):
            return importlib.import_module(f"functions.{domain}.web").handler(event, context)
    return importlib.import_module("functions.site.web").handler(event, context)


def _matches(path: str, asked: str) -> bool:
    wanted, given = path.split("/"), asked.split("/")
    return len(wanted) == len(given) and all(
        part == there or (part.startswith("{") and there) for part, there in zip(wanted, given, strict=True)
    )


class Generous(SESQuota):
    """What a mail service would allow that keeps nobody waiting. moto's own takes one message a second."""

    def __init__(self, sent: int) -> None:
        super().__init__(sent)
        self.max24_hour_send, self.max_send_rate = 1_000_000, 10_000


@contextmanager
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """The network on moto, on the morning of Monday 23 November 2026."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("moto.ses.models.SESQuota", Generous)
    hands = Clock()
    monkeypatch.setattr(clock, "now", hands.now)
    with watched(monkeypatch), mock_aws():
        _forget()
        RECORDER.follow(monkeypatch)
        RECORDER.listen(aws.session())
        for name in ("mail", "bulk", "index"):
            queue = client_of("sqs").create_queue(QueueName=name)["QueueUrl"]
            monkeypatch.setenv(f"{name.upper()}_QUEUE_URL", queue)
        location = {"LocationConstraint": REGION}
        s3 = client_of("s3")
        for name in ("INBOUND_BUCKET", "QUARANTINE_BUCKET", "LIBRARY_BUCKET", "SEALS_BUCKET"):
            s3.create_bucket(Bucket=ENVIRONMENT[name], CreateBucketConfiguration=location)
        for name in ("QUARANTINE_BUCKET", "LIBRARY_BUCKET", "SEALS_BUCKET"):
            s3.put_bucket_versioning(Bucket=ENVIRONMENT[name], VersioningConfiguration={"Status": "Enabled"})
        ses = client_of("ses")
        for domain in ("account.psmn.test", "events.psmn.test"):
            ses.verify_domain_identity(Domain=domain)
        for name in ("signin", "account", "invites", "digest"):
            ses.create_configuration_set(ConfigurationSet={"Name": f"{ENVIRONMENT['DEPLOYMENT']}-{name}"})
        yield Network(make_table(), hands, _serve)
        _forget()


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """A network of the test's own."""
    with running(monkeypatch) as found:
        yield found


@pytest.fixture(scope="module")
def shared_network() -> Iterator[Network]:
    """One network for all tests of a module, which only look at it."""
    with pytest.MonkeyPatch.context() as monkeypatch, running(monkeypatch) as found:
        yield found
