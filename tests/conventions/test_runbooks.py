"""What a page of ``docs/runbooks/`` tells people to type can be typed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.loaders import Loader

from cli.main import VERBS

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
PAGES = sorted(path for path in RUNBOOKS.glob("*.md") if path.name != "README.md")
PARTS = ("**What it means.**", "**What members notice.**", "**What to do.**", "**It is over when")
OF_THE_COMMAND_LINE = {("logs", "tail")}
"""What AWS's command line adds to the operations of its services."""
FLAGS_OF_TAIL = {"since", "filter-pattern"}


def commands(page: Path) -> Iterator[list[str]]:
    """Every command on a page, in its words."""
    text = page.read_text().replace("\\\n", " ")
    for line in re.findall(r"^\s*((?:aws|psmn) .*)$|`((?:aws|psmn) [^`]*)`", text, re.MULTILINE):
        yield "".join(line).split()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_says_what_it_means_what_members_notice_what_to_do_and_when_it_is_over(page: Path) -> None:
    text = page.read_text()
    places = [text.find(part) for part in PARTS]
    assert -1 not in places
    assert places == sorted(places)
    assert text.startswith("# ")
    for place in re.findall(r"\]\(([a-z-]+\.md)\)", text):
        assert (RUNBOOKS / place).is_file(), place


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_exists_with_every_option_that_it_is_given(page: Path) -> None:
    for words in commands(page):
        if words[0] == "psmn":
            assert words[1] in VERBS, words
        elif (words[1], words[2]) in OF_THE_COMMAND_LINE:
            assert {word[2:] for word in words if word.startswith("--")} <= FLAGS_OF_TAIL, words
        else:
            _is_an_operation(words)


def _is_an_operation(words: list[str]) -> None:
    """AWS's command line calls an operation and its values as the service does, in lower case and with hyphens."""
    service = "s3" if words[1] == "s3api" else words[1]
    model = Loader().load_service_model(service, "service-2")
    (operation,) = (each for name, each in model["operations"].items() if _hyphens(name) == words[2])
    members = model["shapes"][operation["input"]["shape"]]["members"]
    flags = {_hyphens(name): model["shapes"][about["shape"]]["type"] for name, about in members.items()}
    for word in words:
        if word.startswith("--"):
            name = word[2:].removeprefix("no-")
            assert name in flags, f"{words[1]} {words[2]} takes no {word}"
            assert not word.startswith("--no-") or flags[name] == "boolean", word


def _hyphens(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()
