"""What the doctor says of each answer of AWS: that it is good, or what to do about it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cli import checks
from cli.checks import Finding, State
from infra import stages

STAGE = stages.find("production")
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
EVENTS = STAGE.events_sender.rpartition("@")[2]
ZONE = {"HostedZone": {"Name": f"{STAGE.domain}."}, "DelegationSet": {"NameServers": ["ns-1.example", "ns-2.example"]}}
RECORDS = [
    {"Type": "A", "Name": f"{STAGE.domain}."},
    {"Type": "MX", "Name": f"{EVENTS}."},
    {"Type": "TXT", "Name": f"_dmarc.{EVENTS}."},
    {"Type": "NS", "Name": f"{STAGE.domain}."},
]


def mail(*, production: bool = True, sending: bool = True, quota: float = 50_000) -> dict[str, Any]:
    """What the mail service says of an account."""
    return {
        "ProductionAccessEnabled": production,
        "SendingEnabled": sending,
        "SendQuota": {"Max24HourSend": quota, "MaxSendRate": 14.0, "SentLast24Hours": 0.0},
    }


def sender(*, verified: bool = True, dkim: str = "SUCCESS", mail_from: str = "SUCCESS") -> dict[str, Any]:
    """What the mail service says of a domain."""
    return {
        "VerifiedForSendingStatus": verified,
        "DkimAttributes": {"Status": dkim},
        "MailFromAttributes": {"MailFromDomain": "bounce", "MailFromDomainStatus": mail_from},
    }


def recovery(status: str) -> dict[str, Any]:
    """What the table says of its backups."""
    told = {"PointInTimeRecoveryStatus": status, "EarliestRestorableDateTime": NOON - timedelta(days=35)}
    return {"ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": told}}


def elsewhere(**more: str) -> stages.Stage:
    return STAGE.model_copy(update={"region": "eu-west-1", **more})


GOOD: dict[str, Callable[[], Finding]] = {
    "London": lambda: checks.region(STAGE),
    "another region with a reason": lambda: checks.region(elsewhere(why_not_london="Members are in Dublin.")),
    "the account": lambda: checks.account(STAGE, {"Account": STAGE.account, "Arn": "arn:aws:iam::1:user/jo"}),
    "a clock a minute off": lambda: checks.clock(NOON, NOON - timedelta(minutes=1)),
    "pages that answer": lambda: checks.deployed(STAGE, []),
    "quota enough": lambda: checks.sending_limit(STAGE, mail(quota=1_650), 1_100),
    "no limit": lambda: checks.sending_limit(STAGE, mail(quota=-1), 1_100),
    "a proven domain": lambda: checks.identity(STAGE, EVENTS, sender()),
    "all records": lambda: checks.records(STAGE, ZONE, RECORDS),
    "a known name": lambda: checks.delegation(ZONE, is_known=True),
    "a hundred functions": lambda: checks.functions_at_once(STAGE, {"AccountLimit": {"ConcurrentExecutions": 100}}),
    "armed": lambda: checks.schedules(STAGE, {"psmn-production-invites-plan": "ENABLED"}),
    "backups": lambda: checks.backups(STAGE, "table", recovery("ENABLED")),
    "silent alarms": lambda: checks.alarms(STAGE, [{"AlarmName": "a", "StateValue": "OK"}]),
    "a young alarm": lambda: checks.alarms(STAGE, [{"AlarmName": "a", "StateValue": "INSUFFICIENT_DATA"}]),
    "our rules": lambda: checks.incoming(STAGE, {"Metadata": {"Name": "psmn-production"}}),
    "a budget": lambda: checks.budget(STAGE, [{"BudgetName": "all"}]),
    "two coordinators": lambda: checks.coordinators(STAGE, ["one", "another"]),
}


@pytest.mark.parametrize("case", GOOD)
def test_what_is_as_it_should_be_needs_nothing_done(case: str) -> None:
    found = GOOD[case]()
    assert (found.state, found.fix) == (State.GOOD, ""), found
    assert found.words


BAD: dict[str, tuple[Callable[[], Finding], str, str]] = {
    "another region": (lambda: checks.region(elsewhere()), "without a reason", 'write: region = "eu-west-2"'),
    "another account": (
        lambda: checks.account(STAGE, {"Account": "999999999999", "Arn": "arn"}),
        "signed in to 999999999999, and production is in 111122223333",
        "export AWS_PROFILE=",
    ),
    "a clock that is late": (
        lambda: checks.clock(NOON, NOON + timedelta(seconds=61)),
        "61 s away",
        "sudo timedatectl set-ntp true",
    ),
    "pages that do not answer": (
        lambda: checks.deployed(STAGE, ["The home page does not answer."]),
        "The home page does not answer.",
        "psmn deploy --stage production",
    ),
    "the sandbox": (
        lambda: checks.sending_limit(STAGE, mail(production=False, quota=200), 1_100),
        "In the sandbox: 200 a day, and 1,100 members need 1,650",
        "aws sesv2 put-account-details --region eu-west-2 --production-access-enabled",
    ),
    "sending stopped": (
        lambda: checks.sending_limit(STAGE, mail(sending=False), 1_100),
        "AWS has stopped all sending",
        "support cases of 111122223333",
    ),
    "too small a quota": (
        lambda: checks.sending_limit(STAGE, mail(quota=1_649), 1_100),
        "1,649 a day, and 1,100 members need 1,650",
        "--service-code ses --quota-code L-804C8AE8 --desired-value 1650",
    ),
    "a domain that is not proven": (
        lambda: checks.identity(STAGE, EVENTS, sender(verified=False, dkim="PENDING", mail_from="PENDING")),
        f"{EVENTS} is not yet verified, nor signed (DKIM), nor told of bounces (MAIL FROM)",
        "wait an hour",
    ),
    "mail that is not signed": (
        lambda: checks.identity(STAGE, EVENTS, sender(dkim="FAILED")),
        f"{EVENTS} is not yet signed (DKIM)",
        "wait an hour",
    ),
    "another zone": (
        lambda: checks.records(STAGE, {"HostedZone": {"Name": "other.example."}}, RECORDS),
        "is of other.example, and not of psmn.example",
        'hosted_zone_id = "..."',
    ),
    "a missing record": (
        lambda: checks.records(STAGE, ZONE, RECORDS[1:]),
        "These records are missing: A psmn.example",
        "psmn deploy --stage production",
    ),
    "an unknown name": (
        lambda: checks.delegation(ZONE, is_known=False),
        "The public DNS does not know psmn.example",
        "set its name servers to: ns-1.example, ns-2.example",
    ),
    "ten functions": (
        lambda: checks.functions_at_once(STAGE, {"AccountLimit": {"ConcurrentExecutions": 10}}),
        "10 at once, and a Friday needs 100",
        "--service-code lambda --quota-code L-B99A9384 --desired-value 1000",
    ),
    "a hundred functions that should be reserved": (
        lambda: checks.functions_at_once(
            STAGE.model_copy(update={"reserve_concurrency": True}), {"AccountLimit": {"ConcurrentExecutions": 299}}
        ),
        "299 at once, and a Friday needs 300",
        "--quota-code L-B99A9384",
    ),
    "no schedules": (lambda: checks.schedules(STAGE, {}), "There are none", "psmn deploy --stage production"),
    "a schedule that is off": (
        lambda: checks.schedules(STAGE, {"psmn-production-invites-plan": "DISABLED", "b": "ENABLED"}),
        "Off: psmn-production-invites-plan",
        "npx cdk deploy --all --revert-drift -c stage=production",
    ),
    "a schedule that is gone": (
        lambda: checks.schedules(STAGE, {"psmn-production-invites-plan": "", "b": "ENABLED"}),
        "Deleted: psmn-production-invites-plan",
        "npx cdk deploy --all --revert-drift -c stage=production",
    ),
    "no backups": (
        lambda: checks.backups(STAGE, "the-table", recovery("DISABLED")),
        "Off",
        "aws dynamodb update-continuous-backups --region eu-west-2 --table-name the-table",
    ),
    "no alarms": (lambda: checks.alarms(STAGE, []), "There are none", "psmn deploy --stage production"),
    "an alarm that rings": (
        lambda: checks.alarms(
            STAGE, [{"AlarmName": "psmn: Late", "StateValue": "ALARM"}, {"AlarmName": "b", "StateValue": "OK"}]
        ),
        "Ringing: psmn: Late",
        "aws cloudwatch describe-alarms --region eu-west-2 --alarm-names 'psmn: Late'",
    ),
    "nobody's rules": (
        lambda: checks.incoming(STAGE, {}),
        "No rules are active",
        "aws ses set-active-receipt-rule-set --region eu-west-2 --rule-set-name psmn-production",
    ),
    "another's rules": (
        lambda: checks.incoming(STAGE, {"Metadata": {"Name": "psmn-dev"}}),
        "The active rules are psmn-dev, and an account has one active set in a region",
        "Give production an account of its own. Or, when no mail has to come in by psmn-dev any more: aws ses",
    ),
    "no budget": (
        lambda: checks.budget(STAGE, []),
        "There is none",
        "aws budgets create-budget --account-id 111122223333 --budget 'BudgetName=psmn-production,",
    ),
    "one coordinator": (
        lambda: checks.coordinators(STAGE, ["one"]),
        "1 of at least 2 people can decide",
        "psmn coordinators add EMAIL --stage production",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_missing_is_told_with_the_line_that_mends_it(case: str) -> None:
    rule, words, fix = BAD[case]
    found = rule()
    assert found.state is State.BAD
    assert words in found.words
    assert fix in found.fix
