"""moto, mended to be quick, still goes back to where it was when a transaction fails."""

import pytest

from functions.kernel import keys
from functions.kernel.errors import Clash
from functions.kernel.table import Attr, change, check, delete, put_new
from tests.network import Network

FRIDAY, NEXT, NONE = keys.session("s1"), keys.session("s2"), keys.session("s3")


def test_a_transaction_that_fails_leaves_what_it_had_changed_and_deleted_as_it_was(network: Network) -> None:
    table = network.table
    for key in (FRIDAY, NEXT):
        table.write(put_new("session", key, {"inner": {"words": ["a"]}, "version": 1}))
    before = [table.get(FRIDAY), table.get(NEXT)]

    with pytest.raises(Clash) as clash:
        table.transact(
            [
                change(FRIDAY, set={"inner": {"words": ["b"]}, "version": 2}),
                delete(NEXT),
                check(NONE, Attr("pk").exists()),
            ]
        )

    assert clash.value.failed == (2,)
    assert [table.get(FRIDAY), table.get(NEXT)] == before


def test_what_one_transaction_did_is_not_undone_by_the_next_one_that_fails(network: Network) -> None:
    table = network.table
    table.write(put_new("session", FRIDAY, {"version": 1}))
    table.transact([change(FRIDAY, set={"version": 2}), put_new("session", NEXT, {"version": 1})])

    with pytest.raises(Clash):
        table.transact([change(FRIDAY, set={"version": 3}), check(NONE, Attr("pk").exists())])

    kept = [table.get(FRIDAY), table.get(NEXT)]
    assert [item and item["version"] for item in kept] == [2, 1]
