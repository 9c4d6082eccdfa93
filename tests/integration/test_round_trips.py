"""What each operation asks of AWS, call by call: a new call has to be written down here, where a reviewer sees it."""

from collections.abc import Callable, Mapping

import pytest

from bench import trips as bench
from cli.estimate import Counted
from functions.kernel import keys
from functions.kernel.table import Attr, Table, change, check, delete, put
from tests.network import TABLE, Network
from tests.operations import PAGE, Taken, measured
from tests.trips import Trip, watch

FEW, MANY = 100, 10_000

GET, MANY_AT_ONCE, QUERY = "dynamodb.GetItem", "dynamodb.BatchGetItem", "dynamodb.Query"
UPDATE, TRANSACT = "dynamodb.UpdateItem", "dynamodb.TransactWriteItems"
WHO = "dynamodb.BatchGetItem (who)"
"""The member and the sign-in."""
TRY = "dynamodb.UpdateItem (who)"
"""A try at a code is counted before the code is looked at."""
RING = "sqs.SendMessage"
"""Of the bell that hurries the search. It is tried once and nothing depends on it."""

CALLS: Mapping[str, tuple[str, ...]] = {
    "Sign up: `POST /join`": (GET, TRANSACT),
    "Type the code: `POST /join/code`": (TRY, TRANSACT),
    "Say who you are: `POST /join/about-you`": (GET, UPDATE),
    "Send it: `POST /join/check`": (GET, GET, TRANSACT),
    "Read the outcome: `GET /join/outcome`": (GET, GET, WHO),
    "Ask to sign in: `POST /sign-in`": (GET, GET, TRANSACT),
    "Type the code: `POST /sign-in/code`": (TRY, GET, TRANSACT),
    "Home: `GET /home`": (WHO, QUERY, GET),
    "A session: `GET /sessions/{id}`": (GET, WHO, MANY_AT_ONCE, QUERY),
    "Say that you come: `POST /sessions/{id}/reply`": (WHO, GET, TRANSACT),
    "Go in: `POST /sessions/{id}/door`": (WHO, GET, TRANSACT),
    "Search: `GET /library`, 20 of 21 hits": (WHO, "s3.GetObject", MANY_AT_ONCE),
    "An item: `GET /library/{id}`, by its owner": (WHO, MANY_AT_ONCE, GET, "s3.GetObject", MANY_AT_ONCE),
    "Download: `POST /library/{id}/file`": (WHO, MANY_AT_ONCE, UPDATE),
    "Begin to share: `POST /library/share`": (WHO, TRANSACT),
    "Say what it is: `POST /library/share/{id}/details`": (WHO, MANY_AT_ONCE, TRANSACT),
    "The page that sends the file: `GET /library/share/{id}/file`": (WHO, MANY_AT_ONCE),
    "A file has come: job": (MANY_AT_ONCE, TRANSACT),
    "A file is clean: job": (MANY_AT_ONCE, "s3.GetObject", "s3.PutObject", "s3.CopyObject", TRANSACT),
    "Publish: `POST /coordinate/library/{id}`": (WHO, MANY_AT_ONCE, GET, TRANSACT, RING),
    "The queue: `GET /coordinate/applications`, one waiting": (WHO, QUERY, MANY_AT_ONCE),
    "Decide: `POST /coordinate/applications/{id}`": (WHO, GET, TRANSACT),
    "Plan 99 invitations: job": (GET, GET, QUERY, MANY_AT_ONCE, MANY_AT_ONCE, TRANSACT, TRANSACT),
    "Queue 10 messages: job": ("sqs.SendMessageBatch",),
    "Send one invitation: job": (GET, TRANSACT, "ses.SendRawEmail", TRANSACT, MANY_AT_ONCE),
    "Hear that it left: job": (GET, MANY_AT_ONCE),
    "Hear that it arrived: job": (GET, TRANSACT, MANY_AT_ONCE),
    "Answer from a mail: `POST /reply/{token}`": (GET, MANY_AT_ONCE, TRANSACT),
    "Stop the invitations: `POST /unsubscribe/{token}`": (GET, GET, TRANSACT),
    "Nothing to do, `membership.settle`: job": (QUERY,) * 4,
    "Nothing to do, `invites.check`: job": (QUERY,),
    "Nothing to do, `audit.seal`: job": (QUERY,) * 2,
    "Nothing to do, `invites.tick`: job": (QUERY, MANY_AT_ONCE, QUERY, QUERY, QUERY),
    "Nothing to do, `mail.sweep`: job": (*(QUERY,) * 4, "sqs.GetQueueAttributes", *(QUERY,) * 8),
    "Nothing to do, `resources.index`: job": ("s3.HeadObject", QUERY),
    "Nothing to do, `resources.sweep`: job": (QUERY,) * 3,
}


@pytest.fixture(scope="module")
def few() -> Taken:
    """Everything done once in a small network."""
    return measured(FEW)


def writes(trips: list[Trip]) -> list[str]:
    """The writes beside the one that says who is asking."""
    return [trip.name for trip in trips if trip.writes and not trip.proves]


def test_each_operation_makes_the_calls_that_are_written_down_and_no_other(few: Taken) -> None:
    assert {operation: tuple(trip.label for trip in trips) for operation, trips in few.items()} == CALLS


def test_requirement_83_nothing_ever_reads_the_whole_table(few: Taken) -> None:
    assert "dynamodb.Scan" not in {trip.name for trips in few.values() for trip in trips}


def test_a_request_writes_once_after_it_knows_who_is_asking_and_may_ring_the_bell(few: Taken) -> None:
    requests = {operation: trips for operation, trips in few.items() if not operation.endswith(": job")}
    for operation, trips in requests.items():
        press = "`POST " in operation
        assert len([name for name in writes(trips) if name != RING]) == press, operation


def test_a_member_is_planned_for_in_one_write_and_mailed_in_three(few: Taken) -> None:
    place = 2  # The page's transaction notes how far planning got, and so does the end of the part.
    assert sum(trip.items for trip in few["Plan 99 invitations: job"]) - place == PAGE
    assert len(writes(few["Plan 99 invitations: job"])) == place
    assert len(writes(few["Send one invitation: job"])) == 3


def test_nothing_costs_more_with_ten_thousand_members_than_with_a_hundred(few: Taken) -> None:
    assert measured(MANY) == few


def test_the_table_in_the_documentation_is_what_was_counted(few: Taken) -> None:
    written = bench.within(bench.PAGE.read_text(encoding="utf-8"))
    assert written == bench.table(few), "docs/speed.md is out of date. Run: python -m bench.trips --write"


def test_what_the_costs_are_worked_out_from_is_what_was_counted(few: Taken) -> None:
    assert Counted.read().operations == bench.counted(few), "Run: python -m bench.trips --write"


def test_units_go_by_the_size_of_the_item_twice_in_a_transaction_and_once_for_each_index(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching, key = watch(monkeypatch), keys.audit("thing", "", "")
    table, big = Table.connect(TABLE), "b" * 5_000
    listed = {"gsi1pk": "list", "gsi1sk": "1"}
    steps: list[tuple[Callable[[], object], float, int]] = [
        (lambda: table.get(key), 1, 0),
        (lambda: table.write(put("audit", key, {"text": big})), 0, 5),
        (lambda: table.get(key), 2, 0),
        (lambda: table.get_many([key, keys.member("nobody")]), 3, 0),
        (lambda: table.children(key.pk), 2, 0),
        (lambda: table.write(change(key, set=listed)), 0, 5 + 5),
        (lambda: table.listed(keys.LISTS, "list"), 1, 0),
        (lambda: table.write(change(key, set={"gsi1sk": "2"})), 0, 5 + 2 * 5),
        (lambda: table.transact([change(key, set={"text": "short"})]), 0, 2 * 5 + 5),
        (lambda: table.transact([check(key, Attr("pk").exists())]), 0, 2 * 1),
        (lambda: table.write(delete(key)), 0, 1 + 1),
    ]
    for place, (step, reads, writes_made) in enumerate(steps):
        with watching.during() as trips:
            step()
        (trip,) = trips
        assert (trip.read_units, trip.write_units) == (reads, writes_made), place
