"""The CDK app. ``-c stage=NAME`` chooses a section of ``psmn.toml``."""

from pathlib import Path

from aws_cdk import (
    App,
    CliCredentialsStackSynthesizer,
    DefaultStackSynthesizer,
    Environment,
    IReusableStackSynthesizer,
    Validations,
)
from aws_cdk import aws_lambda as lambda_
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from infra import bundle, stages
from infra.data_stack import DataStack
from infra.edge_stack import EdgeStack
from infra.service_stack import ServiceStack
from infra.stages import EDGE_REGION, Stage


def build(app: App, stage: Stage, code: Path, inspection: Path) -> None:
    """Add the stacks of ``stage`` to ``app``.

    The bundle in the folder ``code`` is in every function but the one that reads the insides of files, which has
    ``inspection``.
    """
    if stage.encrypted:
        # In the cloud, a finding that nobody has given a reason for stops synthesis, and so the deployment.
        Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    env = Environment(account=stage.account, region=stage.region)
    data = DataStack(app, f"{stage.prefix}-data", stage=stage, env=env, synthesizer=_synthesizer(stage))
    service = ServiceStack(
        app,
        f"{stage.prefix}-service",
        stage=stage,
        code=lambda_.Code.from_asset(str(code)),
        version=code.name.rpartition("-")[2],
        inspection_code=lambda_.Code.from_asset(str(inspection)),
        table=data.table,
        library=data.library,
        alarms=data.alarms,
        seals=data.seals,
        env=env,
        synthesizer=_synthesizer(stage),
    )
    if stage.cloudfront:
        EdgeStack(
            app,
            f"{stage.prefix}-edge",
            stage=stage,
            plan=stage.cloudfront,
            env=Environment(account=stage.account, region=EDGE_REGION),
            synthesizer=_synthesizer(stage),
        ).add_stack_dependency(service)


def _synthesizer(stage: Stage) -> IReusableStackSynthesizer:
    if stage.on_this_machine:
        return CliCredentialsStackSynthesizer(file_assets_bucket_name=stages.LOCAL_ASSETS)
    return DefaultStackSynthesizer()


def main() -> None:
    """Synthesise the stage that the command line names."""
    app = App()
    name = app.node.try_get_context("stage")
    if not name:
        raise SystemExit("Say which stage: add -c stage=NAME. psmn.toml lists them.")
    stage = stages.find(name)
    build(app, stage, bundle.make(stage.platform), bundle.make(stage.platform, bundle.Contents.INSPECTION))
    app.synth()


if __name__ == "__main__":
    main()
