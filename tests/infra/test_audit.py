"""The audit log: who may write to it, that nobody may change it, and where the copies of its seals are locked away."""

import ast
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from functions.kernel import keys, kinds
from infra.data_stack import SEALS_LOCKED
from infra.stages import ROOT
from tests.infra.deployment import Deployment, as_list

A_LINE, A_SEAL, A_MEMBER = keys.audit("ann", "", "").pk, keys.seal(12).pk, keys.member("ann").pk
NOTES_CHANGES = {
    *("membership.web", "membership.settle", "membership.retain", "sessions.web", "invites.web", "resources.web"),
}
"""The functions that write audit lines."""
WRITES = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
OTHER_WAYS = {"dynamodb:BatchWriteItem", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:PartiQLDelete"}
"""Ways of writing which no function has."""


def applies(statement: dict[str, Any], action: str, partition: str) -> bool:
    """Whether a statement is about doing something to an item of one partition, as IAM reads conditions on it."""
    if action not in as_list(statement["Action"]):
        return False
    conditions = statement.get("Condition", {})
    assert conditions.keys() <= {"ForAnyValue:StringLike", "ForAllValues:StringLike"}, conditions
    wanted = [each for condition in conditions.values() for each in as_list(condition["dynamodb:LeadingKeys"])]
    return not conditions or any(fnmatchcase(partition, pattern) for pattern in wanted)


def may(deployment: Deployment, function: str, action: str, partition: str) -> bool:
    """Whether a function may do something to an item of one partition."""
    role = deployment.role_of(function)
    allowed = any(applies(each, action, partition) for each in deployment.allowed_to(role))
    return allowed and not any(applies(each, action, partition) for each in deployment.denied_to(role))


def those_that_may(deployment: Deployment, action: str, partition: str) -> set[str]:
    return {name for name in deployment.functions() if may(deployment, name, action, partition)}


def test_requirements_59_and_70_no_function_changes_or_deletes_an_audit_line_or_a_seal(
    deployment: Deployment,
) -> None:
    for action in ("dynamodb:UpdateItem", "dynamodb:DeleteItem"):
        assert those_that_may(deployment, action, A_LINE) == set()
        assert those_that_may(deployment, action, A_SEAL) == set()
        assert "membership.web" in those_that_may(deployment, action, A_MEMBER)


def test_requirement_70_no_function_has_another_way_to_write(deployment: Deployment) -> None:
    for role in map(deployment.role_of, deployment.functions()):
        actions = {action for each in deployment.allowed_to(role) for action in as_list(each["Action"])}
        assert not actions & OTHER_WAYS, role


def test_requirement_58_only_those_that_note_changes_write_lines_and_only_the_sealing_writes_seals(
    deployment: Deployment,
) -> None:
    assert those_that_may(deployment, "dynamodb:PutItem", A_LINE) == NOTES_CHANGES
    assert those_that_may(deployment, "dynamodb:PutItem", A_SEAL) == {"audit.seal"}


def test_the_sealing_writes_nothing_but_seals(deployment: Deployment) -> None:
    assert [action for action in sorted(WRITES) if may(deployment, "audit.seal", action, A_MEMBER)] == []


def test_every_domain_that_notes_changes_has_a_function_that_may() -> None:
    noting = {path.parts[-2] for path in sorted((ROOT / "functions").glob("*/*.py")) if any(lines_made_in(path))}
    assert noting == {name.partition(".")[0] for name in NOTES_CHANGES}


def lines_made_in(path: Any) -> Iterator[ast.Call]:
    """Each place in a module where an audit line is made."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.line":
            yield node


def test_requirement_70_in_the_cloud_a_copy_of_a_seal_stays_longer_than_any_line_under_it(cloud: Deployment) -> None:
    name, bucket = cloud.bucket("Seals")
    lifetime = kinds.KIND["audit"].lifetime
    assert lifetime is not None
    assert bucket["ObjectLockEnabled"] is True
    assert bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {"Mode": "GOVERNANCE", "Days": 7 * 365}
    assert SEALS_LOCKED.to_days() > lifetime.days
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert cloud.resources[name]["DeletionPolicy"] == "Retain"
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert not rule.keys() & {"ExpirationInDays", "NoncurrentVersionExpiration"}


def test_a_local_network_can_be_thrown_away_with_its_seals(deployments: dict[str, Deployment]) -> None:
    assert deployments["local"].bucket("Seals")[1]["ObjectLockEnabled"] is False


def test_requirement_70_only_the_sealing_puts_a_copy_there_and_nobody_takes_one_away(deployment: Deployment) -> None:
    put, take = (each for each in deployment.policy_of("Seals") if each["Action"] != "s3:*")
    role = f"arn:aws:iam::{deployment.stage.account}:role/{deployment.stage.prefix}-audit-seal"
    assert (put["Effect"], put["Principal"], put["Action"]) == ("Deny", {"AWS": "*"}, "s3:PutObject")
    assert put["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": role}}
    assert (take["Effect"], take["Principal"]) == ("Deny", {"AWS": "*"})
    assert {"s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"} < set(take["Action"])
    assert "Condition" not in take


def test_requirement_60_the_safe_is_closed_to_the_world_and_refuses_what_travels_in_the_open(cloud: Deployment) -> None:
    _, bucket = cloud.bucket("Seals")
    assert list(bucket["PublicAccessBlockConfiguration"].values()) == [True] * 4
    conditions = [each["Condition"] for each in cloud.policy_of("Seals") if each["Action"] == "s3:*"]
    assert conditions == [{"Bool": {"aws:SecureTransport": "false"}}]
    users = {
        function: as_list(statement["Action"])
        for function in cloud.functions()
        for statement in cloud.allowed_to(cloud.role_of(function))
        if "Seals" in str(statement["Resource"])
    }
    assert users == {"audit.seal": ["s3:PutObject"]}
