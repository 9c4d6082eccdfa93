"""Security requirement 70: whatever somebody does to the audit log afterwards, the checker finds it."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from functions.audit.checking import Report, Wrong, check
from functions.audit.model import Copy, Seal
from functions.kernel import clock, keys

BEGAN = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
KEPT = timedelta(days=6 * 366)
LATER = BEGAN + timedelta(days=400)
"""When somebody checks: the lines of the first days are gone by then where they were kept for a year."""

type Item = dict[str, Any]


def line(number: int, *, kept: timedelta = KEPT, written: datetime | None = None) -> Item:
    """The audit line of this number, six hours after the one before."""
    moment = written or BEGAN + timedelta(hours=6) * number
    key = keys.audit(f"subject{number % 3}", clock.stamp(moment), f"{number:032x}")
    return {
        "pk": key.pk,
        "sk": key.sk,
        "kind": "audit",
        "what": f"did number {number}",
        "by": "cora",
        "at": clock.stamp(moment),
        "facts": {"reason": "A01", "version": number},
        "expires_at": clock.epoch(moment + kept),
        "gsi1pk": keys.LINES,
        "gsi1sk": clock.stamp(moment),
    }


def kept(seal: Seal) -> Item:
    """A seal as the table has it."""
    key = keys.seal(seal.number)
    return {"pk": key.pk, "sk": key.sk, "kind": "seal", **seal.model_dump(mode="json")}


@dataclass(slots=True)
class Log:
    """All there is of an audit log: what can be tampered with, and the copies, which cannot."""

    lines: list[Item] = field(default_factory=list)
    seals: list[Item] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)

    def check(self) -> Report:
        """What the checker says of it."""
        return check(lines=self.lines, seals=self.seals, copies=self.copies, at=LATER)

    def what_is_wrong(self) -> set[Wrong]:
        """What kinds of things it finds."""
        return {finding.wrong for finding in self.check().findings}

    def alive(self) -> list[Item]:
        """The lines whose time is not over."""
        return [each for each in self.lines if each["expires_at"] > clock.epoch(LATER)]

    def seal_again(self) -> None:
        """Put new seals on all lines as they are now, as somebody would who can write whatever they like."""
        sizes = [len(each["lines"]) for each in self.seals]
        fresh, before, lines = [], None, iter(sorted(self.lines, key=lambda each: str(each["gsi1sk"])))
        for size in sizes:
            some = [each for _, each in zip(range(size), lines, strict=False)]
            if some:
                before = Seal.after(before, some, BEGAN)
                fresh.append(kept(before))
        self.seals = fresh


def history(lines: list[Item], in_each: int) -> Log:
    """A log of these lines, so many under each seal."""
    log, before = Log(lines=deepcopy(lines)), None
    for some in batched(lines, in_each, strict=False):
        before = Seal.after(before, some, datetime.fromisoformat(some[-1]["at"]) + timedelta(hours=1))
        log.seals.append(kept(before))
        log.copies.append(Copy.named(before.copy_name))
    return log


@st.composite
def logs(draw: st.DrawFn) -> Log:
    """A log that nobody has tampered with, from which some lines are gone because their time was over."""
    short = st.sampled_from((KEPT, timedelta(days=30)))
    lines = [line(number, kept=draw(short)) for number in range(draw(st.integers(4, 12)))]
    log = history(lines, draw(st.integers(1, 4)))
    gone = draw(st.sets(st.sampled_from(range(len(lines)))))
    log.lines = [each for n, each in enumerate(log.lines) if n not in gone or each["expires_at"] > clock.epoch(LATER)]
    return log


type Tamper = Callable[[st.DataObject, Log], None]


def edit_a_line(data: st.DataObject, log: Log) -> None:
    one = data.draw(st.sampled_from(log.lines))
    name = data.draw(st.sampled_from(("what", "by", "at", "facts", "expires_at", "gsi1pk", "gsi1sk", "kind")))
    one[name] = {"reason": "A04"} if name == "facts" else 1 if name == "expires_at" else "another"


def add_to_a_line_or_take_from_it(data: st.DataObject, log: Log) -> None:
    one = data.draw(st.sampled_from(log.lines))
    if data.draw(st.booleans()):
        one["more"] = "words"
    else:
        del one[data.draw(st.sampled_from(("what", "by", "at", "facts", "expires_at", "gsi1sk")))]


def delete_a_line(data: st.DataObject, log: Log) -> None:
    log.lines.remove(data.draw(st.sampled_from(log.alive())))


def insert_a_line(data: st.DataObject, log: Log) -> None:
    moment = BEGAN + timedelta(minutes=data.draw(st.integers(-10_000, 1_000)))
    log.lines.append(line(99, written=moment))


def insert_a_line_that_is_on_no_list(data: st.DataObject, log: Log) -> None:
    log.lines.append({name: value for name, value in line(99).items() if name != "gsi1sk"})


def insert_a_line_of_days_to_come(data: st.DataObject, log: Log) -> None:
    log.lines.append(line(99, written=LATER + timedelta(days=data.draw(st.integers(1, 9)))))


def move_a_line_to_another_subject(data: st.DataObject, log: Log) -> None:
    data.draw(st.sampled_from(log.alive()))["pk"] = keys.audit("somebody else", "", "").pk


def let_two_lines_change_places(data: st.DataObject, log: Log) -> None:
    one, other = data.draw(st.permutations(log.alive()))[:2]
    one["at"], other["at"] = other["at"], one["at"]
    one["sk"], other["sk"] = other["sk"], one["sk"]


def edit_a_seal(data: st.DataObject, log: Log) -> None:
    one = data.draw(st.sampled_from(log.seals))
    name = data.draw(st.sampled_from(("number", "previous", "at", "up_to", "lines")))
    one[name] = {"number": 77, "lines": [], "previous": "0"}.get(name, clock.stamp(LATER))


def edit_what_a_seal_holds(data: st.DataObject, log: Log) -> None:
    entry = data.draw(st.sampled_from(data.draw(st.sampled_from(log.seals))["lines"]))
    name = data.draw(st.sampled_from(("key", "digest", "expires_at")))
    entry[name] = 1 if name == "expires_at" else "0"


def let_two_lines_of_a_seal_change_places(data: st.DataObject, log: Log) -> None:
    several = [each for each in log.seals if len(each["lines"]) > 1]
    assume(several)
    entries = data.draw(st.sampled_from(several))["lines"]
    entries[0], entries[1] = entries[1], entries[0]


def delete_a_seal(data: st.DataObject, log: Log) -> None:
    log.seals.remove(data.draw(st.sampled_from(log.seals)))


def let_two_seals_change_places(data: st.DataObject, log: Log) -> None:
    assume(len(log.seals) > 1)
    one, other = data.draw(st.permutations(log.seals))[:2]
    for name in ("pk", "number"):
        one[name], other[name] = other[name], one[name]


def insert_a_seal(data: st.DataObject, log: Log) -> None:
    last = Seal.model_validate(log.seals[-1])
    ahead = data.draw(st.integers(1, 3))
    forged = last.model_copy(update={"number": last.number + ahead, "previous": last.digest})
    log.seals.append(kept(forged))


def cut_off_the_end(data: st.DataObject, log: Log) -> None:
    """The last seals and all of their lines are gone, and what is left fits together."""
    left = log.seals[: data.draw(st.integers(0, len(log.seals) - 1))]
    held = sum(len(each["lines"]) for each in left)
    until = clock.stamp(BEGAN + timedelta(hours=6) * held)
    log.seals, log.lines = left, [each for each in log.lines if each["gsi1sk"] < until]


def edit_a_line_and_seal_everything_again(data: st.DataObject, log: Log) -> None:
    data.draw(st.sampled_from(log.lines))["what"] = "another"
    log.seal_again()


def delete_a_line_and_seal_everything_again(data: st.DataObject, log: Log) -> None:
    delete_a_line(data, log)
    log.seal_again()


def insert_a_line_and_seal_everything_again(data: st.DataObject, log: Log) -> None:
    insert_a_line(data, log)
    log.seal_again()


TAMPERS: tuple[Tamper, ...] = (
    edit_a_line,
    add_to_a_line_or_take_from_it,
    delete_a_line,
    insert_a_line,
    insert_a_line_that_is_on_no_list,
    insert_a_line_of_days_to_come,
    move_a_line_to_another_subject,
    let_two_lines_change_places,
    edit_a_seal,
    edit_what_a_seal_holds,
    let_two_lines_of_a_seal_change_places,
    delete_a_seal,
    let_two_seals_change_places,
    insert_a_seal,
    cut_off_the_end,
    edit_a_line_and_seal_everything_again,
    delete_a_line_and_seal_everything_again,
    insert_a_line_and_seal_everything_again,
)


@given(logs())
def test_requirement_70_a_log_that_nobody_changed_is_whole_whatever_has_expired(log: Log) -> None:
    report = log.check()
    assert report.is_whole, report.findings
    sealed = sum(len(each["lines"]) for each in log.seals)
    assert (report.lines, report.lines + report.expired) == (len(log.lines), sealed)


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda tamper: tamper.__name__)
@settings(max_examples=25)
@given(log=logs(), data=st.data())
def test_requirement_70_whatever_is_edited_deleted_inserted_or_moved_is_found(
    tamper: Tamper, log: Log, data: st.DataObject
) -> None:
    assume(len(log.alive()) > 1)
    tamper(data, log)
    assert not log.check().is_whole


@pytest.fixture
def log() -> Log:
    """Six lines under two seals."""
    return history([line(number) for number in range(6)], 3)


def test_a_line_that_was_changed_is_named_with_its_day_and_its_seal(log: Log) -> None:
    log.lines[4]["by"] = "somebody else"
    (finding,) = log.check().findings
    assert finding.wrong is Wrong.EDITED
    assert (
        finding.says
        == "The line about subject1 of Tuesday 24 November 2026, 10am, was changed after seal 2 was put on it."
    )


def test_a_line_that_is_gone_before_its_time_was_deleted_and_one_whose_time_is_over_has_expired(log: Log) -> None:
    del log.lines[0]
    assert log.what_is_wrong() == {Wrong.DELETED}
    after = check(lines=log.lines, seals=log.seals, copies=log.copies, at=BEGAN + KEPT)
    assert (after.is_whole, after.expired) == (True, 1)


def test_a_line_that_was_let_expire_early_counts_as_deleted(log: Log) -> None:
    """Whoever may not delete a line could still write into it that its time is over."""
    log.lines[0]["expires_at"] = clock.epoch(BEGAN)
    assert log.what_is_wrong() == {Wrong.EDITED}
    del log.lines[0]
    assert log.what_is_wrong() == {Wrong.DELETED}


def test_a_missing_seal_is_named_even_when_it_was_the_last_and_its_lines_are_gone_too(log: Log) -> None:
    log.lines, log.seals = log.lines[:3], log.seals[:1]
    assert [finding.says for finding in log.check().findings] == ["Seal 2 is missing."]


def test_seals_that_are_missing_in_a_row_are_one_finding(log: Log) -> None:
    log.seals.clear()
    log.copies = [Copy(number=7, digest="7")]
    says = [finding.says for finding in log.check().findings if finding.wrong is Wrong.SEAL_MISSING]
    assert says == ["Seals 1 to 6 are missing.", "Seal 7 is missing."]


def test_a_log_that_was_sealed_anew_is_told_from_the_real_one_by_the_copies(log: Log) -> None:
    log.lines[0]["what"] = "another"
    log.seal_again()
    assert log.what_is_wrong() == {Wrong.SEAL_CHANGED}


def test_only_the_newest_seal_may_be_without_its_copy_for_a_while(log: Log) -> None:
    newest = log.copies.pop()
    assert log.check().is_whole
    log.copies = [newest]
    assert log.what_is_wrong() == {Wrong.COPY_MISSING}


def test_a_line_under_two_seals_is_found(log: Log) -> None:
    last = Seal.model_validate(log.seals[-1])
    again = Seal.after(last, [log.lines[-1]], LATER)
    log.seals.append(kept(again))
    assert Wrong.SEALED_TWICE in log.what_is_wrong()


def test_a_new_line_waits_for_its_seal_and_after_a_day_somebody_should_look(log: Log) -> None:
    log.lines.append(line(6, written=LATER - timedelta(hours=2)))
    report = log.check()
    assert (report.is_whole, report.waiting) == (True, 1)
    log.lines.append(line(7, written=LATER - timedelta(days=2)))
    assert log.what_is_wrong() == {Wrong.NOT_SEALED}


def test_a_log_in_which_nothing_was_written_is_whole() -> None:
    report = Log().check()
    assert (report.is_whole, report.head) == (True, None)
