"""Where mail comes in, and who may put it there, read it and tell of it."""

from tests.infra.deployment import Deployment, Properties


def bucket(deployment: Deployment) -> Properties:
    return deployment.bucket("Inbound")[1]


def test_mail_that_came_in_is_closed_to_the_world_encrypted_and_gone_after_30_days(deployment: Deployment) -> None:
    found = bucket(deployment)
    assert set(found["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(found["PublicAccessBlockConfiguration"]) == 4
    assert found["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    (encrypted,) = found["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encrypted == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    (rule,) = found["LifecycleConfiguration"]["Rules"]
    assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", 30)
    assert "VersioningConfiguration" not in found


def test_only_hearing_may_read_it_and_nothing_else_of_it(deployment: Deployment) -> None:
    name, _ = deployment.bucket("Inbound")
    allowed = {
        function: statement
        for function in deployment.functions()
        for statement in deployment.allowed_to(deployment.role_of(function))
        if name in str(statement["Resource"])
    }
    assert allowed == {
        "invites.hear": {
            "Action": "s3:GetObject",
            "Effect": "Allow",
            "Resource": {"Fn::Join": ["", [{"Fn::GetAtt": [name, "Arn"]}, "/mail/*"]]},
        }
    }


def test_requirement_60_the_bucket_refuses_what_travels_in_the_open_and_takes_mail_from_one_rule(
    cloud: Deployment,
) -> None:
    refused, taken = cloud.policy_of("Inbound")
    assert refused["Effect"] == "Deny"
    assert refused["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert (taken["Principal"], taken["Action"]) == ({"Service": "ses.amazonaws.com"}, "s3:PutObject")
    equals = taken["Condition"]["StringEquals"]
    assert equals["aws:SourceAccount"] == "111122223333"
    assert str(equals["aws:SourceArn"]).endswith(
        ":ses:eu-west-2:111122223333:receipt-rule-set/psmn-production:receipt-rule/events']]}"
    )


def test_only_the_rule_may_tell_the_function(cloud: Deployment) -> None:
    (permission,) = (
        each for each in cloud.of_type("AWS::Lambda::Permission").values() if each["Principal"] == "ses.amazonaws.com"
    )
    assert cloud.named(permission["FunctionName"]["Fn::GetAtt"][0]) == "invites.hear"
    assert permission["SourceAccount"] == "111122223333"
    assert "receipt-rule-set/psmn-production:receipt-rule/events" in str(permission["SourceArn"])


def test_a_mail_is_scanned_then_kept_and_only_then_told_of(cloud: Deployment) -> None:
    (rule_set,) = cloud.of_type("AWS::SES::ReceiptRuleSet").values()
    assert rule_set == {"RuleSetName": "psmn-production"}
    ((name, rule),) = cloud.of_type("AWS::SES::ReceiptRule").items()
    assert rule["Rule"]["Recipients"] == [f"events.{cloud.stage.mail_domain}"]
    assert (rule["Rule"]["Enabled"], rule["Rule"]["ScanEnabled"], rule["Rule"]["TlsPolicy"]) == (True, True, "Require")
    kept, told = rule["Rule"]["Actions"]
    assert kept["S3Action"]["ObjectKeyPrefix"] == "mail/"
    assert told["LambdaAction"]["InvocationType"] == "Event"
    needs = {cloud.resources[each]["Type"] for each in cloud.resources[name]["DependsOn"]}
    assert needs == {"AWS::S3::BucketPolicy", "AWS::Lambda::Permission"}


def test_the_world_is_told_where_mail_to_the_invitations_address_goes(cloud: Deployment) -> None:
    records = cloud.of_type("AWS::Route53::RecordSet").values()
    (record,) = (
        each for each in records if each["Name"] == f"events.{cloud.stage.mail_domain}" and each["Type"] == "MX"
    )
    assert record["ResourceRecords"] == ["10 inbound-smtp.eu-west-2.amazonaws.com"]


def test_this_machine_receives_no_mail(deployments: dict[str, Deployment]) -> None:
    local = deployments["local"]
    assert local.of_type("AWS::SES::ReceiptRule") == local.of_type("AWS::SES::ReceiptRuleSet") == {}
    assert "INBOUND_BUCKET" in local.functions()["invites.hear"]["Environment"]["Variables"]
