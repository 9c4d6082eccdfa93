"""The bundle that every function is, and the other one of the function that looks into files."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra import bundle
from infra.bundle import Contents
from infra.stages import Platform
from tests import documents
from tests.infra.deployment import Deployment

MEGABYTE = 1_000_000
FIRST_BYTES = 8
UNCHECKED = b"\x01\x00\x00\x00"
"""The flags of bytecode that is never compared with its source (PEP 552), after the four bytes of its version."""


@pytest.mark.parametrize("contents", Contents)
def test_every_handler_starts_from_the_bundle_alone(deployment: Deployment, contents: Contents) -> None:
    code = bundle.make(Platform.THIS_MACHINE, contents)
    handlers = sorted(function["Handler"] for function in deployment.functions().values())
    start = (
        "import importlib, sys; sys.path.insert(0, sys.argv.pop(1))\n"
        "for handler in sys.argv[1:]:\n"
        "    module, _, name = handler.rpartition('.')\n"
        "    assert callable(getattr(importlib.import_module(module), name)), handler\n"
        "print('started', len(sys.argv) - 1)"
    )
    # Without its site the interpreter knows the standard library and nothing of this environment.
    command = [sys.executable, "-I", "-S", "-c", start, str(code), *handlers]
    result = subprocess.run(
        command, env={"AWS_DEFAULT_REGION": "eu-west-2"}, capture_output=True, text=True, check=False
    )
    assert result.stdout == f"started {len(handlers)}\n", result.stderr


def test_the_bundle_is_at_most_25_megabytes(code: Path) -> None:
    size = sum(path.stat().st_size for path in code.rglob("*") if path.is_file())
    assert size <= 25 * MEGABYTE, f"{size / MEGABYTE:.1f} MB"


def test_the_bundle_of_the_inspection_is_at_most_30_megabytes(code_of_inspection: Path) -> None:
    size = sum(path.stat().st_size for path in code_of_inspection.rglob("*") if path.is_file())
    assert size <= 30 * MEGABYTE, f"{size / MEGABYTE:.1f} MB"


def test_a_pdf_is_read_with_what_the_bundle_of_the_inspection_carries(code_of_inspection: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(documents.pdf(["NHS number 999 000 0018"]))
    look = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from functions.resources.inspection.inspect import inspect\n"
        "found = inspect(Path(sys.argv[2]), 'paper.pdf')\n"
        "print(found.reason, [(each.sign.value, each.place) for each in found.findings], found.parts[0].text)"
    )
    # Without its site the interpreter that starts the other knows nothing of this environment.
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", look, str(code_of_inspection), str(tmp_path / "file")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout == "None [('nhs-number', 'page 1')] NHS number 999 000 0018\n", result.stderr


def test_what_reads_the_insides_of_files_is_in_no_other_bundle(code: Path, code_of_inspection: Path) -> None:
    """Security requirement 31: a function that answers people carries nothing that opens what people send."""
    readers = {"pypdf", "lxml", "PIL", "docx", "pptx", "openpyxl", "odfdo"}
    assert not readers & {path.name for path in code.iterdir()}
    assert readers & {path.name for path in code_of_inspection.iterdir()} == {"pypdf"}
    inspection = code / "functions/resources/inspection"
    assert {path.name for path in inspection.glob("*.py")} == {"__init__.py", "identifiers.py"}


def test_every_module_has_bytecode_that_lambda_will_trust(code: Path) -> None:
    without = [
        path.relative_to(code)
        for path in code.rglob("*.py")
        if not (path.parent / "__pycache__" / f"{path.stem}.cpython-313.pyc").exists()
    ]
    assert without == []
    checked = [path for path in code.rglob("*.pyc") if path.read_bytes()[4:FIRST_BYTES] != UNCHECKED]
    assert checked == []


def test_a_traceback_points_into_lambdas_own_folder(code: Path) -> None:
    bytecode = (code / "functions/__pycache__/__init__.cpython-313.pyc").read_bytes()
    assert b"/var/task/functions/__init__.py" in bytecode
    assert str(code).encode() not in bytecode


def test_requirement_94_no_test_and_no_tool_of_ours_goes_along(code: Path) -> None:
    assert not {"cli", "infra", "tests", "pytest", "moto", "aws_cdk"} & {path.name for path in code.iterdir()}
    assert list(code.rglob("test_*.py")) == []


def test_a_scanner_can_tell_every_package_and_its_version(code: Path) -> None:
    listed = {line for path in code.glob("*.dist-info/METADATA") for line in path.read_text().splitlines()[:10]}
    assert "Name: boto3" in listed
    assert "Name: pydantic" in listed


def test_the_bank_holidays_of_one_country_go_along(code: Path) -> None:
    assert {path.stem for path in (code / "holidays/countries").glob("*.py")} == {"__init__", "united_kingdom"}
    ask = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from datetime import date\n"
        "from functions.sessions.breaks import holiday_on\n"
        "print(holiday_on(date(2027, 3, 26)))"
    )
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", ask, str(code)], capture_output=True, text=True, check=False
    )
    assert result.stdout == "Good Friday\n", result.stderr


def test_pages_are_compiled_ahead(code: Path) -> None:
    built = code / "functions/kernel/pages/built"
    assert list((built / "templates").glob("*.py"))
    assert list((built / "assets").glob("*.css"))


def test_the_same_tree_gives_the_same_bytes(code: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "BUILD", tmp_path)
    again = bundle.make(Platform.THIS_MACHINE)
    assert again.name == code.name
    assert _bytes_of(again) == _bytes_of(code)


def test_a_bundle_that_is_there_is_not_made_again(code: Path) -> None:
    before = code.stat().st_mtime_ns
    assert bundle.make(Platform.THIS_MACHINE) == code
    assert code.stat().st_mtime_ns == before


def _bytes_of(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {os.fspath(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
