"""What the bundle leaves out of botocore, the part of AWS's library that speaks to AWS: four hundred services, and
whatever is for computers that are no function.
"""

import ast
import gzip
import json
import shutil
from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from infra.trimming.source import only, postpone, rewrite, with_body

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

AUTHORITIES = (
    *("Amazon Root CA 1", "Amazon Root CA 2", "Amazon Root CA 3", "Amazon Root CA 4"),
    "Starfield Services Root Certificate Authority - G2",
)
"""Who vouches for every address of AWS (AWS, "Amazon Trust Services"). The first call of each start reads them."""

CREDENTIALS = "return CredentialResolver([EnvProvider()])"
"""Where botocore looks for credentials in the bundle: in the environment, where Lambda puts them (AWS, "Using Lambda
environment variables"). It would get ready to look in nine other places, and twice to ask by HTTPS. A function that
starts from a picture (SnapStart) would have to ask for its own; ours do not."""

PROXIES = "return {}"
"""Those that botocore finds in the environment: a function of ours has none there, and looking takes a sixtieth of a
start."""

EXPRESS = {"bucketSuffix": "--x-s3", "accessPointSuffix": "--xa-s3"}
"""How the names of other kinds of buckets end."""

NEVER_ASKED = (
    *(("booleanEquals", [{"ref": name}, True]) for name in ("UseFIPS", "UseDualStack", "Accelerate")),
    *(("stringEquals", [{"ref": name}, text]) for name, text in EXPRESS.items()),
    ("aws.parseArn", [{"ref": "Bucket"}]),
)
"""Conditions of AWS's rules for addresses that hold for none of ours: we call a bucket by its name, and it is a general
purpose bucket, whose name cannot end so (AWS, "General purpose bucket naming rules"). The rules for all others are nine
tenths of those of S3, and every start of a function that uses a bucket would read them."""


def trim(botocore: Path) -> None:
    """Take out of the package in this folder what no function reads."""
    for path in (botocore / "data").iterdir():
        if path.is_dir() and path.name not in SERVICES:
            shutil.rmtree(path)
    _forget_other_endpoints(botocore / "data/endpoints.json")
    for service, called in SERVICES.items():
        (folder,) = (botocore / "data" / service).iterdir()
        _unpack(folder / "service-2.json.gz", partial(_with_operations, called))
        _unpack(folder / "endpoint-rule-set-1.json.gz", _without_rules_of_others)
    _forget_other_handlers(botocore / "handlers.py")
    rewrite(botocore / "credentials.py", with_body, "create_credential_resolver", CREDENTIALS)
    rewrite(botocore / "credentials.py", only, "create_credential_resolver", "Credentials", "RefreshableCredentials")
    rewrite(botocore / "credentials.py", postpone)
    rewrite(botocore / "utils.py", with_body, "get_environ_proxies", PROXIES)
    _forget_other_authorities(botocore / "cacert.pem")


def _forget_other_endpoints(listing: Path) -> None:
    """Cut botocore's list of addresses, 1.2 MB that every cold start parses, to the services we call."""
    endpoints = json.loads(listing.read_bytes())
    for partition in endpoints["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in (*SERVICES, SES_ADDRESS) if name in services}
    listing.write_text(json.dumps(endpoints, separators=(",", ":")), encoding="utf-8")


def _unpack(described: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change a description, and keep it as it is read: to unpack it would take a part of every start."""
    left = change(json.loads(gzip.decompress(described.read_bytes())))
    described.with_suffix("").write_text(json.dumps(left, separators=(",", ":")), encoding="utf-8")
    described.unlink()


def _with_operations(called: Collection[str], whole: dict[str, Any]) -> dict[str, Any]:
    """The description of a service with the operations we call and what these speak of, without its words."""
    operations = {name: {**whole["operations"][name], "operationContextParams": {}} for name in called}
    shapes: dict[str, Any] = {}
    waiting = [*_shapes_in(operations)]
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name] = whole["shapes"][name]
            waiting += _shapes_in(shapes[name])
    left: dict[str, Any] = _without_words({**whole, "operations": operations, "shapes": shapes})
    return left


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


def _without_rules_of_others(rules: dict[str, Any]) -> dict[str, Any]:
    """AWS's rules for the addresses of a service, but for those that are ``NEVER_ASKED``."""
    if "rules" not in rules:
        return rules
    left = [_without_rules_of_others(rule) for rule in rules["rules"] if not any(map(_is_never, rule["conditions"]))]
    return {**rules, "rules": left}


def _is_never(condition: dict[str, Any]) -> bool:
    return (condition["fn"], condition["argv"]) in NEVER_ASKED


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


def _forget_other_authorities(listing: Path) -> None:
    """Trust those for AWS's addresses who vouch for them, and not the 120 others whom browsers trust."""
    _, *entries = listing.read_text(encoding="utf-8").split("# Label: ")
    left = [entry for entry in entries if entry.split('"')[1] in AUTHORITIES]
    assert len(left) == len(AUTHORITIES), "botocore's list of authorities has changed"
    listing.write_text("".join(f"# {entry.partition('# Issuer:')[0].strip()}\n\n" for entry in left), encoding="utf-8")
