"""Whether a file is what its name says and does nothing by itself (security requirements 28, 29 and 31).

It reads bytes and needs nothing but the standard library. Each format's rules stand in a module of their own; here is
which of them a file has to pass.
"""

from functions.resources.inspected import MOST_BYTES, FileKind, Reason
from functions.resources.inspection import kinds, office, opendocument, pdf, plain
from functions.resources.inspection.archive import Archive
from functions.resources.inspection.refusal import Refused

OFFICE = frozenset({FileKind.WORD, FileKind.SLIDES, FileKind.SHEET})
OPEN = frozenset({FileKind.OPEN_TEXT, FileKind.OPEN_SLIDES, FileKind.OPEN_SHEET})


def check(content: bytes, name: str) -> FileKind:
    """The kind of a file that has nothing wrong in how it is made.

    Raises ``Refused`` with the reason for any other.
    """
    if not content:
        raise Refused(Reason.EMPTY)
    if len(content) > MOST_BYTES:
        raise Refused(Reason.TOO_LARGE)
    kind = kinds.named(name)
    if kind in {FileKind.TEXT, FileKind.MARKDOWN}:
        text = plain.read(content)
        if kind is FileKind.MARKDOWN:
            plain.check_markdown(text)
    elif kind is FileKind.PDF:
        _check_beginning(content, kinds.PDF)
        pdf.check(content)
    else:
        _check_beginning(content, kinds.ZIP)
        archive = Archive(content)
        (office if kind in OFFICE else opendocument).check(archive, kind)
    return kind


def _check_beginning(content: bytes, wanted: bytes) -> None:
    if content.startswith(wanted):
        return
    reason = kinds.foreign(content)
    if reason is not None:
        raise Refused(reason)
    inside = wanted in content[:1024] if wanted == kinds.PDF else wanted in content
    raise Refused(Reason.TWO_IN_ONE if inside else Reason.NOT_AS_NAMED)
