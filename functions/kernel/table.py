"""The table: the only module that speaks DynamoDB.

It turns items into plain dictionaries, conditions into expressions, and AWS's errors into ours.
An item whose ``expires_at`` has passed is absent, because DynamoDB deletes it up to days late (security
requirement 64; AWS, "Using time to live (TTL) in DynamoDB").
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from boto3.dynamodb.conditions import Attr, ConditionBase, ConditionExpressionBuilder
from boto3.dynamodb.conditions import Key as KeyCondition
from botocore.exceptions import BotoCoreError, ClientError

from functions.kernel import aws, clock, kinds
from functions.kernel.errors import Clash, Unavailable
from functions.kernel.keys import Key
from functions.kernel.notation import from_wire, to_wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = [
    "Attr",
    "ConditionBase",
    "Item",
    "Page",
    "Table",
    "Write",
    "change",
    "check",
    "delete",
    "put",
    "put_new",
    "unmarshal",
]

type Item = dict[str, Any]

# A page answers within API Gateway's 30 seconds even when a call has to be made again.
# The SDK would look at each value of each call once more, which takes as long as all the rest of a large transaction.
# What goes to the table is made in this module alone, and in the tests the SDK does look.
_CONNECTION = {
    "retries": {"mode": "standard", "total_max_attempts": 4},
    "connect_timeout": 2,
    "read_timeout": 5,
    "parameter_validation": False,
}
_TRANSACTION_TRIES = 4
_BATCH = 100


def _marshal(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: to_wire(value) for name, value in item.items() if value is not None}


def unmarshal(image: Mapping[str, Any]) -> Item:
    """An item from DynamoDB's own notation, as streams carry it."""
    return {name: from_wire(value) for name, value in image.items()}


def _wire_key(key: Key) -> dict[str, Any]:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


@dataclass(frozen=True, slots=True)
class Write:
    """One write, ready to be sent alone or with others in a transaction."""

    action: str
    parameters: dict[str, Any]


def _conditional(action: str, parameters: dict[str, Any], where: ConditionBase | None) -> Write:
    if where is None:
        return Write(action, parameters)
    built = ConditionExpressionBuilder().build_expression(where)
    names = parameters.get("ExpressionAttributeNames", {}) | built.attribute_name_placeholders
    values = parameters.get("ExpressionAttributeValues", {}) | {
        name: to_wire(value) for name, value in built.attribute_value_placeholders.items()
    }
    expression = {"ConditionExpression": built.condition_expression, "ExpressionAttributeNames": names}
    return Write(action, parameters | expression | ({"ExpressionAttributeValues": values} if values else {}))


def put(kind: str, key: Key, item: Mapping[str, Any], *, where: ConditionBase | None = None) -> Write:
    """Write a whole item, in place of any that was there."""
    if kind not in kinds.KIND:
        raise KeyError(f"{kind!r} is not in the registry of kernel/kinds.py")
    whole = {**item, "kind": kind, "pk": key.pk, "sk": key.sk}
    return _conditional("Put", {"Item": _marshal(whole)}, where)


def put_new(kind: str, key: Key, item: Mapping[str, Any]) -> Write:
    """Write an item that must not be there yet."""
    return put(kind, key, item, where=Attr("pk").not_exists())


def change(
    key: Key,
    *,
    set: Mapping[str, Any] | None = None,  # noqa: A002 - DynamoDB's own word for it.
    remove: Sequence[str] = (),
    add: Mapping[str, int] | None = None,
    where: ConditionBase | None = None,
) -> Write:
    """Change some attributes of an item."""
    names: dict[str, str] = {}
    values: dict[str, Any] = {}
    clauses: list[str] = []
    for verb, pairs, joint in (("SET", set or {}, " = "), ("ADD", add or {}, " ")):
        terms = []
        for name, value in pairs.items():
            place = str(len(names))
            names[f"#c{place}"] = name
            values[f":c{place}"] = to_wire(value)
            terms.append(f"#c{place}{joint}:c{place}")
        if terms:
            clauses.append(f"{verb} {', '.join(terms)}")
    if remove:
        for name in remove:
            names[f"#c{len(names)}"] = name
        clauses.append("REMOVE " + ", ".join(list(names)[-len(remove) :]))
    parameters: dict[str, Any] = {
        "Key": _wire_key(key),
        "UpdateExpression": " ".join(clauses),
        "ExpressionAttributeNames": names,
    }
    if values:
        parameters["ExpressionAttributeValues"] = values
    return _conditional("Update", parameters, where)


def check(key: Key, where: ConditionBase) -> Write:
    """Change nothing, and let the transaction fail unless the condition holds."""
    return _conditional("ConditionCheck", {"Key": _wire_key(key)}, where)


def delete(key: Key, *, where: ConditionBase | None = None) -> Write:
    """Remove an item. One that is not there is no error."""
    return _conditional("Delete", {"Key": _wire_key(key)}, where)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of items in the order of the index, and where the next one starts (``None`` at the end)."""

    items: list[Item]
    next: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Table:
    """One DynamoDB table."""

    name: str
    client: "DynamoDBClient"

    @classmethod
    def connect(cls, name: str) -> Self:
        """The table of this name in the region and account of the environment."""
        return cls(name, aws.connect("dynamodb", _CONNECTION))

    def get(self, key: Key) -> Item | None:
        """The item as it is now (a consistent read), or ``None``."""
        answer = self._call(self.client.get_item, Key=_wire_key(key), ConsistentRead=True)
        return self._alive(answer.get("Item"))

    def get_many(self, wanted: Sequence[Key]) -> list[Item | None]:
        """The items of these keys, in their order, in one round trip for each hundred."""
        found: dict[Key, Item | None] = {}
        for start in range(0, len(wanted), _BATCH):
            ask = [_wire_key(key) for key in dict.fromkeys(wanted[start : start + _BATCH])]
            for image in self._batch(ask):
                found[Key(image["pk"]["S"], image["sk"]["S"])] = self._alive(image)
        return [found.get(key) for key in wanted]

    def _batch(self, ask: list[dict[str, Any]]) -> Iterator[Mapping[str, Any]]:
        for attempt in range(_TRANSACTION_TRIES):
            request = {self.name: {"Keys": ask, "ConsistentRead": True}}
            answer = self._send(self.client.batch_get_item, RequestItems=request)
            yield from answer["Responses"].get(self.name, [])
            ask = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
            if not ask:
                return
            _wait(attempt)
        raise Unavailable

    def children(self, pk: str, prefix: str = "") -> list[Item]:
        """Every item of one partition whose sort key starts with ``prefix``."""
        condition: ConditionBase = KeyCondition("pk").eq(pk)
        if prefix:
            condition &= KeyCondition("sk").begins_with(prefix)
        items: list[Item] = []
        start: dict[str, Any] | None = None
        while True:
            page = self._query(condition, start=start, ConsistentRead=True)
            items += page.items
            if (start := page.next) is None:
                return items

    def listed(
        self,
        index: str,
        partition: str,
        *,
        since: str = "",
        until: str = "",
        newest_first: bool = False,
        limit: int = 100,
        start: dict[str, Any] | None = None,
    ) -> Page:
        """A page of an index, between two sort keys (``since`` included, ``until`` excluded)."""
        condition: ConditionBase = KeyCondition(f"{index}pk").eq(partition)
        if since and until:
            condition &= KeyCondition(f"{index}sk").between(since, until)
        elif since:
            condition &= KeyCondition(f"{index}sk").gte(since)
        elif until:
            condition &= KeyCondition(f"{index}sk").lt(until)
        page = self._query(condition, start=start, IndexName=index, ScanIndexForward=not newest_first, Limit=limit)
        return Page([item for item in page.items if not until or item[f"{index}sk"] < until], page.next)

    def every(self, index: str, partition: str, *, since: str = "", until: str = "") -> Iterator[Item]:
        """Each item of an index between two sort keys, a page at a time."""
        start: dict[str, Any] | None = None
        while True:
            page = self.listed(index, partition, since=since, until=until, start=start)
            yield from page.items
            if (start := page.next) is None:
                return

    def _query(self, condition: ConditionBase, *, start: dict[str, Any] | None, **more: Any) -> Page:
        built = ConditionExpressionBuilder().build_expression(condition, is_key_condition=True)
        answer = self._call(
            self.client.query,
            KeyConditionExpression=built.condition_expression,
            ExpressionAttributeNames=built.attribute_name_placeholders,
            ExpressionAttributeValues=_marshal(built.attribute_value_placeholders),
            **more,
            **({"ExclusiveStartKey": start} if start else {}),
        )
        alive = (self._alive(image) for image in answer["Items"])
        return Page([item for item in alive if item is not None], answer.get("LastEvaluatedKey"))

    def write(self, write: Write) -> None:
        """Make one write.

        Raises ``Clash`` when its condition does not hold.
        """
        call: dict[str, Callable[..., Any]] = {
            "Put": self.client.put_item,
            "Update": self.client.update_item,
            "Delete": self.client.delete_item,
        }
        self._one(call[write.action], write)

    def update(self, write: Write) -> Item:
        """Make one change, and return the item as it has become.

        Raises ``Clash`` when its condition does not hold, or the item has expired and is only not deleted yet.
        """
        answer = self._one(self.client.update_item, write, ReturnValues="ALL_NEW")
        item = self._alive(answer["Attributes"])
        if item is None:
            raise Clash(0)
        return item

    def _one(self, operation: Callable[..., Any], write: Write, **more: Any) -> Any:
        """Make one write. One that only met a transaction in flight is made again."""
        for attempt in range(_TRANSACTION_TRIES):
            try:
                return self._call(operation, **write.parameters, **more)
            except self.client.exceptions.TransactionConflictException:
                _wait(attempt)
        raise Unavailable

    def transact(self, writes: Iterable[Write]) -> None:
        """Make all of the writes, or none of them.

        Raises ``Clash`` with the positions of the writes whose conditions did not hold. A transaction that only met
        another in flight is tried again. The SDK sends the same request token with each retry, so an answer that
        got lost does not make the writes twice (AWS, ``TransactWriteItems``, "Idempotency"). Raises ``ValueError`` for
        more writes than a transaction takes.
        """
        items = [{write.action: {"TableName": self.name, **write.parameters}} for write in writes]
        if len(items) > _BATCH:
            raise ValueError(f"A transaction takes {_BATCH} writes, and this one has {len(items)}.")
        for attempt in range(_TRANSACTION_TRIES):
            try:
                self._send(self.client.transact_write_items, TransactItems=items)
            except ClientError as error:
                reasons = [each.get("Code", "None") for each in error.response.get("CancellationReasons", [])]
                failed = [place for place, code in enumerate(reasons) if code == "ConditionalCheckFailed"]
                if failed:
                    raise Clash(*failed) from error
                if not reasons:
                    raise
                _wait(attempt)
            else:
                return
        raise Unavailable

    def _alive(self, image: Mapping[str, Any] | None) -> Item | None:
        if image is None:
            return None
        item = unmarshal(image)
        expires_at = item.get("expires_at")
        return None if expires_at is not None and expires_at <= clock.epoch(clock.now()) else item

    def _call(self, operation: Callable[..., Any], **parameters: Any) -> Any:
        try:
            return self._send(operation, TableName=self.name, **parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise Clash(0) from error
            raise

    @staticmethod
    def _send(operation: Callable[..., Any], **parameters: Any) -> Any:
        try:
            return operation(**parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] in _PASSING:
                raise Unavailable from error
            raise
        except BotoCoreError as error:
            raise Unavailable from error


# Faults of the service that pass: the SDK has tried again, and the caller may do so later.
_PASSING = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)


def _wait(attempt: int) -> None:
    """Wait a moment that grows and is never the same for two callers (AWS, "Exponential backoff and jitter")."""
    time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - spreading load, not keeping a secret.
