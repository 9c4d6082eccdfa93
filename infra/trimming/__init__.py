"""What the bundle leaves out of the packages that it carries, because no function reads it.

A cold start costs what it imports, and packages are made for everybody: botocore describes four hundred services, and
pydantic what only a check of types reads. ``docs/decisions/0018-cold-starts.md`` says what each cut gains, and
``tests/infra/test_bundle.py`` that nothing is missing.
"""

import ast
import shutil
from pathlib import Path
from typing import override

from infra.trimming import aws
from infra.trimming.source import only, postpone, rewrite

LISTINGS = (
    "aws_lambda_powertools",
    "aws_lambda_powertools/event_handler",
    "aws_lambda_powertools/utilities/data_classes",
    "boto3",
    "botocore/docs",
    "holidays/countries",
    "holidays/groups",
    "holidays/calendars",
    "jinja2",
)
"""Folders that import all that is in them as soon as anything of theirs is used."""

POSTPONED = {
    # It finds out who a call is about, if it is told where to look.
    "aws_lambda_powertools/logging/logger.py": ("aws_lambda_powertools.utilities",),
    # It takes many things at once, for whoever writes a function that waits.
    "aws_lambda_powertools/utilities/batch/base.py": ("asyncio",),
    # It reads moments that are written as text, which the table's are not.
    "botocore/compat.py": ("botocore.vendored", "dateutil"),
    "botocore/tokens.py": ("dateutil",),
    # It looks for proxies, and keeps the answers of a sign-in by a browser in files.
    "botocore/utils.py": ("dateutil", "tempfile", "urllib.request"),
    # It looks for tables by the names of other accounts, pages through lists and waits for what takes long.
    "botocore/paginate.py": ("jmespath",),
    "botocore/regions.py": ("jmespath",),
    "botocore/waiter.py": ("jmespath",),
    # It writes the documentation of AWS, with what is no longer there.
    "botocore/docs/docstring.py": ("botocore.docs",),
    # It asks for the version of a package that is not there, once somebody wants HTTP/2.
    "urllib3/http2/__init__.py": ("importlib.metadata",),
}
"""Modules, and the packages that they import and most functions never get to."""

COMPILES_TEMPLATES = ("compiler", "idtracking", "lexer", "optimizer", "parser", "visitor")
"""The modules of Jinja that make Python of a template. In a bundle that is done: they took a twentieth."""

NO_PYDANTIC = ("has_pydantic = 'pydantic' in sys.modules", "has_pydantic = False")
"""Powertools reads batches with pydantic when that is loaded already. Ours are read record by record, each domain in
its own way."""

NO_PLUGINS = '''
def get_plugins():
    """There are none in this bundle. Looking for them would read what is known about each package at every start."""
    return ()
'''
"""What stands in the bundle as ``pydantic/plugin/_loader.py``."""

HOLIDAYS = {
    "countries": ("united_kingdom",),
    "groups": ("christian", "custom", "international"),
    "calendars": ("ethiopian", "gregorian", "julian", "julian_revised"),
}
"""The modules of the bank holidays of one country. The library knows 250 more, which are most of its weight."""

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


def trim(folder: Path) -> None:
    """Take out of the packages in ``folder`` what no function reads.

    Raises ``AssertionError``, ``KeyError`` or ``OSError`` when a new version of a package is laid out in another way.
    """
    for path in _unused(folder):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    aws.trim(folder / "botocore")
    for name in LISTINGS:
        rewrite(folder / name / "__init__.py", postpone)
    for name, packages in POSTPONED.items():
        rewrite(folder / name, postpone, *packages)
    rewrite(folder / "aws_lambda_powertools/utilities/batch/types.py", _with_line, *NO_PYDANTIC)
    _forget_compiling(folder / "jinja2")
    _forget_fields(folder / "pydantic_core/core_schema.py")
    (folder / "pydantic/plugin/_loader.py").write_text(NO_PLUGINS, encoding="utf-8")
    _forget_other_countries(folder / "holidays")
    for about in folder.glob("*.dist-info/METADATA"):
        _forget_description(about)


def _unused(folder: Path) -> list[Path]:
    unused = [path for pattern in UNUSED for path in folder.glob(pattern)]
    zones = folder / "tzdata/zoneinfo"
    kept = {zones / name for name in ZONES}
    rules = [path for path in zones.rglob("*") if path.is_file() and path.suffix != ".py"]
    return unused + [path for path in rules if path not in kept]


def _with_line(source: str, line: str, instead: str) -> str:
    """The source of a module that has one line instead of another."""
    plain = ast.unparse(ast.parse(source))
    assert plain.count(line) == 1, f"{line} is not there, or more than once"
    return plain.replace(line, instead)


def _forget_compiling(jinja: Path) -> None:
    """Let Jinja run templates and compile none, and have no types looked up that only a check of types reads."""
    for module in jinja.glob("*.py"):
        tree = _Untyped().visit(ast.parse(module.read_bytes()))
        if module.stem == "environment":
            tree.body = [line for line in tree.body if getattr(line, "module", "") not in COMPILES_TEMPLATES]
        module.write_text(ast.unparse(tree), encoding="utf-8")
    rewrite(jinja / "nodes.py", only, "EvalContext")


class _Untyped(ast.NodeTransformer):
    """Takes away the types of functions, and which class compiles a template."""

    @override
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        self.generic_visit(node)
        return node

    @override
    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    @override
    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        if ast.unparse(node.target) == "code_generator_class":
            node.value = None
        return node


def _forget_fields(module: Path) -> None:
    """Make a ``dict`` of each ``TypedDict`` of a module: its fields are for who checks types, and each start would read
    them.
    """
    tree = ast.parse(module.read_bytes())
    typed = {"TypedDict"}
    for place, line in enumerate(tree.body):
        if isinstance(line, ast.ClassDef) and typed & {ast.unparse(base) for base in line.bases}:
            typed.add(line.name)
            tree.body[place : place + 1] = ast.parse(f"{line.name} = dict").body
    module.write_text(ast.unparse(tree), encoding="utf-8")


def _forget_other_countries(holidays: Path) -> None:
    """Keep the modules of one country."""
    for name, kept in HOLIDAYS.items():
        for path in (holidays / name).glob("*.py"):
            if path.stem not in {"__init__", *kept}:
                path.unlink()


def _forget_description(about: Path) -> None:
    """Keep a package's name, version and licence, by which a scanner knows it, and leave out its page for PyPI."""
    head, _, _ = about.read_bytes().partition(b"\n\n")
    about.write_bytes(head + b"\n")
