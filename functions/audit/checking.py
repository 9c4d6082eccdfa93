"""Checking: whether the audit lines and the seals on them are as they were written.

A rule: it is given everything there is and says what is wrong. What it can find, and what nobody can, is in
docs/decisions/0021-sealing-the-audit-log.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from pydantic import ValidationError

from functions.audit.model import LOOKS_BACK, NONE_BEFORE, Copy, Line, Seal, SealedLine, digest_of, key_of, written_at
from functions.kernel import keys
from functions.kernel.when import clock_in_words, day_in_words, in_uk

OVERDUE = timedelta(days=1)
"""Whatever is older than this has been sealed, where sealing runs."""


class Wrong(StrEnum):
    """What can be wrong."""

    EDITED = "edited"
    DELETED = "deleted"
    INSERTED = "inserted"
    NOT_SEALED = "not sealed"
    SEALED_TWICE = "sealed twice"
    SEAL_CHANGED = "seal changed"
    SEAL_MISSING = "seal missing"
    SEAL_OUT_OF_ORDER = "seal out of order"
    COPY_MISSING = "copy missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    wrong: Wrong
    says: str
    """A sentence for people."""


@dataclass(slots=True)
class Report:
    """What was found."""

    head: Seal | None
    """The newest seal. Whoever writes down its number and digest can compare them with what the copies say later."""
    lines: int = 0
    """Lines that are as they were sealed."""
    expired: int = 0
    """Lines that are gone because their time was over."""
    waiting: int = 0
    """Lines that are too new to be sealed."""
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


def check(
    *, lines: Iterable[Line], seals: Iterable[Mapping[str, object]], copies: Iterable[Copy], at: datetime
) -> Report:
    """Compare all lines and seals of the table with each other, and the seals with their copies, at a moment."""
    known, unreadable = _read(seals)
    report = Report(head=known[max(known)] if known else None, findings=unreadable)
    report.findings += _chain(known, copies)
    there = {key_of(line): line for line in lines}
    sealed: set[str] = set()
    for number in sorted(known):
        for entry in known[number].lines:
            if entry.key in sealed:
                says = f"Seal {number} holds a line that was sealed before."
                report.findings.append(Finding(Wrong.SEALED_TWICE, says))
            sealed.add(entry.key)
            _compare(entry, there.get(entry.key), number, at, report)
    for key, line in there.items():
        if key not in sealed:
            _unsealed(line, at, report)
    return report


def _read(items: Iterable[Mapping[str, object]]) -> tuple[dict[int, Seal], list[Finding]]:
    """The seals by number, and a finding for each that cannot be read or is not where its number says."""
    known: dict[int, Seal] = {}
    unreadable = []
    for item in items:
        try:
            seal = Seal.model_validate(item)
        except ValidationError:
            seal = None
        if seal is None or keys.seal(seal.number).pk != item["pk"]:
            says = f"The seal {item['pk']} was changed: it cannot be read as one of that number."
            unreadable.append(Finding(Wrong.SEAL_CHANGED, says))
        else:
            known[seal.number] = seal
    return known, unreadable


def _chain(known: Mapping[int, Seal], copies: Iterable[Copy]) -> Iterator[Finding]:
    """What is wrong with the seals among themselves, and with the copies of them."""
    locked: dict[int, set[str]] = defaultdict(set)
    for copy in copies:
        locked[copy.number].add(copy.digest)
    expected = 1
    for number in sorted(known.keys() | locked.keys()):
        if number > expected:
            yield _missing(expected, number - 1)
        expected = number + 1
        seal = known.get(number)
        if seal is None:
            yield _missing(number, number)
            continue
        if locked[number] - {seal.digest}:
            says = f"Seal {number} was changed: the copy that was locked away says something else."
            yield Finding(Wrong.SEAL_CHANGED, says)
        elif not locked[number] and number < max(known):
            yield Finding(Wrong.COPY_MISSING, f"Seal {number} has no copy, so nothing shows that it is the real one.")
        before = known.get(number - 1)
        if (before or number == 1) and seal.previous != (before.digest if before else NONE_BEFORE):
            says = f"Seal {number} does not follow the seal before it: one of the two was changed, or their order was."
            yield Finding(Wrong.SEAL_OUT_OF_ORDER, says)


def _missing(first: int, last: int) -> Finding:
    which = f"Seal {first} is" if first == last else f"Seals {first} to {last} are"
    return Finding(Wrong.SEAL_MISSING, f"{which} missing.")


def _compare(entry: SealedLine, line: Line | None, number: int, at: datetime, report: Report) -> None:
    if line is not None and digest_of(line) == entry.digest:
        report.lines += 1
    elif line is not None:
        says = f"{_named(line)} was changed after seal {number} was put on it."
        report.findings.append(Finding(Wrong.EDITED, says))
    elif entry.may_be_gone(at):
        report.expired += 1
    else:
        until = day_in_words(in_uk(datetime.fromtimestamp(entry.expires_at, UTC)).date())
        says = f"A line that seal {number} holds was deleted, or its key was changed. It was to be kept until {until}."
        report.findings.append(Finding(Wrong.DELETED, says))


def _unsealed(line: Line, at: datetime, report: Report) -> None:
    written = written_at(line)
    too_old = report.head is not None and written is not None and written < report.head.looks_back_to
    if written is None or too_old or written > at + LOOKS_BACK:
        says = f"{_named(line)} was inserted: no seal holds it, and none ever will."
        report.findings.append(Finding(Wrong.INSERTED, says))
    elif written < at - OVERDUE:
        says = f"{_named(line)} has waited for more than a day for a seal: look whether the job audit.seal runs."
        report.findings.append(Finding(Wrong.NOT_SEALED, says))
    else:
        report.waiting += 1


def _named(line: Line) -> str:
    """A line by what it is about and when, as far as it still says so."""
    subject, moment = str(line["pk"]).partition("#")[2], str(line["sk"]).partition("#")[0]
    try:
        then = in_uk(datetime.fromisoformat(moment))
    except ValueError:
        return f"The line about {subject}"
    return f"The line about {subject} of {day_in_words(then.date())}, {clock_in_words(then.time())},"
