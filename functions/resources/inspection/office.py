"""The structure that a Word, PowerPoint or Excel file must have (ECMA-376), and what must not be in it.

What a file does when it is opened follows from a few things: the types of its parts, the relationships between them,
and a few elements and fields. Each is looked at in every part, whether or not anything refers to it.
"""

import re
from collections.abc import Mapping

from functions.resources.inspected import FileKind, Reason
from functions.resources.inspection import kinds
from functions.resources.inspection.archive import MOST_NESTED, Archive
from functions.resources.inspection.office_markup import check_markup
from functions.resources.inspection.packages import (
    CONTENT_TYPES,
    Relationship,
    content_types,
    relationships,
    source_of,
)
from functions.resources.inspection.refusal import Refused

_MAIN = {
    FileKind.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    FileKind.SLIDES: "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
    FileKind.SHEET: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}

_FORBIDDEN: Mapping[str, Reason] = {
    kind: reason
    for reason, listed in {
        Reason.MACROS: "vbaproject wordvbadata xlmacrosheet xlintlmacrosheet attachedtoolbars extensibility "
        "dialogsheet",
        Reason.LINKED_CONTENT: "oleobject control activexcontrolbinary externallink externallinkpath connections "
        "querytable subdocument frame afchunk mailmergesource mailmergeheadersource webextension "
        "webextensiontaskpanes recipientdata xlexternallinkpath",
        Reason.RECORDING: "audio video media",
    }.items()
    for kind in listed.split()
}
"""Relationships that no file may have, by the last word of their type, wherever they lead."""

_MACRO_TYPES = re.compile(r"macro|vba|ms-office\.activex|customui")
_MACRO_NAMES = re.compile(r"(?i)vbaproject|vbadata|macrosheets/|/activex/|customui/")
_MEDIA_TYPES = ("audio/", "video/")
_WAYS_OUT = re.compile(r"(?i)(?:https?|mailto|tel|sms|ftp|file|onenote):|[a-z]:[\\/]|#|[^:]*$")
"""Where a link that a reader has to press may lead: not to a script, and not into another program's settings."""
_FONTS = {"application/vnd.openxmlformats-officedocument.obfuscatedfont", "application/x-fontdata"}
_SPACE = b"\xef\xbb\xbf \t\r\n"
_TRASH = "[trash]/"
"""Where PowerPoint and Word leave what they no longer need, without a type."""
_CHARTS = re.compile(r"(?i)/charts?/|/chartsheets/|chartex")


def check(archive: Archive, kind: FileKind) -> None:
    """Raise ``Refused`` unless the archive is a plain file of this kind."""
    if CONTENT_TYPES not in archive:
        raise Refused(Reason.NOT_AS_NAMED)
    types = content_types(archive)
    for name, said in types.items():
        _check_part(archive, name, said)
    links = [
        link for name in archive.entries if name.endswith(".rels") for link in relationships(archive, source_of(name))
    ]
    for link in links:
        _check_link(link)
    _check_main(links, types, kind)
    _check_insides(archive, types, links)


def charts_workbooks(archive: Archive) -> list[str]:
    """The entries that hold the figures behind a chart, as a workbook of their own."""
    sources = [source_of(name) for name in archive.entries if name.endswith(".rels")]
    links = [link for source in sources for link in relationships(archive, source)]
    return sorted({link.target for link in links if _is_charts_workbook(link)} & archive.entries.keys())


def _is_charts_workbook(link: Relationship) -> bool:
    inside = link.kind == "package" and not link.external
    return inside and link.target.lower().endswith(".xlsx") and _CHARTS.search(link.source) is not None


def _check_part(archive: Archive, name: str, said: str) -> None:
    if _MACRO_TYPES.search(said) or _MACRO_NAMES.search(name):
        raise Refused(Reason.MACROS)
    if said.startswith(_MEDIA_TYPES):
        raise Refused(Reason.RECORDING)
    if said.startswith(("text/html", "application/xhtml", "message/rfc822", "application/rtf")):
        raise Refused(Reason.LINKED_CONTENT)
    if not said and not name.endswith("/") and not name.lower().startswith(_TRASH) and name != CONTENT_TYPES:
        raise Refused(kinds.foreign(archive.beginning(name)) or Reason.BROKEN)


def _check_link(link: Relationship) -> None:
    if link.kind in _FORBIDDEN:
        raise Refused(_FORBIDDEN[link.kind])
    if link.kind in {"attachedtemplate", "package"}:
        if not _is_charts_workbook(link):
            raise Refused(Reason.LINKED_CONTENT)
    elif link.external and link.kind != "hyperlink":
        raise Refused(Reason.LINKED_CONTENT)
    if link.external and not _WAYS_OUT.match(link.target):
        raise Refused(Reason.LINKED_CONTENT)


def _check_main(links: list[Relationship], types: Mapping[str, str], kind: FileKind) -> None:
    mains = [link.target for link in links if not link.source and link.kind == "officedocument"]
    if len(mains) != 1 or mains[0] not in types:
        raise Refused(Reason.NOT_AS_NAMED if not mains else Reason.BROKEN)
    if types[mains[0]] != _MAIN[kind]:
        raise Refused(Reason.NOT_AS_NAMED)


def _check_insides(archive: Archive, types: Mapping[str, str], links: list[Relationship]) -> None:
    workbooks = {link.target for link in links if _is_charts_workbook(link)}
    for name, said in types.items():
        if name.endswith("/"):
            continue
        if name in workbooks:
            _check_workbook(archive, name)
            continue
        begins = archive.beginning(name)
        # The first bytes of an embedded font are scrambled, and may come out as anything.
        reason = None if said in _FONTS else kinds.foreign_part(begins)
        markup = said.endswith("xml") or name == CONTENT_TYPES or begins.lstrip(_SPACE).startswith(b"<?xml")
        if reason is not None and not (markup and reason is Reason.WEB_PAGE):
            raise Refused(reason)
        if markup:
            check_markup(archive.chunks(name), picture=name.lower().endswith(".svg"))
        else:
            archive.skim(name)


def _check_workbook(archive: Archive, name: str) -> None:
    """A chart's figures must be a plain workbook themselves, and hold no other."""
    if archive.entries[name].size > MOST_NESTED:
        raise Refused(Reason.EXPANDS)
    inner = Archive(archive.read(name))
    if any(link.endswith(".xlsx") for link in inner.entries):
        raise Refused(Reason.LINKED_CONTENT)
    check(inner, FileKind.SHEET)
