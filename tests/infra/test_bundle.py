"""The bundle that every function is, and the other one of the function that looks into files."""

import _sre  # type: ignore[import-not-found] # Python's own, which no stub describes.
import hashlib
import json
import marshal
import os
import re
import ssl
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore import xform_name

from bench import contest, people
from bench.aws import Aws
from bench.runtime import serving
from functions.kernel import compiled
from infra import bundle
from infra.bundle import Contents
from infra.stages import ROOT, Platform
from infra.trimming import aws
from tests import documents
from tests.infra.deployment import Deployment

MEGABYTE = 1_000_000
FIRST_BYTES = 8
UNCHECKED = b"\x01\x00\x00\x00"
"""The flags of bytecode that is never compared with its source (PEP 552), after the four bytes of its version."""


@pytest.mark.parametrize("contents", Contents)
def test_every_handler_starts_from_the_bundle_alone(deployment: Deployment, contents: Contents) -> None:
    code = bundle.make(Platform.THIS_MACHINE, contents)
    handlers = sorted({function["Handler"] for function in deployment.functions().values()})
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
        command,
        env={"AWS_DEFAULT_REGION": "eu-west-2"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout == f"started {len(handlers)}\n", result.stderr


def test_no_function_compiles_anything_when_it_starts(deployment: Deployment) -> None:
    code = bundle.make(Platform.THIS_MACHINE)
    handlers = sorted({function["Handler"] for function in deployment.functions().values()})
    start = (
        "import importlib, sys; sys.path.insert(0, sys.argv.pop(1))\n"
        "import collections, dataclasses, functions\n"
        "from re import _compiler as expressions\n"
        "from functions.kernel.compiled import digest, kept\n"
        "packed, made, missed = kept(), [], []\n"
        "def watched(name, run):\n"
        "    def watching(what, *others):\n"
        "        (made if name(what, *others) in packed else missed).append(what)\n"
        "        return run(what, *others)\n"
        "    return watching\n"
        "dataclasses.exec = watched(lambda text, *_: digest(text), dataclasses.exec)\n"
        "collections.eval = watched(lambda text, *_: digest(text), collections.eval)\n"
        "expressions.compile = watched(lambda *expression: expression, expressions.compile)\n"
        "for handler in sys.argv[1:]:\n"
        "    importlib.import_module(handler.rpartition('.')[0])\n"
        "print(len(made) > 200, missed)"
    )
    command = [sys.executable, "-P", "-s", "-S", "-c", start, str(code), *handlers]
    # Python's own mail package makes a few expressions of sets, which are in the order of their hashes.
    environment = {"AWS_DEFAULT_REGION": "eu-west-2", "PYTHONHASHSEED": "0"}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.stdout == "True []\n", result.stderr


def test_an_expression_is_in_the_bundle_as_python_compiles_it(code: Path) -> None:
    packed = compiled.kept(code / "functions/kernel/compiled.bin")
    expressions = {name: marshal.loads(each) for name, each in packed.items() if isinstance(name, tuple)}  # noqa: S302 - ours.
    assert len(expressions) > 100
    for (pattern, flags), told in expressions.items():
        ours, pythons = _sre.compile(pattern, *told), re.compile(pattern, flags)
        # They are the same when their code is.
        assert (ours, ours.groups, ours.groupindex) == (pythons, pythons.groups, pythons.groupindex)


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
    assert "Name: botocore" in listed
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
        [sys.executable, "-I", "-S", "-c", ask, str(code)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout == "Good Friday\n", result.stderr


def test_an_app_is_shown_its_key_and_its_code_is_read_with_what_the_bundle_carries(code: Path) -> None:
    ask = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from datetime import UTC, datetime\n"
        "from functions.membership import time_codes\n"
        "key = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'\n"
        "print(time_codes.picture(time_codes.address(key, account='ann', issuer='us'))[:4])\n"
        "print(time_codes.step_of('287082', key, datetime.fromtimestamp(59, UTC)))"
    )
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", ask, str(code)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout == "<svg\n1\n", result.stderr


@pytest.mark.parametrize("domain", sorted(path.name for path in people.EVENTS.iterdir()))
def test_every_sample_is_answered_from_the_bundle_alone(
    code: Path, code_of_inspection: Path, domain: str, tmp_path: Path
) -> None:
    """What was cut out of the packages is nothing that a function needs when it works."""
    there = people.world(datetime.now(UTC))
    (tmp_path / "samples.json").write_text(json.dumps(contest.samples(domain, there)))
    replay = (
        "import importlib, json, sys; sys.path.insert(0, sys.argv[1])\n"
        "class Context:\n"
        "    function_name = memory_limit_in_mb = invoked_function_arn = aws_request_id = 'sample'\n"
        "    get_remaining_time_in_millis = staticmethod(lambda: 60_000)\n"
        "for handler, event in json.load(open(sys.argv[2])):\n"
        "    module, _, name = handler.rpartition('.')\n"
        "    answer = getattr(importlib.import_module(module), name)(event, Context())\n"
        "    assert (answer or {}).get('statusCode', 200) < 500, (handler, answer)\n"
        "    assert not (answer or {}).get('batchItemFailures'), (handler, answer)\n"
        "print('answered')"
    )
    bundle_of_domain = code_of_inspection if domain == "resources" else code
    with serving(Aws(there.items, people.objects())) as aws:
        result = subprocess.run(
            [sys.executable, "-I", "-S", "-c", replay, str(bundle_of_domain), str(tmp_path / "samples.json")],
            env={
                **contest.ENVIRONMENT,
                "AWS_DEFAULT_REGION": "eu-west-2",
                "AWS_ACCESS_KEY_ID": "sample",
                "AWS_SECRET_ACCESS_KEY": "sample",
                "AWS_ENDPOINT_URL": aws.url,
            },
            capture_output=True,
            text=True,
            check=False,
        )
    assert result.stdout.endswith("answered\n"), result.stderr


def test_the_bundle_knows_every_operation_of_aws_that_our_code_names() -> None:
    """A sample may not reach every call. So each method of a client that the code names is looked for."""
    named = re.compile(r"client\.(\w+)|queue\(\)\.(\w+)|generate_presigned_url\(\s*\"(\w+)\"")
    own = {"exceptions", "generate_presigned_post", "generate_presigned_url", "meta"}
    code = [path.read_text() for path in (ROOT / "functions").rglob("*.py")]
    called = {"".join(found) for text in code for found in named.findall(text)} - own
    known = {xform_name(operation) for operations in aws.SERVICES.values() for operation in operations}
    assert "put_item" in called
    assert called - known == set()
    assert known - called <= {"create_bucket", "head_bucket"}


def test_only_who_vouches_for_aws_is_trusted(code: Path) -> None:
    context = ssl.create_default_context(cafile=code / "botocore/cacert.pem")
    names = {dict(part[0] for part in each["subject"])["commonName"] for each in context.get_ca_certs()}
    assert names == set(aws.AUTHORITIES)


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
