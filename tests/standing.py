"""Security requirement 69: nobody's standing changes without an audit line in the same transaction.

Every network of the tests is watched, so whatever any test lets the product do is looked at. What a test writes itself,
past every rule, is not.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from functions.kernel.table import Item, Table, Write, unmarshal

OURS = ("functions.", "cli.")


def role(member: Item) -> object:
    """What somebody may do, and whether they still belong."""
    return member["status"], member.get("roles")


def eligibility(application: Item) -> object:
    """What the rules say, what a person decided, and where that leads."""
    return application["status"], application["verdict"]["outcome"], (application.get("decision") or {}).get("id")


def visibility(resource: Item) -> object:
    """Whether members find an item, and which file they get."""
    return resource.get("status"), (resource.get("file") or {}).get("key")


STANDING: Mapping[str, Callable[[Item], object]] = {
    "member": role,
    "application": eligibility,
    "resource": visibility,
}
"""What must not change unnoticed, for each kind of item that has it."""

NOT_YET = {"resource": ("draft", None)}
"""The standing of an item that is only begun: nobody but its owner sees it."""


class Watched(list[str]):
    """The changes that had no line. ``seen`` counts those that had one, by kind."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, int] = dict.fromkeys(STANDING, 0)

    def look(self, writes: Iterable[Write]) -> None:
        """Look at the writes of one transaction."""
        writes = list(writes)
        noted = any(_image(write).get("kind") == "audit" for write in writes)
        for write in writes:
            kind = _changes(write)
            if kind is None:
                continue
            if noted:
                self.seen[kind] += 1
            else:
                self.append(f"the {kind} {write.parameters} changes without an audit line")


def _image(write: Write) -> Item:
    return unmarshal(write.parameters.get("Item", {}))


def _changes(write: Write) -> str | None:
    """The kind of the item whose standing a write changes."""
    if write.action == "ConditionCheck":
        return None
    before, after = _before(write), _image(write)
    kind = (before or after).get("kind", "")
    standing = STANDING.get(kind)
    if standing is None:
        return None
    was = standing(before) if before else NOT_YET.get(kind)
    match write.action:
        case "Put":
            return kind if standing(after) != was else None
        case "Delete":
            # What somebody who left leaves behind is deleted after the line that says so.
            return kind if kind == "member" and before and before["status"] == "member" else None
        case _:
            # What a condition looks at is named there too, and is not changed.
            changed = set(re.findall(r"#\w+", write.parameters["UpdateExpression"]))
            names = write.parameters["ExpressionAttributeNames"]
            named = {name for place, name in names.items() if place in changed}
            return kind if named & {"status", "roles", "verdict", "decision", "file"} else None


def _before(write: Write) -> Item | None:
    """The item as it is, past the SDK, so that nobody who counts or breaks calls is disturbed."""
    key: Any = write.parameters.get("Key") or {name: write.parameters["Item"][name] for name in ("pk", "sk")}
    (backend,) = (each for each in dynamodb_backends[DEFAULT_ACCOUNT_ID].values() if each.tables)
    (table,) = backend.tables
    found = backend.get_item(table, key)
    return unmarshal(found.to_json()["Attributes"]) if found else None


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """Look at all that our code writes from here on, and fail in the end if a change of standing had no line."""
    found = Watched()

    def before(write: Callable[..., Any], several: bool) -> Callable[..., Any]:
        def look_and_write(table: Table, what: Any) -> Any:
            writes = list(what) if several else [what]
            if str(sys._getframe(1).f_globals["__name__"]).startswith(OURS):
                found.look(writes)
            return write(table, writes if several else what)

        return look_and_write

    for name in ("write", "update", "transact"):
        monkeypatch.setattr(Table, name, before(getattr(Table, name), several=name == "transact"))
    yield found
    if found:
        raise AssertionError("\n".join(found))
