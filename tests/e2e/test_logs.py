"""What our functions wrote down while all of this went on. Nobody is named in it."""

import json
import re

from tests.e2e.cloud import JOIN_CODE, Cloud, like
from tests.network import code_in
from tests.people import ANN

_BOOKKEEPING = re.compile(r"(START|END|REPORT) RequestId: ")
_AN_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_A_CODE = re.compile(r"\b\d{4} \d{4}\b")


def written(cloud: Cloud) -> list[str]:
    """Every line that our functions logged, as CloudWatch keeps it."""
    logs = cloud.stack.client("logs")
    lines: list[str] = []
    for function in cloud.stack.functions.values():
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{function}")
        lines += (event["message"] for page in pages for event in page["events"])
    return [line for line in lines if not _BOOKKEEPING.match(line)]


def test_requirement_61_no_log_names_a_person_an_address_or_a_code(local_cloud: Cloud) -> None:
    ann = like(ANN, "Ann Unlogged")
    visitor = local_cloud.visitor()
    visitor.post("/join", email=ann["email"])
    code = code_in(local_cloud.mailbox.next(ann["email"], JOIN_CODE).message)
    visitor.post("/join/code", code="what she typed by mistake")
    visitor.post("/join/code", code=code)
    visitor.post("/join/about-you", name=ann["name"], organisation="A hospital nobody may read of")
    visitor.get(f"/nothing-here?who={ann['email']}")
    local_cloud.let_mail_pass()

    lines = written(local_cloud)

    items = local_cloud.items()
    people = {item[name]["S"] for item in items for name in ("name", "address", "to_address") if name in item}
    told = [code, code.replace(" ", ""), "by mistake", ann["name"], "A hospital nobody", *people]
    assert len(lines) > 10
    assert len(people) > 12
    assert [(line, word) for line in lines for word in told if word in line] == []
    assert [line for line in lines if _AN_ADDRESS.search(line) or _A_CODE.search(line)] == []


def test_no_function_failed_and_every_line_can_be_read_by_a_program(local_cloud: Cloud) -> None:
    lines = written(local_cloud)

    assert [line for line in lines if not line.startswith("{")] == []
    # Metrics are lines without a level.
    read = [json.loads(line) for line in lines]
    assert [line for line in read if line.get("level", "INFO") not in {"INFO", "DEBUG"}] == []
