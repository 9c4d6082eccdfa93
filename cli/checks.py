"""What has to be so for a network to run, each as a rule over what AWS answered. Nothing here asks anything itself.

A rule gives what it found, and where that is not good enough, the one thing to do about it.
"""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Any

from infra.stages import LONDON, Stage

MOST_CLOCK_ERROR = timedelta(minutes=1)
"""AWS refuses what was signed five minutes ago (AWS, "Troubleshoot AWS API request signing")."""
FEWEST_COORDINATORS = 2
"""One may be ill, or leave."""
SENT_ON_A_DAY = 1.5
"""Messages to each member on the busiest day: the invitation, and for half of them a change or a code."""
FEWEST_AT_ONCE = 100
"""Functions that must be able to run at once for a Friday. A new account may run ten."""
RESERVED = 300
"""What our functions reserve together, and what AWS keeps for the rest of the account."""
VERIFIED = "SUCCESS"
_REVERT = "npx cdk deploy --all --revert-drift"
"""CloudFormation then also puts back what was changed by hand, which it otherwise does not look at."""


class State(StrEnum):
    """How a check ended."""

    GOOD = "good"
    BAD = "bad"
    NOT_HERE = "not here"
    """It is about something that a local cloud does not have."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says."""

    state: State
    words: str
    fix: str = ""
    """A command, or what to do where there is none. Empty when nothing needs doing."""


def good(words: str) -> Finding:
    """All is as it should be."""
    return Finding(State.GOOD, words)


def bad(words: str, fix: str) -> Finding:
    """Something has to be done."""
    return Finding(State.BAD, words, fix)


def region(stage: Stage) -> Finding:
    """What members tell us stays in the United Kingdom, unless somebody wrote down why not."""
    if stage.region == LONDON:
        return good(f"London, {LONDON}")
    if stage.why_not_london.strip():
        return good(f"{stage.region}, because: {stage.why_not_london}")
    return bad(f"{stage.region}, without a reason", f'In psmn.toml, [stages.{stage.name}], write: region = "{LONDON}"')


def account(stage: Stage, identity: Mapping[str, Any]) -> Finding:
    """The credentials of this shell are for the account that the stage is in. STS, ``GetCallerIdentity``."""
    if identity["Account"] == stage.account:
        return good(f"{stage.account}, as {identity['Arn']}")
    return bad(
        f"This shell is signed in to {identity['Account']}, and {stage.name} is in {stage.account}",
        f"export AWS_PROFILE=<the profile of {stage.account}>",
    )


def clock(here: datetime, there: datetime) -> Finding:
    """The clock of this machine agrees with AWS's, as the ``Date`` of an answer tells it."""
    apart = abs(here - there)
    if apart <= MOST_CLOCK_ERROR:
        return good(f"Within {max(1, ceil(apart.total_seconds()))} s of AWS's")
    return bad(f"{ceil(apart.total_seconds())} s away from AWS's", "sudo timedatectl set-ntp true")


def deployed(stage: Stage, wrong: Iterable[str]) -> Finding:
    """The pages, the table and a function answer."""
    if faults := list(wrong):
        return bad(" ".join(faults), f"psmn deploy --stage {stage.name}")
    return good(stage.site_origin)


def sending_limit(stage: Stage, answer: Mapping[str, Any], members: int) -> Finding:
    """The mail service takes a Friday's mail in a day. SES, ``GetAccount``: out of the sandbox, with quota enough.

    The sandbox takes 200 messages a day, and only to addresses that were verified one by one.
    """
    quota, needed = answer["SendQuota"]["Max24HourSend"], ceil(members * SENT_ON_A_DAY)
    ask = (
        f"aws sesv2 put-account-details --region {stage.region} --production-access-enabled --mail-type TRANSACTIONAL "
        f"--website-url {stage.site_origin} --use-case-description 'A weekly invitation to members who joined'"
    )
    if not answer["ProductionAccessEnabled"]:
        return bad(f"In the sandbox: {quota:,.0f} a day, and {members:,} members need {needed:,}", ask)
    if not answer["SendingEnabled"]:
        return bad(
            "AWS has stopped all sending", f"Answer AWS's letter, which is in the support cases of {stage.account}"
        )
    # The service says -1 where there is no limit.
    if 0 <= quota < needed:
        return bad(
            f"{quota:,.0f} a day, and {members:,} members need {needed:,}",
            f"aws service-quotas request-service-quota-increase --region {stage.region} --service-code ses "
            f"--quota-code L-804C8AE8 --desired-value {needed}",
        )
    return good(f"{quota:,.0f} messages a day")


def identity(stage: Stage, domain: str, answer: Mapping[str, Any]) -> Finding:
    """Mail from one of our domains is trusted. SES, ``GetEmailIdentity``: verified, signed, and with its own way back.

    Each of the three is shown by records in the public DNS, which the deployment writes.
    """
    missing = [
        what
        for what, proven in (
            ("verified", answer["VerifiedForSendingStatus"]),
            ("signed (DKIM)", answer["DkimAttributes"]["Status"] == VERIFIED),
            ("told of bounces (MAIL FROM)", answer["MailFromAttributes"].get("MailFromDomainStatus") == VERIFIED),
        )
        if not proven
    ]
    if not missing:
        return good(f"{domain} is verified and signed")
    return bad(f"{domain} is not yet {', nor '.join(missing)}", f"psmn deploy --stage {stage.name}, and wait an hour")


def records(stage: Stage, zone: Mapping[str, Any], found: Iterable[Mapping[str, Any]]) -> Finding:
    """The zone is the domain's, and has the records that people and mail find us by.

    Route 53, ``GetHostedZone`` and ``ListResourceRecordSets``.
    """
    named = zone["HostedZone"]["Name"].rstrip(".")
    if named != stage.domain:
        return bad(
            f"The zone {stage.hosted_zone_id} is of {named}, and not of {stage.domain}",
            f'In psmn.toml, [stages.{stage.name}], write the zone of {stage.domain} as hosted_zone_id = "..."',
        )
    events = stage.events_sender.rpartition("@")[2]
    there = {(each["Type"], each["Name"].rstrip(".")) for each in found}
    wanted = {("A", stage.domain), ("MX", events), ("TXT", f"_dmarc.{events}")}
    if missing := sorted(wanted - there):
        listed = ", ".join(f"{kind} {name}" for kind, name in missing)
        return bad(f"These records are missing: {listed}", f"psmn deploy --stage {stage.name}")
    return good(f"{stage.domain} has its records")


def delegation(zone: Mapping[str, Any], *, is_known: bool) -> Finding:
    """The rest of the world finds the zone: the name has an address in the public DNS."""
    named, servers = zone["HostedZone"]["Name"].rstrip("."), zone["DelegationSet"]["NameServers"]
    if is_known:
        return good(f"{named} is known to the public DNS")
    return bad(
        f"The public DNS does not know {named}",
        f"Where {named} was bought, set its name servers to: {', '.join(servers)}",
    )


def functions_at_once(stage: Stage, answer: Mapping[str, Any]) -> Finding:
    """Enough functions may run at once. Lambda, ``GetAccountSettings``."""
    most = answer["AccountLimit"]["ConcurrentExecutions"]
    needed = RESERVED if stage.reserve_concurrency else FEWEST_AT_ONCE
    if most >= needed:
        return good(f"{most:,} at once")
    return bad(
        f"{most:,} at once, and a Friday needs {needed}",
        f"aws service-quotas request-service-quota-increase --region {stage.region} --service-code lambda "
        "--quota-code L-B99A9384 --desired-value 1000",
    )


def schedules(stage: Stage, states: Mapping[str, str]) -> Finding:
    """Every schedule of the template is there and armed. EventBridge Scheduler, ``GetSchedule``, by name."""
    if not states:
        return bad("There are none", f"psmn deploy --stage {stage.name}")
    if gone := sorted(name for name, state in states.items() if not state):
        return bad(f"Deleted: {', '.join(gone)}", f"{_REVERT} -c stage={stage.name}")
    if off := sorted(name for name, state in states.items() if state != "ENABLED"):
        return bad(f"Off: {', '.join(off)}", f"{_REVERT} -c stage={stage.name}")
    return good(f"{len(states)} are armed")


def backups(stage: Stage, table: str, answer: Mapping[str, Any]) -> Finding:
    """The table can be put back to any second of the last weeks. DynamoDB, ``DescribeContinuousBackups``."""
    recovery = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    if recovery["PointInTimeRecoveryStatus"] == "ENABLED":
        return good(f"Any second since {recovery['EarliestRestorableDateTime']:%d %B %Y}")
    return bad(
        "Off",
        f"aws dynamodb update-continuous-backups --region {stage.region} --table-name {table} "
        "--point-in-time-recovery-specification PointInTimeRecoveryEnabled=true",
    )


def alarms(stage: Stage, found: Iterable[Mapping[str, Any]]) -> Finding:
    """There are alarms, and none rings. CloudWatch, ``DescribeAlarms``."""
    states = {each["AlarmName"]: each["StateValue"] for each in found}
    if not states:
        return bad("There are none, so nobody is told when something stops", f"psmn deploy --stage {stage.name}")
    if ringing := sorted(name for name, state in states.items() if state == "ALARM"):
        return bad(
            f"Ringing: {', '.join(ringing)}",
            f"aws cloudwatch describe-alarms --region {stage.region} --alarm-names {shlex.join(ringing)}",
        )
    return good(f"{len(states)}, and none rings")


def incoming(stage: Stage, answer: Mapping[str, Any]) -> Finding:
    """Answers from calendars come in. SES, ``DescribeActiveReceiptRuleSet``: an account has one active set of rules."""
    active = answer.get("Metadata", {}).get("Name")
    if active == stage.prefix:
        return good(f"The rules {active} are active")
    activate = f"aws ses set-active-receipt-rule-set --region {stage.region} --rule-set-name {stage.prefix}"
    if not active:
        return bad("No rules are active", activate)
    return bad(
        f"The active rules are {active}, and an account has one active set in a region",
        f"Give {stage.name} an account of its own. Or, when no mail has to come in by {active} any more: {activate}",
    )


def budget(stage: Stage, found: Iterable[Mapping[str, Any]]) -> Finding:
    """Somebody is told when it costs more than was meant. AWS Budgets, ``DescribeBudgets``."""
    if named := sorted(each["BudgetName"] for each in found):
        return good(", ".join(named))
    return bad(
        "There is none, so nobody is told when it costs more than was meant",
        f"aws budgets create-budget --account-id {stage.account} --budget 'BudgetName={stage.prefix},"
        "BudgetLimit={Amount=20,Unit=USD},TimeUnit=MONTHLY,BudgetType=COST'",
    )


def coordinators(stage: Stage, names: Iterable[str]) -> Finding:
    """At least two people can decide."""
    there = len(list(names))
    if there >= FEWEST_COORDINATORS:
        return good(f"{there} people can decide")
    return bad(
        f"{there} of at least {FEWEST_COORDINATORS} people can decide",
        f"psmn coordinators add EMAIL --stage {stage.name}",
    )
