"""Text and Markdown: what may be in a file that any program opens."""

import codecs
import re

from functions.resources.inspected import Reason
from functions.resources.inspection import kinds
from functions.resources.inspection.refusal import Refused

_BYTE_ORDER = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
"""Characters that no text has. Tab, line feed, form feed and carriage return it does."""
_PDF_WITHIN = 1_024
"""Characters within which a reader of PDFs looks for the beginning of one."""
_RUNS = re.compile(
    r"(?i)<\s*/?\s*(?:!doctype|html|head|body|script|iframe|object|embed|applet|svg|meta|link|form|base|style|frame"
    r"|frameset|template|math|portal)\b|<[a-z][^<>]{0,2000}?\s(?:on[a-z]{3,30}|srcdoc|formaction)\s*="
    r"|(?:\]\(|href\s*=\s*[\"']?|src\s*=\s*[\"']?|^\s*\[[^\]\n]{1,200}\]:)\s*<?\s*(?:javascript|vbscript|data):",
    re.MULTILINE,
)
"""HTML that does more than set words: a program that shows Markdown passes it on to a browser."""


def read(content: bytes) -> str:
    """The text in a file that is nothing but text.

    UTF-8, as nearly everything is now; UTF-16 when it says so in its first bytes; and Windows-1252, which Notepad wrote
    for twenty years. Raises ``Refused`` when it is something else, or has something else in it.
    """
    text = _decoded(content)
    if text is None or _CONTROLS.search(text):
        raise Refused(kinds.foreign(content) or Reason.NOT_AS_NAMED)
    reason = kinds.foreign_text(text)
    if reason is not None:
        raise Refused(reason)
    if "%PDF-" in text[:_PDF_WITHIN]:
        raise Refused(Reason.TWO_IN_ONE)
    return text


def check_markdown(text: str) -> None:
    """Raise ``Refused`` for Markdown with more in it than words: what ``<details>`` does is fine, ``<script>`` is not.

    What is shown as code is only shown, so it may say anything.
    """
    if _RUNS.search(_without_code(text)):
        raise Refused(Reason.WEB_PAGE)


def _without_code(text: str) -> str:
    """The text without fenced blocks and without what stands between backticks (CommonMark 0.31, 4.5 and 6.1)."""
    kept, fence = [], ""
    for line in text.splitlines():
        mark = re.match(r" {0,3}(`{3,}|~{3,})", line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif mark and not ("`" in mark[1] and "`" in line[mark.end() :]):
            fence = mark[1]
        else:
            kept.append(re.sub(r"(`+)(?!`)[^`\n]{0,500}(?<!`)\1(?!`)", "", line))
    return "\n".join(kept)


def _decoded(content: bytes) -> str | None:
    """The text, or None where no way of writing text has these bytes."""
    for mark, encoding in _BYTE_ORDER:
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(encoding)
            except UnicodeDecodeError:
                return None
    for encoding in ("utf-8", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
