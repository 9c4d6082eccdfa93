"""What is cut of packages when the bundle is made does the same as before, or is not there."""

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import botocore
import pytest

from infra.trimming import aws
from infra.trimming.source import only, postpone, with_body


def imported(source: str) -> ModuleType:
    """A module of this source."""
    module = ModuleType("module")
    exec(source, vars(module))  # noqa: S102 - what it runs is written below.
    return module


def test_a_postponed_import_is_there_for_the_function_that_uses_it_and_for_others() -> None:
    source = "import json\nfrom os.path import join as joined\ndef write(value):\n    return json.dumps(value)\n"
    module = imported(postpone(source, "json", "os"))
    assert not {"json", "joined"} & vars(module).keys()
    assert module.write([1]) == "[1]"
    assert module.joined("a", "b") == "a/b"
    assert module.json is json
    with pytest.raises(AttributeError, match="nothing"):
        module.nothing  # noqa: B018 - to ask for it is the test.


def test_a_part_that_is_passed_by_imports_nothing() -> None:
    source = "import xmlrpc.client\ndef ask(really):\n    'Doc.'\n    if really:\n        return xmlrpc.client.dumps\n"
    body = postpone(source, "xmlrpc").split("if really:")
    assert "import" not in body[0]
    assert body[1].lstrip().startswith("import xmlrpc.client")


@pytest.mark.parametrize(
    "use",
    [
        "FIRST = json.dumps(1)",
        "class Ours(json.JSONEncoder):\n    pass",
        "def ours(encoder=json.JSONEncoder):\n    return encoder",
        "def ours(encoder: json.JSONEncoder):\n    return encoder",
        "@json.dumps\ndef ours():\n    return json",
        "class Ours:\n    encoder: json.JSONEncoder",
    ],
)
def test_what_a_module_uses_as_it_is_imported_stays_at_its_top(use: str) -> None:
    assert postpone(f"import json\n{use}\n").startswith("import json\n")
    with pytest.raises(AssertionError, match="json is needed at once, or not at all"):
        postpone(f"import json\n{use}\n", "json")


def test_a_type_that_stays_text_keeps_nothing_at_the_top() -> None:
    source = (
        "from __future__ import annotations\nimport json\ndef ours(encoder: json.JSONEncoder):\n    return encoder\n"
    )
    assert "json" not in vars(imported(postpone(source, "json")))


def test_only_what_is_wanted_and_what_it_uses_is_left() -> None:
    source = "KEPT = 1\ndef a():\n    return b()\ndef b():\n    return KEPT\ndef c():\n    return a()\n"
    module = imported(only(source, "a"))
    assert module.a() == 1
    assert {"a", "b"} <= vars(module).keys()
    assert "c" not in vars(module)


def test_a_function_does_something_else() -> None:
    assert imported(with_body("def a(x):\n    return x\n", "a", "return 2")).a(1) == 2


ASK = """
import json, sys
sys.path.insert(0, sys.argv[1])
from botocore.config import Config
from botocore.session import get_session
class Asked(Exception):
    pass
def stop(request, **_):
    raise Asked(f"{request.method} {request.url}")
found = []
for region in ("eu-west-2", "us-east-1"):
    for service, operation, parameters in json.loads(sys.argv[2]):
        how = Config(parameter_validation=False, retries={"total_max_attempts": 1}, s3={"addressing_style": "virtual"})
        client = get_session().create_client(service, region, config=how)
        client.meta.events.register("before-send", stop)
        takes = client.meta.service_model.operation_model(operation).input_shape
        try:
            client._make_api_call(operation, {k: v for k, v in parameters.items() if takes and k in takes.members})
        except Asked as asked:
            found.append(f"{operation}: {asked}")
    for bucket in ("psmn-library", "psmn.dotted"):
        client = get_session().create_client("s3", region)
        found.append(client.generate_presigned_post(bucket, "key")["url"])
        found.append(client.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "k"}).partition("?")[0])
print(json.dumps(found))
"""


def test_the_addresses_of_aws_are_those_of_the_whole_package(code: Path) -> None:
    in_s3 = {"Bucket": "psmn-library", "Key": "files/1", "CopySource": {"Bucket": "psmn-quarantine", "Key": "1"}}
    at_queue = {"QueueUrl": "https://sqs.eu-west-2.amazonaws.com/000000000000/mail"}
    in_table = {"TableName": "psmn", "Key": {}, "RequestItems": {"psmn": {}}, "TransactItems": []}
    parameters = {"s3": in_s3, "sqs": at_queue, "dynamodb": in_table}
    calls = [(service, name, parameters.get(service, {})) for service, names in aws.SERVICES.items() for name in names]
    answers = []
    for folder in (code, Path(botocore.__file__).parents[1]):
        asked = subprocess.run(
            [sys.executable, "-I", "-S", "-c", ASK, str(folder), json.dumps(calls)],
            env={"AWS_ACCESS_KEY_ID": "sample", "AWS_SECRET_ACCESS_KEY": "sample"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert asked.stdout, asked.stderr
        answers.append(json.loads(asked.stdout))
    trimmed, whole = answers
    assert len(trimmed) == 2 * (len(calls) + 4)
    assert trimmed == whole
