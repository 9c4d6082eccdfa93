"""What each function may do in AWS, and nothing more (security requirements 54 to 60)."""

from tests.infra.deployment import Deployment, as_list

STORES = ("dynamodb", "sqs", "ses", "lambda")
FORBIDDEN = (
    "dynamodb:Scan",
    "dynamodb:DeleteTable",
    "dynamodb:UpdateTable",
    "dynamodb:DeleteBackup",
    "dynamodb:PartiQLSelect",
    "iam:",
    "kms:",
    "lambda:Update",
    "s3:Delete",
    "s3:Put",
    "sqs:DeleteQueue",
    "sqs:PurgeQueue",
)


WITHOUT_RESOURCE = {"ses:GetSendQuota"}
"""Actions on the whole account, for which AWS knows no resource to name."""
ON_OBJECTS = {"s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:PutObjectTagging", "s3:DeleteObject"}
"""Actions on objects, whose names are not known ahead. test_inbound.py and test_library.py say who has which, where."""


def test_every_function_has_a_role_of_its_own(deployment: Deployment) -> None:
    roles = [deployment.role_of(name) for name in deployment.functions()]
    assert len(set(roles)) == len(roles)


def test_no_role_comes_with_permissions_that_aws_wrote(deployment: Deployment) -> None:
    assert not any("ManagedPolicyArns" in role for role in deployment.of_type("AWS::IAM::Role").values())


def test_requirement_58_no_permission_of_a_function_has_a_wildcard(deployment: Deployment) -> None:
    for role in map(deployment.role_of, deployment.functions()):
        for statement in deployment.allowed_to(role):
            assert "*" not in str(statement["Action"]), (role, statement)
            if not set(as_list(statement["Action"])) <= WITHOUT_RESOURCE | ON_OBJECTS:
                assert "*" not in str(statement["Resource"]), (role, statement)


def test_requirement_59_no_function_can_read_all_or_destroy(deployment: Deployment) -> None:
    for role in map(deployment.role_of, deployment.functions()):
        actions = [action for statement in deployment.allowed_to(role) for action in as_list(statement["Action"])]
        assert [action for action in actions if action.startswith(FORBIDDEN) and action not in ON_OBJECTS] == [], role


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


def test_only_this_accounts_schedules_may_use_their_roles(deployment: Deployment) -> None:
    for schedule in deployment.of_type("AWS::Scheduler::Schedule").values():
        role = deployment.resources[schedule["Target"]["RoleArn"]["Fn::GetAtt"][0]]["Properties"]
        (trusted,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert trusted["Condition"] == {"StringEquals": {"aws:SourceAccount": deployment.stage.account}}
