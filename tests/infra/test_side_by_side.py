"""Two stages in one account: what AWS knows there by its name has another name in each, and what it counts is apart."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from functions.kernel.measures import NAMESPACE
from infra import stages
from tests.infra.conftest import Synthesise
from tests.infra.deployment import Deployment, as_list

NAMES = re.compile(r"(Name|Names|Namespace|Aliases|EmailIdentity)$")
"""How the properties of a template end that name something."""
OF_ANOTHER = re.compile(r'"(Fn::GetAtt|Fn::ImportValue)"|"Ref": "(?!AWS::)')
"""What is named after another resource is as much the stage's own as that is."""

WITHIN = {
    "AWS::ApiGatewayV2::Authorizer Name": "It is one gateway's.",
    "AWS::ApiGatewayV2::Stage StageName": "It is one gateway's.",
    "AWS::Backup::BackupPlan BackupPlan.BackupPlanRule.RuleName": "It is one plan's.",
    "AWS::Backup::BackupSelection BackupSelection.SelectionName": "It is one plan's.",
    "AWS::CloudFront::Distribution DistributionConfig.Origins.OriginCustomHeaders.HeaderName": "It names a header.",
    "AWS::CloudWatch::Alarm Dimensions.Name": "It says what a figure is counted by.",
    "AWS::CloudWatch::Alarm MetricName": "It names a figure within a namespace, and those are looked at below.",
    "AWS::CloudWatch::Alarm Namespace": "AWS's own are looked at below.",
    "AWS::DynamoDB::Table AttributeDefinitions.AttributeName": "It is one table's.",
    "AWS::DynamoDB::Table GlobalSecondaryIndexes.IndexName": "It is one table's.",
    "AWS::DynamoDB::Table GlobalSecondaryIndexes.KeySchema.AttributeName": "It is one table's.",
    "AWS::DynamoDB::Table KeySchema.AttributeName": "It is one table's.",
    "AWS::DynamoDB::Table TimeToLiveSpecification.AttributeName": "It is one table's.",
    "AWS::IAM::Policy PolicyName": "It is one role's.",
    "AWS::SES::ReceiptRule Rule.Name": "It is one set's.",
    "AWS::WAFv2::WebACL Rules.Name": "It is one firewall's.",
    "AWS::WAFv2::WebACL Rules.Statement.ManagedRuleGroupStatement.Name": "It is AWS's name for its own rules.",
    "AWS::WAFv2::WebACL Rules.Statement.ManagedRuleGroupStatement.RuleActionOverrides.Name": "So is this.",
    "AWS::WAFv2::WebACL Rules.Statement.ManagedRuleGroupStatement.VendorName": "It is AWS.",
    "AWS::WAFv2::WebACL Rules.VisibilityConfig.MetricName": "AWS counts it by the firewall too.",
}
"""What may be called the same in two stages, and why."""

OF_THE_ACCOUNT = {
    ("AWS/Lambda", "Errors"),
    ("AWS/Lambda", "Throttles"),
    ("AWS/SES", "Reputation.BounceRate"),
    ("AWS/SES", "Reputation.ComplaintRate"),
}
"""What AWS counts for an account as a whole, and we look at as that: docs/decisions/0020 says why."""


@pytest.fixture(scope="session")
def beside(synthesise: Synthesise, deployments: dict[str, Deployment]) -> Deployment:
    """The stage ``dev``, in the account of the one that members use."""
    account = deployments["production"].stage.account
    return synthesise(stages.find("dev").model_copy(update={"account": account}))


def named(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each name within some properties that holds for itself: where it stands, and what it says."""
    if isinstance(value, dict):
        for key, inside in value.items():
            here = f"{path}.{key}".lstrip(".")
            if NAMES.search(key):
                texts = map(json.dumps, as_list(inside))
                yield from ((here, text) for text in texts if not OF_ANOTHER.search(text))
            yield from named(inside, here)
    elif isinstance(value, list):
        for each in value:
            yield from named(each, path)


def names(deployment: Deployment) -> set[tuple[str, str]]:
    """Each name that a stage gives to something: what it names, and what it says."""
    return {
        (f"{resource['Type']} {path}", text)
        for resource in deployment.resources.values()
        for path, text in named(resource.get("Properties", {}))
    }


def exports(deployment: Deployment) -> set[str]:
    """The names under which the stacks of a stage give something to others."""
    outputs = (each for template in deployment.templates.values() for each in template.get("Outputs", {}).values())
    return {json.dumps(each["Export"]["Name"]) for each in outputs if "Export" in each}


def figures(deployment: Deployment) -> set[tuple[str, ...]]:
    """What the alarms and the page of figures look at: the namespace, the name, and what it is counted by."""
    found = set()
    for alarm in deployment.of_type("AWS::CloudWatch::Alarm").values():
        by = [text for each in alarm.get("Dimensions", []) for text in (each["Name"], each["Value"])]
        found.add((alarm["Namespace"], alarm["MetricName"], *(_told(each, deployment) for each in by)))
    for page in deployment.of_type("AWS::CloudWatch::Dashboard").values():
        body = "".join(_told(part, deployment) for part in page["DashboardBody"]["Fn::Join"][1])
        for widget in json.loads(body)["widgets"]:
            lines = widget["properties"].get("metrics", [])
            found |= {tuple(each for each in line if isinstance(each, str)) for line in lines}
    return found


def _told(value: Any, deployment: Deployment) -> str:
    """A text of a template. What is a reference to something of the stage's is different in each."""
    return value if isinstance(value, str) else f"of {deployment.stage.prefix}"


def test_two_stages_in_one_account_give_nothing_the_same_name(cloud: Deployment, beside: Deployment) -> None:
    ours = names(cloud)
    assert {where for where, _ in ours & names(beside)} == WITHIN.keys()
    explicit = {where for where, _ in ours - names(beside)}
    for kind in ("Lambda::Function FunctionName", "CloudWatch::Alarm AlarmName", "CloudWatch::Dashboard DashboardName"):
        assert f"AWS::{kind}" in explicit, "What this test looks at is there."


def test_two_stages_in_one_account_export_nothing_under_one_name(cloud: Deployment, beside: Deployment) -> None:
    assert exports(cloud)
    assert exports(cloud).isdisjoint(exports(beside))


def test_no_stage_looks_at_what_another_counts(cloud: Deployment, beside: Deployment) -> None:
    assert figures(cloud) & figures(beside) == OF_THE_ACCOUNT


def test_every_function_counts_where_the_alarms_of_its_own_stage_look(deployment: Deployment) -> None:
    counted_in = {each["Environment"]["Variables"][NAMESPACE] for each in deployment.functions().values()}
    looked_in = {space for space, *_ in figures(deployment) if not space.startswith("AWS/")}
    assert counted_in == looked_in == {deployment.stage.prefix}
