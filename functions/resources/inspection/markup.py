"""XML read as a stream: no tree in memory, no declarations of its own, no more of it than is sensible.

A document type declaration is how XML defines entities, which expand to gigabytes or fetch other files. No part of
Office or OpenDocument has one, so the parser stops at the first (security requirement 31).
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import NoReturn
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from functions.resources.inspected import Reason
from functions.resources.inspection.refusal import Refused

MOST_DEEP = 512
"""Elements inside one another. Documents with tables inside tables reach about 60."""

type Attributes = Mapping[str, str]
"""By local name, or with ``r:`` before it where the value leads to a relationship."""


@lru_cache(maxsize=4_096)
def _element(name: str) -> str:
    return name.rpartition(" ")[2]


@lru_cache(maxsize=4_096)
def _attribute(name: str) -> str:
    """Only ``r:id`` has to be told from ``id``, since slides have both."""
    namespace, _, short = name.rpartition(" ")
    return f"r:{short}" if namespace.endswith("/relationships") else short


def parse(
    chunks: Iterable[bytes],
    *,
    start: Callable[[str, Attributes], None] | None = None,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Read XML and call back with the local name of each element.

    Raises ``Refused`` for what is not well-formed, and for any document type declaration.
    """
    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    _forbid_declarations(parser)
    depth = 0

    def started(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEEP:
            raise Refused(Reason.EXPANDS)
        if start is not None:
            start(_element(name), {_attribute(key): value for key, value in attributes.items()})

    def ended(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(_element(name))

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        for chunk in chunks:
            parser.Parse(chunk)
        parser.Parse(b"", True)
    except (ExpatError, ValueError, LookupError):
        raise Refused(Reason.BROKEN) from None


def _forbid_declarations(parser: XMLParserType) -> None:
    def refuse(*_: object) -> NoReturn:
        raise Refused(Reason.BROKEN)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
