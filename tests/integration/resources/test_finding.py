"""The search is as the library is: at once for what is gone, within a minute for what is new, and never lost."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import boto3
import pytest

from functions.membership.model import Member
from functions.resources import share
from functions.resources.catalogue import Catalogue, Found
from functions.resources.indexing import Indexer
from functions.resources.inspected import FileKind, Inspected, Part
from functions.resources.model import Resource
from functions.resources.search.model import Query
from functions.resources.shelf import INDEX, Moved
from tests.library import LIBRARY, Sharing, words


@pytest.fixture
def indexer(sharing: Sharing, tmp_path: Path) -> Indexer:
    return Indexer(sharing.library, sharing.shelf, tmp_path / "index.sqlite")


@pytest.fixture
def catalogue(sharing: Sharing, tmp_path: Path) -> Iterator[Catalogue]:
    made = Catalogue(sharing.library, sharing.shelf, tmp_path / "catalogue.sqlite")
    yield made
    if made.connection is not None:
        made.connection.close()


def refresh(indexer: Indexer, sharing: Sharing, *, batches: int = 1_000) -> int:
    left = iter([True] * (batches - 1))
    return indexer.refresh(sharing.network.clock.now(), lambda: next(left, False))


def find(catalogue: Catalogue, sharing: Sharing, text: str = "") -> Found:
    found = catalogue.find(Query(words=text), sharing.network.clock.now().date())
    assert found is not None
    return found


def titles(found: Found) -> set[str]:
    return {item.words.title for _, item in found.items if item.words}


def deck(sharing: Sharing, ann: Member, cora: Member, title: str, text: str) -> Resource:
    sharing.finds = Inspected(
        kind=FileKind.SLIDES, parts=(Part(place="slide 1", text="Welcome"), Part(place="slide 3", text=text))
    )
    return sharing.published(ann, cora, title)


def test_before_there_is_an_index_the_search_says_so(catalogue: Catalogue) -> None:
    assert catalogue.find(Query(words="huddle"), "never") is None  # type: ignore[arg-type] # It does not come to that.


def test_a_published_deck_is_found_by_a_word_on_its_third_slide(
    sharing: Sharing, indexer: Indexer, catalogue: Catalogue, ann: Member, cora: Member
) -> None:
    item = deck(sharing, ann, cora, "After action reviews", "We hold a swarm huddle.")
    sharing.checked(ann, "Not published")
    assert refresh(indexer, sharing) == 1

    ((hit, found),) = find(catalogue, sharing, "huddles").items

    assert (hit.place, found) == ("slide 3", item)


def test_what_is_published_later_is_found_and_what_is_withdrawn_is_gone_before_the_index_knows(
    sharing: Sharing, indexer: Indexer, catalogue: Catalogue, ann: Member, cora: Member
) -> None:
    one = deck(sharing, ann, cora, "One", "huddle")
    refresh(indexer, sharing)
    find(catalogue, sharing, "huddle")
    sharing.network.clock.move(minutes=5)
    deck(sharing, ann, cora, "Two", "huddle")
    share.withdraw(one, by=ann.id, library=sharing.library, now=sharing.network.clock.now())
    assert titles(find(catalogue, sharing, "huddle")) == set()

    assert refresh(indexer, sharing) == 2

    assert titles(find(catalogue, sharing, "huddle")) == {"Two"}


def test_new_words_and_a_new_file_are_found_and_the_old_ones_are_not(
    sharing: Sharing, indexer: Indexer, catalogue: Catalogue, ann: Member, cora: Member
) -> None:
    item = deck(sharing, ann, cora, "Swarming", "huddle")
    refresh(indexer, sharing)
    now = sharing.network.clock.now()
    share.describe(item, words("Debriefing"), by=ann.id, library=sharing.library, now=now)
    refresh(indexer, sharing)

    assert titles(find(catalogue, sharing, "debriefing")) == {"Debriefing"}
    assert titles(find(catalogue, sharing, "swarming")) == set()


def test_when_nothing_has_changed_the_index_is_left_alone(
    sharing: Sharing, indexer: Indexer, ann: Member, cora: Member
) -> None:
    deck(sharing, ann, cora, "One", "huddle")
    refresh(indexer, sharing)
    sharing.network.clock.move(minutes=2)
    refresh(indexer, sharing)
    before = sharing.shelf.index_edition()
    sharing.network.clock.move(minutes=2)

    assert refresh(indexer, sharing) == 0
    assert sharing.shelf.index_edition() == before


@pytest.mark.parametrize("harm", ["lost", "of another make"])
def test_an_index_that_is_lost_or_of_another_make_is_made_again_from_the_table(
    sharing: Sharing,
    indexer: Indexer,
    catalogue: Catalogue,
    ann: Member,
    cora: Member,
    harm: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for title in ("One", "Two", "Three"):
        deck(sharing, ann, cora, title, "huddle")
    refresh(indexer, sharing)
    sharing.network.clock.move(days=30)
    if harm == "lost":
        boto3.client("s3").delete_object(Bucket=LIBRARY, Key=INDEX)
    else:
        monkeypatch.setattr("functions.resources.search.index.version", lambda: 99)
    assert catalogue.find(Query(words="huddle"), sharing.network.clock.now().date()) is None

    assert refresh(indexer, sharing) == 3

    assert sharing.shelf.index_edition() is not None
    if harm == "lost":
        assert titles(find(catalogue, sharing, "huddle")) == {"One", "Two", "Three"}


def test_an_index_that_takes_long_to_make_is_made_in_several_runs(
    sharing: Sharing,
    indexer: Indexer,
    catalogue: Catalogue,
    ann: Member,
    cora: Member,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("functions.resources.indexing.BATCH", 1)
    for number in range(4):
        deck(sharing, ann, cora, f"Item {number}", "huddle")
        sharing.network.clock.move(minutes=5)

    taken = [refresh(indexer, sharing, batches=2), refresh(indexer, sharing, batches=2)]
    assert titles(find(catalogue, sharing, "huddle")) == {"Item 0", "Item 1", "Item 2"}
    taken.append(refresh(indexer, sharing))

    assert taken == [2, 2, 2]
    assert len(titles(find(catalogue, sharing, "huddle"))) == 4


def test_two_runs_at_once_lose_nothing(
    sharing: Sharing, indexer: Indexer, catalogue: Catalogue, ann: Member, cora: Member, tmp_path: Path
) -> None:
    deck(sharing, ann, cora, "One", "huddle")
    other = Indexer(sharing.library, sharing.shelf, tmp_path / "other.sqlite")

    def meanwhile() -> bool:
        other.refresh(sharing.network.clock.now(), lambda: True)
        return True

    with pytest.raises(Moved):
        indexer.refresh(sharing.network.clock.now(), meanwhile)
    assert titles(find(catalogue, sharing, "huddle")) == {"One"}


def test_a_change_that_shows_a_little_late_in_the_tables_list_is_still_taken_in(
    sharing: Sharing, indexer: Indexer, catalogue: Catalogue, ann: Member, cora: Member
) -> None:
    """The index has been brought up to a moment, and what changed just before it appears only now."""
    refresh(indexer, sharing)
    sharing.network.clock.moment -= timedelta(seconds=30)
    deck(sharing, ann, cora, "Late", "huddle")
    sharing.network.clock.move(seconds=60)
    refresh(indexer, sharing)
    assert titles(find(catalogue, sharing, "huddle")) == {"Late"}


def test_the_words_of_what_is_withdrawn_are_in_no_byte_of_the_index(
    sharing: Sharing, indexer: Indexer, ann: Member, cora: Member
) -> None:
    item = deck(sharing, ann, cora, "One", "xylophone")
    deck(sharing, ann, cora, "Two", "huddle")
    refresh(indexer, sharing)
    share.withdraw(item, by=ann.id, library=sharing.library, now=sharing.network.clock.now())
    refresh(indexer, sharing)
    assert b"xylophone"[:7] not in indexer.path.read_bytes()
