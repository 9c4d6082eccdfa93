"""The doctor's questions, answered in the shapes that AWS's own description of its services allows."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from cli import doctor, health
from cli.checks import State
from cli.doctor import CHECKS, Looked, examine
from functions.kernel import clock, keys
from functions.membership.store import member_kept
from infra import stages
from tests.unit.cli.people import coordinator

STAGE = stages.find("production")
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
CONTENTS = {"url": STAGE.site_origin, "table": "table", "functions": {}, "queues": {}, "buckets": {}}
STACK = {
    "StackName": "psmn-production-service",
    "CreationTime": NOON,
    "StackStatus": "CREATE_COMPLETE",
    "Outputs": [{"OutputKey": "Contents", "OutputValue": json.dumps(CONTENTS)}],
}
SCHEDULE = {
    "LogicalResourceId": "Schedule",
    "PhysicalResourceId": "psmn-production-invites-plan",
    "ResourceType": "AWS::Scheduler::Schedule",
    "LastUpdatedTimestamp": NOON,
    "ResourceStatus": "CREATE_COMPLETE",
}
"""What a list of resources says of one."""


def record(kind: str, name: str) -> dict[str, Any]:
    return {"Type": kind, "Name": f"{name}."}


def answers() -> dict[str, list[tuple[Any, ...]]]:
    """What AWS says, in turn, of a network that has everything, and for some what it has to be asked."""
    events = STAGE.events_sender.rpartition("@")[2]
    identity = {
        "VerifiedForSendingStatus": True,
        "DkimAttributes": {"Status": "SUCCESS"},
        "MailFromAttributes": {
            "MailFromDomain": f"bounce.{events}",
            "MailFromDomainStatus": "SUCCESS",
            "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
        },
    }
    listed = [record("A", STAGE.domain), record("MX", events), record("TXT", f"_dmarc.{events}")]
    recovery = {"PointInTimeRecoveryStatus": "ENABLED", "EarliestRestorableDateTime": NOON}
    people = [coordinator("0"), coordinator("1")]
    shards = [
        ("query", {"Items": [member_kept(each).parameters["Item"] for each in people if each.id[0] == shard]})
        for shard in keys.SHARDS
    ]
    return {
        "sts": [
            (
                "get_caller_identity",
                {
                    "Account": STAGE.account,
                    "Arn": "arn:aws:iam::111122223333:user/jo",
                    "ResponseMetadata": {"HTTPHeaders": {"date": format_datetime(NOON, usegmt=True)}},
                },
            )
        ],
        "cloudformation": [
            ("describe_stacks", {"Stacks": [STACK]}),
            ("list_stack_resources", {"StackResourceSummaries": [SCHEDULE]}),
        ],
        "scheduler": [("get_schedule", {"State": "ENABLED"})],
        "sesv2": [
            (
                "get_account",
                {
                    "ProductionAccessEnabled": True,
                    "SendingEnabled": True,
                    "SendQuota": {"Max24HourSend": 50_000.0, "MaxSendRate": 14.0, "SentLast24Hours": 0.0},
                },
            ),
            ("get_email_identity", identity),
            ("get_email_identity", identity),
        ],
        "ses": [("describe_active_receipt_rule_set", {"Metadata": {"Name": "psmn-production"}})],
        "route53": [
            (
                "get_hosted_zone",
                {
                    "HostedZone": {"Id": "Z0", "Name": f"{STAGE.domain}.", "CallerReference": "r"},
                    "DelegationSet": {"NameServers": ["ns-1.example"]},
                },
            ),
            ("list_resource_record_sets", {"ResourceRecordSets": listed, "IsTruncated": False, "MaxItems": "300"}),
        ],
        "lambda": [("get_account_settings", {"AccountLimit": {"ConcurrentExecutions": 1_000}})],
        "dynamodb": [
            *shards,
            (
                "describe_continuous_backups",
                {
                    "ContinuousBackupsDescription": {
                        "ContinuousBackupsStatus": "ENABLED",
                        "PointInTimeRecoveryDescription": recovery,
                    }
                },
            ),
        ],
        "cloudwatch": [
            (
                "describe_alarms",
                {"MetricAlarms": [{"AlarmName": "psmn-production: Pages fail", "StateValue": "OK"}]},
                {"AlarmNamePrefix": "psmn-production: "},
            )
        ],
        "budgets": [
            (
                "describe_budgets",
                {"Budgets": [{"BudgetName": "psmn", "TimeUnit": "MONTHLY", "BudgetType": "COST"}]},
            )
        ],
    }


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Looked]]:
    """An account that answers as it is told to, and a place from which to ask it."""
    for name, value in {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(clock, "now", lambda: NOON)
    monkeypatch.setattr(health, "what_is_wrong", lambda _cloud: [])
    monkeypatch.setattr(doctor.socket, "getaddrinfo", lambda *_: ["an address"])
    with ExitStack() as stack:

        def told(refused: str = "", code: str = "AccessDenied") -> Looked:
            clients = {}
            for service, given in answers().items():
                client: Any = boto3.client(service, region_name="eu-west-2")  # type: ignore[call-overload] # By its name.
                stubber = Stubber(client)
                for operation, *answer in given:
                    if operation == refused:
                        for _ in CHECKS if refused == "describe_stacks" else (1,):
                            stubber.add_client_error(operation, code, "no")
                    else:
                        stubber.add_response(operation, *answer)
                stack.enter_context(stubber)
                clients[service] = client
            return Looked(STAGE, clients.__getitem__, members=1_100)

        yield told


def test_a_network_that_has_everything_is_well(aws: Callable[..., Looked]) -> None:
    found = examine(aws())
    assert {name: finding.words for name, finding in found.items() if finding.state is not State.GOOD} == {}
    assert len(found) == len(CHECKS) == 16


@pytest.mark.parametrize(
    ("refused", "check"),
    [
        ("get_account", "sending limit"),
        ("describe_continuous_backups", "backups"),
        ("get_schedule", "schedules"),
        ("describe_budgets", "budget"),
    ],
)
def test_an_answer_that_is_refused_is_a_fault_and_says_which_call(
    aws: Callable[..., Looked], refused: str, check: str
) -> None:
    found = examine(aws(refused))
    assert {name for name, finding in found.items() if finding.state is State.BAD} == {check}
    assert found[check].words == "AWS refused to say: AccessDenied"
    assert refused.replace("_", "") in found[check].fix.lower()


def test_before_the_first_deployment_everything_else_is_still_looked_at(aws: Callable[..., Looked]) -> None:
    found = examine(aws("describe_stacks", "ValidationError"))
    missing = {name for name, finding in found.items() if finding.state is State.BAD}
    assert missing == {"deployed", "schedules", "coordinators", "backups"}
    for name in missing:
        assert found[name].words == "psmn-production-service is not deployed."
        assert found[name].fix == "psmn deploy --stage production"


def test_what_a_local_cloud_would_make_up_is_not_asked_of_it() -> None:
    here = stages.find("rehearsal")
    for check in CHECKS:
        if check.only_in_aws:
            assert doctor._asked(check, Looked(here, {}.__getitem__, 1_100)).state is State.NOT_HERE
