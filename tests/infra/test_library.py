"""The buckets of the library: who may do what with files, and what happens to a file that comes in."""

import json
from typing import Any

import pytest

from functions.kernel.kinds import DELETED_FILES_KEPT, ERASURES_KEPT
from functions.resources.reports import CREATED, SCANNED
from tests.infra.deployment import Deployment, as_list

QUARANTINE, LIBRARY = "QuarantineBucket", "Library"
MAY = {
    "membership.settle": {("s3:PutObject", f"{LIBRARY}/erasures/*")},
    "resources.web": {
        ("s3:PutObject", f"{QUARANTINE}/*"),
        ("s3:GetObject", f"{LIBRARY}/files/*"),
        ("s3:GetObject", f"{LIBRARY}/index/search.sqlite"),
        ("s3:ListBucket", LIBRARY),
    },
    "resources.inspect": {
        ("s3:GetObjectVersion", f"{QUARANTINE}/*"),
        ("s3:ListBucket", QUARANTINE),
        ("s3:PutObject", f"{LIBRARY}/files/*"),
        ("s3:PutObject", f"{LIBRARY}/text/*"),
        ("s3:PutObjectTagging", f"{LIBRARY}/files/*"),
        ("s3:DeleteObject", f"{LIBRARY}/files/*"),
        ("s3:DeleteObject", f"{LIBRARY}/text/*"),
    },
    "resources.index": {
        ("s3:GetObject", f"{LIBRARY}/text/*"),
        ("s3:GetObject", f"{LIBRARY}/index/search.sqlite"),
        ("s3:PutObject", f"{LIBRARY}/index/search.sqlite"),
        ("s3:ListBucket", LIBRARY),
    },
    "resources.sweep": {("s3:DeleteObject", f"{LIBRARY}/files/*"), ("s3:DeleteObject", f"{LIBRARY}/text/*")},
}
"""Everything that functions may do with files: the action, and the bucket and place in it."""


def place(resource: Any) -> str:
    """A bucket's ARN, or that of a place in it, in short."""
    told = json.dumps(resource)
    bucket = QUARANTINE if QUARANTINE in told else LIBRARY if "Library" in told else told
    ending = resource["Fn::Join"][1][-1] if "Fn::Join" in resource else ""
    return bucket + ending


def test_requirement_58_functions_may_do_this_with_files_and_nothing_else(deployment: Deployment) -> None:
    elsewhere = (deployment.bucket("Inbound")[0], "Seals")
    found: dict[str, set[tuple[str, str]]] = {}
    for function in deployment.functions():
        for statement in deployment.allowed_to(deployment.role_of(function)):
            for action in as_list(statement["Action"]):
                if action.startswith("s3:") and not any(name in str(statement["Resource"]) for name in elsewhere):
                    places = {(action, place(each)) for each in as_list(statement["Resource"])}
                    found.setdefault(function, set()).update(places)
    assert found == MAY


@pytest.mark.parametrize("part", [QUARANTINE, LIBRARY])
def test_requirement_60_and_65_both_buckets_are_closed_to_the_world_and_encrypted(
    deployment: Deployment, part: str
) -> None:
    _, bucket = deployment.bucket(part)
    assert list(bucket["PublicAccessBlockConfiguration"].values()) == [True] * 4
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    (encrypted,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encrypted == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


@pytest.mark.parametrize("part", [QUARANTINE, LIBRARY])
def test_requirement_60_in_the_cloud_both_refuse_what_travels_in_the_open(cloud: Deployment, part: str) -> None:
    conditions = [each["Condition"] for each in cloud.policy_of(part) if each["Action"] == "s3:*"]
    assert conditions == [{"Bool": {"aws:SecureTransport": "false"}}]


def denials(deployment: Deployment, part: str) -> dict[tuple[str, ...], dict[str, Any]]:
    """What nobody may do in a bucket unless a condition does not hold."""
    return {
        tuple(as_list(each["Action"])): each["Condition"]
        for each in deployment.policy_of(part)
        if each["Effect"] == "Deny" and each["Action"] != "s3:*" and each["Principal"] == {"AWS": "*"}
    }


def test_requirement_34_nobody_gets_a_file_without_the_tag_and_only_the_inspection_writes_it(
    deployment: Deployment,
) -> None:
    found = denials(deployment, LIBRARY)
    read, tag = found.values()
    role = f"arn:aws:iam::{deployment.stage.account}:role/{deployment.stage.prefix}-resources-inspect"
    assert next(iter(found)) == ("s3:GetObject", "s3:GetObjectVersion")
    assert read == {"StringNotEquals": {"s3:ExistingObjectTag/inspected": "passed"}}
    assert tag == {"ArnNotEquals": {"aws:PrincipalArn": role}}
    inspection = deployment.resources[deployment.role_of("resources.inspect")]["Properties"]
    assert role.endswith(f"/{inspection['RoleName']}")


def test_requirement_32_nobody_but_the_inspection_and_the_scanner_reads_a_file_in_quarantine(
    deployments: dict[str, Deployment],
) -> None:
    readers = {}
    for name, deployment in deployments.items():
        (condition,) = denials(deployment, QUARANTINE).values()
        roles = as_list(condition["ArnNotEquals"]["aws:PrincipalArn"])
        readers[name] = {role["Fn::GetAtt"][0] for role in roles}
        assert deployment.role_of("resources.inspect") in readers[name]
    assert (len(readers["local"]), len(readers["production"])) == (1, 2)


def test_what_was_refused_or_never_finished_is_gone_in_a_week_and_what_was_deleted_in_a_month(
    deployment: Deployment,
) -> None:
    (quarantine,) = deployment.bucket(QUARANTINE)[1]["LifecycleConfiguration"]["Rules"]
    library, erasures = deployment.bucket(LIBRARY)[1]["LifecycleConfiguration"]["Rules"]
    assert quarantine["ExpirationInDays"] == 7
    assert quarantine["NoncurrentVersionExpiration"] == {"NoncurrentDays": 7}
    assert library["NoncurrentVersionExpiration"] == {"NoncurrentDays": DELETED_FILES_KEPT.days}
    assert (erasures["Prefix"], erasures["ExpirationInDays"]) == ("erasures/", ERASURES_KEPT.days)
    assert "ExpirationInDays" not in library
    for rule in (quarantine, library):
        assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}


def test_requirement_88_the_files_outlive_the_stack(cloud: Deployment) -> None:
    name, _ = cloud.bucket(LIBRARY)
    assert cloud.resources[name]["DeletionPolicy"] == "Retain"
    assert cloud.resources[name]["UpdateReplacePolicy"] == "Retain"


def test_only_our_own_pages_send_files(deployment: Deployment) -> None:
    (rule,) = deployment.bucket(QUARANTINE)[1]["CorsConfiguration"]["CorsRules"]
    assert (rule["AllowedMethods"], rule["AllowedOrigins"]) == (["POST"], [deployment.stage.site_origin])
    assert "CorsConfiguration" not in deployment.bucket(LIBRARY)[1]


def test_requirement_33_each_file_and_each_verdict_of_the_scanner_reaches_the_inspection(
    deployment: Deployment,
) -> None:
    name, bucket = deployment.bucket(QUARANTINE)
    assert bucket["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    told = set()
    rules = [each for each in deployment.of_type("AWS::Events::Rule").items() if each[0].startswith("Quarantine")]
    for _, rule in rules:
        pattern = rule["EventPattern"]
        told.add((*pattern["source"], *pattern["detail-type"]))
        assert json.dumps({"Ref": name}) in json.dumps(pattern["detail"])
        (target,) = rule["Targets"]
        assert target["Arn"]["Fn::GetAtt"][0].startswith("ResourcesReports")
        assert target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0].startswith("Undelivered")
    assert told == {CREATED, SCANNED}


def test_in_the_cloud_every_file_in_quarantine_is_scanned(cloud: Deployment) -> None:
    (plan,) = cloud.of_type("AWS::GuardDuty::MalwareProtectionPlan").values()
    name, _ = cloud.bucket(QUARANTINE)
    assert plan["ProtectedResource"] == {"S3Bucket": {"BucketName": {"Ref": name}}}
    role = plan["Role"]["Fn::GetAtt"][0]
    actions = {action for each in cloud.allowed_to(role) for action in as_list(each["Action"])}
    assert {"s3:GetObjectVersion", "s3:PutObjectVersionTagging", "s3:PutBucketNotification"} <= actions


def test_the_inspection_alone_has_what_reads_the_insides_of_files(deployment: Deployment) -> None:
    keys = {name: json.dumps(each["Code"]["S3Key"]) for name, each in deployment.functions().items()}
    own = keys.pop("resources.inspect")
    assert len(set(keys.values())) == 1
    assert own not in keys.values()
