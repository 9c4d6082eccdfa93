"""What each role may do in AWS, and nothing more (security requirements 54 to 60).

``permissions.toml`` is the whole of it. ``python -m tests.infra.permissions`` writes it anew after a change.
"""

import json
import os
import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from tests.infra.deployment import Deployment, as_list
from tests.infra.permissions import granted
from tests.used import FILE, TABLE

NEVER = (
    # Read all, or around the rules of the table.
    *("dynamodb:Scan", "dynamodb:PartiQL*", "dynamodb:*Backup", "dynamodb:*Table*", "dynamodb:*TimeToLive"),
    *("dynamodb:*ContinuousBackups", "dynamodb:*ResourcePolicy", "dynamodb:Export*", "dynamodb:BatchWriteItem"),
    # Destroy, or open to others.
    *("s3:*Bucket", "s3:*BucketPolicy", "s3:*Lifecycle*", "s3:*BucketVersioning", "s3:*PublicAccess*", "s3:*Acl"),
    *("s3:DeleteObjectVersion", "s3:*Retention", "s3:*LegalHold", "backup:*"),
    *("sqs:DeleteQueue", "sqs:PurgeQueue", "sqs:SetQueueAttributes", "sqs:*Permission", "sns:*", "logs:Delete*"),
    # Become somebody else, or another code.
    *("iam:*", "sts:*", "kms:*", "secretsmanager:*", "ssm:*", "organizations:*", "cloudformation:*"),
    *("lambda:*", "scheduler:*", "events:*", "budgets:*", "cloudwatch:*", "ses:*Identity*", "ses:*ConfigurationSet*"),
)
"""What no function may do, whatever it is for (requirement 59)."""
SEES_WHAT_IS_THERE = "s3:ListBucket"
"""The one action that would match above: S3 says that a thing is not there only to who may list the bucket."""
KNOWS_CLOUDFRONT = ("gate.admit", "secretsmanager:GetSecretValue")
"""The one function that reads a secret, and it reads the one that there is."""
OF_AWS = {
    "BackupsRole": "AWS Backup itself copies the table and the bucket, and takes the copy out of the table's own list.",
    "QuarantineScannerRole": "AWS's scanner itself makes the rule that tells it of new files.",
}
"""Roles that only a service of AWS can take, and why they may more than a function of ours."""

OF_CLOUDFRONT = {
    "gate.admit": "It reads the secret by which it knows CloudFront. There is none before the local cloud.",
}
"""Roles of functions that are only where CloudFront is, and what they may of what nobody else may."""

STARS = {
    "Library/*": "Each file has a random name. AWS Backup copies all.",
    "Library/files/*": "Each file has a random name.",
    "Library/text/*": "Each text has the name of its file.",
    "Library/erasures/*": "Each erasure has a name of its own.",
    "Seals/*": "Each copy is named after the digest of its seal.",
    "QuarantineBucket/*": "Each file has a random name.",
    "InboundBucket/mail/*": "The mail service names each mail.",
    "Table/backup/*": "DynamoDB names the copies.",
    "arn:aws:backup:REGION:ACCOUNT:recovery-point:*": "AWS Backup names the copies.",
    "arn:aws:events:REGION:ACCOUNT:rule/AwsBackupManagedRule*": "AWS Backup names its rule, with this beginning.",
    "arn:aws:events:REGION:ACCOUNT:rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*": (
        "GuardDuty names its rule, with this beginning."
    ),
}
"""Each resource with a star, and why its name is not known ahead (requirement 58)."""
WHOLE_ACCOUNT = {
    "ses:GetSendQuota": "How much mail may be sent is one number for the account.",
    "cloudwatch:GetMetricData": "AWS knows no resource for it. It reads figures.",
    "events:ListRules": "AWS knows no resource for it. It reads names.",
}
"""Each action on ``*``, and why (AWS, "Actions, resources, and condition keys")."""

PLATFORM = {
    "logs:*": "Lambda writes the log, with the function's role.",
    "sqs:ReceiveMessage": "Lambda fetches what waits in a queue, with the function's role.",
    "sqs:DeleteMessage": "As above.",
    "sqs:GetQueueAttributes": "As above. mail.sweep asks by itself.",
    "dynamodb:DescribeStream": "Lambda reads the table's stream, with the function's role.",
    "dynamodb:GetRecords": "As above.",
    "dynamodb:GetShardIterator": "As above.",
    "dynamodb:ListStreams": "As above.",
    "s3:ListBucket": "Nobody lists. S3 says that a thing is not there only to who may.",
}
"""What the services of AWS do in a function's name, and our code never (requirement 57)."""
PUT_ASIDE = "Undelivered"
"""Where Lambda puts, in a function's name, what that function could not take."""
SIGNED = {
    ("resources.web", "s3:PutObject", "QuarantineBucket/*"),
    ("resources.web", "s3:GetObject", "Library/files/*"),
}
"""What a function only signs, and a browser does."""
MEANWHILE = {("mail.send", "dynamodb:DeleteItem", "Table")}
"""What somebody else does in a test, in the moment between two calls of a function: a member leaves."""


def written() -> dict[str, dict[str, list[str]]]:
    """The table."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def everything() -> Iterator[tuple[str, str, str]]:
    """Each permission of each role: role, action, resource. A denial is none."""
    for role, resources in written().items():
        for resource, actions in resources.items():
            for action in actions:
                if not action.startswith("never "):
                    yield role, action.partition(" if ")[0], resource


def of_functions() -> Iterator[tuple[str, str, str]]:
    """Each permission of each function of ours."""
    return (each for each in everything() if "." in each[0])


def test_requirement_57_every_role_may_do_what_the_table_says_and_nothing_else(cloud: Deployment) -> None:
    told = "permissions.toml is not what is deployed. Look at each difference, then: python -m tests.infra.permissions"
    assert granted(cloud) == written(), told


def test_the_local_cloud_grants_the_same_but_for_what_it_does_not_have(deployments: dict[str, Deployment]) -> None:
    table = {role: resources for role, resources in written().items() if role not in {*OF_AWS, *OF_CLOUDFRONT}}
    assert granted(deployments["local"]) == table


def test_every_function_has_a_role_of_its_own(deployment: Deployment) -> None:
    roles = [deployment.role_of(name) for name in deployment.functions()]
    assert len(set(roles)) == len(roles)


def test_no_role_comes_with_permissions_that_aws_wrote(deployment: Deployment) -> None:
    assert not any("ManagedPolicyArns" in role for role in deployment.of_type("AWS::IAM::Role").values())


def test_requirement_58_no_action_is_a_wildcard_and_every_star_in_a_resource_has_its_reason() -> None:
    found = set()
    for role, action, resource in everything():
        assert "*" not in action, role
        if resource == "*":
            assert action in WHOLE_ACCOUNT, (role, action)
        elif "*" in resource:
            assert resource in STARS, (role, resource)
        found |= {action, resource}
    assert STARS.keys() | WHOLE_ACCOUNT.keys() <= found


def test_requirement_59_no_function_can_read_all_destroy_or_become_somebody_else() -> None:
    for role, action, _ in of_functions():
        forbidden = [each for each in NEVER if fnmatchcase(action, each)]
        assert not forbidden or action == SEES_WHAT_IS_THERE or (role, action) == KNOWS_CLOUDFRONT, (role, action)


def test_requirement_59_only_roles_of_aws_itself_may_more(cloud: Deployment) -> None:
    """A role for a service, for this account alone, that no code of ours can take."""
    functions = {cloud.role_of(name) for name in cloud.functions()}
    for name, role in cloud.of_type("AWS::IAM::Role").items():
        (trusted,) = role["AssumeRolePolicyDocument"]["Statement"]
        (service,) = trusted["Principal"].values()
        assert trusted["Principal"].keys() == {"Service"}, name
        assert service.endswith(".amazonaws.com"), name
        if name in functions:
            assert service == "lambda.amazonaws.com"
        else:
            assert trusted["Condition"] == {"StringEquals": {"aws:SourceAccount": cloud.stage.account}}, name
    starts = {role for role, action, _ in everything() if action == "lambda:InvokeFunction"}
    assert {role for role in written() if "." not in role} == starts | OF_AWS.keys()


def test_requirement_54_only_the_sender_sends_and_only_from_our_two_addresses(deployment: Deployment) -> None:
    stage = deployment.stage
    for name in deployment.functions():
        sending = [
            statement
            for statement in deployment.allowed_to(deployment.role_of(name))
            if any(action.startswith("ses:") for action in as_list(statement["Action"]))
        ]
        if name != "mail.send":
            assert sending == [], name
            continue
        statement, asking = sending
        assert asking["Action"] == "ses:GetSendQuota"
        assert statement["Action"] == "ses:SendRawEmail"
        assert statement["Condition"] == {
            "StringEquals": {"ses:FromAddress": [stage.account_sender, stage.events_sender]}
        }


def test_a_function_writes_its_own_log_only(deployment: Deployment) -> None:
    for name, function in deployment.functions().items():
        (writing,) = [
            statement["Resource"]
            for statement in deployment.allowed_to(deployment.role_of(name))
            if "logs:PutLogEvents" in statement["Action"]
        ]
        assert {"Ref": writing["Fn::GetAtt"][0]} == function["LoggingConfig"]["LogGroup"]


def test_a_schedule_may_start_its_own_function_only(deployment: Deployment) -> None:
    for schedule in deployment.of_type("AWS::Scheduler::Schedule").values():
        role = schedule["Target"]["RoleArn"]["Fn::GetAtt"][0]
        started = [
            each["Resource"] for each in deployment.allowed_to(role) if each["Action"] == "lambda:InvokeFunction"
        ]
        assert started == [schedule["Target"]["Arn"]]


def test_requirements_56_and_57_each_function_uses_all_that_it_may_do_and_asks_for_no_more() -> None:
    """The integration tests note each call of each function, and here they are compared with the table."""
    if not FILE.exists():
        sentence = "This needs a whole run of the integration tests before it: make test."
        pytest.fail(sentence) if os.environ.get("CI") == "true" else pytest.skip(sentence)
    used = {(function, action, _same(resource)) for function, action, resource in json.loads(FILE.read_text())}
    may = {(function, action, _same(resource)) for function, action, resource in of_functions()}
    assert used - may - MEANWHILE == set(), "These calls would be refused in AWS."
    idle = {
        (function, action, resource)
        for function, action, resource in may - used - SIGNED
        if resource != PUT_ASIDE and not any(fnmatchcase(action, each) for each in PLATFORM)
    }
    assert idle == set(), "No test makes these calls. Take the permission away, or test what needs it."


def _same(resource: str) -> str:
    """The resource, with a set of the mail service named by its kind alone, as each deployment has its own."""
    return re.sub(r"(configuration-set/)(?:\w+-)*(\w+)$", r"\1\2", resource)
