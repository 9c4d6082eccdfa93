"""Reading the words of one part of an Office file, whichever program it belongs to (ECMA-376 part 1, 17, 19 and 21)."""

import re
from collections.abc import Callable

from functions.resources.inspection.archive import Archive
from functions.resources.inspection.markup import Attributes, parse
from functions.resources.inspection.packages import Relationship, relationships
from functions.resources.inspection.words import PROPERTIES, Words

_WORDS = frozenset({"t", "delText", "v", "text"})
"""The elements that hold words: runs, deleted runs (which everybody can bring back), charts' labels, old comments."""
_HEADING = re.compile(r"(?i)^(?:title|heading ?\d)")
_BODY = "9"
"""The outline level of what is no heading."""
_TITLES = frozenset({"title", "ctrTitle"})


class Flow:
    """The words of one part in reading order, one line for a paragraph, and one for a row of a table."""

    def __init__(self) -> None:
        """Begin before the first word."""
        self.pages: list[str] = []
        self.headings: list[str] = []
        self.titles: list[str] = []
        """What stands in a slide's place for a title."""
        self.pictures: list[bool] = []
        """Of each picture, whether words stand in for it."""
        self.descriptions: list[str] = []
        self.people: list[str] = []
        self.has_language = False
        self._letters: list[str] = []
        self._paragraph: list[str] = []
        self._reading = self._cells = self._fallbacks = 0
        self._heading = self._in_picture = self._described = False
        self._placeholder = ""
        self._shape: list[str] = []
        self._started: dict[str, Callable[[Attributes], None]] = {
            "tc": self._open_cell,
            "tab": self._tab,
            "br": lambda _: self._break(),
            "cr": lambda _: self._break(),
            "noBreakHyphen": lambda _: self._write("-"),
            "lastRenderedPageBreak": lambda _: self._turn(),
            "pStyle": self._style,
            "outlineLvl": self._outline,
            "sp": self._open_shape,
            "ph": self._place_holder,
            "drawing": self._open_drawing,
            "nvPicPr": self._open_picture,
            "docPr": self._describe,
            "cNvPr": self._describe,
            "decorative": self._decorate,
            "imagedata": self._old_picture,
            "lang": self._speak,
            "Fallback": self._open_fallback,
        }

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join([*self.pages, self.rest]).strip("\n")

    @property
    def rest(self) -> str:
        """What stands behind the last break between pages."""
        return "".join(self._letters)

    def start(self, element: str, given: Attributes) -> None:
        """Take the beginning of an element."""
        if element in _WORDS:
            self._reading += 1
        elif element in self._started:
            self._started[element](given)
        if "author" in given:
            self.people.append(given["author"])
        if "lang" in given:
            self.has_language = True

    def end(self, element: str) -> None:
        """Take the end of an element."""
        if element in _WORDS:
            self._reading -= 1
            if element not in {"t", "delText"}:
                self._break()
        elif element == "p":
            self._end_paragraph()
        elif element == "tc":
            self._cells -= 1
            self._write("\t")
        elif element == "tr":
            self._letters.append("\n" if not self._cells else " ")
        elif element == "sp":
            if self._placeholder in _TITLES:
                self.titles.append("".join(self._shape))
            self._placeholder = ""
        elif element == "nvPicPr":
            self._in_picture = False
        elif element == "Fallback":
            self._fallbacks -= 1

    def read(self, letters: str) -> None:
        """Take some letters."""
        if self._reading and not self._fallbacks:
            self._write(letters)

    def _write(self, letters: str) -> None:
        self._letters.append(letters)
        self._paragraph.append(letters)
        self._shape.append(letters)

    def _break(self) -> None:
        # A row of a table stays on one line, so that a figure stays in its column.
        self._write(" " if self._cells else "\n")

    def _end_paragraph(self) -> None:
        if self._heading and (heading := "".join(self._paragraph).strip()):
            self.headings.append(heading)
        self._heading = False
        self._break()
        self._paragraph.clear()

    def _turn(self) -> None:
        self.pages.append("".join(self._letters))
        self._letters.clear()

    def _tab(self, given: Attributes) -> None:
        # The same word with attributes sets a tab stop.
        if not given:
            self._write("\t")

    def _open_cell(self, _: Attributes) -> None:
        self._cells += 1

    def _style(self, given: Attributes) -> None:
        self._heading = self._heading or _HEADING.match(given.get("val", "")) is not None

    def _outline(self, given: Attributes) -> None:
        self._heading = self._heading or given.get("val") != _BODY

    def _open_shape(self, _: Attributes) -> None:
        self._shape.clear()
        self._placeholder = ""

    def _place_holder(self, given: Attributes) -> None:
        self._placeholder = given.get("type", "")

    def _open_drawing(self, _: Attributes) -> None:
        self._described = False

    def _open_picture(self, _: Attributes) -> None:
        self._in_picture = True

    def _describe(self, given: Attributes) -> None:
        words = " ".join(filter(None, (given.get("descr", ""), given.get("title", "")))).strip()
        if words and not self._fallbacks:
            self.descriptions.append(words)
        if self._in_picture:
            self.pictures.append(self._described or bool(words))
        else:
            self._described = bool(words)

    def _old_picture(self, _: Attributes) -> None:
        # Whether it has words, its shape says in too many ways to tell.
        self.pictures.append(True)

    def _decorate(self, given: Attributes) -> None:
        if given.get("val") not in {"1", "true"}:
            return
        if self._in_picture and self.pictures:
            self.pictures[-1] = True
        self._described = True

    def _speak(self, given: Attributes) -> None:
        self.has_language = self.has_language or bool(given.get("val"))

    def _open_fallback(self, _: Attributes) -> None:
        # What it holds is the same again, for older programs.
        self._fallbacks += 1


def flow(archive: Archive, name: str) -> Flow:
    """Read one part. Raises ``Refused`` if it cannot be read."""
    found = Flow()
    parse(archive.chunks(name), start=found.start, end=found.end, text=found.read)
    return found


def everything(archive: Archive, name: str) -> str:
    """All letters in a part, whatever they are for, and all values of a pivot table's store."""
    letters: list[str] = []

    def start(element: str, given: Attributes) -> None:
        if element in {"s", "n", "d"} and "v" in given:
            letters.append(number(given["v"]) + "\n")

    parse(archive.chunks(name), start=start, end=lambda _: letters.append("\n"), text=letters.append)
    return re.sub(r"\n\s*\n+", "\n", "".join(letters)).strip()


def number(value: str) -> str:
    """A whole number as people write it, since a sheet may keep it as ``9.434765919E9``."""
    try:
        amount = float(value)
    except ValueError:
        return value
    return str(int(amount)) if amount.is_integer() and abs(amount) < 10**15 else value


def main_part(archive: Archive) -> str:
    """The part that everything hangs on."""
    return next(link.target for link in relationships(archive) if link.kind == "officedocument")


def related(archive: Archive, source: str) -> list[Relationship]:
    """What ``source`` refers to inside the file."""
    return [link for link in relationships(archive, source) if not link.external and link.target in archive]


def properties(archive: Archive, words: Words) -> set[str]:
    """Read who made a file, and what it calls itself. Return the parts that were read."""
    found: list[tuple[str, str]] = []
    waiting: list[str] = []

    def end(element: str) -> None:
        if value := "".join(waiting).strip():
            found.append((element, value))
        waiting.clear()

    names = {name for name in archive.entries if name.lower().startswith("docprops/") and name.endswith(".xml")}
    for name in sorted(names):
        parse(archive.chunks(name), end=end, text=waiting.append)
    facts = dict(reversed(found))
    words.call(facts.get("title", ""))
    words.name(*(facts.get(role, "") for role in ("creator", "lastModifiedBy", "Manager")))
    words.add(PROPERTIES, "\n".join(f"{name}: {value}" for name, value in found), shown=False)
    return names
