"""What would be deployed as one stage, with questions that tests ask of it."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from aws_cdk import App

from infra import app, bundle, stages
from infra.bundle import Contents
from infra.stages import Platform, Stage

type Properties = dict[str, Any]


@dataclass(frozen=True)
class Deployment:
    """The stacks of a stage, synthesised."""

    stage: Stage
    resources: Mapping[str, dict[str, Any]]
    """The resources of every stack, by logical id."""
    templates: Mapping[str, dict[str, Any]]
    """Each stack as it is handed to CloudFormation, by its part of the name: ``service``."""
    guarded: frozenset[str]
    """The logical ids in the stacks that refuse to be deleted."""
    folder: Path
    """Where the templates are."""

    @classmethod
    def of(cls, stage: Stage, *, code: Path, inspection: Path, folder: Path) -> Self:
        """Synthesise ``stage`` into ``folder``. Raises when cdk-nag finds something that has no reason beside it."""
        cdk = App(outdir=str(folder))
        app.build(cdk, stage, code, inspection)
        cdk.synth()
        templates = {
            path.name.removeprefix(f"{stage.prefix}-").removesuffix(".template.json"): json.loads(path.read_bytes())
            for path in folder.glob("*.template.json")
        }
        found = [each for template in templates.values() for each in template["Resources"].items()]
        resources = dict(found)
        assert len(resources) == len(found), "Two stacks call two things by one name."
        manifest = json.loads((folder / "manifest.json").read_bytes())
        stacks = (each["properties"] for each in manifest["artifacts"].values())
        refusing = [each["templateFile"] for each in stacks if each.get("terminationProtection")]
        guarded = frozenset(name for file in refusing for name in json.loads((folder / file).read_bytes())["Resources"])
        return cls(stage, resources, templates, guarded, folder)

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

    def topic(self, part: str) -> str:
        """The logical id of the one topic whose id begins with ``part``."""
        (found,) = (name for name in self.of_type("AWS::SNS::Topic") if name.startswith(part))
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


def for_members() -> Deployment:
    """What would be deployed for members, for what is made from it by hand. Tests share a fixture instead."""
    # The CDK's own validation is slow, and waits for deploy.
    os.environ["CDK_VALIDATION"] = "false"
    code, inspection = (bundle.make(Platform.THIS_MACHINE, contents) for contents in Contents)
    with TemporaryDirectory() as folder:
        return Deployment.of(stages.find("production"), code=code, inspection=inspection, folder=Path(folder))


def as_list(value: Any) -> list[Any]:
    """A list as it is, and anything else as a list of one: templates shorten lists of one."""
    return value if isinstance(value, list) else [value]
