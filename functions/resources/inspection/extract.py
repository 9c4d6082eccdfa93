"""Taking the words out of a file whose structure has been found to be in order.

Where part of it cannot be read, that is a finding: nobody has looked there for patient details, so a person does.
"""

import re

from functions.resources.inspected import FileKind, Reason, Sign
from functions.resources.inspection import (
    office,
    photos,
    plain,
    reading,
    reading_open,
    reading_pdf,
    reading_sheets,
    reading_slides,
    reading_word,
    structure,
)
from functions.resources.inspection.archive import Archive
from functions.resources.inspection.refusal import Refused
from functions.resources.inspection.words import ELSEWHERE, Full, Words

_WHOLE = "the file"
_FIGURES = "the figures behind a chart"
_PIVOT = "the data behind a pivot table"
_PHOTOS = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".heic")
_TAGS = re.compile(r"(?:\s*<[^<>]*>\s*)+")
_READ = {
    FileKind.WORD: reading_word.read,
    FileKind.SLIDES: reading_slides.read,
    FileKind.SHEET: reading_sheets.read,
}


def extract(content: bytes, kind: FileKind) -> Words:
    """The words of a file and what was noticed while they were read.

    Raises ``Refused`` only for a PDF that does something by itself after all.
    """
    words = Words()
    try:
        _extract(content, kind, words)
    except Full:
        pass
    except Refused as refusal:
        if refusal.reason is Reason.ACTIVE_PDF:
            raise
        words.notice(Sign.UNREADABLE, _WHOLE)
    except Exception:  # noqa: BLE001 - A library raises whatever it meets in what a stranger wrote.
        words.notice(Sign.UNREADABLE, _WHOLE)
    return words


def _extract(content: bytes, kind: FileKind, words: Words) -> None:
    if kind is FileKind.PDF:
        reading_pdf.read(content, words)
    elif kind in {FileKind.TEXT, FileKind.MARKDOWN}:
        _read_plain(content, kind, words)
    elif kind in structure.OPEN:
        archive = Archive(content)
        done = reading_open.read(archive, words, kind)
        _read_rest(archive, words, done)
        _look_at_photos(archive, words)
    else:
        archive = Archive(content)
        done = reading.properties(archive, words) | _READ[kind](archive, words)
        _read_rest(archive, words, done)
        _look_at_photos(archive, words)


def _read_plain(content: bytes, kind: FileKind, words: Words) -> None:
    text = plain.read(content)
    lines = [line for line in text.splitlines() if line.strip()]
    headings = [line for line in lines if line.startswith("#")] if kind is FileKind.MARKDOWN else lines
    if headings:
        words.call(headings[0].strip("# "))
    words.add("the text", text)


def _read_rest(archive: Archive, words: Words, done: set[str]) -> None:
    """Look through every part that the others did not: masters, stores of pivot tables, data behind forms."""
    workbooks = set(office.charts_workbooks(archive))
    for name in sorted(archive.entries.keys() - done):
        if name in workbooks:
            _read_figures(archive, name, words)
        elif name.endswith(".xml") and "_rels/" not in name and archive.entries[name].size:
            pivot = "pivotCache" in name
            words.add(_PIVOT if pivot else ELSEWHERE, reading.everything(archive, name), shown=False)
        elif name.endswith(".vml"):
            # Excel writes it as it once wrote HTML, and not every line of it is XML.
            drawn = archive.read(name).decode(errors="replace")
            words.add(ELSEWHERE, _TAGS.sub("\n", drawn), shown=False)


def _read_figures(archive: Archive, name: str, words: Words) -> None:
    """A chart brings the whole table that it was drawn from, and often more than it shows."""
    inner = Words()
    figures = Archive(archive.read(name))
    reading.properties(figures, inner)
    reading_sheets.read(figures, inner)
    words.name(*inner.people)
    for text in [*(part.text for part in inner.parts), *(text for _, text in inner.others)]:
        words.add(_FIGURES, text, shown=False)


def _look_at_photos(archive: Archive, words: Words) -> None:
    places = _places_of_pictures(archive)
    for name in archive.entries:
        if name.lower().endswith(_PHOTOS) and photos.tells_place(archive.read(name)):
            words.notice(Sign.PHOTO_PLACE, places.get(name, "a picture"))


def _places_of_pictures(archive: Archive) -> dict[str, str]:
    """The slide that each picture is on, where there are slides."""
    if not any(name.startswith("ppt/slides/") for name in archive.entries):
        return {}
    return {
        link.target: f"slide {number}"
        for number, slide in enumerate(reading_slides.slides(archive), start=1)
        for link in reading.related(archive, slide)
        if link.kind == "image"
    }
