"""Writes are built from names and values that never become part of an expression (security requirement 25)."""

import pytest
from boto3.dynamodb.types import TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel import keys
from functions.kernel.auth import Role
from functions.kernel.table import Attr, Write, change, check, delete, put, put_new, unmarshal

KEY = keys.session("s1")


def placeholders(write: Write) -> set[str]:
    """The names and values that a write declares."""
    parameters = write.parameters
    return {*parameters.get("ExpressionAttributeNames", {}), *parameters.get("ExpressionAttributeValues", {})}


def test_requirement_64_a_kind_that_is_not_in_the_registry_cannot_be_written() -> None:
    with pytest.raises(KeyError, match="registry"):
        put("diary", KEY, {})
    with pytest.raises(KeyError, match="registry"):
        put_new("diary", KEY, {})


def test_an_item_says_its_kind_and_its_key_whatever_it_holds() -> None:
    write = put("session", KEY, {"kind": "audit", "pk": "x", "sk": "y", "gone": None})
    assert unmarshal(write.parameters["Item"]) == {"kind": "session", "pk": KEY.pk, "sk": KEY.sk}


def test_a_new_item_must_not_be_there_yet() -> None:
    write = put_new("session", KEY, {})
    assert write.parameters["ConditionExpression"] == "attribute_not_exists(#n0)"
    assert write.parameters["ExpressionAttributeNames"] == {"#n0": "pk"}


def test_a_change_sets_adds_and_removes_at_once() -> None:
    write = change(KEY, set={"title": "Open"}, add={"count": 1}, remove=("old", "older"), where=Attr("pk").exists())
    assert write.parameters["UpdateExpression"] == "SET #c0 = :c0 ADD #c1 :c1 REMOVE #c2, #c3"
    assert write.parameters["ExpressionAttributeNames"] == {
        "#c0": "title",
        "#c1": "count",
        "#c2": "old",
        "#c3": "older",
        "#n0": "pk",
    }


@given(st.dictionaries(st.text(min_size=1), st.text(), min_size=1, max_size=5), st.text())
def test_requirement_25_no_text_becomes_part_of_an_expression(values: dict[str, str], typed: str) -> None:
    write = change(KEY, set=values, where=Attr("state").eq(typed))
    allowed = set("SET =,#:()vcn0123456789")
    assert set(write.parameters["UpdateExpression"]) <= allowed
    assert set(write.parameters["ConditionExpression"]) <= allowed
    assert all(name[0] in "#:" for name in placeholders(write))


def test_a_check_changes_nothing_and_a_delete_needs_no_condition() -> None:
    assert check(KEY, Attr("pk").exists()).action == "ConditionCheck"
    assert delete(KEY) == Write("Delete", {"Key": {"pk": {"S": KEY.pk}, "sk": {"S": KEY.sk}}})


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text() | st.sampled_from(Role),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_stored_is_what_the_sdk_would_make_of_it_and_comes_back_as_it_was(value: object) -> None:
    wire = change(KEY, set={"it": value}).parameters["ExpressionAttributeValues"][":c0"]
    assert wire == TypeSerializer().serialize(value)
    assert unmarshal({"it": wire}) == {"it": value}


def test_numbers_in_any_notation_come_back_as_whole_numbers() -> None:
    image = {"it": {"L": [{"N": "7"}, {"M": {"deep": {"N": "-12"}}}]}}
    assert unmarshal(image) == {"it": [7, {"deep": -12}]}
