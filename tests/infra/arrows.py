"""What leads to what in a deployment, read from its templates: what starts each function, and what it then uses."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from tests.infra.deployment import Deployment, as_list
from tests.infra.permissions import granted, spoken

BROWSER, MAILBOXES, PEOPLE = "Browser", "Mailboxes", "People"
"""Whoever is outside: visitors, everybody's mailboxes, and the people whom the alarms tell."""
CLOCK, POST, ALARM = "Clock", "Post", "Alarm"
"""What is many things in a template and one to a reader: all schedules, all senders of mail, all alarms."""

_VERBS = (
    ("reads", ("Get", "BatchGet", "Query", "ConditionCheck")),
    ("writes", ("Put", "Update", "Delete")),
    ("sends", ("Send",)),
)
"""What an action is in plain words, by how its name begins. To delete is to write, too."""
_ASIDE = "sqs:SendMessage", "Undelivered"
"""What nearly every function may, and no picture needs: to put aside what it cannot do."""


class Arrow(NamedTuple):
    """That one thing starts another, or uses it."""

    start: str
    end: str
    words: str
    """What happens, to be written on the arrow. Empty where the two ends say it all."""


def found_in(deployment: Deployment) -> list[Arrow]:
    """Every arrow, in the order of the alphabet."""
    return sorted(
        {
            *_front(deployment),
            *_routes(deployment),
            *_schedules(deployment),
            *_work(deployment),
            *_events(deployment),
            *_topics(deployment),
            *_mail(deployment),
            *_watch(deployment),
            *_uses(deployment),
        }
    )


def without(found: Iterable[Arrow], between: Iterable[str]) -> list[Arrow]:
    """The arrows without what is ``between``: what led there leads to where that leads, in the words of the last."""
    left = set(found)
    for place in between:
        before = {each for each in left if each.end == place}
        after = {each for each in left if each.start == place}
        left -= before | after
        left |= {Arrow(one.start, other.end, other.words) for one in before for other in after}
    return sorted(left)


def verbs(actions: Iterable[str]) -> list[str]:
    """What actions are in plain words: "reads", "writes"."""
    names = [action.partition(":")[2] for action in actions]
    return [verb for verb, begins in _VERBS if any(name.startswith(begins) for name in names)]


def used(deployment: Deployment, function: str) -> dict[str, list[str]]:
    """What a function itself does with each resource, leaving out what Lambda does in its name."""
    found = {}
    for resource, actions in granted(deployment)[function].items():
        own = [
            action.partition(" ")[0]
            for action in actions
            if not action.startswith(("logs:", "s3:ListBucket"))
            and not action.startswith(("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"))
            and (action, resource) != _ASIDE
        ]
        if own and not resource.endswith(" stream"):
            found[resource] = own
    return found


def place_of(resource: str) -> str:
    """The thing that a resource belongs to: the table, for one of its indexes."""
    return POST if resource.startswith("arn:aws:ses:") else resource.partition("/")[0]


def called(logical_id: str) -> str:
    """The name of a resource without the letters that the CDK puts behind it."""
    return re.sub(r"[0-9A-F]{8}$", "", logical_id)


def _name(value: Any, deployment: Deployment) -> str:
    """What a reference leads to: a function by its own name, or a resource."""
    inside = as_list(next(iter(value.values())))[0]
    if inside in deployment.resources and deployment.resources[inside]["Type"] == "AWS::Lambda::Function":
        return deployment.named(inside)
    return spoken(value, deployment)


def _the(kind: str, deployment: Deployment) -> str:
    """The one resource of a type."""
    (found,) = deployment.of_type(kind)
    return called(found)


def _front(deployment: Deployment) -> Iterator[Arrow]:
    """What browsers reach: CloudFront behind its firewall, which asks the gateway, and the bucket that takes files."""
    gateway = _the("AWS::ApiGatewayV2::Api", deployment)
    for name, pages in deployment.of_type("AWS::CloudFront::Distribution").items():
        firewall = called(pages["DistributionConfig"]["WebACLId"]["Fn::GetAtt"][0])
        yield Arrow(BROWSER, firewall, "asks for a page")
        yield Arrow(firewall, called(name), "what may pass")
        origins = [each["DomainName"] for each in pages["DistributionConfig"]["Origins"]]
        assert set(origins) == {deployment.stage.origin}, "CloudFront asks somebody else than the gateway."
        yield Arrow(called(name), gateway, "with the secret")
    for name, bucket in deployment.of_type("AWS::S3::Bucket").items():
        if "CorsConfiguration" in bucket:
            yield Arrow(BROWSER, called(name), "sends a file")


def _routes(deployment: Deployment) -> Iterator[Arrow]:
    gateway = _the("AWS::ApiGatewayV2::Api", deployment)
    for function, paths in routed(deployment).items():
        yield Arrow(gateway, function, f"{len(paths)} paths")
    for authorizer in deployment.of_type("AWS::ApiGatewayV2::Authorizer").values():
        # The address at which a gateway calls a function holds the function's own.
        (admit,) = {each for each in deployment.functions() if _holds(authorizer["AuthorizerUri"], each, deployment)}
        hours = authorizer["AuthorizerResultTtlInSeconds"] // 3600
        yield Arrow(gateway, admit, "asks each hour" if hours == 1 else f"asks every {hours} hours")


def routed(deployment: Deployment) -> dict[str, list[str]]:
    """The paths that each function answers, with ``$default`` for whatever no other does."""
    integrations = deployment.of_type("AWS::ApiGatewayV2::Integration")
    found: dict[str, list[str]] = {}
    for route in deployment.of_type("AWS::ApiGatewayV2::Route").values():
        integration = integrations[route["Target"]["Fn::Join"][1][1]["Ref"]]
        function = _name(integration["IntegrationUri"], deployment)
        found.setdefault(function, []).append(route["RouteKey"].removeprefix("ANY "))
    return {function: sorted(paths) for function, paths in sorted(found.items())}


def _holds(value: Any, function: str, deployment: Deployment) -> bool:
    (own,) = (
        name
        for name, each in deployment.of_type("AWS::Lambda::Function").items()
        if each == deployment.functions()[function]
    )
    return f'"{own}"' in json.dumps(value)


def _schedules(deployment: Deployment) -> Iterator[Arrow]:
    for each in deployment.of_type("AWS::Scheduler::Schedule").values():
        yield Arrow(CLOCK, _name(each["Target"]["Arn"], deployment), when(each["ScheduleExpression"]))


_DAYS = {"MON": "Mondays", "*": "each day", "?": "each day"}


def when(expression: str) -> str:
    """A schedule in plain words: "Mondays at 09:00"."""
    if rate := re.fullmatch(r"rate\((\d+) (\w+?)s?\)", expression):
        return f"each {rate[2]}" if rate[1] == "1" else f"every {rate[1]} {rate[2]}s"
    cron = re.fullmatch(r"cron\((\d+) (\d+) [*?] \* (\S+) \*\)", expression)
    assert cron, expression
    return f"{_DAYS[cron[3]]} at {int(cron[2]):02}:{int(cron[1]):02}"


def _work(deployment: Deployment) -> Iterator[Arrow]:
    """What queues and the table's stream bring to functions."""
    for each in deployment.of_type("AWS::Lambda::EventSourceMapping").values():
        source = _name(each["EventSourceArn"], deployment).removesuffix(" stream")
        filters = each.get("FilterCriteria", {}).get("Filters", ())
        words = ", ".join(_of_kind(json.loads(one["Pattern"])) for one in filters)
        yield Arrow(source, _name(each["FunctionName"], deployment), words)


def _of_kind(pattern: Any) -> str:
    (kind,) = pattern["dynamodb"]["NewImage"]["kind"]["S"]
    return f"each new or changed {kind}" if "MODIFY" in pattern["eventName"] else f"each new {kind}"


def _events(deployment: Deployment) -> Iterator[Arrow]:
    """What EventBridge tells: files that came, what their scanner found, and backups that failed."""
    starts = {
        "aws.s3": ("AWS::S3::Bucket", "a file came"),
        "aws.guardduty": ("AWS::GuardDuty::MalwareProtectionPlan", "what it found"),
        "aws.backup": ("AWS::Backup::BackupVault", "a backup failed"),
    }
    for rule in deployment.of_type("AWS::Events::Rule").values():
        pattern = rule["EventPattern"]
        kind, words = starts[pattern["source"][0]]
        bucket = pattern["detail"].get("bucket")
        start = _name(bucket["name"][0], deployment) if bucket else _the(kind, deployment)
        for target in rule["Targets"]:
            yield Arrow(start, _name(target["Arn"], deployment), words)
    for name, plan in deployment.of_type("AWS::GuardDuty::MalwareProtectionPlan").items():
        yield Arrow(called(name), _name(plan["ProtectedResource"]["S3Bucket"]["BucketName"], deployment), "scans")


def _topics(deployment: Deployment) -> Iterator[Arrow]:
    for each in deployment.of_type("AWS::SNS::Subscription").values():
        end = PEOPLE if each["Protocol"] == "email" else _name(each["Endpoint"], deployment)
        yield Arrow(_name(each["TopicArn"], deployment), end, "mail" if end is PEOPLE else "")


def _mail(deployment: Deployment) -> Iterator[Arrow]:
    """Mail that leaves, word of it, and mail that comes in."""
    yield Arrow(POST, MAILBOXES, "mail")
    for each in deployment.of_type("AWS::SES::ConfigurationSetEventDestination").values():
        topic = each["EventDestination"]["SnsDestination"]["TopicARN"]
        yield Arrow(POST, _name(topic, deployment), "what became of it")
    for name, each in deployment.of_type("AWS::SES::ReceiptRule").items():
        yield Arrow(MAILBOXES, called(name), "answers")
        for action in each["Rule"]["Actions"]:
            if "S3Action" in action:
                yield Arrow(called(name), _name(action["S3Action"]["BucketName"], deployment), "each mail")
            else:
                yield Arrow(called(name), _name(action["LambdaAction"]["FunctionArn"], deployment), "that it came")


def _watch(deployment: Deployment) -> Iterator[Arrow]:
    """Whom alarms and the budget tell, and what is copied each night."""
    for alarm in deployment.of_type("AWS::CloudWatch::Alarm").values():
        for topic in alarm["AlarmActions"]:
            yield Arrow(ALARM, _name(topic, deployment), "rings")
    for name, budget in deployment.of_type("AWS::Budgets::Budget").items():
        for each in budget["NotificationsWithSubscribers"]:
            for subscriber in each["Subscribers"]:
                yield Arrow(called(name), _name(subscriber["Address"], deployment), _share(each["Notification"]))
    vault = _the("AWS::Backup::BackupVault", deployment)
    for selection in deployment.of_type("AWS::Backup::BackupSelection").values():
        for each in selection["BackupSelection"]["Resources"]:
            yield Arrow(_name(each, deployment), vault, "copied")


def _share(notice: Any) -> str:
    """Of the month's money: "80% spent"."""
    return f"{notice['Threshold']}% {'spent' if notice['NotificationType'] == 'ACTUAL' else 'expected'}"


def _uses(deployment: Deployment) -> Iterator[Arrow]:
    """What each function reads and writes, by what its role may do."""
    for function in deployment.functions():
        of_place: dict[str, list[str]] = {}
        for resource, actions in used(deployment, function).items():
            # On everything, which is nothing to draw: how much mail the account may send.
            if resource != "*":
                of_place.setdefault(place_of(resource), []).extend(actions)
        for place, actions in of_place.items():
            yield Arrow(function, place, " and ".join(verbs(actions)))
