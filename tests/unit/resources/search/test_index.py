"""The one file: kept up to date in place, rid of what is taken out, and told from a damaged one."""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel import glossary
from functions.resources.inspected import Part
from functions.resources.search import index
from functions.resources.search.model import Entry, Query, Results
from functions.resources.search.query import find

TODAY = date(2026, 11, 27)
SECRET = "Zanthork"
"""A name that nobody was meant to share, in a file that is taken out again."""


def entry(key: str, title: str, *pages: str, days: int = 0) -> Entry:
    parts = tuple(Part(place=f"page {number}", text=text) for number, text in enumerate(pages, 1))
    return Entry(
        id=key,
        title=title,
        summary=f"About {title}",
        topics=("falls", "ward-work"),
        nations=("wales",) if days % 2 else (),
        published_on=TODAY - timedelta(days),
        parts=parts,
    )


PLAIN = [entry(f"plain{number}", "Falls on a ward", "Mind the wet floor. " * 40, days=number) for number in range(30)]
TOLD = entry("told", f"What {SECRET} said", f"Nurse {SECRET} was on the ward. {SECRET.upper()}!", f"{SECRET}'s words")


def asked(path: Path, words: str, **more: object) -> Results:
    with closing(index.opened(path)) as opened:
        return find(opened, Query.model_validate({"words": words, **more}), today=TODAY)


def ids(path: Path, words: str) -> list[str]:
    return [hit.id for hit in asked(path, words).hits]


def stems(path: Path) -> set[str]:
    """Every word that the full-text index of a file holds."""
    with closing(sqlite3.connect(path)) as opened:
        opened.execute("CREATE VIRTUAL TABLE temp.held USING fts5vocab (main, texts, row)")
        return {word for (word,) in opened.execute("SELECT term FROM held")}


@pytest.fixture
def library(tmp_path: Path) -> Path:
    index.create(tmp_path / "index", [*PLAIN, TOLD])
    return tmp_path / "index"


def test_an_item_that_is_put_in_is_found(library: Path) -> None:
    index.apply(library, put=[entry("new", "Bed rails", "Up or down?")])
    assert ids(library, "rails") == ["new"]
    assert ids(library, SECRET) == ["told"]


def test_an_item_that_is_put_again_is_found_by_its_new_words_alone(library: Path) -> None:
    index.apply(library, put=[entry("told", "Bed rails")])
    assert ids(library, "rails") == ["told"]
    assert ids(library, SECRET) == []


def test_an_item_that_is_gone_is_found_by_nothing(library: Path) -> None:
    index.apply(library, gone=["told", "never-was"])
    assert ids(library, SECRET) == []
    assert asked(library, "").total == len(PLAIN)
    assert asked(library, "", nations=("wales",)).total == 15
    assert asked(library, SECRET[:-1]).meant is None


@pytest.mark.parametrize("how", ["gone", "replaced", "among others", "after others"])
def test_requirement_63_no_word_of_an_item_that_was_taken_out_is_left_in_the_file(library: Path, how: str) -> None:
    written = SECRET.lower().encode()
    assert written in library.read_bytes().lower()
    assert SECRET.lower() in stems(library)
    assert index._inside(TOLD) in library.read_bytes()
    if how == "replaced":
        index.apply(library, put=[entry("told", "Nothing to see")])
    if how == "among others":
        index.apply(library, put=PLAIN[:3], gone=["told", *(each.id for each in PLAIN[5:])])
    if how == "after others":
        for number in range(40):
            index.apply(library, put=[entry(f"more{number}", f"More {number}", "Wet floors")])
    if how in {"gone", "after others"}:
        index.apply(library, gone=["told"])
    # In the index a word may follow another and leave out what both begin with, so a part of it is looked for too.
    left = library.read_bytes().lower()
    assert written not in left
    assert written[1:] not in left
    assert index._inside(TOLD) not in library.read_bytes()
    assert SECRET.lower() not in stems(library)
    assert not [path for path in library.parent.iterdir() if path != library]


def test_the_file_shrinks_when_much_is_taken_out(library: Path) -> None:
    index.apply(library, put=[entry("long", "Long", *(f"word{number} " * 3 for number in range(9_000)))])
    before = library.stat().st_size
    index.apply(library, gone=["long"])
    assert library.stat().st_size < before / 2


def test_to_put_the_same_again_writes_nothing(library: Path) -> None:
    before = library.read_bytes()
    index.apply(library, put=[*PLAIN, TOLD], gone=["never-was"])
    assert library.read_bytes() == before


def test_nothing_of_an_update_that_fails_is_kept(library: Path) -> None:
    def entries() -> Sequence[Entry]:
        yield entry("new", "Bed rails")
        raise RuntimeError("The list broke off")

    before = asked(library, "")
    with pytest.raises(RuntimeError):
        index.apply(library, put=entries(), gone=["told"])
    assert asked(library, "") == before
    assert index.is_current(library)


def test_an_index_is_seen_only_when_it_is_whole(library: Path) -> None:
    before = library.read_bytes()

    def entries() -> Sequence[Entry]:
        yield TOLD
        assert library.read_bytes() == before
        raise RuntimeError("The list broke off")

    with pytest.raises(RuntimeError):
        index.create(library, entries())
    assert library.read_bytes() == before
    index.create(library, [TOLD])
    assert asked(library, "").total == 1


def test_of_two_entries_with_one_id_the_later_counts(tmp_path: Path) -> None:
    index.create(tmp_path / "index", [entry("one", "Bed rails"), entry("one", "Wet floors")])
    assert (ids(tmp_path / "index", "rails"), ids(tmp_path / "index", "floors")) == ([], ["one"])


KEYS = ("a", "b", "c", "d")
TITLES = ("Falls", "Falls on a ward", "PSIRF plan", "Serious incident", "Falls falls")
ENTRIES = st.builds(entry, st.sampled_from(KEYS), st.sampled_from(TITLES), st.sampled_from(("", "Ward", "A fall")))
CHANGES = st.lists(st.tuples(st.lists(ENTRIES, max_size=3), st.lists(st.sampled_from(KEYS), max_size=2)), max_size=5)
QUESTIONS = ("", "falls", "ward falls", "psirf", "serious incident", "wrad", "plan or ward")


@given(CHANGES)
def test_however_it_came_about_an_index_answers_as_one_made_at_once(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[list[Entry], list[str]]]
) -> None:
    folder = tmp_path_factory.mktemp("library")
    index.create(folder / "grown", [])
    final: dict[str, Entry] = {}
    for put, gone in changes:
        index.apply(folder / "grown", put=put, gone=gone)
        final |= {each.id: each for each in put}
        final = {key: each for key, each in final.items() if key not in gone}
    index.create(folder / "made", final.values())
    for words in QUESTIONS:
        assert asked(folder / "grown", words) == asked(folder / "made", words), words
    shutil.rmtree(folder)


def test_an_index_of_ours_is_current(library: Path) -> None:
    assert index.is_current(library)
    index.apply(library, put=[entry("new", "Bed rails")], gone=["told"])
    assert index.is_current(library)


def test_an_index_of_other_code_or_of_another_glossary_is_not_current(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glossary, "edition", lambda: "another")
    assert not index.is_current(library)
    monkeypatch.undo()
    monkeypatch.setattr(index, "_LABELS", {"topics": {"psirf": "Something else"}})
    assert not index.is_current(library)
    monkeypatch.undo()
    monkeypatch.setattr(index, "_SHAPE", 99)
    assert not index.is_current(library)


def test_what_is_no_index_is_not_current(tmp_path: Path) -> None:
    path = tmp_path / "index"
    assert not index.is_current(path)
    for content in (b"", b"no index at all", b"SQLite format 3\x00" + bytes(4_096)):
        path.write_bytes(content)
        assert not index.is_current(path)
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE item (id)")
    assert not index.is_current(path)
    assert not index.is_current(tmp_path)


@given(st.data())
def test_a_file_that_is_cut_short_is_not_current(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("library")
    index.create(folder / "index", PLAIN[:3])
    whole = (folder / "index").read_bytes()
    (folder / "index").write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert not index.is_current(folder / "index")


@given(st.integers(0, 60_000), st.binary(min_size=1, max_size=200))
def test_a_file_whose_bytes_were_changed_is_never_a_fault(
    tmp_path_factory: pytest.TempPathFactory, place: int, noise: bytes
) -> None:
    folder = tmp_path_factory.mktemp("library")
    index.create(folder / "index", PLAIN[:3])
    whole = bytearray((folder / "index").read_bytes())
    whole[place : place + len(noise)] = noise
    (folder / "index").write_bytes(whole)
    assert index.is_current(folder / "index") in {True, False}


def test_a_reader_cannot_write(library: Path) -> None:
    with closing(index.opened(library)) as opened, pytest.raises(sqlite3.OperationalError, match="readonly"):
        opened.execute("DELETE FROM item")
