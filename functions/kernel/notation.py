"""DynamoDB's own notation: of values, and of the conditions of writes and queries (AWS, "Expressions in DynamoDB").

We keep text, whole numbers, yes or no, lists and maps of these, and nothing else.
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


class Condition:
    """What has to be so for a write to be made, or for an item to be found."""

    def __init__(self, form: str, *parts: "Attr | Condition | Given") -> None:
        """``form`` has a place for each part: ``"{} = {}"``."""
        self.form = form
        self.parts = parts

    def __and__(self, other: "Condition") -> "Condition":
        """Both have to be so."""
        return Condition("({} AND {})", self, other)

    def __or__(self, other: "Condition") -> "Condition":
        """One of them has to be so."""
        return Condition("({} OR {})", self, other)

    def written(self, names: dict[str, str], values: dict[str, Wire]) -> str:
        """The expression. The names and values that it refers to are added to the two dictionaries."""
        return self.form.format(*(part.written(names, values) for part in self.parts))


class Given:
    """A value beside an attribute."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def written(self, names: dict[str, str], values: dict[str, Wire]) -> str:  # noqa: ARG002 - a part like the others.
        """The placeholder that stands for it."""
        place = f":v{len(values)}"
        values[place] = to_wire(self.value)
        return place


class Attr:
    """An attribute of an item, of which something may have to be so."""

    def __init__(self, name: str) -> None:
        self.name = name

    def written(self, names: dict[str, str], values: dict[str, Wire]) -> str:  # noqa: ARG002 - a part like the others.
        """The placeholder that stands for it."""
        place = f"#n{len(names)}"
        names[place] = self.name
        return place

    def eq(self, value: Any) -> Condition:
        """It is this."""
        return Condition("{} = {}", self, Given(value))

    def lt(self, value: Any) -> Condition:
        """It is less."""
        return Condition("{} < {}", self, Given(value))

    def lte(self, value: Any) -> Condition:
        """It is this or less."""
        return Condition("{} <= {}", self, Given(value))

    def gte(self, value: Any) -> Condition:
        """It is this or more."""
        return Condition("{} >= {}", self, Given(value))

    def between(self, low: Any, high: Any) -> Condition:
        """It is one of these or between them."""
        return Condition("{} BETWEEN {} AND {}", self, Given(low), Given(high))

    def begins_with(self, start: str) -> Condition:
        """It is text that begins so."""
        return Condition("begins_with({}, {})", self, Given(start))

    def contains(self, value: Any) -> Condition:
        """It is a list with this in it, or text."""
        return Condition("contains({}, {})", self, Given(value))

    def exists(self) -> Condition:
        """The item has it."""
        return Condition("attribute_exists({})", self)

    def not_exists(self) -> Condition:
        """The item does not have it, or there is no item."""
        return Condition("attribute_not_exists({})", self)
