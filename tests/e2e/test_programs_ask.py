"""The interface for programs: asking about somebody, handing an application in, reading the programme."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from functions.membership.addresses import parse
from functions.membership.store import address_digest
from tests.e2e.cloud import JOIN_CODE, Cloud, like
from tests.people import ANN, SAM

JSON = {"content-type": "application/json"}
ELIGIBILITY, APPLICATIONS, CODE = "/api/eligibility", "/api/applications", "/api/applications/code"


def answers_of(cloud: Cloud, path: str, method: str, status: int) -> Mapping[str, Any]:
    """What the description says of the answer of one operation, its references followed."""
    document = cloud.visitor().get("/api/openapi.json").json
    told = document["paths"][path][method]["responses"][str(status)]["content"]["application/json"]["schema"]
    name = told["$ref"].rpartition("/")[2]
    schema: Mapping[str, Any] = document["components"]["schemas"][name]
    return schema


def test_a_program_asks_who_may_join_and_nothing_is_kept(local_cloud: Cloud) -> None:
    asked = {"email": "ann.asked@nhs.net", "role": "psm", "nation": "england"}

    answer = local_cloud.visitor().post_json(ELIGIBILITY, asked)

    assert answer.status == 200
    assert (answer.json["decision"], answer.json["reason"], answer.json["grade"]) == ("ACCEPT", "A01", "G1")
    assert set(answer.json) == set(answers_of(local_cloud, ELIGIBILITY, "post", 200)["properties"])
    kept = json.dumps(local_cloud.items())
    assert asked["email"] not in kept
    assert address_digest(parse(asked["email"]).key) not in kept


def test_a_program_hands_an_application_in_and_the_person_types_the_code(local_cloud: Cloud) -> None:
    ann = {**like(ANN, "Ann Intranet"), "networks": []}
    program = local_cloud.visitor()

    held = program.post_json(APPLICATIONS, ann)
    assert (held.status, held.json["decision"], held.json["reason"]) == (202, "HOLD", "E02")
    code = {"proof": held.json["proof"], "code": local_cloud.code_for(ann["email"], JOIN_CODE)}
    decided = program.post_json(held.json["next"], code)
    again = program.post_json(held.json["next"], code)

    assert (decided.status, decided.json["decision"], decided.json["reason"]) == (200, "ACCEPT", "A01")
    assert again.json == decided.json
    assert program.cookies == {}, "A program signs in as nobody."
    local_cloud.mailbox.next(ann["email"], "You are a member")
    assert f"Hello {ann['name']}" in local_cloud.sign_in(ann["email"]).get("/home").words


def test_a_program_cannot_prove_a_mailbox_that_it_cannot_read(local_cloud: Cloud) -> None:
    sam, program = like(SAM, "Sam Impersonated"), local_cloud.visitor()
    proof = program.post_json(APPLICATIONS, sam).json["proof"]

    wrong = program.post_json(CODE, {"proof": proof, "code": "0000 0001"})
    unknown = program.post_json(CODE, {"proof": "a" * 43, "code": "0000 0001"})

    assert [wrong.status, unknown.status] == [422, 422]
    assert set(wrong.json["error"]["fields"]) == set(unknown.json["error"]["fields"]) == {"code"}


def test_a_program_reads_the_programme_without_where_it_meets(local_cloud: Cloud) -> None:
    answer = local_cloud.visitor().get("/api/sessions")

    assert answer.status == 200
    assert "Friday drop-in" in [session["title"] for session in answer.json["sessions"]]
    assert "meeting" not in answer.text


def test_the_description_names_this_place_and_every_operation(local_cloud: Cloud) -> None:
    document = local_cloud.visitor().get("/api/openapi.json").json

    assert document["servers"] == [{"url": local_cloud.stack.url}]
    operations = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert {(ELIGIBILITY, "post"), (APPLICATIONS, "post"), (CODE, "post"), ("/api/sessions", "get")} <= operations


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("GET", ELIGIBILITY, None, {}, 405),
        ("PUT", APPLICATIONS, "{}", JSON, 405),
        ("POST", "/api/sessions", "{}", JSON, 405),
        ("GET", "/api/nothing-here", None, {}, 404),
        ("POST", ELIGIBILITY, "{" + " " * 120_000 + "}", JSON, 413),
        ("POST", ELIGIBILITY, '{"email": ', JSON, 400),
        ("POST", ELIGIBILITY, '{"email": "\\ud83d"}', JSON, 400),
        ("POST", ELIGIBILITY, "[" * 50_000, JSON, 400),
        ("POST", ELIGIBILITY, "[]", JSON, 400),
        ("POST", ELIGIBILITY, "null", JSON, 400),
        ("POST", ELIGIBILITY, '{"email": NaN}', JSON, 400),
        ("POST", ELIGIBILITY, "email=ann%40nhs.net", {"content-type": "application/x-www-form-urlencoded"}, 415),
        ("POST", ELIGIBILITY, "{}", JSON, 422),
        ("POST", ELIGIBILITY, '{"email": 7, "role": "psm", "nation": "england"}', JSON, 422),
        ("POST", ELIGIBILITY, '{"email": "a@nhs.net", "role": {"a": 1}, "nation": []}', JSON, 422),
        ("POST", APPLICATIONS, '{"email": "nobody"}', JSON, 422),
        ("POST", CODE, '{"proof": "x", "code": "1"}', JSON, 422),
    ],
)
def test_what_a_program_gets_wrong_is_said_in_json(
    local_cloud: Cloud, method: str, path: str, body: str | None, headers: dict[str, str], status: int
) -> None:
    answer = local_cloud.visitor().send(method, path, body, headers)

    assert answer.status == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    error = answer.json["error"]
    assert error["status"] == status
    assert error["message"]
    assert error["reference"]
