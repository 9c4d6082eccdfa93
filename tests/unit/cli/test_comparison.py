"""Whether a restored table is the live one as it was."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cli.comparison import OfKind, compare
from cli.whole_table import written_at

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
MOMENT = datetime(2026, 11, 26, 11, 55, tzinfo=UTC)
BEFORE, SINCE, AHEAD = "2026-11-26T11:54:59Z", "2026-11-26T11:55:01Z", "2026-11-27T11:00:00Z"


def item(name: str, **more: Any) -> dict[str, Any]:
    return {"pk": name, "sk": "ONE", "kind": "session", **more}


def test_two_that_are_alike_lack_nothing_and_the_newest_item_is_told() -> None:
    both = [item("a", at=BEFORE), item("b", at="2026-11-01T00:00:00Z", start=AHEAD)]
    found = compare(both, both, moment=MOMENT, now=NOW)
    assert found.kinds == {"session": OfKind(live=2, restored=2)}
    assert found.is_whole
    assert found.newest == both[0]
    assert found.newest_at == datetime(2026, 11, 26, 11, 54, 59, tzinfo=UTC)


def test_what_was_written_since_is_no_loss() -> None:
    found = compare([item("a", at=BEFORE), item("b", at=SINCE)], [item("a", at=BEFORE)], moment=MOMENT, now=NOW)
    assert found.kinds["session"] == OfKind(live=2, restored=1, since=1)
    assert found.is_whole


def test_what_was_there_before_and_is_not_restored_is_lost() -> None:
    found = compare([item("a", at=BEFORE), item("b", at=BEFORE)], [item("a", at=BEFORE)], moment=MOMENT, now=NOW)
    assert found.kinds["session"] == OfKind(live=2, restored=1, lost=1)
    assert not found.is_whole


def test_what_names_no_moment_is_told_apart() -> None:
    found = compare([item("a", at=BEFORE), item("b")], [item("a", at=BEFORE)], moment=MOMENT, now=NOW)
    assert found.kinds["session"] == OfKind(live=2, restored=1, undated=1)
    assert found.is_whole


def test_what_was_deleted_since_is_no_loss() -> None:
    found = compare([item("a", at=BEFORE)], [item("a", at=BEFORE), item("b", at=BEFORE)], moment=MOMENT, now=NOW)
    assert found.kinds["session"] == OfKind(live=1, restored=2)
    assert found.is_whole


def test_an_empty_copy_of_a_table_with_something_in_it_is_no_copy() -> None:
    assert not compare([item("a")], [], moment=MOMENT, now=NOW).is_whole
    assert compare([], [], moment=MOMENT, now=NOW).is_whole


def test_a_moment_to_come_says_nothing_of_when_an_item_was_written() -> None:
    assert written_at(item("a", start=AHEAD), NOW) is None
    assert written_at(item("a", title="2026", digest="5f0c", expires_at=1), NOW) is None


@given(st.lists(st.tuples(st.integers(0, 20), st.sampled_from([BEFORE, SINCE, None]))))
def test_whatever_the_copy_lacks_is_counted_once(rows: list[tuple[int, str | None]]) -> None:
    live = {number: item(str(number), **({"at": at} if at else {})) for number, at in rows}
    kept = [each for number, each in live.items() if number % 2]
    found = compare(live.values(), kept, moment=MOMENT, now=NOW)
    counted = found.kinds.get("session", OfKind())
    assert counted.live == len(live)
    assert counted.since + counted.undated + counted.lost == len(live) - len(kept)
