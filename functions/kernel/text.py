"""Text that people type and other people read: cleaned once, where it comes in.

Names keep their Welsh, Irish and other letters and their apostrophes. What a name never needs is refused: control
characters, marks that turn or hide text, and addresses of web pages, because mail programs turn those into links
(security requirement 24).
"""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field

_LINK = re.compile(r"(?i)\b(?:https?:|www\.)|://")
# Line breaks are text in a note. Other control characters (Cc), direction and zero-width marks (Cf) and line separators
# are not.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


_LAST_TWO = range(0xFFFE, 0x1_0000)
_IN_THE_MIDDLE = range(0xFDD0, 0xFDF0)


def _clean(text: str, *, keep: str = "") -> str:
    clean = unicodedata.normalize("NFC", text)
    if any(unicodedata.category(letter) in _UNSEEN and letter not in keep for letter in clean):
        raise ValueError("Remove the characters that cannot be seen. Typing the text again is the surest way.")
    return clean


def plain_line(text: str) -> str:
    """One line of text without links, its white space made single.

    Raises ``ValueError`` with a sentence for the person who typed it.
    """
    clean = " ".join(_clean(text, keep="\t").split())
    if _LINK.search(clean):
        raise ValueError("Leave out web addresses here.")
    return clean


def long_text(text: str) -> str:
    """Text of several lines.

    Raises ``ValueError`` with a sentence for the person who typed it.
    """
    return _clean(text.replace("\r\n", "\n").replace("\r", "\n"), keep="\n\t").strip()


def showable(text: str) -> str:
    """Text as a page can carry it: without control characters, and without the code points that are no characters.

    Whatever was typed is shown again for its author to correct, and these would make the page itself wrong (HTML
    Standard, "Preprocessing the input stream").
    """
    return "".join(letter for letter in text if letter in "\t\n\r" or _is_a_character(letter))


def _is_a_character(letter: str) -> bool:
    place = ord(letter)
    # Unicode, section 23.7, "Noncharacters": the last two of each plane, and 32 in the middle of the first.
    noncharacter = place % 0x1_0000 in _LAST_TWO or place in _IN_THE_MIDDLE
    return not noncharacter and unicodedata.category(letter) != "Cc"


PlainLine = Annotated[str, AfterValidator(plain_line), Field(min_length=1, max_length=200)]
LongText = Annotated[str, AfterValidator(long_text), Field(max_length=4_000)]


_RUN = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"'[sS]\b")
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc", "'"))
_JOINED = re.compile(r"\b([^\W_])&([^\W_])\b")


def words_in(text: str) -> list[str]:
    """The words of a text in order, as they are compared: without accents, apostrophes and the 's of a possessor.

    "Martha's", "Siân" and "A&E" give "Martha", "Sian" and "AE". Capitals stay: some short forms are known
    by them alone.
    """
    if not text.isascii():
        parted = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES))
        text = "".join(letter for letter in parted if not unicodedata.combining(letter))
    if "'" in text:
        text = _POSSESSIVE.sub("", text).replace("'", "")
    if "&" in text:
        text = _JOINED.sub(r"\1\2", text)
    return _RUN.findall(text)
