"""What a version leaves in the table, for the versions after it to read: ``python -m tests.recording FILE``.

It is run once for each version that people have used, and its file stays in ``tests/recorded`` for good.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from functions.kernel.table import Table
from tests.conftest import running
from tests.world import populate

RECORDED = Path(__file__).with_name("recorded")


def record(file: Path) -> None:
    """Write all items of a network with somebody in every situation, each on a line, as DynamoDB has them."""
    with pytest.MonkeyPatch.context() as patch, running(patch) as network:
        populate(network)
        found = network.table.client.scan(TableName=network.table.name)
    assert "LastEvaluatedKey" not in found
    items = sorted(found["Items"], key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
    lines = [json.dumps(item, ensure_ascii=False, sort_keys=True) for item in items]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def load(file: Path, table: Table, more: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Put what was recorded into a table, each item with some attributes ``more``. Gives the items."""
    items = [json.loads(line) | more for line in file.read_text(encoding="utf-8").splitlines()]
    for item in items:
        table.client.put_item(TableName=table.name, Item=item)
    return items


if __name__ == "__main__":
    record(Path(sys.argv[1]))
