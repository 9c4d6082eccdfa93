"""The words of a Word document."""

from functions.resources.inspected import Hint, Sign
from functions.resources.inspection.archive import Archive
from functions.resources.inspection.reading import Flow, flow, main_part, related
from functions.resources.inspection.words import HARDLY_A_WORD, Words

_AROUND = {
    "header": "the headers",
    "footer": "the footers",
    "footnotes": "the footnotes",
    "endnotes": "the endnotes",
    "comments": "the comments",
    "chart": "a chart",
    "chartex": "a chart",
    "diagramdata": "a diagram",
    "glossarydocument": "the building blocks",
}
LONG = 3_000
"""Characters from which a document without headings is hard to find one's way in."""


def read(archive: Archive, words: Words) -> set[str]:
    """Read the document and what stands around it. Return the parts that were read."""
    main = main_part(archive)
    body = flow(archive, main)
    read_parts = {main}
    for number, page in enumerate([*body.pages, body.rest], start=1):
        # Word notes where it broke the pages the last time. A page is told by that, and only about right.
        words.add(f"about page {number}" if body.pages else "the text", page)
    words.name(*body.people)
    for heading in body.headings[:1] or body.text.splitlines()[:1]:
        words.call(heading)
    around: dict[str, list[str]] = {}
    for link in related(archive, main):
        if link.kind in _AROUND and link.target not in read_parts:
            read_parts.add(link.target)
            part = flow(archive, link.target)
            around.setdefault(_AROUND[link.kind], []).append(part.text)
            words.name(*part.people)
        elif link.kind == "styles":
            body.has_language = body.has_language or flow(archive, link.target).has_language
    for where, texts in around.items():
        words.add(where, "\n".join(texts))
    words.add("the descriptions of pictures", "\n".join(body.descriptions))
    _notice(body, words)
    return read_parts


def _notice(body: Flow, words: Words) -> None:
    letters = sum(map(str.isalpha, body.text))
    if body.pictures and letters < HARDLY_A_WORD * len(body.pictures):
        words.notice(Sign.PICTURES_ONLY, "the text")
    if not body.headings and len(body.text) > LONG:
        words.hints.add(Hint.NO_HEADINGS)
    if not all(body.pictures):
        words.hints.add(Hint.PICTURES_WITHOUT_WORDS)
    if not body.has_language:
        words.hints.add(Hint.NO_LANGUAGE)
