"""Conditions in DynamoDB's notation, compared with those that boto3 writes, and values that we never keep."""

from typing import Any

import pytest
from boto3.dynamodb.conditions import Attr as TheirAttr
from boto3.dynamodb.conditions import ConditionExpressionBuilder

from functions.kernel.notation import Attr, from_wire, to_wire


@pytest.mark.parametrize("value", [1.5, b"bytes", {"a", "b"}, object()])
def test_what_the_table_never_keeps_is_not_written(value: Any) -> None:
    with pytest.raises(TypeError):
        to_wire(value)


@pytest.mark.parametrize("wire", [{"B": "AA=="}, {"SS": ["a"]}])
def test_what_the_table_never_keeps_is_not_read(wire: Any) -> None:
    with pytest.raises(TypeError):
        from_wire(wire)


def conditions(attr: Any) -> list[Any]:
    return [
        attr("a").eq("x"),
        attr("a").lt(1),
        attr("a").lte(1),
        attr("a").gte(1),
        attr("a").between(1, 2),
        attr("a").begins_with("x"),
        attr("a").contains("x"),
        attr("a").exists(),
        attr("a").not_exists(),
        attr("a").eq("x") & attr("b").not_exists() | attr("c").lt(2),
        (attr("a").eq("x") | attr("a").eq("y")) & attr("b").exists(),
    ]


@pytest.mark.parametrize("place", range(11))
def test_a_condition_is_written_as_boto3_writes_it(place: int) -> None:
    theirs = ConditionExpressionBuilder().build_expression(conditions(TheirAttr)[place])
    names: dict[str, str] = {}
    values: dict[str, Any] = {}
    assert conditions(Attr)[place].written(names, values) == theirs.condition_expression
    assert names == theirs.attribute_name_placeholders
    assert values == {name: to_wire(value) for name, value in theirs.attribute_value_placeholders.items()}
