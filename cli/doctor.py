"""``psmn doctor``: whether everything that a network needs is there, and what to do about what is not."""

import json
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError

from cli import checks, health, options
from cli.checks import Finding, State
from cli.stack import Cloud, Contents, clients, contents_of
from functions.kernel import clock
from functions.kernel.auth import Role
from functions.membership.store import Members
from infra.stages import Stage

MEMBERS = 1_100
"""As many as the network has. A stage in which fewer have joined yet has to be ready for them."""
NOT_HERE = Finding(State.NOT_HERE, "Not on this machine")
MARKS = {State.GOOD: "ok ", State.BAD: "NO ", State.NOT_HERE: "-  "}


class Looked:
    """One stage, with what more than one question needs."""

    def __init__(self, stage: Stage, client: Callable[[str], Any], members: int) -> None:
        self.stage, self.client, self.members = stage, client, members

    @cached_property
    def contents(self) -> Contents:
        """What is deployed. Raises ``LookupError`` with a sentence when nothing is."""
        return contents_of(self.stage, self.client("cloudformation"))

    @cached_property
    def cloud(self) -> Cloud:
        """The deployment."""
        return Cloud(self.stage, self.contents, self.client)

    @cached_property
    def identity(self) -> Mapping[str, Any]:
        """Who AWS says we are, with the headers of the answer."""
        found: Mapping[str, Any] = self.client("sts").get_caller_identity()
        return found

    @cached_property
    def zone(self) -> Mapping[str, Any]:
        """The zone of the domain."""
        found: Mapping[str, Any] = self.client("route53").get_hosted_zone(Id=self.stage.hosted_zone_id)
        return found

    def pages(self, service: str, operation: str, key: str, **asked: Any) -> list[Any]:
        """All that an operation lists, page after page."""
        pages = self.client(service).get_paginator(operation).paginate(**asked)
        return [each for page in pages for each in page[key]]


@dataclass(frozen=True, slots=True)
class Check:
    """A question, and the rule that the answer goes to."""

    name: str
    ask: Callable[[Looked], Finding]
    only_in_aws: bool = True
    """Whether a local cloud cannot say: what it has of this is made up."""


def _clock(it: Looked) -> Finding:
    there = parsedate_to_datetime(it.identity["ResponseMetadata"]["HTTPHeaders"]["date"])
    return checks.clock(clock.now(), there)


def _records(it: Looked) -> Finding:
    asked = {"HostedZoneId": it.stage.hosted_zone_id}
    return checks.records(
        it.stage, it.zone, it.pages("route53", "list_resource_record_sets", "ResourceRecordSets", **asked)
    )


def _delegation(it: Looked) -> Finding:
    is_known = False
    with suppress(OSError):
        is_known = bool(socket.getaddrinfo(it.stage.domain, 443))
    return checks.delegation(it.zone, is_known=is_known)


def _identity(sender: Callable[[Stage], str]) -> Callable[[Looked], Finding]:
    def ask(it: Looked) -> Finding:
        domain = sender(it.stage).rpartition("@")[2]
        return checks.identity(it.stage, domain, it.client("sesv2").get_email_identity(EmailIdentity=domain))

    return ask


def _schedules(it: Looked) -> Finding:
    scheduler = it.client("scheduler")
    # It is asked by way of what is deployed, so that without a deployment it says that.
    asked = {"StackName": f"{it.cloud.stage.prefix}-service"}
    states: dict[str, str] = {}
    for each in it.pages("cloudformation", "list_stack_resources", "StackResourceSummaries", **asked):
        if each["ResourceType"] == "AWS::Scheduler::Schedule":
            name = each["PhysicalResourceId"]
            try:
                states[name] = scheduler.get_schedule(Name=name)["State"]
            except scheduler.exceptions.ResourceNotFoundException:
                states[name] = ""
    return checks.schedules(it.stage, states)


def _backups(it: Looked) -> Finding:
    table = it.contents.table
    return checks.backups(it.stage, table, it.client("dynamodb").describe_continuous_backups(TableName=table))


def _alarms(it: Looked) -> Finding:
    found = it.pages("cloudwatch", "describe_alarms", "MetricAlarms", AlarmNamePrefix=it.stage.alarms_begin)
    return checks.alarms(it.stage, found)


def _coordinators(it: Looked) -> Finding:
    members = Members(it.cloud.table).every()
    return checks.coordinators(it.stage, (member.id for member in members if Role.COORDINATOR in member.roles))


CHECKS = (
    Check("region", lambda it: checks.region(it.stage), only_in_aws=False),
    Check("account", lambda it: checks.account(it.stage, it.identity), only_in_aws=False),
    Check("clock", _clock, only_in_aws=False),
    Check("deployed", lambda it: checks.deployed(it.stage, health.what_is_wrong(it.cloud)), only_in_aws=False),
    Check("schedules", _schedules, only_in_aws=False),
    Check("coordinators", _coordinators, only_in_aws=False),
    Check("sending limit", lambda it: checks.sending_limit(it.stage, it.client("sesv2").get_account(), it.members)),
    Check("mail of the account", _identity(lambda stage: stage.account_sender)),
    Check("mail of events", _identity(lambda stage: stage.events_sender)),
    Check(
        "mail that comes in", lambda it: checks.incoming(it.stage, it.client("ses").describe_active_receipt_rule_set())
    ),
    Check("records", _records),
    Check("name servers", _delegation),
    Check("functions", lambda it: checks.functions_at_once(it.stage, it.client("lambda").get_account_settings())),
    Check("backups", _backups),
    Check("alarms", _alarms),
    Check(
        "budget",
        lambda it: checks.budget(
            it.stage, it.pages("budgets", "describe_budgets", "Budgets", AccountId=it.stage.account)
        ),
    ),
)
"""In the order in which a person meets them."""


def examine(it: Looked) -> dict[str, Finding]:
    """Ask everything, and say what was found, by the name of the check."""
    return {each.name: _asked(each, it) for each in CHECKS}


def _asked(check: Check, it: Looked) -> Finding:
    if check.only_in_aws and it.stage.on_this_machine:
        return NOT_HERE
    try:
        return check.ask(it)
    except LookupError as error:
        return checks.bad(str(error.args[0]), f"psmn deploy --stage {it.stage.name}")
    except ClientError as error:
        fault = error.response["Error"]
        return checks.bad(
            f"AWS refused to say: {fault['Code']}",
            f"Let this shell's credentials make the call {error.operation_name}: {fault.get('Message', '')}",
        )
    except BotoCoreError as error:
        return checks.bad(f"AWS did not answer: {error}", "Sign in to AWS in this shell: aws sso login")


@click.command()
@options.in_stage
@click.option("--members", default=MEMBERS, show_default=True, help="How many members it has to be ready for.")
@options.as_json
@click.pass_context
def doctor(context: click.Context, *, stage: Stage, members: int, as_json: bool) -> None:
    """See whether a stage has everything it needs, and say what to do about what it has not.

    The exit code is 1 when something is missing.
    """
    found = examine(Looked(stage, clients(stage), members))
    missing = [name for name, finding in found.items() if finding.state is State.BAD]
    if as_json:
        listed = [{"check": name, **asdict(finding)} for name, finding in found.items()]
        click.echo(json.dumps({"stage": stage.name, "well": not missing, "checks": listed}, indent=2))
    else:
        for name, finding in found.items():
            click.echo(f"{MARKS[finding.state]} {name:20} {finding.words}")
            if finding.fix:
                click.echo(f"{'':24} -> {finding.fix}")
        click.echo()
        click.echo(f"{len(missing)} to see to: {', '.join(missing)}." if missing else "All is well.")
    context.exit(1 if missing else 0)
