"""``docs/security.md``: what threatens the network, what it requires of itself, and the tests that show that.

The threats and the requirements are in ``docs/threats.csv`` and ``docs/security-requirements.csv``. A test belongs to
the requirements whose numbers its name begins with: ``test_requirements_17_and_35_a_download_lasts_five_minutes``.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli import markdown

_TEST = re.compile(r"^ *(?:async )?def test_requirement(s?)_([a-z0-9_]+)\(", re.MULTILINE)
_NUMBER = re.compile(r"(and_|to_)?(\d+)_")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that the network requires of itself."""

    number: int
    chapter: str
    words: str
    note: str
    """Why it does not apply, or what is not done of it. Empty where it is met and there is nothing to add."""


@dataclass(frozen=True, slots=True)
class Threat:
    """Somebody, what they want, and the numbers of the requirements that stop them."""

    who: str
    wants: str
    stopped_by: tuple[int, ...]


def requirements(root: Path) -> list[Requirement]:
    """Every requirement, in order."""
    with (root / "docs/security-requirements.csv").open(encoding="utf-8", newline="") as lines:
        return [
            Requirement(int(row["number"]), row["chapter"], row["requirement"], row["note"])
            for row in csv.DictReader(lines)
        ]


def threats(root: Path) -> list[Threat]:
    """What we protect against."""
    with (root / "docs/threats.csv").open(encoding="utf-8", newline="") as lines:
        return [
            Threat(row["who"], row["what they want"], tuple(map(int, row["what stops them"].split())))
            for row in csv.DictReader(lines)
        ]


def tests(root: Path) -> Mapping[int, Sequence[str]]:
    """The tests that show each requirement, as their sentence and the file that it is in."""
    found: dict[int, list[str]] = {}
    for path in sorted((root / "tests").rglob("test_*.py")):
        for several, named in _TEST.findall(path.read_text(encoding="utf-8")):
            numbers, sentence = _parted(named, several=bool(several))
            for number in numbers:
                shown = f"{sentence.replace('_', ' ')} (`{path.relative_to(root).as_posix()}`)"
                found.setdefault(number, []).append(shown)
    return found


def _parted(named: str, *, several: bool) -> tuple[list[int], str]:
    """The numbers that a name begins with, and the rest: ``69_to_71_a_line_is_kept`` is about three.

    A number that follows without a word between is one more only where ``several`` are announced: ``86_2028_has``.
    """
    numbers: list[int] = []
    while (begins := _NUMBER.match(named)) and (not numbers or begins[1] or several):
        number = int(begins[2])
        numbers += range(numbers[-1] + 1, number + 1) if begins[1] == "to_" else [number]
        named = named[begins.end() :]
    return numbers, named


def page(root: Path) -> str:
    """The whole page."""
    shown = tests(root)
    return markdown.page(
        "Security, requirement by requirement",
        "What threatens the network, what it requires of itself, and the tests that show it. The numbers are those in "
        "the names of the tests. `SECURITY.md` says how to tell us of a fault, and how things are done.",
        "## Threats",
        markdown.table(
            ("who", "what they want", "what stops them"),
            [(each.who, each.wants, ", ".join(map(_link, each.stopped_by))) for each in threats(root)],
        ),
        *_sections(requirements(root), shown),
    )


def _sections(all_of_them: Sequence[Requirement], shown: Mapping[int, Sequence[str]]) -> Iterator[str]:
    chapter = ""
    for each in all_of_them:
        if each.chapter != chapter:
            chapter = each.chapter
            yield f"## {chapter}"
        yield f"### {each.number}\n\n{each.words}"
        if each.note:
            yield f"*{each.note}*"
        if each.number in shown:
            yield "\n".join(f"- {test}" for test in sorted(shown[each.number]))


def _link(number: int) -> str:
    return f"[{number}](#{number})"
