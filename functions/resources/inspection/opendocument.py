"""The structure that an OpenDocument file must have (OASIS OpenDocument 1.3), and what must not be in it."""

import re

from functions.resources.inspected import FileKind, Reason
from functions.resources.inspection import kinds
from functions.resources.inspection.archive import Archive
from functions.resources.inspection.markup import Attributes, parse
from functions.resources.inspection.refusal import Refused

_KINDS = {
    FileKind.OPEN_TEXT: b"application/vnd.oasis.opendocument.text",
    FileKind.OPEN_SLIDES: b"application/vnd.oasis.opendocument.presentation",
    FileKind.OPEN_SHEET: b"application/vnd.oasis.opendocument.spreadsheet",
}
_STORED = 0
_SPACE = b"\xef\xbb\xbf \t\r\n"
_MIMETYPE = "mimetype"
_MANIFEST = "META-INF/manifest.xml"
_MACROS = re.compile(r"(?i)^(?:Basic|Scripts|Dialogs)/.*[^/]$|/(?:Basic|Scripts)/.*[^/]$")
_EMPTY_LIBRARIES = re.compile(r"(?i)^(?:Basic|Dialogs)/(?:[^/]+/)?(?:script|dialog)-l[bc]\.xml$")
"""The lists of libraries, which LibreOffice may write when there is nothing in any."""
_MEDIA = ("audio/", "video/", "application/vnd.sun.star.media")
_AWAY = re.compile(r"(?i)^(?:[a-z][a-z0-9+.-]*:|//|\\\\|/|\.\./)")
_PRESSED = {"a", "template"}
"""A link that a reader presses, and the name of the template that a file was once made from. Neither fetches."""
_FETCHING = {
    "dde-source",
    "dde-connection-decl",
    "table-source",
    "cell-range-source",
    "connection-resource",
    "database-source-sql",
    "auto-reload",
    "applet",
    "floating-frame",
    "object-ole",
}
_WAYS_OUT = re.compile(r"(?i)(?:https?|mailto|tel|sms|ftp|file):|[^:]*$|#|\.\./|/")


def check(archive: Archive, kind: FileKind) -> None:
    """Raise ``Refused`` unless the archive is a plain file of this kind."""
    first = archive.first
    if first.name != _MIMETYPE or first.method != _STORED or _MANIFEST not in archive:
        raise Refused(Reason.NOT_AS_NAMED)
    if archive.read(_MIMETYPE) != _KINDS[kind] or "content.xml" not in archive:
        raise Refused(Reason.NOT_AS_NAMED)
    _check_manifest(archive)
    for name in archive.entries:
        if not name.endswith("/") and name != _MIMETYPE:
            _check_part(archive, name)


def _check_manifest(archive: Archive) -> None:
    def start(element: str, given: Attributes) -> None:
        if element in {"encryption-data", "encrypted-key"}:
            raise Refused(Reason.ENCRYPTED)
        if given.get("media-type", "").lower().startswith(_MEDIA):
            raise Refused(Reason.RECORDING)

    parse(archive.chunks(_MANIFEST), start=start)


def _check_part(archive: Archive, name: str) -> None:
    begins = archive.beginning(name)
    if not begins:
        # LibreOffice leaves an empty list of shortcuts.
        return
    if _MACROS.search(name) and not _EMPTY_LIBRARIES.match(name):
        raise Refused(Reason.MACROS)
    reason = kinds.foreign_part(begins)
    markup = name.lower().endswith((".xml", ".rdf", ".svg")) or begins.lstrip(_SPACE).startswith(b"<?xml")
    if reason is not None and not (markup and reason is Reason.WEB_PAGE):
        raise Refused(reason)
    if markup:
        _check_markup(archive, name)
    else:
        archive.skim(name)


def _check_markup(archive: Archive, name: str) -> None:
    # A list of libraries is refused when it names a module.
    libraries = _EMPTY_LIBRARIES.match(name) is not None

    def start(element: str, given: Attributes) -> None:
        if element in {"event-listener", "script", "macro-name"} or (libraries and element == "element"):
            raise Refused(Reason.MACROS)
        if element in {"plugin", "sound"}:
            raise Refused(Reason.RECORDING)
        if element in _FETCHING:
            raise Refused(Reason.LINKED_CONTENT)
        address = given.get("href", "")
        if element in _PRESSED:
            if not _WAYS_OUT.match(address):
                raise Refused(Reason.LINKED_CONTENT)
        elif _AWAY.match(address):
            raise Refused(Reason.LINKED_CONTENT)
        formula = given.get("formula", "")
        if re.search(r"(?i)\b(?:webservice|dde)\s*\(", formula):
            raise Refused(Reason.LINKED_CONTENT)

    parse(archive.chunks(name), start=start)
