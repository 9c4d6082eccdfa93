"""Makes moto quick where our tests spend their time, without changing what it answers.

Each mend is a few lines around one function of moto or botocore, whose versions ``uv.lock`` pins.
"""

import copy
from collections import defaultdict
from functools import cache
from typing import Any

import botocore.session
from moto.core import responses, serialize
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table


def make_quick() -> None:
    """Mend moto for the rest of this process."""
    _change_copies_of_items()
    _know_attribute_values()
    # Both look through folders or classes that do not change while the tests run.
    botocore.session.create_loader = cache(botocore.session.create_loader)
    responses.method_names_from_class = cache(responses.method_names_from_class)


def _change_copies_of_items() -> None:
    """A transaction copies the table once for each of its writes before it begins, in case it has to go back.

    One copy that shares its items is as good, as long as a change is made to a copy of the item that it changes.
    """
    update, transact = DynamoDBBackend.update_item, DynamoDBBackend.transact_write_items
    twins: dict[int, Table] | None = None

    def update_a_copy(self: DynamoDBBackend, table_name: str, key: dict[str, Any], *rest: Any, **more: Any) -> Any:
        table = self.get_table(table_name)
        partition = table.items.get(DynamoType(key[table.hash_key_attr]))
        place = DynamoType(key[table.range_key_attr]) if table.range_key_attr else None
        if partition and place in partition:
            partition[place] = copy.deepcopy(partition[place])
        return update(self, table_name, key, *rest, **more)

    def remember_twins(self: DynamoDBBackend, writes: list[dict[str, Any]]) -> None:
        nonlocal twins
        twins = {}
        try:
            transact(self, writes)
        finally:
            twins = None

    def twin_of(self: Table, _: dict[int, Any]) -> Table:
        known = {} if twins is None else twins
        if id(self) not in known:
            known[id(self)] = _twin(self)
        return known[id(self)]

    DynamoDBBackend.update_item = update_a_copy
    DynamoDBBackend.transact_write_items = remember_twins
    Table.__deepcopy__ = twin_of


def _twin(table: Table) -> Table:
    twin = copy.copy(table)
    twin.items = defaultdict(dict, {name: copy.copy(items) for name, items in table.items.items()})
    if table.stream_shard:
        twin.stream_shard = copy.copy(table.stream_shard)
        twin.stream_shard.table, twin.stream_shard.items = twin, copy.copy(table.stream_shard.items)
    return twin


def _know_attribute_values() -> None:
    """An attribute's value is a dictionary with one of ten names. moto tries six spellings of each of the ten."""
    pick = serialize.ResponseSerializer.get_value

    def get_value(self: serialize.ResponseSerializer, value: Any, key: str, shape: Any) -> Any:
        parent = getattr(shape, "parent", None)
        if parent is not None and parent.name == "AttributeValue" and isinstance(value, dict):
            return value.get(key)
        return pick(self, value, key, shape)

    serialize.ResponseSerializer.get_value = get_value
