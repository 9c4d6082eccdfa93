"""The words of an OpenDocument text, presentation or spreadsheet (OASIS OpenDocument 1.3 part 3)."""

from functions.resources.inspected import FileKind, Hint
from functions.resources.inspection.archive import Archive
from functions.resources.inspection.markup import Attributes, parse
from functions.resources.inspection.reading import number
from functions.resources.inspection.words import PROPERTIES, Words

_CONTENT, _STYLES, _META = "content.xml", "styles.xml", "meta.xml"
_LINES = frozenset({"p", "h"})


class _Text:
    """The words of one part, by page or sheet where it has them."""

    def __init__(self, kind: FileKind) -> None:
        self.places: list[tuple[str, list[str], int]] = [("the text", [], 0)]
        self.headings: list[str] = []
        self.titled: list[bool] = []
        self.pictures: list[bool] = []
        self.people: list[str] = []
        self.has_language = False
        self._kind = kind
        self._slides = self._lines = self._cells = self._notes = 0
        self._value = ""
        self._before = 0
        self._waiting: list[str] = []
        self._in_title = self._in_creator = False

    @property
    def _letters(self) -> list[str]:
        return self.places[-1][1]

    def start(self, element: str, given: Attributes) -> None:
        if element in _LINES:
            self._lines += 1
            self._waiting.clear()
        elif element == "tab":
            self._letters.append("\t")
        elif element in {"s", "line-break"}:
            self._letters.append(" " if element == "s" or self._cells else "\n")
        elif element in {"table-cell", "covered-table-cell"}:
            self._cells += 1
            self._value = given.get("date-value", "") or (given.get("value", "") if "float" in given.values() else "")
            self._before = len(self._letters)
        elif element == "creator":
            self._in_creator = True
        elif element in {"page", "table", "notes"}:
            self._turn(element, given)
        elif element in {"frame", "image", "title", "desc"}:
            self._draw(element, given)
        self.has_language = self.has_language or given.get("language", "none") != "none"

    def _turn(self, element: str, given: Attributes) -> None:
        if element == "page" and self._kind is FileKind.OPEN_SLIDES:
            self._slides += 1
            self.titled.append(False)
            self.places.append((f"slide {self._slides}", [], 0))
        elif element == "notes" and self._slides:
            self._notes += 1
            self.places.append((f"the notes of slide {self._slides}", [], 0))
        elif element == "table" and self._kind is FileKind.OPEN_SHEET and not self._cells:
            self.places.append((f"sheet {given.get('name', '')}", [], 0))

    def _draw(self, element: str, given: Attributes) -> None:
        if element == "frame":
            self._in_title = given.get("class") == "title"
        elif element == "image":
            where, letters, pictures = self.places[-1]
            self.places[-1] = (where, letters, pictures + 1)
            self.pictures.append(False)
        elif self.pictures:
            self.pictures[-1] = True

    def end(self, element: str) -> None:
        if element in _LINES:
            self._end_line(element)
        elif element in {"table-cell", "covered-table-cell"}:
            if self._value:
                # What is shown may be rounded or grouped. What is kept is the figure itself.
                self._letters[self._before :] = [number(self._value)]
            self._cells -= 1
            self._value = ""
            self._letters.append("\t")
        elif element == "table-row" and not self._cells:
            self._letters.append("\n")
        elif element == "creator":
            self._in_creator = False

    def _end_line(self, element: str) -> None:
        self._lines -= 1
        words = "".join(self._waiting).strip()
        if words and (element == "h" or self._in_title):
            self.headings.append(words)
            if self.titled and self._in_title:
                self.titled[-1] = True
        self._letters.append(" " if self._cells else "\n")

    def read(self, letters: str) -> None:
        if self._in_creator:
            self.people.append(letters)
        if self._lines or letters.strip():
            self._letters.append(letters)
            self._waiting.append(letters)


def read(archive: Archive, words: Words, kind: FileKind) -> set[str]:
    """Read the content, what stands on every page, and the properties. Return the parts that were read."""
    text = _read(archive, _CONTENT, kind)
    _read_properties(archive, words)
    for where, letters, pictures in text.places:
        joined = "".join(letters).strip("\n")
        if where.startswith("slide "):
            words.page(where, joined, pictures)
        elif joined.strip():
            words.add(where, joined)
    words.name(*text.people)
    for heading in text.headings[:1] or text.places[0][1][:1]:
        words.call(heading)
    if _STYLES in archive:
        around = _read(archive, _STYLES, FileKind.OPEN_TEXT)
        text.has_language = text.has_language or around.has_language
        words.add("the headers and footers", "".join(around.places[0][1]), shown=False)
    if not all(text.titled):
        words.hints.add(Hint.SLIDES_WITHOUT_TITLES)
    if not all(text.pictures):
        words.hints.add(Hint.PICTURES_WITHOUT_WORDS)
    if not text.has_language:
        words.hints.add(Hint.NO_LANGUAGE)
    return {_CONTENT, _STYLES, _META, "META-INF/manifest.xml", "settings.xml"}


def _read(archive: Archive, name: str, kind: FileKind) -> _Text:
    found = _Text(kind)
    parse(archive.chunks(name), start=found.start, end=found.end, text=found.read)
    return found


def _read_properties(archive: Archive, words: Words) -> None:
    found: list[tuple[str, str]] = []
    waiting: list[str] = []

    def end(element: str) -> None:
        if value := "".join(waiting).strip():
            found.append((element, value))
        waiting.clear()

    if _META in archive:
        parse(archive.chunks(_META), end=end, text=waiting.append)
    facts = dict(reversed(found))
    words.call(facts.get("title", ""))
    words.name(facts.get("initial-creator", ""), facts.get("creator", ""), facts.get("printed-by", ""))
    words.add(PROPERTIES, "\n".join(f"{name}: {value}" for name, value in found), shown=False)
