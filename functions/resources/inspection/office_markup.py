"""What must not stand in any XML part of an Office file: fields, formulas and presses that fetch or start something."""

import re
from collections.abc import Iterable

from functions.resources.inspected import Reason
from functions.resources.inspection.markup import Attributes, parse
from functions.resources.inspection.refusal import Refused

_FORBIDDEN = {
    **dict.fromkeys(
        ("ddeLink", "oleLink", "oleObj", "OLEObject", "control", "altChunk", "subDoc"), Reason.LINKED_CONTENT
    ),
    **dict.fromkeys(("audioFile", "videoFile", "wavAudioFile", "audioCd", "quickTimeFile"), Reason.RECORDING),
}
_FORMULAS = frozenset({"f", "definedName"})
_FIELD_TEXTS = frozenset({"instrText", "delInstrText"})
_PRESSES = frozenset({"hlinkClick", "hlinkHover", "hlinkMouseOver"})
_FIELDS = re.compile(r"(?i)^\W*(?:dde|ddeauto|includetext|includepicture|include|import|link|database|rd)\b")
"""Fields of Word that fetch what they show (ECMA-376 part 1, 17.16.5)."""
_FETCHING = re.compile(r"(?i)\b(?:webservice|image|rtd|call|register\.id|exec|dde)\s*\(|\|")
"""Functions of Excel that fetch or start something. A bar outside a text asks another program (DDE)."""
_QUOTED = re.compile(r'"[^"]*"')
_ACTIONS = {"macro": Reason.MACROS, "program": Reason.PROGRAM, "ole": Reason.LINKED_CONTENT, "media": Reason.RECORDING}
_ON_EVENT = re.compile(r"(?i)^on[a-z]+$")


class _Watch:
    """One part, while it is read."""

    def __init__(self, *, picture: bool) -> None:
        self._picture = picture
        self._saying: list[str] | None = None
        self._field: list[str] = []

    def start(self, element: str, given: Attributes) -> None:
        if element in _FORBIDDEN:
            raise Refused(_FORBIDDEN[element])
        if element in _FORMULAS or element in _FIELD_TEXTS:
            self._saying = []
        elif element == "fldSimple":
            _check_field(given.get("instr", ""))
        elif element == "fldChar":
            self.end_field()
        elif element in _PRESSES:
            _check_press(given.get("action", ""))
        elif self._picture:
            _check_drawing(element, given)

    def end(self, element: str) -> None:
        if self._saying is None or element not in _FORMULAS | _FIELD_TEXTS:
            return
        if element in _FORMULAS:
            _check_formula("".join(self._saying))
        else:
            # Word joins the pieces of a field, so it is judged where the field ends.
            self._field += self._saying
        self._saying = None

    def read(self, letters: str) -> None:
        if self._saying is not None:
            self._saying.append(letters)

    def end_field(self) -> None:
        _check_field("".join(self._field))
        self._field.clear()


def check_markup(chunks: Iterable[bytes], *, picture: bool) -> None:
    """Raise ``Refused`` if the part does something. ``picture`` is a drawing in SVG."""
    watch = _Watch(picture=picture)
    parse(chunks, start=watch.start, end=watch.end, text=watch.read)
    watch.end_field()


def _check_field(instruction: str) -> None:
    if _FIELDS.match(instruction):
        raise Refused(Reason.LINKED_CONTENT)


def _check_formula(formula: str) -> None:
    if _FETCHING.search(_QUOTED.sub("", formula)):
        raise Refused(Reason.LINKED_CONTENT)


def _check_press(action: str) -> None:
    """A press in a show may do more than lead to another slide (ECMA-376 part 1, 21.1.2.3.5)."""
    _, _, said = action.partition("ppaction://")
    reason = _ACTIONS.get(re.split(r"[?/]", said)[0].lower())
    if reason is not None:
        raise Refused(reason)


def _check_drawing(element: str, given: Attributes) -> None:
    """PowerPoint keeps an icon as SVG beside its picture. A browser would run what such a drawing can hold."""
    if element in {"script", "foreignObject", "handler"} or any(_ON_EVENT.match(name) for name in given):
        raise Refused(Reason.WEB_PAGE)
    address = given.get("href", "")
    if element != "a" and address and not address.startswith(("#", "data:image/")):
        raise Refused(Reason.LINKED_CONTENT)
