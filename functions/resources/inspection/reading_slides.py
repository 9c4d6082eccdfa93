"""The words of a PowerPoint presentation."""

from functions.resources.inspected import Hint
from functions.resources.inspection.archive import Archive
from functions.resources.inspection.markup import Attributes, parse
from functions.resources.inspection.reading import flow, main_part, related
from functions.resources.inspection.words import Words

_ON_SLIDE = {"chart", "chartex", "diagramdata"}


def slides(archive: Archive) -> list[str]:
    """The parts that are slides, in the order in which they are shown."""
    main = main_part(archive)
    listed: list[str] = []

    def start(element: str, given: Attributes) -> None:
        if element == "sldId":
            listed.append(given.get("r:id", ""))

    parse(archive.chunks(main), start=start)
    targets = {link.identity: link.target for link in related(archive, main) if link.kind == "slide"}
    return [targets[identity] for identity in listed if identity in targets]


def read(archive: Archive, words: Words) -> set[str]:
    """Read each slide, its notes and its comments. Return the parts that were read."""
    main = main_part(archive)
    read_parts = {main}
    described, titled, language = True, True, flow(archive, main).has_language
    for number, name in enumerate(slides(archive), start=1):
        read_parts.add(name)
        slide = flow(archive, name)
        language = language or slide.has_language
        described = described and all(slide.pictures)
        titles = [title for title in slide.titles if title.strip()]
        titled = titled and bool(titles)
        if number == 1 and titles:
            words.call(titles[0])
        texts, beside = [slide.text], []
        for link in related(archive, name):
            if link.kind in _ON_SLIDE or link.kind in {"notesslide", "comments"}:
                read_parts.add(link.target)
                part = flow(archive, link.target)
                if link.kind in _ON_SLIDE:
                    texts.append(part.text)
                else:
                    label = "notes of" if link.kind == "notesslide" else "comments on"
                    beside.append((f"the {label} slide {number}", part.text))
        texts += slide.descriptions
        words.page(f"slide {number}", "\n".join(filter(None, texts)), len(slide.pictures))
        for where, text in beside:
            words.add(where, text)
    _name_commenters(archive, main, words)
    if not titled:
        words.hints.add(Hint.SLIDES_WITHOUT_TITLES)
    if not described:
        words.hints.add(Hint.PICTURES_WITHOUT_WORDS)
    if not language:
        words.hints.add(Hint.NO_LANGUAGE)
    return read_parts


def _name_commenters(archive: Archive, main: str, words: Words) -> None:
    def start(element: str, given: Attributes) -> None:
        if element in {"cmAuthor", "author"}:
            words.name(given.get("name", ""))

    for link in related(archive, main):
        if link.kind in {"commentauthors", "authors"}:
            parse(archive.chunks(link.target), start=start)
