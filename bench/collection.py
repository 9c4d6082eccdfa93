"""A made-up library of 408 items, of which it is known what each is about because it was made to be about that.

Each subject has 12 items: of all eight forms, and four forms twice. No topic is chosen for any, so that its words alone
must find it. An item keeps to one of the subject's names, so whoever types another name has to be helped. Each also
mentions one other subject in passing, as files do.
"""

import random
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from functions.resources.inspected import Part
from functions.resources.search.model import Entry

_FILE = Path(__file__).with_name("collection.toml")
_EACH = 12


class Made(NamedTuple):
    """An item, and what it is about."""

    entry: Entry
    subject: str
    form: str
    place: str
    mentions: str


def collection() -> list[Made]:
    """The library, the same each time."""
    return [*_made(tomllib.loads(_FILE.read_text(encoding="utf-8")))]


def _made(data: dict[str, list[dict[str, Any]]]) -> Iterator[Made]:
    chance = random.Random(20261127)
    subjects, forms, places = data["subject"], data["form"], data["place"]
    for row, subject in enumerate(subjects):
        for column in range(_EACH):
            form = forms[(row + column) % len(forms)]
            place = places[(row * 3 + column) % len(places)]
            other = subjects[(row + 1 + 5 * column) % len(subjects)]
            name, where = subject["names"][column % len(subject["names"])], chance.choice(place["names"])
            yield Made(
                _entry(f"{subject['id']}-{column}", name, where, (subject, form, place, other), chance),
                subject["id"],
                form["id"],
                place["id"],
                other["id"],
            )


def _entry(key: str, name: str, where: str, made_of: tuple[dict[str, Any], ...], chance: random.Random) -> Entry:
    subject, form, place, other = made_of
    says = [*subject["says"]]
    chance.shuffle(says)
    title = chance.choice(form["title"]).format(name)
    texts = [
        f"{title}. {form['says'][0]}",
        f"{says[1]} This was in {where}.",
        f"{says[2]} More about {name} follows.",
        f"We also looked at {chance.choice(other['names'])}.",
        f"{says[3]} {form['says'][1]}",
    ]
    return Entry(
        id=key,
        title=title[0].upper() + title[1:] + chance.choice(("", f", for {where}")),
        summary=f"From {where}. {says[0]}",
        settings=(place["id"],),
        nations=(chance.choice(("england", "england", "scotland", "wales", "northern-ireland")),),
        published_on=date(2021, 6, 4) + timedelta(days=chance.randint(0, 2_000)),
        kind="pptx" if form["id"] == "slides" else "docx",
        parts=tuple(Part(place=f"page {number}", text=text) for number, text in enumerate(texts, 1)),
    )
