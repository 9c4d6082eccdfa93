"""The structure that a PDF must have (ISO 32000-2), and what must not be in it.

A PDF that does something by itself has to name it: /JavaScript, /Launch, /EmbeddedFile. So its objects are read for
names, wherever they are: also those that nothing refers to, those of earlier versions of the file, and those inside
compressed object streams. The list of objects at the end is not followed, because readers that find it broken look for
objects by themselves, and then see what the list left out.
"""

import re
import zlib
from collections.abc import Iterator

from functions.resources.inspected import Reason
from functions.resources.inspection.archive import has_one_inside
from functions.resources.inspection.refusal import Refused

MOST_OBJECTS = 1_000_000
MOST_IN_OBJECT_STREAMS = 128 * 1024 * 1024
"""Bytes that all object streams together may expand to. A book of a thousand pages has about 10 MB."""
MOST_TIMES = 4
"""How often each byte may be read, on average, where objects lie inside one another."""

_CHUNK = 64 * 1024
_BEGINS = re.compile(rb"%PDF-[12]\.\d")
_ENDS = re.compile(rb"%%EOF[\s\x00]*\Z")
_STARTS = re.compile(rb"(?<!\d)\d{1,10}[\x00\t\n\x0c\r ]+\d{1,5}[\x00\t\n\x0c\r ]+obj|\btrailer\b")
_HTML = re.compile(rb"(?i)<(?:!doctype|html|script|svg|body|iframe|\?php)")
_HEAD = 1024
_TOKEN = re.compile(
    rb"(?P<comment>%[^\r\n]*)|(?P<name>/[^\x00\t\n\x0c\r ()<>\[\]{}/%]*)|(?P<text>\()"
    rb"|(?P<hex><[0-9A-Fa-f\s]*>)|(?P<end>endobj|endstream|stream(?=\r?\n|\r)|startxref)"
    rb"|(?P<bracket>[<>\[\]])|[^\x00\t\n\x0c\r ()<>\[\]{}/%]+|[{})]"
)
_OPENING = (b"<", b"[")
_FIRST = re.compile(rb"/First[\x00\t\n\x0c\r ]+(\d{1,9})(?![\x00\t\n\x0c\r ]+\d+[\x00\t\n\x0c\r ]+R)")
_IN_TEXT = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")

_FORBIDDEN = {
    **dict.fromkeys(
        (
            b"JS", b"JavaScript", b"Launch", b"EmbeddedFile", b"EmbeddedFiles", b"FileAttachment", b"RichMedia",
            b"RichMediaContent", b"XFA", b"SubmitForm", b"ImportData", b"GoToR", b"GoToE", b"3D",
        ),
        Reason.ACTIVE_PDF,
    ),
    **dict.fromkeys((b"Rendition", b"Movie", b"Sound"), Reason.RECORDING),
    b"Encrypt": Reason.ENCRYPTED,
}  # fmt: skip
"""Actions and parts that no shared PDF needs (ISO 32000-2, 7.11.4, 12.5.6, 12.6.4, 12.7.8 and 13)."""
_FIRST_OF_ALL = (Reason.ENCRYPTED, Reason.ACTIVE_PDF, Reason.RECORDING)
_PACKED = b"ObjStm"
_FILTERS = {b"FlateDecode", b"Fl"}
_OTHER_FILTERS = {
    b"ASCIIHexDecode", b"AHx", b"ASCII85Decode", b"A85", b"LZWDecode", b"LZW", b"RunLengthDecode", b"RL", b"Crypt",
    b"Predictor",
}  # fmt: skip


def check(content: bytes) -> None:
    """Raise ``Refused`` unless this is one PDF from its first byte to its last, and does nothing by itself."""
    if not _BEGINS.match(content):
        # Readers accept a PDF that begins somewhere in the first kilobyte. Whatever stands before is something else.
        raise Refused(Reason.TWO_IN_ONE if b"%PDF-" in content[:_HEAD] else Reason.NOT_AS_NAMED)
    if b"%%EOF" not in content:
        raise Refused(Reason.BROKEN)
    if not _ENDS.search(content, content.rindex(b"%%EOF")):
        raise Refused(Reason.TWO_IN_ONE)
    if has_one_inside(content) or _HTML.search(content[:_HEAD]):
        raise Refused(Reason.TWO_IN_ONE)
    found = {_FORBIDDEN[name] for name in _names(content) if name in _FORBIDDEN}
    for reason in _FIRST_OF_ALL:
        if reason in found:
            raise Refused(reason)


def _names(content: bytes) -> Iterator[bytes]:
    """Every name in every object, once or more."""
    allowed = MOST_IN_OBJECT_STREAMS
    looked_at = objects = 0
    for start in _STARTS.finditer(content):
        objects += 1
        names: set[bytes] = set()
        end, stream = _read_object(content, start.end(), names)
        looked_at += end - start.end()
        # Objects lie inside one another only in a file that somebody built to be misread.
        if objects > MOST_OBJECTS or looked_at > MOST_TIMES * len(content):
            raise Refused(Reason.BROKEN)
        yield from names
        # Some readers take a stream for one of objects by these two names alone.
        if stream and (_PACKED in names or names >= {b"First", b"N"}):
            unpacked = _unpacked(content, end, names, allowed)
            allowed -= len(unpacked)
            yield from _packed_names(unpacked, content[start.end() : end])
    if not objects:
        raise Refused(Reason.BROKEN)


def _read_object(content: bytes, place: int, names: set[bytes], *, alone: bool = False) -> tuple[int, bool]:
    """Add the names in one object to ``names``. Return where it ends, and whether a stream begins there.

    ``alone`` is an object inside an object stream, which ends where its last bracket closes and not with a word.
    """
    depth = 0
    while token := _TOKEN.search(content, place):
        place = token.end()
        kind = token.lastgroup
        if kind == "name":
            names.add(_plain(token[0]))
        elif kind == "text":
            place = _after_text(content, place)
        elif kind == "end" and not alone:
            return place, token[0] == b"stream"
        elif kind == "bracket":
            depth += 1 if token[0] in _OPENING else -1
        if alone and depth <= 0 and kind != "comment":
            return place, False
    return len(content), False


def _after_text(content: bytes, place: int) -> int:
    """Where a text in brackets ends, which may have brackets in it (ISO 32000-2, 7.3.4.2)."""
    depth = 1
    for mark in _IN_TEXT.finditer(content, place):
        if mark[0] == b"(":
            depth += 1
        elif mark[0] == b")":
            depth -= 1
        if not depth:
            return mark.end()
    return len(content)


def _plain(name: bytes) -> bytes:
    """The name as readers understand it: ``/J#53`` is ``/JS`` (ISO 32000-2, 7.3.5)."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), name[1:])


def _unpacked(content: bytes, place: int, names: set[bytes], most: int) -> bytes:
    if names & _OTHER_FILTERS:
        # Every writer uses the one filter here. Another only makes it harder to look inside.
        raise Refused(Reason.BROKEN)
    place += 2 if content[place : place + 2] == b"\r\n" else 1
    if not names & _FILTERS:
        return content[place : content.find(b"endstream", place)]
    unpacking = zlib.decompressobj()
    unpacked = bytearray()
    try:
        while not unpacking.eof and place < len(content):
            waiting = unpacking.unconsumed_tail or content[place : place + _CHUNK]
            place += 0 if unpacking.unconsumed_tail else _CHUNK
            unpacked += unpacking.decompress(waiting, _CHUNK)
            if len(unpacked) > most:
                raise Refused(Reason.EXPANDS)
    except zlib.error:
        # A reader would show what comes before the fault, and nobody can say what that is.
        raise Refused(Reason.BROKEN) from None
    return bytes(unpacked)


def _packed_names(unpacked: bytes, about: bytes) -> Iterator[bytes]:
    """Every name in an object stream, each object read from where its offset says (ISO 32000-2, 7.5.7)."""
    said = _FIRST.search(about)
    if said is None:
        raise Refused(Reason.BROKEN)
    first = int(said[1])
    names: set[bytes] = set()
    try:
        offsets = {int(number) for number in unpacked[:first].split()[1::2]}
    except ValueError:
        raise Refused(Reason.BROKEN) from None
    looked_at = 0
    for offset in offsets:
        end, _ = _read_object(unpacked, first + offset, names, alone=True)
        looked_at += max(0, end - first - offset)
        if looked_at > MOST_TIMES * len(unpacked):
            raise Refused(Reason.BROKEN)
    yield from names
