"""The bundle that every function is: our code, what it imports, and bytecode that Lambda will trust.

Made without Docker, from the locked versions and their hashes. The same tree gives the same bytes, so a deployment of
unchanged code uploads nothing. ``docs/decisions/0006-one-bundle.md`` says why there is one, and a second for the
function that looks into files.
"""

import ast
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

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


SERVICES = {
    "dynamodb": (*("BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"),),
    # A form that sends a file goes where "CreateBucket" would go, as botocore finds it.
    "s3": (*("CopyObject", "CreateBucket", "DeleteObject", "GetObject", "HeadBucket", "HeadObject", "PutObject"),),
    "ses": ("GetSendQuota", "SendRawEmail"),
    "sqs": ("GetQueueAttributes", "SendMessage", "SendMessageBatch"),
}
"""The AWS services that functions call, and what they call there. botocore describes four hundred more services, which
are most of its weight, and hundreds of other operations, which every start would read."""
SES_ADDRESS = "email"
"""What SES is called in botocore's list of addresses."""

LIGHT = ("__init__.py", "identifiers.py")
"""The modules of the inspection that stay in every bundle: the pages ask them about words that people type."""

LISTINGS: dict[str, tuple[str, ...]] = {
    # It measures and traces too, for whoever asks.
    "aws_lambda_powertools": ("pathlib", "logging", "package_logger", "user_agent", "version"),
    # Of the ways in which events can come, we know one. Another would bring asyncio.
    "aws_lambda_powertools/event_handler": ("api_gateway",),
    # These are what that module asks for; what a function takes apart itself, it imports by its name.
    "aws_lambda_powertools/utilities/data_classes": (
        *("alb_event", "api_gateway_proxy_event", "bedrock_agent_event", "lambda_function_url_event", "s3_event"),
        "vpc_lattice",
    ),
    # Of boto3 we use how it writes conditions. Connections come from botocore.
    "boto3": ("logging",),
    # Nobody asks a function for the documentation of AWS.
    "botocore/docs": (),
    # The bank holidays of one country. The library knows 250 more, which are most of its weight.
    "holidays/countries": ("united_kingdom",),
    "holidays/groups": ("christian", "custom", "international"),
    "holidays/calendars": ("ethiopian", "gregorian", "julian", "julian_revised"),
}
"""Folders that import all that is in them as soon as anything of theirs is used, and what we use of them."""

NEVER_REACHED = {
    # It writes the documentation of AWS, with what is no longer there.
    "botocore/docs/docstring.py": "botocore.docs",
    # It asks for the version of a package that is not there, once somebody wants HTTP/2.
    "urllib3/http2/__init__.py": "importlib.metadata",
}
"""Modules that others import, and what they import themselves and never get to. ``importlib.metadata`` brings what
opens archives and reads mail, which takes a twentieth of a start."""

NO_PLUGINS = '''
def get_plugins():
    """There are none in this bundle. Looking for them would read what is known about each package at every start."""
    return ()
'''
"""What stands in the bundle as ``pydantic/plugin/_loader.py``."""

AUTHORITIES = (
    *("Amazon Root CA 1", "Amazon Root CA 2", "Amazon Root CA 3", "Amazon Root CA 4"),
    "Starfield Services Root Certificate Authority - G2",
)
"""Who vouches for every address of AWS (AWS, "Amazon Trust Services"). The first call of each start reads them."""

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
    *(f"boto3/{name}" for name in ("crt.py", "data", "docs", "ec2", "examples", "resources", "s3", "session.py")),
    "botocore/crt/auth.py",
    "botocore/data/*/*/examples-1.json",
    "botocore/data/*/*/paginators-1*.json",
    "botocore/data/*/*/waiters-2.json",
    "botocore/data/dynamodb/2011-12-05",
    "botocore/docs/[!_du]*",
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
    "s3transfer",
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
    requirements = run(
        *("uv", "export", "--quiet", "--color", "never", "--no-header", "--no-annotate"),
        *("--frozen", "--no-default-groups", "--no-emit-project", *group),
    )
    recipe = Path(__file__).read_bytes()
    dependencies = _once(
        BUILD / "dependencies",
        f"{platform}-{contents}-{digest(requirements, recipe)}",
        lambda folder: _install(folder, requirements, platform),
    )
    return _once(
        BUILD / "bundles",
        f"{platform}-{contents}-{digest(dependencies.name.encode(), *_sources())}",
        lambda folder: _assemble(folder, dependencies, contents),
    )


def _install(folder: Path, requirements: bytes, platform: Platform) -> None:
    """Put the locked dependencies into ``folder``, without what no function reads."""
    for_platform = [] if platform is Platform.THIS_MACHINE else ["--python-platform", platform]
    listed = folder.with_suffix(".txt")
    listed.write_bytes(requirements)
    run(
        *("uv", "pip", "install", "--quiet", "--target", str(folder), "--python-version", "3.13"),
        *("--only-binary", ":all:", "--no-deps", "--require-hashes", "--link-mode", "copy"),
        *for_platform,
        *("--requirements", str(listed)),
    )
    listed.unlink()
    for path in _unused(folder):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    _forget_other_endpoints(folder / "botocore/data/endpoints.json")
    _forget_other_operations(folder / "botocore/data")
    for name, kept in LISTINGS.items():
        _forget_imports(folder / name / "__init__.py", keeping=kept)
    for name, unreached in NEVER_REACHED.items():
        _forget_imports(folder / name, below=unreached)
    _forget_fields(folder / "pydantic_core/core_schema.py")
    (folder / "pydantic/plugin/_loader.py").write_text(NO_PLUGINS, encoding="utf-8")
    _forget_other_authorities(folder / "botocore/cacert.pem")
    _forget_other_countries(folder / "holidays")
    for about in folder.glob("*.dist-info/METADATA"):
        _forget_description(about)
    compile_tree(folder, folder)


def _unused(folder: Path) -> list[Path]:
    unused = [path for pattern in UNUSED for path in folder.glob(pattern)]
    services = [path for path in (folder / "botocore/data").iterdir() if path.is_dir()]
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


def _forget_other_operations(data: Path) -> None:
    """Cut botocore's descriptions of services to the operations we call and what these speak of, without its words."""
    for service, called in SERVICES.items():
        (described,) = (data / service).glob("*/service-2.json.gz")
        whole = json.loads(gzip.decompress(described.read_bytes()))
        operations = {name: whole["operations"][name] for name in called}
        shapes: dict[str, Any] = {}
        waiting = [*_shapes_in(operations)]
        while waiting:
            name = waiting.pop()
            if name not in shapes:
                shapes[name] = whole["shapes"][name]
                waiting += _shapes_in(shapes[name])
        left = _without_words({**whole, "operations": operations, "shapes": shapes})
        described.with_suffix("").write_text(json.dumps(left, separators=(",", ":")), encoding="utf-8")
        described.unlink()


def _shapes_in(described: Any) -> Iterator[str]:
    """Yield the name of every shape that a part of a description refers to."""
    inner = described.values() if isinstance(described, dict) else described if isinstance(described, list) else ()
    if isinstance(described, dict) and isinstance(described.get("shape"), str):
        yield described["shape"]
    for each in inner:
        yield from _shapes_in(each)


def _without_words(described: Any) -> Any:
    """Empty what explains a description to people. botocore looks for a few of these words itself."""
    if isinstance(described, dict):
        return {name: "" if name == "documentation" else _without_words(each) for name, each in described.items()}
    return [*map(_without_words, described)] if isinstance(described, list) else described


def _forget_imports(module: Path, *, below: str = "", keeping: Collection[str] = ()) -> None:
    """Let a module import nothing from what is ``below`` a package, but for ``keeping``. The rest stays as it is."""
    tree = ast.parse(module.read_bytes())
    tree.body = [
        line
        for line in tree.body
        if not isinstance(line, ast.ImportFrom)
        or not str(line.module).startswith(below)
        or str(line.module).rpartition(".")[2] in {"__future__", *keeping}
    ]
    module.write_text(ast.unparse(tree), encoding="utf-8")


def _forget_fields(module: Path) -> None:
    """Empty each ``TypedDict`` of a module: its fields are for who checks types, and every start would read them."""
    tree = ast.parse(module.read_bytes())
    for line in tree.body:
        if isinstance(line, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id == "TypedDict" for b in line.bases):
            line.body = [ast.Pass()]
    module.write_text(ast.unparse(tree), encoding="utf-8")


def _forget_other_authorities(listing: Path) -> None:
    """Trust those for AWS's addresses who vouch for them, and not the 120 others whom browsers trust."""
    _, *entries = listing.read_text(encoding="utf-8").split("# Label: ")
    left = [entry for entry in entries if entry.split('"')[1] in AUTHORITIES]
    assert len(left) == len(AUTHORITIES), "botocore's list of authorities has changed"
    listing.write_text("".join(f"# {entry.partition('# Issuer:')[0].strip()}\n\n" for entry in left), encoding="utf-8")


def _forget_other_countries(holidays: Path) -> None:
    """Keep the modules of one country."""
    for name in ("countries", "groups", "calendars"):
        for path in (holidays / name).glob("*.py"):
            if path.stem not in {"__init__", *LISTINGS[f"holidays/{name}"]}:
                path.unlink()


def _forget_description(about: Path) -> None:
    """Keep a package's name, version and licence, by which a scanner knows it, and leave out its page for PyPI."""
    head, _, _ = about.read_bytes().partition(b"\n\n")
    about.write_bytes(head + b"\n")


def _assemble(folder: Path, dependencies: Path, contents: Contents) -> None:
    """Put our code beside the dependencies, with its pages and static files ready to serve."""
    shutil.copytree(dependencies, folder, copy_function=os.link, dirs_exist_ok=True)
    shutil.copytree(ROOT / "functions", folder / "functions", ignore=shutil.ignore_patterns("__pycache__"))
    run(sys.executable, "-m", "functions.kernel.pages.build", str(folder))
    shutil.rmtree(folder / "functions/kernel/pages/static")
    if contents is not Contents.INSPECTION:
        for path in (folder / "functions/resources/inspection").iterdir():
            if path.name not in LIGHT:
                path.unlink()
    compile_tree(folder / "functions", folder)


def compile_tree(tree: Path, root: Path) -> None:
    """Compile ``tree`` to bytecode that is never checked against its source.

    Lambda unpacks the bundle with new times into a folder nobody can write to. With bytecode of the usual kind, which
    is checked by time, every cold start would compile everything again: about three times as slow.
    """
    run(
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


def digest(*parts: bytes) -> str:
    """A short name for these bytes, which no others have."""
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


def run(*command: str) -> bytes:
    """Run a program of this project's environment from the top of the tree, and return what it printed."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        # Sets in bytecode are written in the order of their hashes.
        "PYTHONHASHSEED": "0",
    }
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE).stdout
