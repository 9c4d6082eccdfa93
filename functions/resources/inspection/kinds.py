"""What a file's name says it is, and what its first bytes say it is.

Neither is believed: a name chooses which rules of structure the file has to pass, and the first bytes choose the words
of a refusal. The signatures are those that each format's own specification gives.
"""

import re
from collections.abc import Mapping

from functions.resources.inspected import FileKind, Reason
from functions.resources.inspection.refusal import Refused

_ENDINGS: Mapping[Reason, str] = {
    Reason.MACROS: "docm dotm pptm potm ppsm ppam sldm xlsm xltm xlam xlsb xll",
    Reason.OLD_OFFICE: "doc dot ppt pps pot xls xlt xlw pub wps",
    Reason.WEB_PAGE: "htm html xht xhtml shtml mht mhtml svg svgz xml xsl xslt webarchive",
    Reason.ARCHIVE: "zip zipx 7z rar tar gz tgz bz2 xz zst cab iso img vhd vhdx arj lzh ace dmg",
    Reason.RECORDING: "mp3 mp4 m4a m4v m4b mov avi wav wma wmv webm ogg oga ogv opus mkv aac flac aif aiff amr 3gp 3g2 "
    "mpg mpeg vtt srt",
    Reason.PROGRAM: "exe dll com scr pif cpl msi msp msix appx bat cmd ps1 psm1 vbs vbe js jse mjs wsf wsh wsc sct hta "
    "lnk url desktop webloc scf inf reg chm jar jnlp apk app deb rpm pkg sh bash command py pyc pyw pl rb php asp aspx "
    "jsp iqy slk library-ms settingcontent-ms search-ms application gadget msc ocx sys drv so dylib swf",
}
_REFUSED: Mapping[str, Reason] = {ending: reason for reason, endings in _ENDINGS.items() for ending in endings.split()}

_BEGINNINGS: tuple[tuple[bytes, Reason], ...] = (
    (b"MZ", Reason.PROGRAM),
    (b"\x7fELF", Reason.PROGRAM),
    (b"\xca\xfe\xba\xbe", Reason.PROGRAM),
    (b"\xfe\xed\xfa", Reason.PROGRAM),
    (b"\xce\xfa\xed\xfe", Reason.PROGRAM),
    (b"\xcf\xfa\xed\xfe", Reason.PROGRAM),
    (b"L\x00\x00\x00\x01\x14\x02\x00", Reason.PROGRAM),
    (b"\x00asm", Reason.PROGRAM),
    (b"dex\n", Reason.PROGRAM),
    (b"Rar!\x1a\x07", Reason.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Reason.ARCHIVE),
    (b"\x1f\x8b", Reason.ARCHIVE),
    (b"BZh", Reason.ARCHIVE),
    (b"\xfd7zXZ\x00", Reason.ARCHIVE),
    (b"\x28\xb5\x2f\xfd", Reason.ARCHIVE),
    (b"MSCF", Reason.ARCHIVE),
    (b"ID3", Reason.RECORDING),
    (b"OggS", Reason.RECORDING),
    (b"fLaC", Reason.RECORDING),
    (b"#!AMR", Reason.RECORDING),
    (b"\x1a\x45\xdf\xa3", Reason.RECORDING),
    (b"\x00\x00\x01\xba", Reason.RECORDING),
    (b"\x00\x00\x01\xb3", Reason.RECORDING),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Reason.RECORDING),
    (b"MThd", Reason.RECORDING),
)
_CHUNKED = (b"WAVE", b"AVI ", b"AIFF", b"AIFC")
_PICTURES_IN_BOXES = (b"avif", b"heic", b"heix", b"mif1")
_PROGRAMS = ("#!", "[InternetShortcut]", "[Desktop Entry]", "@echo off")
_MPEG_AUDIO = 0xFFE0
_WEB = re.compile(
    rb"(?i)<(?:!doctype\s+(?:html|svg)|html|head|body|script|svg|iframe|xsl:|meta\s|\?php|%@|!--.{0,2000}?-->\s*<html)",
    re.DOTALL,
)
_SPACE = b"\xef\xbb\xbf \t\r\n\x0c"
_FIRST = 1024

ZIP = b"PK\x03\x04"
PDF = b"%PDF-"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The beginning of a compound file: Office of before 2007, or a package around an encrypted one ([MS-CFB] 2.2)."""
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_TAR = slice(257, 262)


def named(name: str) -> FileKind:
    """The kind that the ending of ``name`` stands for.

    Raises ``Refused`` for an ending that the library does not take.
    """
    _, dot, ending = name.lower().rpartition(".")
    try:
        return FileKind(ending if dot else "")
    except ValueError:
        raise Refused(_REFUSED.get(ending, Reason.UNKNOWN_KIND)) from None


def foreign(content: bytes) -> Reason | None:
    """Why content that begins like this is never taken, under whatever name. None if that cannot be said."""
    if content.startswith(OLE):
        return Reason.ENCRYPTED if _ENCRYPTED_PACKAGE in content else Reason.OLD_OFFICE
    for beginning, reason in _BEGINNINGS:
        if content.startswith(beginning):
            return reason
    if is_recording(content):
        return Reason.RECORDING
    if content[_TAR] == b"ustar":
        return Reason.ARCHIVE
    return Reason.WEB_PAGE if is_web_page(content) else None


def foreign_text(text: str) -> Reason | None:
    """Why text that begins like this is never taken. Text cannot be anything that begins with bytes of another kind."""
    begins = text.lstrip()
    if begins.startswith(_PROGRAMS):
        return Reason.PROGRAM
    return Reason.WEB_PAGE if is_web_page(begins[:_FIRST].encode(errors="replace")) else None


def foreign_part(begins: bytes) -> Reason | None:
    """Why no document may have a part that begins like this. Whatever it is called, it must not be another document."""
    if begins.startswith((ZIP, PDF, OLE)):
        return Reason.LINKED_CONTENT
    return foreign(begins)


def is_web_page(content: bytes) -> bool:
    """Whether a browser that guesses would take this for a page or a picture with scripts (WHATWG MIME Sniffing, 7)."""
    begins = content[:_FIRST].lstrip(_SPACE)
    if begins.startswith(b"<?xml"):
        begins = begins.partition(b"?>")[2].lstrip(_SPACE)
    return _WEB.match(begins) is not None


def is_recording(content: bytes) -> bool:
    """Whether this is audio or video in a container that also holds pictures, or MPEG without one."""
    if content.startswith((b"RIFF", b"FORM")):
        return content[8:12] in _CHUNKED
    if content[4:8] == b"ftyp":
        return content[8:12] not in _PICTURES_IN_BOXES
    word = int.from_bytes(content[:2])
    # A frame of MPEG audio: 11 bits set, a version that is not reserved, and layer II or III (ISO 11172-3, 2.4.1.3).
    # Layer I is left out: nobody uses it, and text in UTF-16 begins like it.
    return word & _MPEG_AUDIO == _MPEG_AUDIO and word >> 3 & 3 != 1 and word >> 1 & 3 in {1, 2}
