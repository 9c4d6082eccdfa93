"""Programs that nobody here wrote read the templates of every stage, and find nothing without a reason beside it.

cdk-nag, with the packs "AwsSolutions" and "Serverless", reads them as they are made: ``infra/app.py`` asks it to.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.stages import ROOT
from tests.infra.deployment import Deployment

CHECKOV = ROOT / "scripts" / "scan_templates.py"
NOT_OURS = {
    "W3005": "The CDK has a function wait for its role's policy, which says the same twice.",
    "W6001": "What the psmn command has to know of a deployment is in one place, wherever it comes from.",
}
"""What cfn-lint finds in how the CDK writes templates."""


def test_cfn_lint_finds_nothing_in_any_template(deployments: dict[str, Deployment]) -> None:
    templates = [path for each in deployments.values() for path in each.folder.glob("*.template.json")]
    assert len(templates) == sum(len(each.templates) for each in deployments.values()) > len(deployments)
    command = [
        str(Path(sys.executable).with_name("cfn-lint")),
        "--ignore-checks",
        *NOT_OURS,
        "--",
        *map(str, templates),
    ]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_checkov_finds_nothing_in_any_template(deployments: dict[str, Deployment], tmp_path: Path) -> None:
    for name, deployment in deployments.items():
        for template in deployment.folder.glob("*.template.json"):
            shutil.copy(template, tmp_path / f"{name}-{template.name}")
    # It has an environment of its own, which is fetched once. Without a network, only CI insists.
    offline = [] if os.environ.get("CI") else ["--offline"]
    uv = ["uv", "run", "--quiet", "--locked", "--script", *offline]
    found = subprocess.run([*uv, str(CHECKOV), str(tmp_path)], capture_output=True, text=True, check=False)
    if offline and "Network connectivity is disabled" in found.stderr:
        pytest.skip(f"This needs checkov. Fetch it once with: uv sync --script {CHECKOV.relative_to(ROOT)}")
    assert "Failed checks: 0" in found.stdout, found.stdout + found.stderr
    assert found.returncode == 0


def test_every_reason_for_what_a_scanner_finds_is_a_sentence(deployments: dict[str, Deployment]) -> None:
    accepted = [
        skipped
        for deployment in deployments.values()
        for resource in deployment.resources.values()
        for skipped in resource.get("Metadata", {}).get("checkov", {}).get("skip", [])
    ]
    assert accepted
    for each in accepted:
        assert each["comment"].endswith("."), each
        assert len(each["comment"].split()) > 5, each
