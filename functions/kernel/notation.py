"""Values in DynamoDB's own notation (AWS, "Data types in the DynamoDB API").

We keep text, whole numbers, yes or no, lists and maps of these, and nothing else. boto3 asks up to ten questions of
each value, which is most of what planning a Friday would cost.
"""

from collections.abc import Mapping
from typing import Any

type Wire = dict[str, Any]
"""A value as DynamoDB writes it: ``{"S": "text"}``."""


def to_wire(value: Any) -> Wire:
    """A value in DynamoDB's notation. Raises ``TypeError`` for what we never keep."""
    match value:
        case str():
            return {"S": str(value)}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case None:
            return {"NULL": True}
        case list() | tuple():
            return {"L": [to_wire(each) for each in value]}
        case dict():
            return {"M": {name: to_wire(each) for name, each in value.items()}}
        case _:
            raise TypeError(f"The table keeps no {type(value).__name__}.")


def from_wire(wire: Mapping[str, Any]) -> Any:
    """A value from DynamoDB's notation. Raises ``TypeError`` for what we never keep."""
    ((kind, value),) = wire.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "N":
            return int(value)
        case "NULL":
            return None
        case "L":
            return [from_wire(each) for each in value]
        case "M":
            return {name: from_wire(each) for name, each in value.items()}
        case _:
            raise TypeError(f"The table keeps no value of the kind {kind}.")
