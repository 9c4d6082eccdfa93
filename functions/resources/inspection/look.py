"""The whole look into a file, in the order in which it is safe: how it is made, then what it says."""

from functions.resources.inspected import Finding, Inspected
from functions.resources.inspection import identifiers, structure
from functions.resources.inspection.extract import extract
from functions.resources.inspection.refusal import Refused


def look(content: bytes, name: str) -> Inspected:
    """What there is to know of a file that its sharer calls ``name``.

    A file that is refused says why and nothing else.
    """
    try:
        kind = structure.check(content, name)
        words = extract(content, kind)
    except Refused as refusal:
        return Inspected(reason=refusal.reason)
    texts = [(part.place, part.text) for part in words.parts] + words.others
    findings: tuple[Finding, ...] = (*words.findings, *identifiers.find(texts))
    return Inspected(
        kind=kind,
        findings=findings,
        hints=tuple(sorted(words.hints)),
        title=words.title,
        people=tuple(words.people),
        parts=tuple(words.parts),
    )
