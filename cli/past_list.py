"""The list of past sessions: a CSV file with the date, the title, the speaker and, if there is one, a summary of each.

Who was there is never read. A column that looks like that is named, so that whoever brings the list in knows.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from cli.csv_list import Fault, cleaned, columns, moment, must_have, one_line, opened, plain_heading, take_each
from functions.kernel.text import long_text, plain_line
from functions.kernel.when import in_uk
from functions.resources import words
from functions.resources.inspection.identifiers import signs_in
from functions.resources.model import LONGEST_TITLE
from functions.resources.past import Row

HEADINGS = {
    "date": ("date", "day", "session date", "date of session", "held on", "when"),
    "title": ("title", "session", "session title", "title of session", "topic", "subject"),
    "speaker": ("speaker", "speakers", "speaker s", "presenter", "presenters", "presented by", "led by"),
    "summary": ("summary", "description", "about", "abstract"),
}
"""What each column may be headed, in small letters, with a space for whatever is neither letter nor digit."""

_WHO_WAS_THERE = re.compile(
    r"\b(attend|particip|e ?mail|mail\b|regist|delegate|guest|joined|came\b|present\b|audience)"
)
_AN_ADDRESS = re.compile(r"\S@\S")
_FIRST_YEAR = 2000
_LONGEST_SPEAKER, _LONGEST_SUMMARY = 200, 4_000


@dataclass(slots=True)
class PastList:
    """The past sessions in a file, and what is wrong with the others."""

    rows: list[Row] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)
    """A sentence for each line that cannot be brought in."""
    left_alone: list[str] = field(default_factory=list)
    """The headings of columns that look like who was there. Nothing below them is read."""


def read(path: str, now: datetime) -> PastList:
    """The past sessions in a file. Raises ``NotAList`` when it cannot be read as a whole."""
    found = PastList()
    with opened(path) as lines:
        told = columns(lines, HEADINGS)
        must_have(path, told, {"a date": {"date"}, "a title": {"title"}, "a speaker": {"speaker"}})
        others = [heading for heading in lines.fieldnames or () if heading not in told.values()]
        found.left_alone = [each for each in others if _WHO_WAS_THERE.search(plain_heading(each))]
        found.faults = take_each(lines, told, partial(_take, found, {}, in_uk(now).date()))
    return found


def _take(found: PastList, first_at: dict[str, int], today: date, line: int, told: Mapping[str, str]) -> None:
    """Take in one line. Raises ``Fault``."""
    row = Row(
        line=line,
        day=_day(told["date"], today),
        title=one_line(told["title"], "title", LONGEST_TITLE),
        speaker=cleaned(plain_line, told["speaker"], "speaker", _LONGEST_SPEAKER),
        summary=cleaned(long_text, told.get("summary", ""), "summary", _LONGEST_SUMMARY),
    )
    for what, text in (("title", row.title), ("speaker", row.speaker), ("summary", row.summary)):
        if _AN_ADDRESS.search(text):
            raise Fault(f"The {what} has an email address in it. Leave it out.")
        if signs := signs_in(text):
            raise Fault(f"Look at the {what}. {words.typed(signs[0])}.")
    if (before := first_at.setdefault(row.id, line)) != line:
        raise Fault(f"It is the same session as line {before}.")
    found.rows.append(row)


def _day(typed: str, today: date) -> date:
    if not typed:
        raise Fault("The date is missing.")
    at = moment(typed)
    if at is None or at.year < _FIRST_YEAR:
        raise Fault(f"The date {typed!r} cannot be read. Write it like 2026-06-05, 05/06/2026 or 5 June 2026.")
    day = in_uk(at).date()
    if day >= today:
        raise Fault(f"The date {typed!r} is not in the past.")
    return day
