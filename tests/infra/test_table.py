"""The table: the one thing that cannot be made again."""

from functions.kernel.kinds import BACKUPS_KEPT
from tests.infra.deployment import Deployment, Properties


def table(deployment: Deployment) -> Properties:
    (found,) = deployment.of_type("AWS::DynamoDB::Table").values()
    return found


def test_requirement_88_the_table_in_the_cloud_cannot_be_lost_by_mistake(cloud: Deployment) -> None:
    (resource,) = (each for each in cloud.resources.values() if each["Type"] == "AWS::DynamoDB::Table")
    assert resource["DeletionPolicy"] == "Retain"
    assert resource["UpdateReplacePolicy"] == "Retain"
    assert resource["Properties"]["DeletionProtectionEnabled"] is True
    recovery = resource["Properties"]["PointInTimeRecoverySpecification"]
    # What was erased is out of the backups when we say it is (security requirement 63).
    assert recovery == {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": BACKUPS_KEPT.days}


def test_requirement_90_a_deployment_never_replaces_the_table(deployment: Deployment) -> None:
    """CloudFormation makes a new, empty table when any of these changes."""
    assert list(deployment.of_type("AWS::DynamoDB::Table")) == ["TableCD117FA1"]
    assert "TableName" not in table(deployment)
    assert table(deployment)["KeySchema"] == [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ]
    assert {each["AttributeType"] for each in table(deployment)["AttributeDefinitions"]} == {"S"}


def test_both_indexes_hold_whole_items(deployment: Deployment) -> None:
    indexes = {index["IndexName"]: index for index in table(deployment)["GlobalSecondaryIndexes"]}
    assert set(indexes) == {"gsi1", "gsi2"}
    for name, index in indexes.items():
        assert [key["AttributeName"] for key in index["KeySchema"]] == [f"{name}pk", f"{name}sk"]
        assert index["Projection"] == {"ProjectionType": "ALL"}


def test_the_table_is_paid_for_by_use_and_lets_old_items_go(deployment: Deployment) -> None:
    assert table(deployment)["BillingMode"] == "PAY_PER_REQUEST"
    assert table(deployment)["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table(deployment)["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
