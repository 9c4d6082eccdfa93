"""Requirement 64: what lies outside the table for a while is deleted by AWS when the record of processing says so."""

from datetime import timedelta

from functions.kernel.kinds import KIND
from functions.kernel.purposes import PLACES
from functions.membership.erasure_list import ERASURES
from tests.infra.deployment import Deployment


def lifecycle(deployment: Deployment, bucket: str, rule: str, *, prefix: str | None = None) -> timedelta:
    """After how long a bucket deletes, by one of its rules: that for a prefix, or that for everything."""
    rules = deployment.bucket(bucket)[1]["LifecycleConfiguration"]["Rules"]
    (found,) = (each for each in rules if each["Status"] == "Enabled" and each.get("Prefix") == prefix)
    days = found[rule]
    return timedelta(days=days["NoncurrentDays"] if isinstance(days, dict) else days)


def test_requirement_64_each_place_is_emptied_when_people_are_told_that_it_is(deployment: Deployment) -> None:
    queues = deployment.of_type("AWS::SQS::Queue").values()
    logs = deployment.of_type("AWS::Logs::LogGroup").values()
    (table,) = deployment.of_type("AWS::DynamoDB::Table").values()
    recovery = table["PointInTimeRecoverySpecification"]
    assert recovery["PointInTimeRecoveryEnabled"]
    assert {place.name: place.kept for place in PLACES} == {
        "quarantine": lifecycle(deployment, "Quarantine", "ExpirationInDays"),
        "inbound": lifecycle(deployment, "Inbound", "ExpirationInDays"),
        "deleted files": lifecycle(deployment, "Library", "NoncurrentVersionExpiration"),
        "erasures": lifecycle(deployment, "Library", "ExpirationInDays", prefix=ERASURES),
        "queues": timedelta(seconds=max(each["MessageRetentionPeriod"] for each in queues)),
        "logs": timedelta(days=max(each["RetentionInDays"] for each in logs)),
        "backup": timedelta(days=recovery["RecoveryPeriodInDays"]),
    }


def test_an_email_that_came_in_goes_with_what_was_written_down_of_it(deployment: Deployment) -> None:
    assert lifecycle(deployment, "Inbound", "ExpirationInDays") == KIND["heard"].lifetime


def test_the_table_deletes_by_the_attribute_that_every_read_looks_at(deployment: Deployment) -> None:
    (table,) = deployment.of_type("AWS::DynamoDB::Table").values()
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
