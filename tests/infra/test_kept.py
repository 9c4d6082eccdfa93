"""What cannot be made again: it stays when its stack goes, nobody replaces it, and there are copies of it."""

from functions.kernel.kinds import ERASURES_KEPT
from functions.membership.erasure_list import ERASURES
from infra import stages
from infra.backups import AT_LEAST, KEPT
from tests.infra.deployment import Deployment, as_list

STATEFUL = {
    # Its type, and what CloudFormation would make a new and empty one for (its documentation, "Replacement").
    "TableCD117FA1": ("AWS::DynamoDB::Table", {"TableName": None}),
    "Library9A29C343": ("AWS::S3::Bucket", {"BucketName": None}),
    "Seals7EBF2A19": ("AWS::S3::Bucket", {"BucketName": None}),
    "BackupsVault63F50EE3": (
        "AWS::Backup::BackupVault",
        {"BackupVaultName": "psmn-production", "EncryptionKeyArn": None},
    ),
}
"""Everything that holds what is not held anywhere else, by its logical id. The id may never change either."""
ON_THEIR_WAY = {"InboundBucket803B7612", "QuarantineBucket2B128B57"}
"""Buckets whose objects are gone within a month by themselves."""
KINDS = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Backup::BackupVault", "AWS::RDS::DBInstance"}
DAY = 24 * 60 * 60


def test_requirement_90_what_holds_data_is_the_same_resource_for_good(cloud: Deployment) -> None:
    found = {name for name, each in cloud.resources.items() if each["Type"] in KINDS}
    assert found == STATEFUL.keys() | ON_THEIR_WAY
    for name, (kind, fixed) in STATEFUL.items():
        assert cloud.resources[name]["Type"] == kind
        properties = cloud.resources[name]["Properties"]
        assert {key: properties.get(key) for key in fixed} == fixed, name


def test_requirement_88_what_holds_data_outlives_its_stack_which_refuses_to_be_deleted(cloud: Deployment) -> None:
    for name in STATEFUL:
        assert name in cloud.guarded
    for name in STATEFUL.keys() | ON_THEIR_WAY:
        each = cloud.resources[name]
        assert (each["DeletionPolicy"], each["UpdateReplacePolicy"]) == ("Retain", "Retain"), name


def test_the_local_cloud_can_be_thrown_away(deployments: dict[str, Deployment]) -> None:
    local = deployments[stages.LOCAL]
    assert local.guarded == frozenset()
    assert local.of_type("AWS::Backup::BackupVault") == {}


def test_requirement_88_the_table_and_the_library_are_copied_each_night(cloud: Deployment) -> None:
    (selection,) = cloud.of_type("AWS::Backup::BackupSelection").values()
    copied = {each["Fn::GetAtt"][0] for each in selection["BackupSelection"]["Resources"]}
    assert copied == {"TableCD117FA1", "Library9A29C343"}
    (plan,) = cloud.of_type("AWS::Backup::BackupPlan").values()
    (rule,) = plan["BackupPlan"]["BackupPlanRule"]
    assert rule["TargetBackupVault"] == {"Ref": "BackupsVault63F50EE3"}
    assert rule["ScheduleExpression"] == "cron(0 2 * * ? *)"
    assert rule["Lifecycle"] == {"DeleteAfterDays": KEPT.to_days()}
    _, library = cloud.bucket("Library")
    assert library["VersioningConfiguration"] == {"Status": "Enabled"}


def test_requirement_59_nobody_can_empty_the_vault_and_requirement_63_nothing_stays_in_it_too_long(
    cloud: Deployment,
) -> None:
    """An erasure is complete after 35 days: that is how far back the table can be put, too."""
    lock = cloud.resources["BackupsVault63F50EE3"]["Properties"]["LockConfiguration"]
    assert lock == {"MinRetentionDays": 7, "MaxRetentionDays": 35, "ChangeableForDays": 3}
    assert (AT_LEAST.to_days(), KEPT.to_days()) == (7, 35)


def test_a_copy_that_is_not_made_rings(cloud: Deployment) -> None:
    (rule,) = (each for name, each in cloud.of_type("AWS::Events::Rule").items() if name.startswith("Backups"))
    assert rule["EventPattern"]["source"] == ["aws.backup"]
    assert rule["EventPattern"]["detail"] == {
        "state": ["FAILED", "ABORTED", "EXPIRED"],
        "backupVaultName": ["psmn-production"],
    }
    (target,) = rule["Targets"]
    assert target["Arn"] == {"Ref": cloud.topic("Alarms")}
    assert "docs/runbooks/backup-failed.md" in target["InputTransformer"]["InputTemplate"]


def test_requirement_64_every_log_ends_and_every_bucket_lets_go_of_what_is_over(deployment: Deployment) -> None:
    for name, log in deployment.of_type("AWS::Logs::LogGroup").items():
        assert log["RetentionInDays"] == 30, name
    for name, bucket in deployment.of_type("AWS::S3::Bucket").items():
        rules = {rule.get("Prefix"): rule for rule in bucket["LifecycleConfiguration"]["Rules"]}
        assert {rule["Status"] for rule in rules.values()} == {"Enabled"}, name
        assert rules[None]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}, name
        if name.startswith("Seals"):
            continue  # It holds digests alone, and each is locked for longer than any line is kept.
        kept = rules[None].get("NoncurrentVersionExpiration", {}).get("NoncurrentDays")
        assert (kept or rules[None]["ExpirationInDays"]) <= 30, name
        for prefix in rules.keys() - {None}:
            assert (prefix, rules[prefix]["ExpirationInDays"]) == (ERASURES, ERASURES_KEPT.days), name
    for name, queue in deployment.of_type("AWS::SQS::Queue").items():
        assert queue["MessageRetentionPeriod"] <= 14 * DAY, name


def test_requirement_65_nothing_travels_in_the_open(cloud: Deployment) -> None:
    """Queues are in test_queues.py. The table and the functions have no address that is not TLS."""
    refused = {"Bool": {"aws:SecureTransport": "false"}}
    for kind, of, policies in (
        ("AWS::S3::Bucket", "Bucket", "AWS::S3::BucketPolicy"),
        ("AWS::SNS::Topic", "Topics", "AWS::SNS::TopicPolicy"),
    ):
        closed = {
            each["Ref"]
            for policy in cloud.of_type(policies).values()
            for each in as_list(policy[of])
            if any(
                statement["Effect"] == "Deny" and statement.get("Condition") == refused
                for statement in policy["PolicyDocument"]["Statement"]
            )
        }
        assert closed == set(cloud.of_type(kind))
    for configuration_set in cloud.of_type("AWS::SES::ConfigurationSet").values():
        assert configuration_set["DeliveryOptions"]["TlsPolicy"] == "REQUIRE"
