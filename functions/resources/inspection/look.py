"""The whole look into a file, in the order in which it is safe: how it is made, then what it says."""

from collections import Counter
from collections.abc import Iterable

from functions.resources.inspected import Finding, Inspected, Sign
from functions.resources.inspection import identifiers, structure
from functions.resources.inspection.extract import extract
from functions.resources.inspection.refusal import Refused

MOST_PLACES = 50
"""Places that are named for each sign. Whoever reviews a file with more of them looks through all of it anyway, and
what is found is kept with the item, of which the table takes 400 kB."""


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
    findings = _few([*words.findings, *identifiers.find(texts)])
    return Inspected(
        kind=kind,
        findings=findings,
        hints=tuple(sorted(words.hints)),
        title=words.title,
        people=tuple(words.people),
        parts=tuple(words.parts),
    )


def _few(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The first places of each sign, and for the rest of them how often it is there in all."""
    named: list[Finding] = []
    places: Counter[Sign] = Counter()
    others: Counter[Sign] = Counter()
    for each in findings:
        places[each.sign] += 1
        if places[each.sign] <= MOST_PLACES:
            named.append(each)
        else:
            others[each.sign] += each.count
    return (*named, *(Finding(sign=sign, place="other places", count=count) for sign, count in others.items()))
