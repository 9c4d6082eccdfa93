"""What the bundle leaves out of the packages that it carries, because no function reads it.

A cold start costs what it imports, and packages are made for everybody: botocore describes four hundred services, and
pydantic what only a check of types reads. ``docs/decisions/0018-cold-starts.md`` says what each cut gains, and
``tests/infra/test_bundle.py`` that nothing is missing.
"""

import ast
import gzip
import json
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, override

SERVICES = {
    "dynamodb": (*("BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"),),
    # A form that sends a file goes where "CreateBucket" would go, as botocore finds it.
    "s3": (*("CopyObject", "CreateBucket", "DeleteObject", "GetObject", "HeadBucket", "HeadObject", "PutObject"),),
    "secretsmanager": ("GetSecretValue",),
    "ses": ("GetSendQuota", "SendRawEmail"),
    "sqs": ("GetQueueAttributes", "SendMessage", "SendMessageBatch"),
}
"""The AWS services that functions call, and what they call there. botocore describes four hundred more services, which
are most of its weight, and hundreds of other operations, which every start would read."""
SES_ADDRESS = "email"
"""What SES is called in botocore's list of addresses."""

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
    # It keeps what it compiles in files as well, for whoever asks.
    "jinja2": ("environment", "exceptions", "loaders", "runtime", "utils"),
}
"""Folders that import all that is in them as soon as anything of theirs is used, and what we use of them."""

NEVER_REACHED = {
    # It takes many things at once, for whoever writes a function that waits. That is a fifteenth of a start.
    "aws_lambda_powertools/utilities/batch/base.py": "asyncio",
    # It keeps the answers of a sign-in by a browser in files.
    "botocore/utils.py": "tempfile",
    # It writes the documentation of AWS, with what is no longer there.
    "botocore/docs/docstring.py": "botocore.docs",
    # It asks for the version of a package that is not there, once somebody wants HTTP/2.
    "urllib3/http2/__init__.py": "importlib.metadata",
}
"""Modules that others import, and what they import themselves and never get to. ``importlib.metadata`` brings what
opens archives and reads mail, which takes a twentieth of a start."""

COMPILES_TEMPLATES = ("compiler", "idtracking", "lexer", "optimizer", "parser", "visitor")
"""The modules of Jinja that make Python of a template. In a bundle that is done: they took a twentieth."""

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


def trim(folder: Path) -> None:
    """Take out of the packages in ``folder`` what no function reads.

    Raises ``AssertionError``, ``KeyError`` or ``OSError`` when a new version of a package is laid out in another way.
    """
    for path in _unused(folder):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    _forget_other_endpoints(folder / "botocore/data/endpoints.json")
    _forget_other_operations(folder / "botocore/data")
    _forget_other_handlers(folder / "botocore/handlers.py")
    for name, kept in LISTINGS.items():
        _forget_imports(folder / name / "__init__.py", keeping=kept)
    for name, unreached in NEVER_REACHED.items():
        _forget_imports(folder / name, below=unreached)
    _forget_compiling(folder / "jinja2")
    _forget_fields(folder / "pydantic_core/core_schema.py")
    (folder / "pydantic/plugin/_loader.py").write_text(NO_PLUGINS, encoding="utf-8")
    _forget_other_authorities(folder / "botocore/cacert.pem")
    _forget_other_countries(folder / "holidays")
    for about in folder.glob("*.dist-info/METADATA"):
        _forget_description(about)


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


def _forget_other_handlers(module: Path) -> None:
    """Let botocore prepare for the operations that we call. It would for all others, at each start."""
    tree = ast.parse(module.read_bytes())
    for line in tree.body:
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "BUILTIN_HANDLERS":
            assert isinstance(line.value, ast.List), "botocore lists its handlers in another way"
            line.value.elts = [each for each in line.value.elts if _concerns_us(_event_of(each))]
    tree.body = [line for line in tree.body if ast.unparse(line) != "_add_parameter_aliases(BUILTIN_HANDLERS)"]
    module.write_text(ast.unparse(tree), encoding="utf-8")


def _event_of(handler: ast.expr) -> str:
    assert isinstance(handler, ast.Tuple), "botocore lists its handlers in another way"
    return str(ast.literal_eval(handler.elts[0]))


def _concerns_us(event: str) -> bool:
    """Whether something of ours may come about that botocore calls ``before-call`` or ``before-parse.s3.GetObject``."""
    match event.split("."):
        case [_]:
            return True
        case [_, service]:
            return service in SERVICES
        case [_, service, operation, *_]:
            return service in SERVICES and operation in {"*", *SERVICES[service]}
    return False


def _forget_imports(module: Path, *, below: str = "", keeping: Collection[str] = ()) -> None:
    """Let a module import nothing from what is ``below`` a package, but for ``keeping``. The rest stays as it is."""
    tree = ast.parse(module.read_bytes())
    tree.body = [
        line for line in tree.body if not _imports(line, below) or _last_name(line) in {"__future__", *keeping}
    ]
    module.write_text(ast.unparse(tree), encoding="utf-8")


def _imports(line: ast.stmt, below: str) -> bool:
    match line:
        case ast.ImportFrom():
            return str(line.module).startswith(below)
        case ast.Import(names=[ast.alias(name=name)]):
            return name == below
    return False


def _last_name(line: ast.stmt) -> str:
    return str(line.module).rpartition(".")[2] if isinstance(line, ast.ImportFrom) else ""


def _forget_compiling(jinja: Path) -> None:
    """Let Jinja run templates and compile none, and have no types looked up that only a check of types reads."""
    for name in COMPILES_TEMPLATES:
        _forget_imports(jinja / "environment.py", below=name)
    for module in jinja.glob("*.py"):
        tree = _Untyped().visit(ast.parse(module.read_bytes()))
        if module.stem == "nodes":
            tree.body = [line for line in tree.body if _imports(line, "") or _is_class(line, "EvalContext")]
        module.write_text(ast.unparse(tree), encoding="utf-8")


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


def _is_class(line: ast.stmt, name: str) -> bool:
    return isinstance(line, ast.ClassDef) and line.name == name


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
