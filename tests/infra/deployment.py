"""What would be deployed as one stage, with questions that tests ask of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from aws_cdk import App

from infra import app
from infra.stages import Stage

type Properties = dict[str, Any]


@dataclass(frozen=True)
class Deployment:
    """Both stacks of a stage, synthesised."""

    stage: Stage
    resources: Mapping[str, dict[str, Any]]
    """The resources of both stacks, by logical id."""

    @classmethod
    def of(cls, stage: Stage, *, code: Path, inspection: Path, folder: Path) -> Self:
        """Synthesise ``stage`` into ``folder``. Raises when cdk-nag finds something that has no reason beside it."""
        cdk = App(outdir=str(folder))
        app.build(cdk, stage, code, inspection)
        cdk.synth()
        templates = [json.loads(path.read_bytes()) for path in folder.glob("*.template.json")]
        return cls(stage, {name: each for template in templates for name, each in template["Resources"].items()})

    def of_type(self, kind: str) -> dict[str, Properties]:
        """The properties of every resource of one type, by logical id."""
        return {name: each.get("Properties", {}) for name, each in self.resources.items() if each["Type"] == kind}

    def functions(self) -> dict[str, Properties]:
        """The properties of each function, by its own name: ``mail.send``."""
        prefix = f"{self.stage.prefix}-"
        functions = self.of_type("AWS::Lambda::Function").values()
        return {each["FunctionName"].removeprefix(prefix).replace("-", ".", 1): each for each in functions}

    def named(self, logical_id: str) -> str:
        """The own name of the function with this logical id."""
        (name,) = (name for name, each in self.functions().items() if each == self.resources[logical_id]["Properties"])
        return name

    def role_of(self, function: str) -> str:
        """The logical id of a function's role."""
        role: str = self.functions()[function]["Role"]["Fn::GetAtt"][0]
        return role

    def bucket(self, part: str) -> tuple[str, Properties]:
        """The logical id and the properties of the one bucket whose id begins with ``part``."""
        (found,) = (each for each in self.of_type("AWS::S3::Bucket").items() if each[0].startswith(part))
        return found

    def policy_of(self, part: str) -> list[dict[str, Any]]:
        """Every statement of the policy of a bucket."""
        name, _ = self.bucket(part)
        (policy,) = (each for each in self.of_type("AWS::S3::BucketPolicy").values() if each["Bucket"] == {"Ref": name})
        statements: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
        return statements

    def allowed_to(self, role: str) -> list[dict[str, Any]]:
        """Every statement about what a role may do."""
        return [statement for statement in self._said_of(role) if statement["Effect"] == "Allow"]

    def denied_to(self, role: str) -> list[dict[str, Any]]:
        """Every statement about what a role may not do, whatever else it may."""
        return [statement for statement in self._said_of(role) if statement["Effect"] == "Deny"]

    def _said_of(self, role: str) -> list[dict[str, Any]]:
        return [
            statement
            for policy in self.of_type("AWS::IAM::Policy").values()
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]


def as_list(value: Any) -> list[Any]:
    """A list as it is, and anything else as a list of one: templates shorten lists of one."""
    return value if isinstance(value, list) else [value]
