"""The bundle that every function is: our code, what it imports, and bytecode that Lambda will trust.

Made without Docker, from the locked versions and their hashes. The same tree gives the same bytes, so a deployment of
unchanged code uploads nothing. ``docs/decisions/0006-one-bundle.md`` says why there is one, and a second for the
function that looks into files.
"""

import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path

from infra.stages import ROOT, Platform

BUILD = ROOT / "build"
KEPT = 8
"""How many earlier bundles stay on disk: going back to a recent commit then takes no time."""

ON_LAMBDA = "/var/task"
"""Where Lambda unpacks the bundle, and so where a traceback should point."""


class Contents(StrEnum):
    """What a bundle carries beside our code, by the name of the group of packages in ``pyproject.toml``."""

    USUAL = "usual"
    """What every function imports, and no group."""
    INSPECTION = "inspection"
    """That, and what reads the insides of files, which no function that answers people should carry."""


SERVICES = ("dynamodb", "s3", "ses", "sqs")
"""The AWS services that functions call. botocore describes four hundred more, which are most of its weight."""
SES_ADDRESS = "email"
"""What SES is called in botocore's list of addresses."""

LIGHT = ("__init__.py", "identifiers.py")
"""The modules of the inspection that stay in every bundle: the pages ask them about words that people type."""

HOLIDAYS = {
    "countries": ("united_kingdom",),
    "groups": ("christian", "custom", "international"),
    "calendars": ("ethiopian", "gregorian", "julian", "julian_revised"),
}
"""What the bank holidays of one country need. The library knows 250 more, which are most of its weight."""

ZONES = ("Europe/London", "UTC")
"""The time zones whose rules go along, for a Lambda image that has none of its own."""

UNUSED = (
    "bin",
    "tests",
    "annotated_types/test_cases.py",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.css",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.js",
    *(
        f"aws_lambda_powertools/utilities/{name}"
        for name in (
            "auth_alpha",
            "circuit_breaker",
            "data_masking",
            "feature_flags",
            "idempotency",
            "kafka",
            "parameters",
            "parser",
            "streaming",
        )
    ),
    "aws_lambda_powertools/metrics/provider/datadog",
    "aws_lambda_powertools/utilities/validation",
    "boto3/crt.py",
    "boto3/examples",
    "botocore/crt/auth.py",
    "botocore/data/*/*/examples-1.json",
    "botocore/stub.py",
    "dateutil/zoneinfo/*.tar.gz",
    "govuk_frontend_jinja",
    "holidays/financial",
    "holidays/generate_ics.py",
    "holidays/locale",
    "icalendar/cli.py",
    "icalendar/tests",
    "idna/cli.py",
    "pydantic/experimental/pipeline.py",
    "pydantic/mypy.py",
    "pydantic/v1",
    "pypdf/_crypt_providers/_[cp]*.py",
    "s3transfer/crt.py",
    "s3transfer/processpool.py",
    "urllib3/contrib/emscripten",
    "urllib3/contrib/pyopenssl.py",
    "urllib3/contrib/socks.py",
    "**/*.pyi",
    "*.dist-info/RECORD",
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
    "*.dist-info/sboms",
)
"""What no function reads. The components of pages are compiled ahead, and there is no ``awscrt`` for ``crt`` to use."""


def make(platform: Platform, contents: Contents = Contents.USUAL) -> Path:
    """Return a folder that holds the bundle for ``platform``, which is made unless it is there already.

    Raises ``subprocess.CalledProcessError`` when a package cannot be had or a template does not compile.
    """
    group = () if contents is Contents.USUAL else ("--group", contents)
    requirements = _run(
        *("uv", "export", "--quiet", "--color", "never", "--no-header", "--no-annotate"),
        *("--frozen", "--no-default-groups", "--no-emit-project", *group),
    )
    recipe = Path(__file__).read_bytes()
    dependencies = _once(
        BUILD / "dependencies",
        f"{platform}-{contents}-{_digest(requirements, recipe)}",
        lambda folder: _install(folder, requirements, platform),
    )
    return _once(
        BUILD / "bundles",
        f"{platform}-{contents}-{_digest(dependencies.name.encode(), *_sources())}",
        lambda folder: _assemble(folder, dependencies, contents),
    )


def _install(folder: Path, requirements: bytes, platform: Platform) -> None:
    """Put the locked dependencies into ``folder``, without what no function reads."""
    for_platform = [] if platform is Platform.THIS_MACHINE else ["--python-platform", platform]
    listed = folder.with_suffix(".txt")
    listed.write_bytes(requirements)
    _run(
        *("uv", "pip", "install", "--quiet", "--target", str(folder), "--python-version", "3.13"),
        *("--only-binary", ":all:", "--no-deps", "--require-hashes", "--link-mode", "copy"),
        *for_platform,
        *("--requirements", str(listed)),
    )
    listed.unlink()
    for path in _unused(folder):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    _forget_other_endpoints(folder / "botocore/data/endpoints.json")
    _forget_other_countries(folder / "holidays")
    for about in folder.glob("*.dist-info/METADATA"):
        _forget_description(about)
    _compile(folder, folder)


def _unused(folder: Path) -> list[Path]:
    unused = [path for pattern in UNUSED for path in folder.glob(pattern)]
    for library in ("boto3", "botocore"):
        services = [path for path in (folder / library / "data").iterdir() if path.is_dir()]
        unused += [path for path in services if path.name not in SERVICES]
    zones = folder / "tzdata/zoneinfo"
    kept = {zones / name for name in ZONES}
    rules = [path for path in zones.rglob("*") if path.is_file() and path.suffix != ".py"]
    return unused + [path for path in rules if path not in kept]


def _forget_other_endpoints(listing: Path) -> None:
    """Cut botocore's list of addresses, 1.2 MB that every cold start parses, to the services we call."""
    endpoints = json.loads(listing.read_bytes())
    for partition in endpoints["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in (*SERVICES, SES_ADDRESS) if name in services}
    listing.write_text(json.dumps(endpoints, separators=(",", ":")), encoding="utf-8")


def _forget_other_countries(holidays: Path) -> None:
    """Keep one country. Each of the library's folders imports all that was in it, so what is left is said again."""
    for name, kept in HOLIDAYS.items():
        for path in (holidays / name).glob("*.py"):
            if path.stem not in {"__init__", *kept}:
                path.unlink()
        listing = holidays / name / "__init__.py"
        lines = ast.parse(listing.read_bytes()).body
        left = [
            line for line in lines if isinstance(line, ast.ImportFrom) and str(line.module).rpartition(".")[2] in kept
        ]
        listing.write_text("\n".join(map(ast.unparse, left)), encoding="utf-8")


def _forget_description(about: Path) -> None:
    """Keep a package's name, version and licence, by which a scanner knows it, and leave out its page for PyPI."""
    head, _, _ = about.read_bytes().partition(b"\n\n")
    about.write_bytes(head + b"\n")


def _assemble(folder: Path, dependencies: Path, contents: Contents) -> None:
    """Put our code beside the dependencies, with its pages and static files ready to serve."""
    shutil.copytree(dependencies, folder, copy_function=os.link, dirs_exist_ok=True)
    shutil.copytree(ROOT / "functions", folder / "functions", ignore=shutil.ignore_patterns("__pycache__"))
    _run(sys.executable, "-m", "functions.kernel.pages.build", str(folder))
    shutil.rmtree(folder / "functions/kernel/pages/static")
    if contents is not Contents.INSPECTION:
        for path in (folder / "functions/resources/inspection").iterdir():
            if path.name not in LIGHT:
                path.unlink()
    _compile(folder / "functions", folder)


def _compile(tree: Path, root: Path) -> None:
    """Compile ``tree`` to bytecode that is never checked against its source.

    Lambda unpacks the bundle with new times into a folder nobody can write to. With bytecode of the usual kind, which
    is checked by time, every cold start would compile everything again: about three times as slow.
    """
    _run(
        *(sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"),
        *("-s", str(root), "-p", ON_LAMBDA, str(tree)),
    )


def _sources() -> Iterator[bytes]:
    """Yield everything the bundle is made of besides its dependencies."""
    yield (ROOT / "package-lock.json").read_bytes()
    for path in sorted((ROOT / "functions").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield str(path.relative_to(ROOT)).encode()
            yield path.read_bytes()


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:16]


def _once(shelf: Path, name: str, make_in: Callable[[Path], None]) -> Path:
    """Return the folder ``name`` on ``shelf``, made in one move, so that nobody ever sees half of it."""
    made = shelf / name
    if not made.exists():
        shelf.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=shelf, prefix=".making-") as workplace:
            folder = Path(workplace) / name
            folder.mkdir()
            make_in(folder)
            try:
                folder.rename(made)
            except OSError:
                # Someone else finished the same folder first.
                if not made.exists():
                    raise
        earlier = sorted(shelf.glob("[!.]*"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in earlier[KEPT:]:
            shutil.rmtree(path, ignore_errors=True)
    return made


def _run(*command: str) -> bytes:
    """Run a program of this project's environment from the top of the tree, and return what it printed."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        # Sets in bytecode are written in the order of their hashes.
        "PYTHONHASHSEED": "0",
    }
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE).stdout
