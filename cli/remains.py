"""What there is of a stage in AWS, found by its names and not by what CloudFormation remembers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.stages import Stage

GONE = "DELETE_COMPLETE"


@dataclass(frozen=True, slots=True)
class Place:
    """The names that one service has for what belongs to a stage."""

    what: str
    """In words: "table"."""
    service: str
    operation: str
    under: str
    """Where the listing is in an answer."""
    name: str | None = None
    """The field of each that is its name. ``None`` where each is a name."""
    begins: str = ""
    """What stands before the stage's own names."""
    after: str = ""
    """The last of these stands before the name, where what is listed is a whole address."""


PLACES = (
    Place("table", "dynamodb", "list_tables", "TableNames"),
    Place("bucket", "s3", "list_buckets", "Buckets", "Name"),
    Place("function", "lambda", "list_functions", "Functions", "FunctionName"),
    Place("role", "iam", "list_roles", "Roles", "RoleName"),
    Place("log", "logs", "describe_log_groups", "logGroups", "logGroupName", begins="/aws/lambda/"),
    Place("queue", "sqs", "list_queues", "QueueUrls", after="/"),
    Place("topic", "sns", "list_topics", "Topics", "TopicArn", after=":"),
    Place("schedule", "scheduler", "list_schedules", "Schedules", "Name"),
    Place("alarm", "cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    Place("set of rules for mail", "ses", "list_receipt_rule_sets", "RuleSets", "Name"),
    Place("way in", "apigatewayv2", "get_apis", "Items", "Name"),
)


def stacks(stage: Stage, client: Callable[[str], Any]) -> list[Mapping[str, Any]]:
    """The stacks of a stage, the newest first, so that each comes before those it stands on."""
    pages = client("cloudformation").get_paginator("list_stacks").paginate()
    found = [each for page in pages for each in page["StackSummaries"]]
    ours = [each for each in found if each["StackName"].startswith(f"{stage.prefix}-") and each["StackStatus"] != GONE]
    return sorted(ours, key=lambda each: each["CreationTime"], reverse=True)


def remains(stage: Stage, client: Callable[[str], Any]) -> Iterator[tuple[str, str]]:
    """Everything that is still there of a stage, backups aside: what it is, and its name."""
    for each in stacks(stage, client):
        yield "stack", each["StackName"]
    for place in PLACES:
        begins = f"{place.begins}{stage.prefix}"
        for name in _names(place, client(place.service)):
            own = name.rpartition(place.after)[2] if place.after else name
            if own == begins or own.startswith((f"{begins}-", stage.alarms_begin)):
                yield place.what, name
    for domain in (stage.account_sender.rpartition("@")[2], stage.events_sender.rpartition("@")[2]):
        if domain in client("ses").list_identities()["Identities"]:
            yield "sender", domain


def _names(place: Place, client: Any) -> Iterator[str]:
    if client.can_paginate(place.operation):
        answers = client.get_paginator(place.operation).paginate()
    else:
        answers = [getattr(client, place.operation)()]
    for answer in answers:
        for each in answer.get(place.under, []):
            yield each if place.name is None else each[place.name]


def backups(stage: Stage, client: Callable[[str], Any]) -> list[str]:
    """The backups of the stage's table, which outlive it: those somebody made, AWS Backup's, and the last of AWS's own.

    DynamoDB keeps a backup of its own of a deleted table for 35 days (AWS, "Point-in-time recovery").
    """
    dynamodb = client("dynamodb")
    found: list[str] = []
    asked: dict[str, str] = {"BackupType": "ALL"}
    while True:
        answer = dynamodb.list_backups(**asked)
        found += [
            each["BackupArn"] for each in answer["BackupSummaries"] if each["TableName"].startswith(f"{stage.prefix}-")
        ]
        if "LastEvaluatedBackupArn" not in answer:
            return found
        asked["ExclusiveStartBackupArn"] = answer["LastEvaluatedBackupArn"]
