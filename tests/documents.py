"""Innocent documents of every kind that the library takes, as programs write them. Nobody in them exists."""

import io
import random
import struct
import zlib
from collections.abc import Sequence
from typing import Any

import docx
import odfdo
import openpyxl
import pptx
from docx.shared import Cm
from pptx.util import Inches

NHS_NUMBER = "999 000 0018"
"""A number that passes its check, of the range that is never issued."""
TITLE = "Learning from falls on a ward"
AUTHOR = "Ada Example"
WORDS = ("What happened after we moved the beds", "Who noticed, and what they said", "What we would do again")


def saved(document: Any) -> bytes:
    """The bytes that a library writes."""
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def picture(*, side: int = 8, seed: int = 1) -> bytes:
    """A PNG of coloured noise, which nothing can shrink: about three bytes for each of ``side`` x ``side`` points."""
    noise = random.Random(seed)
    rows = b"".join(b"\x00" + noise.randbytes(side * 3) for _ in range(side))
    chunks = (
        (b"IHDR", struct.pack(">2L5B", side, side, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows, 1)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data)) for name, data in chunks
    )


def photo(*, with_place: bool = False) -> bytes:
    """A JPEG of one grey point, with the facts that a camera adds."""
    position = struct.pack("<H", 2)
    for tag in (2, 4):
        position += struct.pack("<HHLL", tag, 5, 3, 100)
    pointer = struct.pack("<HHLL", 0x8825 if with_place else 0x8769, 4, 1, 26)
    facts = b"II*\x00" + struct.pack("<L", 8) + struct.pack("<H", 1) + pointer + b"\x00" * 4 + position + b"\x00" * 80
    segment = b"Exif\x00\x00" + facts
    return _POINT[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + _POINT[2:]


_POINT = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300"
    + "10" * 64
    + "ffc0000b080001000101011100ffc4001400010000000000000000000000000000000009"
    "ffc40014100100000000000000000000000000000000ffda0008010100003f0054dfffd9"
)


def deck(
    slides: Sequence[str] = WORDS, *, title: str = TITLE, notes: str = "", megabytes: float = 0, seed: int = 1
) -> bytes:
    """A presentation. Each text is a slide; ``megabytes`` of pictures lie on the last."""
    show = pptx.Presentation()
    show.core_properties.title, show.core_properties.author = title, AUTHOR
    show.core_properties.last_modified_by = AUTHOR
    for number, text in enumerate(slides, start=1):
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = f"Part {number}"
        slide.placeholders[1].text = text
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
    if megabytes:
        pictures = max(1, round(megabytes / 3))
        side = round((megabytes * 1_000_000 / pictures / 3) ** 0.5)
        for number in range(pictures):
            drawn = picture(side=side, seed=seed + number)
            added = slide.shapes.add_picture(io.BytesIO(drawn), Inches(1), Inches(1), Inches(2))
            added._element.nvPicPr.cNvPr.set("descr", f"Coloured noise, number {number}")
    return saved(show)


def letter(
    text: Sequence[str] = WORDS, *, title: str = TITLE, header: str = "", table: Sequence[Sequence[str]] = ()
) -> bytes:
    """A Word document with a heading, paragraphs, and perhaps a header and a table."""
    document = docx.Document()
    document.core_properties.title, document.core_properties.author = title, AUTHOR
    document.core_properties.last_modified_by = AUTHOR
    document.add_heading(TITLE)
    for paragraph in text:
        document.add_paragraph(paragraph)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    if table:
        rows = document.add_table(len(table), len(table[0]))
        for row, cells in zip(rows.rows, table, strict=True):
            for cell, words in zip(row.cells, cells, strict=True):
                cell.text = words
    return saved(document)


def letter_with(drawing: bytes, *, words: str = "") -> bytes:
    """A Word document with a picture on it, and a few words."""
    document = docx.Document()
    document.core_properties.author = AUTHOR
    document.add_paragraph(words)
    document.add_picture(io.BytesIO(drawing), width=Cm(4))
    return saved(document)


def workbook(
    rows: Sequence[Sequence[Any]] = (("Ward", "Falls"), ("A", 4), ("B", 7)), *, hidden: Sequence[Sequence[Any]] = ()
) -> bytes:
    """A workbook with a sheet "Counts", and a hidden one "Behind" if there is anything to hide."""
    book = openpyxl.Workbook()
    book.properties.title, book.properties.creator, book.properties.lastModifiedBy = TITLE, AUTHOR, AUTHOR
    sheet = book.active
    sheet.title = "Counts"
    for row in rows:
        sheet.append(list(row))
    if hidden:
        behind = book.create_sheet("Behind")
        behind.sheet_state = "hidden"
        for row in hidden:
            behind.append(list(row))
    return saved(book)


def open_text(text: Sequence[str] = WORDS, *, title: str = TITLE) -> bytes:
    """An OpenDocument text."""
    document = odfdo.Document("text")
    document.meta.title, document.meta.creator = title, AUTHOR
    document.body.clear()
    document.body.append(odfdo.Header(1, TITLE))
    for paragraph in text:
        document.body.append(odfdo.Paragraph(paragraph))
    return saved(document)


def open_slides(slides: Sequence[str] = WORDS, *, title: str = TITLE) -> bytes:
    """An OpenDocument presentation."""
    document = odfdo.Document("presentation")
    document.meta.title, document.meta.creator = title, AUTHOR
    document.body.clear()
    for number, text in enumerate(slides, start=1):
        page = odfdo.DrawPage(f"page{number}", name=f"Part {number}")
        page.append(odfdo.Frame.text_frame(text, size=("7cm", "5cm"), position=("1cm", "1cm")))
        document.body.append(page)
    return saved(document)


def open_sheet(rows: Sequence[Sequence[Any]] = (("Ward", "Falls"), ("A", 4), ("B", 7)), *, title: str = TITLE) -> bytes:
    """An OpenDocument spreadsheet with a sheet "Counts"."""
    document = odfdo.Document("spreadsheet")
    document.meta.title, document.meta.creator = title, AUTHOR
    document.body.clear()
    table = odfdo.Table("Counts")
    for row in rows:
        line = odfdo.Row()
        line.set_values(list(row))
        table.append_row(line)
    document.body.append(table)
    return saved(document)


def markdown(text: Sequence[str] = WORDS, *, title: str = TITLE) -> bytes:
    """Markdown with a heading."""
    return "\n\n".join([f"# {title}", *text, ""]).encode()


def pdf(pages: Sequence[str] = WORDS, *, title: str = TITLE, objects: Sequence[bytes] = (), root: bytes = b"") -> bytes:
    """A PDF of one line a page. ``objects`` follow from number 10; ``root`` is added to what the file begins with."""
    made = {
        1: b"<< /Type /Catalog /Pages 2 0 R %s >>" % root,
        4: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    }
    made[3] = b"<< /Title (%s) /Author (%s) >>" % (_escaped(title), _escaped(AUTHOR))
    made |= dict(enumerate(objects, start=10))
    number, kids = 10 + len(objects), []
    for text in pages:
        drawn = b"BT /F1 18 Tf 50 700 Td (%s) Tj ET" % _escaped(text)
        made[number] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> "
            b"/Contents %d 0 R >>" % (number + 1)
        )
        made[number + 1] = pdf_stream(drawn)
        kids.append(b"%d 0 R" % number)
        number += 2
    made[2] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    return pdf_of(made)


def pdf_stream(data: bytes, about: bytes = b"/Filter /FlateDecode", *, packed: bool = True) -> bytes:
    """The words of a PDF object with a stream."""
    data = zlib.compress(data) if packed else data
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), about, data)


def pdf_of(objects: dict[int, bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, of which the first is its root and the third, if there, says who made it."""
    written = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = {}
    for number, said in sorted(objects.items()):
        places[number] = len(written)
        written += b"%d 0 obj\n%s\nendobj\n" % (number, said)
    listing = len(written)
    most = max(objects) + 1
    written += b"xref\n0 %d\n" % most
    for number in range(most):
        written += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
    about = b"/Info 3 0 R " if 3 in objects else b""
    written += b"trailer\n<< /Size %d /Root 1 0 R %s%s>>\nstartxref\n%d\n%%%%EOF\n" % (most, about, trailer, listing)
    return bytes(written)


def _escaped(text: str) -> bytes:
    return text.encode("latin-1").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


INNOCENT = {
    "slides.pptx": deck,
    "letter.docx": letter,
    "counts.xlsx": workbook,
    "text.odt": open_text,
    "show.odp": open_slides,
    "sheet.ods": open_sheet,
    "paper.pdf": pdf,
    "read-me.md": markdown,
    "notes.txt": lambda: "\n".join(WORDS).encode(),
}
"""One of each kind, by the name that its sharer gives it."""
