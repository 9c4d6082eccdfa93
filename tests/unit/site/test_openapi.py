"""The OpenAPI document is valid, bounded in every field, and describes each address that programs can use."""

from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

import functions.membership
import functions.sessions
from functions.membership.model import NETWORKS
from functions.membership.register import register
from functions.site.openapi import document

ORIGIN = "https://psmn.test"


def _schemas(value: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        if isinstance(value.get("type"), str):
            yield where, value
        for name, each in value.items():
            yield from _schemas(each, f"{where}/{name}")
    if isinstance(value, list):
        for place, each in enumerate(value):
            yield from _schemas(each, f"{where}/{place}")


def test_the_document_is_valid_openapi() -> None:
    validate(document(ORIGIN))


def test_every_address_for_programs_is_described() -> None:
    paths = [*functions.membership.PATHS, *functions.sessions.PATHS]

    assert set(document(ORIGIN)["paths"]) == {path for path in paths if path.startswith("/api/")}


def test_requirement_22_every_text_and_list_has_a_maximum_and_no_object_takes_more() -> None:
    for where, schema in _schemas(document(ORIGIN)["components"]):
        match schema["type"]:
            case "string":
                bounded = {"maxLength", "enum", "const"} & set(schema) or schema.get("format") == "date-time"
                assert bounded, where
            case "array":
                assert "maxItems" in schema, where
            case "integer":
                assert {"minimum", "maximum"} <= set(schema), where
            case "object":
                assert schema["additionalProperties"] is False or "maxProperties" in schema, where


@pytest.mark.parametrize("name", ["EligibilityQuestion", "NewApplication"])
def test_the_choices_are_those_of_the_register(name: str) -> None:
    fields = document(ORIGIN)["components"]["schemas"][name]["properties"]

    assert fields["role"]["enum"] == list(register().roles)
    assert {code.lower() for code in fields["nation"]["enum"]} <= set(register().nations)


def test_the_networks_are_those_that_people_can_choose() -> None:
    fields = document(ORIGIN)["components"]["schemas"]["NewApplication"]["properties"]

    assert fields["networks"]["items"]["enum"] == list(NETWORKS)
