"""A list in a CSV file, as somebody keeps it: read line by line, each cell in the ways in which it is commonly written.

What cannot be read is left out with a sentence that names the line, and never guessed. A column that nobody asked for
is not looked at.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from functions.kernel.text import plain_line
from functions.kernel.when import LONDON

type Lines = csv.DictReader[str]

_DAYS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%d/%m/%Y %H:%M")
_TOO_MANY = "It has more values than there are columns. Put a value with a comma in it between quotation marks."


class NotAList(click.ClickException):
    """A file that is not a list that we can read. The message is one sentence."""

    exit_code = 2


class Fault(Exception):
    """A line that cannot be brought in. The message is a sentence for whoever looks after the list."""


@contextmanager
def opened(path: str) -> Iterator[Lines]:
    """The lines of a file. Raises ``NotAList`` when it cannot be read as a whole."""
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            yield csv.DictReader(file, restkey="", restval="")
    except OSError as error:
        raise NotAList(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise NotAList(f'{path} is not a CSV file in UTF-8. Save it as "CSV UTF-8".') from error


def plain_heading(heading: str) -> str:
    """A heading in small letters, with a space for whatever is neither letter nor digit."""
    return " ".join(re.findall(r"[a-z0-9]+", heading.lower()))


def columns(lines: Lines, headings: Mapping[str, Iterable[str]]) -> Mapping[str, str]:
    """The heading of the first column that tells each fact. ``headings`` has the ways in which each may be headed."""
    wanted = {words: fact for fact, ways in headings.items() for words in ways}
    found: dict[str, str] = {}
    for heading in lines.fieldnames or ():
        fact = wanted.get(plain_heading(heading))
        if fact is not None:
            found.setdefault(fact, heading)
    return found


def must_have(path: str, found: Mapping[str, str], needed: Mapping[str, AbstractSet[str]]) -> None:
    """Raise ``NotAList`` when a column is missing. ``needed`` has the facts behind each thing, in words."""
    missing = [words for words, facts in needed.items() if not facts <= found.keys()]
    if missing:
        raise NotAList(f"{path} has no column for {'; nor for '.join(missing)}. docs/import.md says how to head them.")


def take_each(lines: Lines, found: Mapping[str, str], take: Callable[[int, Mapping[str, str]], None]) -> dict[int, str]:
    """Hand the number of each line and its facts to ``take``, which raises ``Fault`` for what it cannot take.

    Gives a sentence for each faulty line. Empty lines are passed over.
    """
    faults: dict[int, str] = {}
    for cells in lines:
        if not any(map(str.strip, map(str, cells.values()))):
            continue
        if cells.get(""):
            faults[lines.line_num] = _TOO_MANY
            continue
        try:
            take(lines.line_num, {fact: cells[heading].strip() for fact, heading in found.items()})
        except Fault as fault:
            faults[lines.line_num] = str(fault)
    return faults


def one_line(typed: str, what: str, longest: int) -> str:
    """One line of words that has to be there. Raises ``Fault``."""
    text = cleaned(plain_line, typed, what, longest)
    if not text:
        raise Fault(f"The {what} is missing.")
    return text


def cleaned(clean: Callable[[str], str], typed: str, what: str, longest: int) -> str:
    """Words made clean, which may be none at all. Raises ``Fault``."""
    try:
        text = clean(typed)
    except ValueError as error:
        raise Fault(f"The {what} cannot be taken. {error}") from error
    if len(text) > longest:
        raise Fault(f"The {what} is longer than {longest:,} characters.")
    return text


def moment(typed: str) -> datetime | None:
    """The moment that somebody wrote, by UK clocks unless it says otherwise. A day alone means its first."""
    return next(filter(None, (_moment(typed, way) for way in _WAYS)), None)


def _by(pattern: str) -> Callable[[str], datetime]:
    return lambda typed: datetime.strptime(typed, pattern).replace(tzinfo=LONDON)


def _in_iso(typed: str) -> datetime:
    found = datetime.fromisoformat(typed)
    return found if found.tzinfo else found.replace(tzinfo=LONDON)


_WAYS = (_in_iso, *map(_by, _DAYS))


def _moment(typed: str, way: Callable[[str], datetime]) -> datetime | None:
    try:
        return way(typed)
    except ValueError:
        return None
