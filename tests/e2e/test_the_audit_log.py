"""What was written down about people, sealed and checked on the deployment as it is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.kernel import keys
from tests.e2e.cloud import Cloud, like, run
from tests.people import ANN


def sealed(cloud: Cloud) -> None:
    """Do what the schedule does half an hour from now."""
    at = datetime.now(UTC) + timedelta(minutes=30)
    cloud.stack.invoke("audit.seal", {"network": "psmn", "at": at.isoformat()})


def line_of(cloud: Cloud, what: str) -> dict[str, Any]:
    """The newest line that says so, in the table's own notation."""
    found = [item for item in cloud.items() if item["kind"]["S"] == "audit" and item["what"]["S"] == what]
    return max(found, key=lambda item: str(item["gsi1sk"]["S"]))


def test_requirement_70_a_line_that_is_changed_after_it_was_sealed_is_told_by_the_command(local_cloud: Cloud) -> None:
    ann = like(ANN, "Ann Sealed")
    local_cloud.join(ann)
    assert "The rules: Joined (A01)" in local_cloud.psmn("audit", ann["email"])
    sealed(local_cloud)
    assert local_cloud.psmn("audit", "verify").startswith("Nothing was changed.")

    line, table = line_of(local_cloud, "joined"), local_cloud.stack.client("dynamodb")
    table.put_item(TableName=local_cloud.stack.table, Item={**line, "by": {"S": "somebody else"}})
    try:
        changed = run(local_cloud.places, "audit", "verify")
        assert changed.returncode == 1
        assert "was changed after seal" in changed.stdout
    finally:
        table.put_item(TableName=local_cloud.stack.table, Item=line)
    assert local_cloud.psmn("audit", "verify").startswith("Nothing was changed.")


def test_requirements_59_and_70_no_function_changes_a_line_or_writes_a_seal_of_its_own(local_cloud: Cloud) -> None:
    local_cloud.join(like(ANN, "Ann Noted"))
    line, table = line_of(local_cloud, "joined"), local_cloud.stack.table
    key = {name: line[name] for name in ("pk", "sk")}
    seal = {"pk": {"S": keys.seal(99).pk}, "sk": {"S": keys.seal(99).sk}}
    web = local_cloud.in_the_place_of("membership.web", "dynamodb")
    update = {"Key": key, "UpdateExpression": "SET what = :w", "ExpressionAttributeValues": {":w": {"S": "w"}}}
    for refused in (
        lambda: web.update_item(TableName=table, **update),
        lambda: web.delete_item(TableName=table, Key=key),
        lambda: web.transact_write_items(TransactItems=[{"Update": {"TableName": table, **update}}]),
        lambda: web.put_item(TableName=table, Item=seal),
        lambda: local_cloud.in_the_place_of("mail.feedback", "dynamodb").put_item(TableName=table, Item=line),
        lambda: local_cloud.in_the_place_of("audit.seal", "dynamodb").put_item(TableName=table, Item=line),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            refused()
    elsewhere = {**update, "Key": {"pk": {"S": "nothing"}, "sk": {"S": "there"}}}
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        web.update_item(TableName=table, ConditionExpression="attribute_exists(pk)", **elsewhere)
