"""The words of a PDF, by pypdf, and a second look at what it does when it is opened."""

import re
import unicodedata
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from functions.resources.inspected import Hint, Reason, Sign
from functions.resources.inspection.markup import parse
from functions.resources.inspection.photos import tells_place
from functions.resources.inspection.refusal import Refused
from functions.resources.inspection.words import MOST_PARTS, PROPERTIES, Full, Words

_HARMLESS = {"/GoTo", "/Named", "/Hide", "/GoToDp", "/SetOCGState", "/Trans", "/Thread"}
"""What may happen by itself when a file or a page is opened (ISO 32000-2, 12.6.4)."""
_SAID = ("/Contents", "/T", "/TU", "/V", "/DV", "/RC", "/Subj", "/Alt", "/ActualText")
"""What notes, form fields and pictures say."""
_DRAWING = 2_000
"""Bytes of instructions that draw more than a line and a page number."""
_NO_LETTERS = {"Cc", "Cn", "Co", "Cs", "So"}
_JOINED = re.compile("[\ufb00-\ufb06]")
_MOST_BOOKMARKS = 5_000


def read(content: bytes, words: Words) -> None:
    """Read each page and what is written on it, and the properties.

    Raises ``Refused`` if pypdf finds an action that starts by itself. Whatever else it raises comes through.
    """
    reader = PdfReader(BytesIO(content), strict=False)
    root = _plain(reader.trailer["/Root"])
    _check_actions(root, "/OpenAction")
    _read_properties(reader, root, words)
    if not len(reader.pages):
        words.notice(Sign.UNREADABLE, "the file")
    for number, page in enumerate(reader.pages, start=1):
        if number > MOST_PARTS:
            words.notice(Sign.UNREADABLE, f"page {number}")
            raise Full
        _check_actions(page)
        _read_page(page, f"page {number}", words)
    if words.parts and words.parts[0].place == "page 1":
        words.call(next((line for line in words.parts[0].text.splitlines() if line.strip()), ""))
    words.add("the bookmarks", "\n".join(_bookmarks(root)), shown=False)
    _notice(root, words)


def _notice(root: DictionaryObject, words: Words) -> None:
    words.hints.add(Hint.PDF_ALONE)
    marked = _plain(root.get("/MarkInfo"))
    if "/StructTreeRoot" not in root or not (isinstance(marked, DictionaryObject) and bool(marked.get("/Marked"))):
        words.hints.add(Hint.UNTAGGED_PDF)
    if not root.get("/Lang"):
        words.hints.add(Hint.NO_LANGUAGE)


def _plain(value: Any) -> Any:
    return value.get_object() if isinstance(value, IndirectObject) else value


def _check_actions(holder: DictionaryObject, *more: str) -> None:
    waiting = [_plain(holder.get(name)) for name in ("/AA", *more)]
    seen = 0
    while waiting:
        each = waiting.pop()
        seen += 1
        if seen > MOST_PARTS:
            raise Refused(Reason.ACTIVE_PDF)
        if not isinstance(each, DictionaryObject):
            continue
        if "/S" in each:
            if _plain(each["/S"]) not in _HARMLESS:
                raise Refused(Reason.ACTIVE_PDF)
            following = _plain(each.get("/Next"))
            waiting += map(_plain, following) if isinstance(following, ArrayObject) else [following]
        elif each is not holder:
            waiting += map(_plain, each.values())


def _read_page(page: Any, where: str, words: Words) -> None:
    try:
        # A font may draw "fi" as one letter, and whoever searches types two.
        text = _JOINED.sub(lambda found: unicodedata.normalize("NFKC", found[0]), page.extract_text())
    except Exception:  # noqa: BLE001 - pypdf raises whatever it meets in what a stranger wrote.
        words.notice(Sign.UNREADABLE, where)
        text = ""
    try:
        notes, pictures = _notes(page), _pictures(page, where, words)
    except Exception:  # noqa: BLE001 - As above.
        words.notice(Sign.UNREADABLE, where)
        notes, pictures = [], 0
    if sum(unicodedata.category(letter) in _NO_LETTERS for letter in text) * 3 > len(text) > 0:
        # Its fonts do not say which letters they draw.
        words.notice(Sign.UNREADABLE, where)
    words.page(where, "\n".join([text, *notes]).strip("\n"), pictures)


def _notes(page: Any) -> list[str]:
    found = []
    for each in _plain(page.get("/Annots")) or ():
        note = _plain(each)
        parent = _plain(note.get("/Parent"))
        for holder in (note, parent):
            if isinstance(holder, DictionaryObject):
                found += [str(value) for name in _SAID if isinstance(value := _plain(holder.get(name)), str)]
    return found


def _pictures(page: Any, where: str, words: Words) -> int:
    """How many pictures are on a page, or drawings. A photo that says where it was taken is noticed."""
    resources = _plain(page.get("/Resources"))
    drawn = _plain(resources.get("/XObject")) if isinstance(resources, DictionaryObject) else None
    contents = page.get_contents()
    # Letters may be drawn as shapes, which no text tells of.
    count = int(contents is not None and len(contents.get_data()) > _DRAWING)
    for each in map(_plain, drawn.values()) if isinstance(drawn, DictionaryObject) else ():
        count += 1
        # A JPEG is kept as it was taken. Other pictures have lost what they knew.
        raw = getattr(each, "_data", b"")
        if isinstance(raw, bytes) and raw.startswith(b"\xff\xd8") and tells_place(raw):
            words.notice(Sign.PHOTO_PLACE, where)
    return count


def _read_properties(reader: PdfReader, root: DictionaryObject, words: Words) -> None:
    try:
        facts = {name.removeprefix("/"): str(value) for name, value in (reader.metadata or {}).items()}
    except Exception:  # noqa: BLE001 - As above.
        words.notice(Sign.UNREADABLE, PROPERTIES)
        facts = {}
    words.call(facts.get("Title", ""))
    words.name(facts.get("Author", ""), facts.get("Manager", ""))
    letters: list[str] = []
    packet = _plain(root.get("/Metadata"))
    if packet is not None:
        try:
            parse([packet.get_data().rstrip(b"\x00")], end=lambda _: letters.append("\n"), text=letters.append)
        except Exception:  # noqa: BLE001 - As above; and an XML packet that declares something is not read.
            words.notice(Sign.UNREADABLE, PROPERTIES)
    described = [f"{name}: {value}" for name, value in facts.items()]
    words.add(PROPERTIES, "\n".join([*described, *"".join(letters).split("\n")]), shown=False)


def _bookmarks(root: DictionaryObject) -> list[str]:
    found: list[str] = []
    outlines = _plain(root.get("/Outlines"))
    waiting = [outlines.get("/First")] if isinstance(outlines, DictionaryObject) else []
    seen: set[int] = set()
    while waiting and len(seen) < _MOST_BOOKMARKS:
        entry = _plain(waiting.pop())
        if not isinstance(entry, DictionaryObject) or id(entry) in seen:
            continue
        seen.add(id(entry))
        found.append(str(entry.get("/Title", "")))
        waiting += [entry.get("/Next"), entry.get("/First")]
    return found
