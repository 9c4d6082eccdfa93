"""The words and figures of an Excel workbook, a line for each row, with tabs between its columns."""

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from functions.resources.inspected import Hint
from functions.resources.inspection.archive import Archive
from functions.resources.inspection.markup import Attributes, parse
from functions.resources.inspection.reading import flow, main_part, number, related
from functions.resources.inspection.words import MOST_CHARACTERS, Full, Words

_FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet counts days, in no time zone.
_LAST_DAY = 2_958_466
_DATES = frozenset({*range(14, 18), 22, *range(27, 32), *range(34, 37), *range(50, 59)})
"""The formats for days that have a number and no words (ECMA-376 part 1, 18.8.30)."""
_DAY_WORDS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_COLUMN = re.compile(r"[A-Z]{1,3}")
_NUMBERED = re.compile(r"(?:\d\D?){6}")
_WIDEST = 256
"""Columns that are told apart. Beyond, figures follow each other."""


class Sheet(NamedTuple):
    """One sheet, as the workbook lists it."""

    label: str
    """What it is called where something is found, which is shown. So a name that looks like a number is not used."""
    name: str
    target: str


class _Cells:
    """The cells of one sheet, as they come."""

    def __init__(self, shared: list[str], dates: set[int]) -> None:
        self.lines: list[str] = []
        self.length = 0
        self._shared, self._dates = shared, dates
        self._row: list[str] = []
        self._column = self._style = 0
        self._kind = ""
        self._value: list[str] = []
        self._reading = False

    def start(self, element: str, given: Attributes) -> None:
        if element == "row":
            self._row = []
        elif element == "c":
            self._kind, self._value = given.get("t", "n"), []
            self._style = int(given.get("s", "0") or 0)
            found = _COLUMN.match(given.get("r", ""))
            self._column = _column(found[0]) if found else len(self._row)
        elif element in {"v", "t"}:
            self._reading = True

    def end(self, element: str) -> None:
        if element in {"v", "t"}:
            self._reading = False
        elif element == "c":
            self._row += [""] * (min(self._column, _WIDEST) - len(self._row))
            self._row.append(self._shown("".join(self._value)))
        elif element == "row" and any(self._row):
            line = "\t".join(self._row)
            self.length += len(line)
            self.lines.append(line)
        if self.length > MOST_CHARACTERS:
            raise Full

    def read(self, letters: str) -> None:
        if self._reading:
            self._value.append(letters)

    def _shown(self, value: str) -> str:
        if self._kind == "s":
            place = int(value or -1)
            value = self._shared[place] if 0 <= place < len(self._shared) else ""
        elif self._kind == "n" and self._style in self._dates:
            return _day(value)
        elif self._kind in {"n", "str"}:
            return number(value)
        return " ".join(value.split())


def read(archive: Archive, words: Words) -> set[str]:
    """Read each sheet, hidden ones too, and what lies on it. Return the parts that were read."""
    main = main_part(archive)
    read_parts = {main}
    links = related(archive, main)
    texts, styles = ([link.target for link in links if link.kind == kind] for kind in ("sharedstrings", "styles"))
    shared, dates = _shared_texts(archive, texts), _date_styles(archive, styles)
    read_parts.update(texts)
    described = True
    for sheet in sheets(archive):
        read_parts.add(sheet.target)
        cells = _Cells(shared, dates)
        try:
            parse(archive.chunks(sheet.target), start=cells.start, end=cells.end, text=cells.read)
        except Full:
            words.add(f"sheet {sheet.label}", "\n".join(cells.lines))
            raise
        words.add(f"sheet {sheet.label}", "\n".join(cells.lines))
        for link in related(archive, sheet.target):
            if link.kind not in {"comments", "threadedcomment", "drawing"}:
                continue
            read_parts.add(link.target)
            part = flow(archive, link.target)
            on_it = [flow(archive, each.target).text for each in related(archive, link.target) if each.kind == "chart"]
            described = described and all(part.pictures)
            where = "drawings" if link.kind == "drawing" else "comments"
            words.add(f"the {where} on sheet {sheet.label}", "\n".join([part.text, *on_it, *part.descriptions]))
    words.add("the names of the sheets", "\n".join(sheet.name for sheet in sheets(archive)), shown=False)
    if not described:
        words.hints.add(Hint.PICTURES_WITHOUT_WORDS)
    return read_parts


def sheets(archive: Archive) -> list[Sheet]:
    """The sheets of a workbook in order."""
    main = main_part(archive)
    targets = {link.identity: link.target for link in related(archive, main)}
    found: list[Sheet] = []

    def start(element: str, given: Attributes) -> None:
        target = targets.get(given.get("r:id", ""))
        if element == "sheet" and target:
            name = given.get("name", "")
            number = str(len(found) + 1)
            found.append(Sheet(number if _NUMBERED.search(name) else name, name, target))

    parse(archive.chunks(main), start=start)
    return found


def _shared_texts(archive: Archive, names: list[str]) -> list[str]:
    """The texts that cells refer to by number."""
    found: list[str] = []
    letters: list[str] = []
    reading = False

    def start(element: str, _: Attributes) -> None:
        nonlocal reading
        reading = element == "t"

    def end(element: str) -> None:
        nonlocal reading
        reading = False
        if element == "si":
            found.append("".join(letters))
            letters.clear()

    def text(some: str) -> None:
        if reading:
            letters.append(some)

    for name in names:
        parse(archive.chunks(name), start=start, end=end, text=text)
    return found


def _date_styles(archive: Archive, names: list[str]) -> set[int]:
    """The numbers of the styles that show a number as a day."""
    days = set(_DATES)
    found: set[int] = set()
    inside = False
    count = 0

    def start(element: str, given: Attributes) -> None:
        nonlocal inside, count
        if element == "numFmt" and set("dy") & set(_DAY_WORDS.sub("", given.get("formatCode", "")).lower()):
            days.add(int(given.get("numFmtId", "0")))
        elif element == "cellXfs":
            inside = True
        elif element == "xf" and inside:
            if int(given.get("numFmtId", "0")) in days:
                found.add(count)
            count += 1

    def end(element: str) -> None:
        nonlocal inside
        inside = inside and element != "cellXfs"

    for name in names:
        parse(archive.chunks(name), start=start, end=end)
    return found


def _day(value: str) -> str:
    try:
        days = float(value)
    except ValueError:
        return value
    return f"{_FIRST_DAY + timedelta(days=days):%d/%m/%Y}" if 0 < days < _LAST_DAY else value


def _column(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1
