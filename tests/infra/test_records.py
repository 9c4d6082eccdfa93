"""The records that lead people and mail to a domain whose records are kept elsewhere."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk.assertions import Template
from click.testing import CliRunner
from moto import mock_aws

from cli import deploy
from cli.cdk import Cdk
from cli.release import Shelf
from infra import stages
from infra.edge_stack import EdgeStack
from infra.record import OUTPUT, Record
from infra.records import Records
from infra.senders import Senders
from infra.stages import EDGE_REGION, CloudStage, Deployments, Plan, Stage

ELSEWHERE = {"account": "123456789012", "region": "eu-west-2", "domain": "psmn.test", "reserve_concurrency": False}
CONTENTS = {"url": "https://psmn.test", "table": "t", "functions": {}, "queues": {}, "buckets": {}}


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A stage whose section says nothing of a zone."""
    section = CloudStage.model_validate({**ELSEWHERE, "cloudfront": "by-use"})
    deployments = Deployments(network="psmn", stages={"elsewhere": section})
    monkeypatch.setattr(stages, "_deployments", lambda: deployments)
    return stages.find("elsewhere")


@pytest.fixture
def template(stage: Stage) -> dict[str, Any]:
    """The senders of mail and one alias, in a stack of their own."""
    stack = Stack(App(), "Service", env=Environment(account=stage.account, region=stage.region))
    records = Records(stack, stage=stage)
    Senders(stack, "Senders", stage=stage, records=records)
    records.follow("Pages", stage.domain, "d111111abcdef8.cloudfront.net", target_zone="Z2FDTNDATAQYW2")
    found: dict[str, Any] = Template.from_stack(stack).to_json()
    return found


def test_a_stage_says_nothing_of_a_zone_when_others_keep_its_records(stage: Stage) -> None:
    assert stage.hosted_zone_id is None
    assert stage.cloudfront is Plan.BY_USE
    assert stage.mail_leaves


def test_every_record_of_the_mail_and_the_pages_is_an_output_and_none_is_written(template: dict[str, Any]) -> None:
    assert "AWS::Route53::RecordSet" not in {each["Type"] for each in template["Resources"].values()}
    outputs = [each["Value"] for name, each in template["Outputs"].items() if name.startswith(OUTPUT)]
    plain = [Record.model_validate_json(each) for each in outputs if isinstance(each, str)]
    assert {(each.name, each.type, each.value) for each in plain} == {
        ("psmn.test", "ALIAS", "d111111abcdef8.cloudfront.net"),
        *(
            record
            for name in ("account.psmn.test", "events.psmn.test")
            for record in (
                (f"bounce.{name}", "MX", "10 feedback-smtp.eu-west-2.amazonses.com"),
                (f"bounce.{name}", "TXT", "v=spf1 include:amazonses.com -all"),
                (f"_dmarc.{name}", "TXT", "v=DMARC1; p=quarantine; adkim=s; aspf=r; rua=mailto:dmarc@psmn.test"),
            )
        ),
    }
    # SES makes the names of these when it makes the identity.
    signed = ["".join(part if isinstance(part, str) else "?" for part in each["Fn::Join"][1]) for each in outputs[:3]]
    assert signed == ['{"name":"?","type":"CNAME","value":"?"}'] * 3
    assert len(outputs) == len(plain) + 6


def test_a_stage_that_pays_by_use_has_the_same_pages_and_no_plan(stage: Stage) -> None:
    where = Environment(account=stage.account, region=EDGE_REGION)
    made = Template.from_stack(EdgeStack(App(), "Edge", stage=stage, plan=Plan.BY_USE, env=where)).to_json()
    assert {each["Type"] for each in made["Resources"].values()} == {
        "AWS::CertificateManager::Certificate",
        "AWS::CloudFront::Distribution",
        "AWS::WAFv2::WebACL",
    }
    ((name, output),) = made["Outputs"].items()
    assert name.startswith(OUTPUT)
    assert '"name":"psmn.test","type":"ALIAS"' in str(output["Value"])


def describe(stack: str, region: str, outputs: dict[str, Any]) -> None:
    """Deploy a stack that has nothing but these outputs."""
    body = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {name: {"Value": json.dumps(value)} for name, value in outputs.items()},
    }
    client = boto3.client("cloudformation", region_name=region)
    client.create_stack(StackName=f"psmn-elsewhere-{stack}", TemplateBody=json.dumps(body))


@pytest.fixture
def asked(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What the CDK is asked to deploy, and how. It does nothing, so what it would have deployed is there already."""
    made: list[tuple[str, ...]] = []

    def run(_self: Cdk, *arguments: str) -> None:
        if arguments[0] == "synth":
            (tmp_path / "new").mkdir()
        if arguments[0] == "deploy":
            made.append(arguments[arguments.index("never") + 1 :])

    monkeypatch.setattr(Cdk, "_run", run)
    monkeypatch.setattr("cli.release.version_of", lambda _: "new")
    monkeypatch.setattr("cli.deploy.wait_until_well", lambda _cloud, _version: [])
    monkeypatch.setattr("cli.deploy.fridays.why_not_now", lambda _: None)
    monkeypatch.setattr(Shelf, "of", lambda _: Shelf(tmp_path))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    return made


PAGES = {"name": "psmn.test", "type": "ALIAS", "value": "d111111abcdef8.cloudfront.net"}
BOUNCES = {"name": "bounce.account.psmn.test", "type": "MX", "value": "10 feedback-smtp.eu-west-2.amazonses.com"}


@mock_aws
def test_deploy_shows_an_administrator_the_records_that_are_theirs_to_add(asked: list[tuple[str, ...]]) -> None:
    describe("service", "eu-west-2", {"Contents": CONTENTS, "RecordsAccountBounces594C7981": BOUNCES})
    describe("edge", "us-east-1", {"RecordsPagesA949AC44F": PAGES})
    said = CliRunner().invoke(deploy.deploy, ["--stage", "elsewhere", "--yes"])
    assert said.exit_code == 0, said.output
    assert asked == [()]
    assert "The pages are at https://psmn.test" in said.stdout
    lines = [line.split() for line in said.stderr.splitlines()]
    assert ["psmn.test", "ALIAS", "d111111abcdef8.cloudfront.net"] in lines
    assert ["bounce.account.psmn.test", "MX", "10", "feedback-smtp.eu-west-2.amazonses.com"] in lines
    assert "until a record of yours proves that psmn.test is yours" in said.stderr
    as_json = CliRunner().invoke(deploy.deploy, ["--stage", "elsewhere", "--yes", "--json"])
    assert json.loads(as_json.stdout)["records"] == [PAGES, BOUNCES]


@mock_aws
def test_requirement_55_renewing_the_secret_gives_cloudfront_its_new_version(asked: list[tuple[str, ...]]) -> None:
    describe("service", "eu-west-2", {"Contents": CONTENTS})
    describe("edge", "us-east-1", {})
    secrets = boto3.client("secretsmanager", region_name="eu-west-2")
    first = secrets.create_secret(Name="psmn-elsewhere-origin", SecretString="the first value")["VersionId"]
    said = CliRunner().invoke(deploy.deploy, ["--stage", "elsewhere", "--yes", "--renew-secret"])
    assert said.exit_code == 0, said.output
    now = secrets.get_secret_value(SecretId="psmn-elsewhere-origin", VersionStage="AWSCURRENT")
    assert now["VersionId"] != first
    ((option, parameters),) = asked
    assert option == "--parameters"
    assert parameters == f"psmn-elsewhere-edge:OriginSecretVersion={now['VersionId']}"
    assert now["SecretString"] not in said.output + str(asked)


@mock_aws
def test_a_secret_that_is_not_there_yet_is_not_renewed_and_nothing_is_deployed(asked: list[tuple[str, ...]]) -> None:
    said = CliRunner().invoke(deploy.deploy, ["--stage", "elsewhere", "--yes", "--renew-secret"])
    assert said.exit_code == 1
    assert "elsewhere has no secret to renew yet. Deploy it first, without --renew-secret." in said.output
    assert asked == []
