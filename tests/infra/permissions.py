"""What each role may do, as one table: ``permissions.toml``. ``python -m tests.infra.permissions`` writes it anew.

It is committed, so that a change to what anything may do is a line in a review.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.infra.deployment import Deployment, as_list, for_members
from tests.used import TABLE

_HASHED = re.compile(r"(\w+?)[0-9A-F]{8}")
_EXPORTED = re.compile(r".*:ExportsOutput(?:Ref|FnGetAtt)(\w+?)[0-9A-F]{8}(Arn|StreamArn)?[0-9A-F]{8}")

type Grants = Mapping[str, Mapping[str, list[str]]]


def spoken(value: Any, deployment: Deployment) -> str:
    """A resource of a policy in words that are the same for every stage: "Table/index/gsi1"."""
    if isinstance(value, str):
        stage = deployment.stage
        for own, word in (
            (stage.mail_domain, "DOMAIN"),
            (stage.prefix, "STAGE"),
            (stage.account, "ACCOUNT"),
            (stage.region, "REGION"),
        ):
            value = value.replace(own, word)
        return str(value)
    ((kind, inside),) = value.items()
    if kind == "Fn::Join":
        return "".join(spoken(part, deployment) for part in inside[1])
    if kind == "Fn::ImportValue":
        found = _EXPORTED.fullmatch(inside)
        assert found is not None, inside
        return f"{found[1]} stream" if found[2] == "StreamArn" else found[1]
    assert kind in {"Ref", "Fn::GetAtt"}, value
    name = as_list(inside)[0]
    if name == "AWS::Partition":
        return "aws"
    hashed = _HASHED.fullmatch(name)
    assert hashed is not None, name
    return f"{hashed[1]} stream" if inside[1:] == ["StreamArn"] else hashed[1]


def granted(deployment: Deployment) -> Grants:
    """What each role may do, by the function that has it or else by its own name: actions by resource."""
    functions = {deployment.role_of(name): name for name in deployment.functions()}
    return {
        functions.get(role) or spoken({"Ref": role}, deployment): _of(role, deployment)
        for role in deployment.of_type("AWS::IAM::Role")
    }


def _of(role: str, deployment: Deployment) -> Mapping[str, list[str]]:
    found: dict[str, set[str]] = {}
    for statement in deployment.allowed_to(role):
        denied = "" if statement["Effect"] == "Allow" else "never "
        only_if = sorted({key for each in statement.get("Condition", {}).values() for key in each})
        under = f" if {' and '.join(only_if)}" if only_if else ""
        for resource in as_list(statement["Resource"]):
            actions = {f"{denied}{action}{under}" for action in as_list(statement["Action"])}
            found.setdefault(spoken(resource, deployment), set()).update(actions)
    return {resource: sorted(actions) for resource, actions in sorted(found.items())}


def lines(grants: Grants) -> Iterator[str]:
    """The table as TOML."""
    yield "# What each role may do, and on what. Made from the template by: python -m tests.infra.permissions"
    for name, resources in sorted(grants.items()):
        yield ""
        yield f'["{name}"]'
        for resource, actions in resources.items():
            each = json.dumps(actions)
            yield f'"{resource}" = {each}'


def main() -> None:
    """Write the table anew, from what is deployed to the cloud."""
    TABLE.write_text("\n".join(lines(granted(for_members()))) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
