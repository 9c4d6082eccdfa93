"""The table: conditions, pages, what has expired, and a service that has a bad day."""

import inspect
import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.kernel import clock, keys
from functions.kernel.errors import Clash, Unavailable
from functions.kernel.table import Attr, Table, change, check, delete, put, put_new
from tests.calls import Fault, faults, lost, refused
from tests.network import Network

FRIDAY, NEXT = keys.session("s1"), keys.session("s2")


@pytest.fixture
def table(network: Network) -> Table:
    return network.table


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Nobody has to wait here for the waits between tries."""
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    return waits


def test_requirement_84_more_than_a_transaction_takes_is_refused_before_the_call(table: Table) -> None:
    with pytest.raises(ValueError, match="takes 100 writes, and this one has 101"):
        table.transact(delete(keys.session(str(number))) for number in range(101))


def test_what_is_written_is_read_back_as_it_was(table: Table) -> None:
    item = {"n": 5, "words": ["Ŵ", "\u202e", "a\r\nb"], "inner": {"yes": True, "empty": "", "many": [1, {"a": 2}]}}
    table.write(put("session", FRIDAY, item))
    assert table.get(FRIDAY) == {**item, "kind": "session", "pk": FRIDAY.pk, "sk": FRIDAY.sk}
    table.write(delete(FRIDAY))
    assert table.get(FRIDAY) is None


def test_a_condition_that_does_not_hold_is_a_clash(table: Table) -> None:
    table.write(put_new("session", FRIDAY, {"version": 1}))
    for write in (
        put_new("session", FRIDAY, {}),
        put("session", FRIDAY, {}, where=Attr("version").eq(2)),
        change(FRIDAY, set={"title": "x"}, where=Attr("version").eq(2)),
        delete(FRIDAY, where=Attr("version").eq(2)),
    ):
        with pytest.raises(Clash) as clash:
            table.write(write)
        assert clash.value.failed == (0,)


def test_a_transaction_makes_all_of_its_writes_or_says_which_ones_could_not_be(table: Table) -> None:
    table.write(put_new("session", FRIDAY, {"version": 1}))
    with pytest.raises(Clash) as clash:
        table.transact(
            [
                put_new("session", NEXT, {}),
                put_new("session", FRIDAY, {}),
                check(keys.session("s3"), Attr("pk").exists()),
            ]
        )
    assert clash.value.failed == (1, 2)
    assert table.get(NEXT) is None


def test_a_change_tells_what_the_item_has_become(table: Table) -> None:
    table.write(put_new("session", FRIDAY, {"version": 1, "old": "x"}))
    after = table.update(change(FRIDAY, set={"title": "Open"}, add={"version": 1}, remove=("old",)))
    assert (after["version"], after["title"], "old" in after) == (2, "Open", False)


def test_requirement_64_what_has_expired_is_absent_to_the_second_in_whatever_way_it_is_asked_for(
    network: Network, table: Table
) -> None:
    ends = clock.epoch(network.clock.now()) + 60
    listed = {f"{keys.LISTS}pk": keys.SESSIONS, f"{keys.LISTS}sk": "1", "expires_at": ends}
    table.write(put_new("session", FRIDAY, listed))

    def updated() -> object:
        try:
            return table.update(change(FRIDAY, add={"version": 1}, where=Attr("pk").exists()))
        except Clash:
            return None

    reads: dict[str, Callable[[], object]] = {
        "get": lambda: table.get(FRIDAY),
        "get_many": lambda: table.get_many([FRIDAY])[0],
        "children": lambda: table.children(FRIDAY.pk),
        "listed": lambda: table.listed(keys.LISTS, keys.SESSIONS).items,
        "every": lambda: list(table.every(keys.LISTS, keys.SESSIONS)),
        "update": updated,
    }
    offered = {name for name, value in vars(Table).items() if inspect.isfunction(value) and not name.startswith("_")}
    assert offered == reads.keys() | {"write", "transact"}, "Another way to read has to be tried here too."
    network.clock.move(seconds=59)
    assert all(read() for read in reads.values())
    network.clock.move(seconds=1)
    assert not any(read() for read in reads.values())


def test_requirement_83_many_items_come_in_the_order_they_were_asked_for(table: Table) -> None:
    wanted = [keys.session(f"s{n:04}") for n in range(230)]
    for place, key in enumerate(wanted):
        if place % 2:
            table.write(put_new("session", key, {"place": place}))
    found = table.get_many([*wanted, wanted[1]])
    assert [item["place"] if item else None for item in found] == [
        *(place if place % 2 else None for place in range(230)),
        1,
    ]
    assert table.get_many([]) == []


def test_requirement_83_a_list_is_read_to_its_end_page_by_page(table: Table) -> None:
    for n in range(250):
        listed = {f"{keys.LISTS}pk": keys.SESSIONS, f"{keys.LISTS}sk": f"{n:04}", "n": n}
        table.write(put_new("session", keys.session(f"s{n}"), listed))
    assert [item["n"] for item in table.every(keys.LISTS, keys.SESSIONS)] == list(range(250))
    assert [item["n"] for item in table.every(keys.LISTS, keys.SESSIONS, since="0100", until="0103")] == [100, 101, 102]
    first = table.listed(keys.LISTS, keys.SESSIONS, newest_first=True, limit=2)
    second = table.listed(keys.LISTS, keys.SESSIONS, newest_first=True, limit=2, start=first.next)
    assert [item["n"] for item in (*first.items, *second.items)] == [249, 248, 247, 246]


def test_children_are_found_by_how_their_key_begins(table: Table) -> None:
    for secret in ("a", "b"):
        table.write(put_new("sign-in", keys.sign_in("m1", secret), {}))
    table.write(put_new("member", keys.member("m1"), {}))
    assert len(table.children(keys.member("m1").pk)) == 3
    assert len(table.children(keys.member("m1").pk, keys.SIGN_INS)) == 2


SLOW = [
    refused("InternalServerError", 500),
    refused("ThrottlingException"),
    refused("ProvisionedThroughputExceededException"),
    refused("RequestLimitExceeded"),
    lost,
]
ALWAYS = 8


@pytest.mark.parametrize("fault", SLOW, ids=range(len(SLOW)))
def test_requirement_81_one_bad_moment_is_not_noticed(table: Table, fault: Fault) -> None:
    with faults(table.client, "UpdateItem", fault):
        table.write(change(FRIDAY, set={"kind": "session"}))
    with faults(table.client, "GetItem", fault):
        assert table.get(FRIDAY) is not None
    with faults(table.client, "TransactWriteItems", fault):
        table.transact([put("session", NEXT, {})])
    with faults(table.client, "Query", fault):
        assert table.children(FRIDAY.pk)


@pytest.mark.parametrize("fault", SLOW, ids=range(len(SLOW)))
def test_requirement_81_a_bad_hour_is_a_clean_try_again_later(table: Table, fault: Fault) -> None:
    for name, call in (
        ("GetItem", lambda: table.get(FRIDAY)),
        ("BatchGetItem", lambda: table.get_many([FRIDAY])),
        ("Query", lambda: table.children(FRIDAY.pk)),
        ("PutItem", lambda: table.write(put("session", FRIDAY, {}))),
        ("TransactWriteItems", lambda: table.transact([put("session", FRIDAY, {})])),
    ):
        with faults(table.client, name, *[fault] * ALWAYS), pytest.raises(Unavailable):
            call()


def test_requirement_81_a_write_that_meets_a_transaction_in_flight_is_made_again(table: Table) -> None:
    busy = refused("TransactionConflictException")
    for name, write in (
        ("UpdateItem", change(FRIDAY, set={"kind": "session"})),
        ("PutItem", put("session", NEXT, {})),
        ("DeleteItem", delete(NEXT)),
    ):
        with faults(table.client, name, busy, busy) as left:
            table.write(write)
        assert not left
    with faults(table.client, "UpdateItem", busy) as left:
        assert table.update(change(FRIDAY, add={"count": 1}))["count"] == 1
    with faults(table.client, "PutItem", *[busy] * ALWAYS), pytest.raises(Unavailable):
        table.write(put("session", NEXT, {}))


def test_requirement_82_a_transaction_whose_answer_got_lost_is_sent_again_under_the_same_token(table: Table) -> None:
    """DynamoDB makes the writes of one token once. moto does not know tokens, so the token itself is looked at."""
    tokens: list[str] = []

    def noted(fault: Fault) -> Fault:
        def strike(request: Any) -> Any:
            tokens.append(json.loads(request.body)["ClientRequestToken"])
            return fault(request)

        return strike

    with faults(table.client, "TransactWriteItems", noted(lost), noted(lost), noted(refused("ThrottlingException"))):
        table.transact([put("session", FRIDAY, {})])
        table.transact([put("session", FRIDAY, {})])
    assert len(tokens) == 3
    assert len(set(tokens)) == 1


def test_a_wait_grows_and_is_never_the_same(table: Table, no_waiting: list[float]) -> None:
    busy = refused("TransactionConflictException")
    for _ in range(20):
        with faults(table.client, "PutItem", busy, busy, busy):
            table.write(put("session", NEXT, {}))
    assert len(set(no_waiting)) == len(no_waiting)
    assert max(no_waiting) <= 1
    by_try = [max(no_waiting[place::3]) for place in range(3)]
    assert all(earlier < later for earlier, later in pairwise(by_try))


def test_a_mistake_of_ours_is_not_hidden_as_a_bad_hour(table: Table) -> None:
    mistake = refused("ValidationException")
    for name, call in (
        ("GetItem", lambda: table.get(FRIDAY)),
        ("TransactWriteItems", lambda: table.transact([put("session", FRIDAY, {})])),
    ):
        with faults(table.client, name, mistake), pytest.raises(ClientError):
            call()
