"""One bundle and one synthesis of each stage, shared by every test of what we deploy."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra import bundle, stages
from infra.bundle import Contents
from infra.stages import Platform, Stage
from tests.infra.deployment import Deployment

type Synthesise = Callable[[Stage], Deployment]


@pytest.fixture(scope="session")
def code() -> Path:
    """The bundle for this machine: set-up has fetched its packages, so nothing is downloaded."""
    return bundle.make(Platform.THIS_MACHINE)


@pytest.fixture(scope="session")
def code_of_inspection() -> Path:
    """The bundle of the function that looks into files, for this machine."""
    return bundle.make(Platform.THIS_MACHINE, Contents.INSPECTION)


@pytest.fixture(scope="session")
def synthesise(code: Path, code_of_inspection: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synthesise]:
    """What makes the templates of a stage. The CDK's own validation, which is slow, waits for deploy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CDK_VALIDATION", "false")
        patch.delenv("PSMN_PORT", raising=False)
        yield lambda stage: Deployment.of(
            stage, code=code, inspection=code_of_inspection, folder=tmp_path_factory.mktemp(stage.name)
        )


@pytest.fixture(scope="session")
def deployments(synthesise: Synthesise) -> dict[str, Deployment]:
    """The stage on this machine and the one in the cloud."""
    return {name: synthesise(stages.find(name)) for name in (stages.LOCAL, "production")}


@pytest.fixture(params=[stages.LOCAL, "production"])
def deployment(request: pytest.FixtureRequest, deployments: dict[str, Deployment]) -> Deployment:
    """Each stage in turn: what runs here is what is deployed."""
    return deployments[request.param]


@pytest.fixture
def cloud(deployments: dict[str, Deployment]) -> Deployment:
    """The stage in the cloud."""
    return deployments["production"]
