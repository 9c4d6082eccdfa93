"""Values in DynamoDB's notation that we never keep."""

from typing import Any

import pytest

from functions.kernel.notation import from_wire, to_wire


@pytest.mark.parametrize("value", [1.5, b"bytes", {"a", "b"}, object()])
def test_what_the_table_never_keeps_is_not_written(value: Any) -> None:
    with pytest.raises(TypeError):
        to_wire(value)


@pytest.mark.parametrize("wire", [{"B": "AA=="}, {"SS": ["a"]}])
def test_what_the_table_never_keeps_is_not_read(wire: Any) -> None:
    with pytest.raises(TypeError):
        from_wire(wire)
