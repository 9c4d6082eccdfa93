"""The CDK app. ``-c stage=NAME`` chooses a section of ``psmn.toml``, or ``local`` for the cloud on this machine."""

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
from cdk_nag import AwsSolutionsChecks

from infra import bundle, stages
from infra.data_stack import DataStack
from infra.service_stack import ServiceStack
from infra.stages import Stage


def build(app: App, stage: Stage, code: Path, inspection: Path) -> tuple[DataStack, ServiceStack]:
    """Add the two stacks of ``stage`` to ``app``.

    The bundle in the folder ``code`` is in every function but the one that reads the insides of files, which has
    ``inspection``.
    """
    if stage.encrypted:
        # In the cloud, a finding that nobody has given a reason for stops synthesis, and so the deployment.
        Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    env = Environment(account=stage.account, region=stage.region)
    data = DataStack(app, f"{stage.prefix}-data", stage=stage, env=env, synthesizer=_synthesizer(stage))
    service = ServiceStack(
        app,
        f"{stage.prefix}-service",
        stage=stage,
        code=lambda_.Code.from_asset(str(code)),
        inspection_code=lambda_.Code.from_asset(str(inspection)),
        table=data.table,
        library=data.library,
        seals=data.seals,
        env=env,
        synthesizer=_synthesizer(stage),
    )
    return data, service


def _synthesizer(stage: Stage) -> IReusableStackSynthesizer:
    if stage.name == stages.LOCAL:
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
