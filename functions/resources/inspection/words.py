"""What is gathered while a file is read: its words by page, slide or sheet, and whatever else is noticed on the way."""

import re
from collections import Counter

from functions.resources.inspected import Finding, Hint, Part, Sign

MOST_CHARACTERS = 2_000_000
"""Of all parts together. A thousand pages have about that many."""
MOST_PARTS = 2_000
LONGEST_TITLE = 200
MOST_PEOPLE = 20
LONGEST_NAME = 100
HARDLY_A_WORD = 10
"""Letters: fewer, on a page with a picture, and the page is a picture."""
MANY_PICTURES = 3

PROPERTIES = "the file's properties"
ELSEWHERE = "another part of the file"
_LONGEST_PLACE = 80
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_NO_TITLE = re.compile(
    r"(?i)^(?:untitled.*|document\d*|presentation\d*|book\d*|powerpoint presentation|word document|slide \d+|title|"
    r"microsoft (?:word|powerpoint|excel) - .*|print|.*\.(?:docx?|pptx?|xlsx?|pdf|odt|indd|rtf))$"
)


class Full(Exception):
    """There are more words than are read."""


def place(words: str) -> str:
    """A place as a finding names it, however long the name that a sheet was given."""
    return line(words)[:_LONGEST_PLACE]


def line(words: str) -> str:
    """Words on one line, without what cannot be seen."""
    return " ".join(_UNSEEN.sub(" ", words).split())


class Words:
    """Everything read from one file so far."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.parts: list[Part] = []
        self.others: list[tuple[str, str]] = []
        """Words that are looked through and shown nowhere, each with its place."""
        self.hints: set[Hint] = set()
        self.title = ""
        self.people: list[str] = []
        self._room = MOST_CHARACTERS
        self._noticed: Counter[tuple[Sign, str]] = Counter()
        self._pages = 0
        self._picture_pages: list[str] = []

    def add(self, where: str, text: str, *, shown: bool = True) -> None:
        """Keep the words of one place. Raises ``Full`` when there is no more room."""
        where = place(where)
        text = text.strip("\n")
        kept = text[: self._room]
        self._room -= len(kept)
        if kept.strip():
            if shown:
                self.parts.append(Part(place=where, text=kept.encode(errors="replace").decode()))
            else:
                self.others.append((where, kept))
        if len(kept) < len(text) or len(self.parts) + len(self.others) > MOST_PARTS:
            self.notice(Sign.UNREADABLE, where)
            raise Full

    def notice(self, sign: Sign, where: str) -> None:
        """Count a sign at a place."""
        self._noticed[sign, place(where)] += 1

    def page(self, where: str, text: str, pictures: int) -> None:
        """Keep the words of a page or slide, and whether it is a picture of one."""
        self._pages += 1
        if pictures and sum(map(str.isalpha, text)) < HARDLY_A_WORD:
            self._picture_pages.append(where)
        self.add(where, text)

    def call(self, title: str) -> None:
        """Take this as the title, unless there is one or it says nothing."""
        title = line(title)
        if not self.title and title and not _NO_TITLE.match(title):
            self.title = title[:LONGEST_TITLE].strip()

    def name(self, *people: str) -> None:
        """Keep the names of people."""
        for person in map(line, people):
            if person and person not in self.people and len(self.people) < MOST_PEOPLE:
                self.people.append(person[:LONGEST_NAME])

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was noticed, in order, with pages that are pictures if they are many or most."""
        found = [Finding(sign=sign, place=where, count=count) for (sign, where), count in self._noticed.items()]
        pictures = len(self._picture_pages)
        if pictures >= MANY_PICTURES or pictures * 2 >= self._pages > 0:
            found.append(Finding(sign=Sign.PICTURES_ONLY, place=place(self._picture_pages[0]), count=pictures))
        return tuple(found)
