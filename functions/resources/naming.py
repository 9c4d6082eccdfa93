"""What a file is called when a member saves it: never what its sharer's computer called it, and never a path."""

import re
import unicodedata

from functions.resources.inspected import FileKind

LONGEST = 80
"""Letters before the ending. Every file system takes that many, whatever the folder."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# What is no part of a name on Windows ("Naming Files, Paths, and Namespaces"), and what means something to a shell or
# in the header that carries the name.
_MEANS_SOMETHING = re.compile(r"[<>:\"/\\|?*%;`$&~#'(){}\[\]^=+@!,]+")
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def saved_as(title: str, kind: FileKind) -> str:
    """The name under which a browser saves an item: "Falls checklist.docx"."""
    seen = "".join(
        " " if unicodedata.category(each) in _UNSEEN else each for each in unicodedata.normalize("NFC", title)
    )
    plain = " ".join(_MEANS_SOMETHING.sub(" ", seen).split())
    stem = plain[:LONGEST].strip(" .-_")
    if not stem or _DEVICE.match(stem):
        stem = f"Document {stem}".strip()
    return f"{stem}.{kind.value}"
