"""Files that must never be taken, each made here, with the reason it is refused for, and the means to make more.

None of them does any harm: where one would start a program, there is no program.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import NamedTuple

from functions.resources.inspected import Reason
from tests import documents

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
MP4 = b"\x00\x00\x00\x18ftypisom" + b"\x00" * 64
MP3 = b"ID3\x04\x00\x00" + b"\x00" * 64
PROGRAM = b"MZ\x90\x00\x03" + b"\x00" * 64
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class Hostile(NamedTuple):
    """One file, what its sharer calls it, and why it is refused."""

    about: str
    name: str
    content: bytes
    reason: Reason


def zipped(entries: Mapping[str, bytes], *, stored: tuple[str, ...] = ()) -> bytes:
    """A zip of these entries, in order."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name in stored else None)
    return written.getvalue()


def entries_of(content: bytes) -> dict[str, bytes]:
    """What is in a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same Office or OpenDocument file with one entry changed, or added."""
    entries = entries_of(content)
    return zipped(entries | {name: change(entries.get(name, b""))}, stored=("mimetype",))


def added(content: bytes, name: str, body: bytes, *, kind: str = "application/xml") -> bytes:
    """An Office file with one more part, of which it says what it is."""
    more = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'.encode()
    listed = changed(content, "[Content_Types].xml", lambda types: types.replace(b"</Types>", more))
    return changed(listed, name, lambda _: body)


def linked(content: bytes, source: str, kind: str, target: str, *, outside: bool = True) -> bytes:
    """An Office file in which the part ``source`` refers to something."""
    folder, _, name = source.rpartition("/")
    mode = ' TargetMode="External"' if outside else ""
    link = f'<Relationship Id="rId900" Type="{RELATIONSHIPS}/{kind}" Target="{target}"{mode}/></Relationships>'

    def change(listing: bytes) -> bytes:
        start = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
        return (listing or start).replace(b"</Relationships>", link.encode())

    return changed(content, f"{folder}/_rels/{name}.rels", change)


def put(content: bytes, name: str, old: str, new: str) -> bytes:
    """An Office or OpenDocument file with some words of one part replaced."""

    def change(part: bytes) -> bytes:
        assert old.encode() in part, f"{name} has no {old}"
        return part.replace(old.encode(), new.encode(), 1)

    return changed(content, name, change)


def _zips() -> list[Hostile]:
    letter = documents.letter()
    end = letter.rindex(b"PK\x05\x06")
    twice = io.BytesIO(letter)
    with zipfile.ZipFile(twice, "a") as archive:
        info = zipfile.ZipInfo("word/DOCUMENT.xml")
        archive.writestr(info, b"<x/>")
    place = letter.index(b"word/document.xml")
    disagrees = letter[:place] + b"word/documenX.xml" + letter[place + 17 :]
    locked = bytearray(letter)
    locked[6] |= 1
    locked[letter.index(b"PK\x01\x02") + 8] |= 1
    many = zipped(entries_of(letter) | {f"word/a{number}.xml": b"<x/>" for number in range(5_001)})
    bomb = added(letter, "word/big.xml", b"<x>" + b" " * 20_000_000 + b"</x>")
    lies = bytearray(bomb)
    listed = bomb.rindex(b"word/big.xml") - 46
    lies[listed + 24 : listed + 28] = struct.pack("<L", 100)
    first = bomb.index(b"word/big.xml") - 30
    lies[first + 22 : first + 26] = struct.pack("<L", 100)
    deep = added(letter, "word/deep.xml", b"<x>" * 5_000 + b"</x>" * 5_000)
    commented = letter[: end + 20] + struct.pack("<H", 4) + b"more"
    return [
        Hostile("bytes before a letter", "a.docx", b"%PDF-1.7\n" + letter, Reason.TWO_IN_ONE),
        Hostile("a program before a letter", "a.docx", PROGRAM + letter, Reason.PROGRAM),
        Hostile("bytes behind a letter", "a.docx", letter + b"more", Reason.TWO_IN_ONE),
        Hostile("a zip behind a letter", "a.docx", letter + zipped({"a.exe": PROGRAM}), Reason.TWO_IN_ONE),
        Hostile("a comment behind the directory", "a.docx", commented, Reason.TWO_IN_ONE),
        Hostile("bytes between entries and directory", "a.docx", _spread(letter), Reason.TWO_IN_ONE),
        Hostile("two parts of one name", "a.docx", twice.getvalue(), Reason.TWO_IN_ONE),
        Hostile("two lists that disagree", "a.docx", disagrees, Reason.TWO_IN_ONE),
        Hostile("an entry that leads out", "a.docx", zipped(entries_of(letter) | {"../../etc/x": b"x"}), Reason.BROKEN),
        Hostile("an entry from the root", "a.docx", zipped(entries_of(letter) | {"/etc/x": b"x"}), Reason.BROKEN),
        Hostile("an entry of Windows", "a.docx", zipped(entries_of(letter) | {"..\\x": b"x"}), Reason.BROKEN),
        Hostile("an encrypted entry", "a.docx", bytes(locked), Reason.ENCRYPTED),
        Hostile("five thousand parts", "a.docx", many, Reason.EXPANDS),
        Hostile("a part that expands a thousand times", "a.docx", bomb, Reason.EXPANDS),
        Hostile("a part that says it is small and is not", "a.docx", bytes(lies), Reason.EXPANDS),
        Hostile("elements five thousand deep", "a.docx", deep, Reason.EXPANDS),
        Hostile("half a letter", "a.docx", letter[: len(letter) // 2], Reason.BROKEN),
        Hostile("a zip called a letter", "a.docx", zipped({"a.txt": b"x"}), Reason.NOT_AS_NAMED),
        Hostile("an archive", "a.zip", zipped({"a.txt": b"x"}), Reason.ARCHIVE),
    ]


def _spread(letter: bytes) -> bytes:
    """The same zip with room before its directory, in which something else could stand."""
    end = letter.rindex(b"PK\x05\x06")
    begins = struct.unpack_from("<L", letter, end + 16)[0]
    return letter[:begins] + b"hidden" + letter[begins : end + 16] + struct.pack("<L", begins + 6) + letter[end + 20 :]


def _pdfs() -> list[Hostile]:
    paper = documents.pdf()

    def acting(said: bytes, *objects: bytes) -> bytes:
        return documents.pdf(root=said, objects=objects)

    script = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
    hidden = b"10 0 << /S /J#61vaScript /J#53 (1) >>"
    packed = documents.pdf_stream(hidden, b"/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode")
    untyped = documents.pdf_stream(hidden, b"/N 1 /First 5 /Filter /FlateDecode")
    bomb = documents.pdf_stream(b"1 0 " + b" " * 150_000_000, b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode")
    other = documents.pdf_stream(hidden, b"/Type /ObjStm /N 1 /First 5 /Filter [/ASCIIHexDecode /FlateDecode]")
    old = paper + acting(b"/OpenAction 10 0 R", script)[9:]
    return [
        Hostile("a script on opening", "a.pdf", acting(b"/OpenAction 10 0 R", script), Reason.ACTIVE_PDF),
        Hostile(
            "a script with an escaped name",
            "a.pdf",
            acting(b"/AA << /O << /S /J#61vaScript /J#53 (1) >> >>"),
            Reason.ACTIVE_PDF,
        ),
        Hostile("a script in an object stream", "a.pdf", acting(b"", packed), Reason.ACTIVE_PDF),
        Hostile("a script in an object stream that does not say so", "a.pdf", acting(b"", untyped), Reason.ACTIVE_PDF),
        Hostile("a script that nothing refers to", "a.pdf", acting(b"", script), Reason.ACTIVE_PDF),
        Hostile("a script in an earlier version", "a.pdf", old, Reason.ACTIVE_PDF),
        Hostile(
            "a script behind brackets between objects",
            "a.pdf",
            paper.replace(b"4 0 obj", b"(\n9 0 obj\n<< /JS (1) >>\nendobj\n)\n4 0 obj"),
            Reason.ACTIVE_PDF,
        ),
        Hostile(
            "a script in what is said to be a picture",
            "a.pdf",
            acting(b"", documents.pdf_stream(b"9 0 obj\n" + script + b"\nendobj", b"/Subtype /Image", packed=False)),
            Reason.ACTIVE_PDF,
        ),
        Hostile("a program to start", "a.pdf", acting(b"/OpenAction << /S /Launch /F (cmd.exe) >>"), Reason.ACTIVE_PDF),
        Hostile(
            "a page that opens by itself",
            "a.pdf",
            acting(b"/OpenAction << /S /URI /URI (http://example.com) >>"),
            Reason.ACTIVE_PDF,
        ),
        Hostile("another file", "a.pdf", acting(b"/Names << /EmbeddedFiles << /Names [] >> >>"), Reason.ACTIVE_PDF),
        Hostile("an attachment", "a.pdf", acting(b"", b"<< /Subtype /FileAttachment >>"), Reason.ACTIVE_PDF),
        Hostile("rich media", "a.pdf", acting(b"", b"<< /Subtype /RichMedia >>"), Reason.ACTIVE_PDF),
        Hostile("a form of Adobe's", "a.pdf", acting(b"/AcroForm << /XFA [] >>"), Reason.ACTIVE_PDF),
        Hostile(
            "a form that sends",
            "a.pdf",
            acting(b"", b"<< /S /SubmitForm /F (http://example.com) >>"),
            Reason.ACTIVE_PDF,
        ),
        Hostile("a form that fetches", "a.pdf", acting(b"", b"<< /S /ImportData >>"), Reason.ACTIVE_PDF),
        Hostile("a link to a file", "a.pdf", acting(b"", b"<< /S /GoToR /F (//server/x) >>"), Reason.ACTIVE_PDF),
        Hostile("a link into a file inside", "a.pdf", acting(b"", b"<< /S /GoToE >>"), Reason.ACTIVE_PDF),
        Hostile("a film", "a.pdf", acting(b"", b"<< /S /Rendition >>"), Reason.RECORDING),
        Hostile("an encrypted PDF", "a.pdf", documents.pdf_of({1: b"<< >>"}, b"/Encrypt 9 0 R "), Reason.ENCRYPTED),
        Hostile("object streams that expand without end", "a.pdf", acting(b"", bomb), Reason.EXPANDS),
        Hostile("an object stream packed twice", "a.pdf", acting(b"", other), Reason.BROKEN),
        Hostile("bytes before a PDF", "a.pdf", b"GIF89a" + paper, Reason.TWO_IN_ONE),
        Hostile("a page before a PDF", "a.pdf", b"<html><script>1</script>" + paper, Reason.WEB_PAGE),
        Hostile(
            "a page at the head of a PDF",
            "a.pdf",
            paper.replace(b"%\xe2", b"%<script>1</script>\xe2", 1),
            Reason.TWO_IN_ONE,
        ),
        Hostile("bytes behind a PDF", "a.pdf", paper + b"more", Reason.TWO_IN_ONE),
        Hostile("a zip behind a PDF", "a.pdf", paper + zipped({"a.exe": PROGRAM}), Reason.TWO_IN_ONE),
        Hostile(
            "a zip inside a PDF",
            "a.pdf",
            paper.replace(
                b"4 0 obj", b"9 0 obj\n<<>>\nstream\n" + zipped({"a": b"x"}) + b"\nendstream\nendobj\n4 0 obj"
            ),
            Reason.TWO_IN_ONE,
        ),
        Hostile("half a PDF", "a.pdf", paper[: len(paper) // 2], Reason.BROKEN),
        Hostile("a PDF of nothing", "a.pdf", b"%PDF-1.7\n%%EOF", Reason.BROKEN),
        Hostile("text called a PDF", "a.pdf", b"Hello", Reason.NOT_AS_NAMED),
    ]


def _plain() -> list[Hostile]:
    page = b"<!DOCTYPE html><html><script>1</script></html>"
    return [
        Hostile("nothing", "a.pdf", b"", Reason.EMPTY),
        Hostile("a page", "a.html", page, Reason.WEB_PAGE),
        Hostile("a page called a text", "a.txt", page, Reason.WEB_PAGE),
        Hostile("a page called a PDF", "a.pdf", page, Reason.WEB_PAGE),
        Hostile("a drawing called Markdown", "a.md", b'<?xml version="1.0"?>\n<svg onload="1"/>', Reason.WEB_PAGE),
        Hostile("a drawing", "a.svg", b"<svg/>", Reason.WEB_PAGE),
        Hostile("Markdown with a script", "a.md", b"# Hello\n\n<script>alert(1)</script>\n", Reason.WEB_PAGE),
        Hostile("Markdown with an event", "a.md", b"# Hello\n\n<img src=x onerror=alert(1)>\n", Reason.WEB_PAGE),
        Hostile("Markdown with a link that runs", "a.md", b"[press](javascript:alert(1))", Reason.WEB_PAGE),
        Hostile("Markdown with a frame", "a.md", b"a <iframe src='//example.com'>", Reason.WEB_PAGE),
        Hostile("text with a NUL", "a.txt", b"Hello\x00there", Reason.NOT_AS_NAMED),
        Hostile("a program called a text", "a.txt", PROGRAM, Reason.PROGRAM),
        Hostile("a script called a text", "a.txt", b"#!/bin/sh\nrm -rf /\n", Reason.PROGRAM),
        Hostile("a shortcut called a text", "a.txt", b"[InternetShortcut]\nURL=file://x", Reason.PROGRAM),
        Hostile("a PDF called a text", "a.txt", documents.pdf(), Reason.NOT_AS_NAMED),
        Hostile("a letter called a text", "a.txt", documents.letter(), Reason.NOT_AS_NAMED),
        Hostile("a batch file called a text", "a.txt", b"@echo off\r\ndel *.*\r\n", Reason.PROGRAM),
        Hostile("a recording called a text", "a.txt", MP3, Reason.RECORDING),
        Hostile(
            "a page in UTF-16 called a text", "a.txt", "<html><script>1</script>".encode("utf-16"), Reason.WEB_PAGE
        ),
        Hostile("a text with a zip behind it", "a.txt", b"Hello\n" + zipped({"a": b"x"}), Reason.NOT_AS_NAMED),
        Hostile("a program", "a.exe", PROGRAM, Reason.PROGRAM),
        Hostile("a program that looks like a PDF by name", "report.pdf.exe", PROGRAM, Reason.PROGRAM),
        Hostile("a script", "a.js", b"1", Reason.PROGRAM),
        Hostile("a shortcut", "a.lnk", b"L\x00\x00\x00", Reason.PROGRAM),
        Hostile("a recording", "a.mp4", MP4, Reason.RECORDING),
        Hostile("a recording called a letter", "a.docx", MP4, Reason.RECORDING),
        Hostile("a sound called a PDF", "a.pdf", MP3, Reason.RECORDING),
        Hostile("an old Word file", "a.doc", OLE, Reason.OLD_OFFICE),
        Hostile("an old Word file called a new one", "a.docx", OLE, Reason.OLD_OFFICE),
        Hostile("an encrypted Word file", "a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), Reason.ENCRYPTED),
        Hostile("an archive called a letter", "a.docx", b"7z\xbc\xaf\x27\x1c" + b"\x00" * 64, Reason.ARCHIVE),
        Hostile("a packed file called a PDF", "a.pdf", zlib.compress(b"x") and b"\x1f\x8b\x08\x00", Reason.ARCHIVE),
        Hostile("a file without an ending", "README", b"Hello", Reason.UNKNOWN_KIND),
        Hostile("a picture", "a.png", documents.picture(), Reason.UNKNOWN_KIND),
    ]


def corpus() -> list[Hostile]:
    """All but Office and OpenDocument files, which ``hostile_office.py`` makes."""
    return [*_plain(), *_zips(), *_pdfs()]
