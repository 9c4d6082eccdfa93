"""What can happen to an item, in whatever order the events about its files come (security requirement 33)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from functions.resources import life
from functions.resources.inspected import FileKind, Finding, Inspected, Reason, Sign
from functions.resources.model import File, Permission, Resource, Stage, Status, Words

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
WORDS = Words(
    title="After action reviews",
    summary="How we run them.",
    topics=("psirf",),
    source="Anytown NHS Foundation Trust",
    permission=Permission.CHANGE,
    review_on=date(2027, 11, 23),
)


def draft() -> Resource:
    return life.described(life.begun("0123", "ann", NOW), WORDS, NOW)


def file_of(resource: Resource) -> File:
    assert resource.offer is not None
    return File(key=resource.offer.random_name, name="a.pdf", kind=FileKind.PDF, size=1, checksum="c")


def test_a_file_that_came_is_checked_and_then_waits_for_a_coordinator() -> None:
    asked = life.asked_for(draft(), "one", NOW)
    came = life.arrived(asked, "0123/one", "v1", NOW)
    passed = life.passed(came, file_of(came), Inspected(kind=FileKind.PDF), NOW)
    published = life.published(passed, NOW)

    assert [each.offer.stage for each in (asked, came, passed) if each.offer] == [
        Stage.AWAITED,
        Stage.CHECKING,
        Stage.READY,
    ]
    assert published.is_published
    assert published.offer is None


def test_a_file_in_which_something_was_found_waits_for_a_person_to_look() -> None:
    came = life.arrived(life.asked_for(draft(), "one", NOW), "0123/one", "v1", NOW)
    found = Inspected(kind=FileKind.PDF, findings=(Finding(sign=Sign.NHS_NUMBER, place="page 3"),))
    held = life.passed(came, file_of(came), found, NOW)
    assert held.offer is not None
    assert (held.offer.stage, held.offer.findings) == (Stage.HELD, found.findings)


def test_requirement_33_only_the_first_version_of_the_right_object_counts() -> None:
    asked = life.asked_for(draft(), "one", NOW)
    came = life.arrived(asked, "0123/one", "v1", NOW)
    assert life.arrived(asked, "0123/other", "v1", NOW) is asked
    assert life.arrived(came, "0123/one", "v2", NOW) is came
    assert life.awaits_verdict(came, "0123/one", "v1")
    assert not life.awaits_verdict(came, "0123/one", "v2")
    assert not life.awaits_verdict(came, "0123/other", "v1")
    assert not life.awaits_verdict(life.refused(came, Reason.MALWARE, NOW), "0123/one", "v1")


def test_a_verdict_that_comes_late_still_counts() -> None:
    came = life.arrived(life.asked_for(draft(), "one", NOW), "0123/one", "v1", NOW)
    assert life.awaits_verdict(life.unchecked(came, NOW), "0123/one", "v1")


def test_what_was_published_stays_until_the_new_file_is() -> None:
    came = life.arrived(life.asked_for(draft(), "one", NOW), "0123/one", "v1", NOW)
    published = life.published(life.passed(came, file_of(came), Inspected(kind=FileKind.PDF), NOW), NOW)
    again = life.arrived(life.asked_for(published, "two", NOW), "0123/two", "v1", NOW)
    assert again.file == published.file

    replaced = life.published(life.passed(again, file_of(again), Inspected(kind=FileKind.PDF), NOW), NOW)
    assert replaced.file is not None
    assert (replaced.file.key, replaced.discarded) == ("two", ("one",))


def test_an_owner_may_be_asked_once_for_each_review_date() -> None:
    asked = life.owner_asked(draft(), NOW)
    same = life.described(asked, WORDS.model_copy(update={"title": "New"}), NOW)
    later = life.described(asked, WORDS.model_copy(update={"review_on": date(2028, 1, 1)}), NOW)
    assert (same.owner_asked_at, later.owner_asked_at) == (NOW, None)


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.REMOVED])
def test_once_it_is_over_every_file_of_it_goes(status: Status) -> None:
    came = life.arrived(life.asked_for(draft(), "one", NOW), "0123/one", "v1", NOW)
    published = life.published(life.passed(came, file_of(came), Inspected(kind=FileKind.PDF), NOW), NOW)
    again = life.arrived(life.asked_for(published, "two", NOW), "0123/two", "v1", NOW)
    offered = life.passed(again, file_of(again), Inspected(kind=FileKind.PDF), NOW)

    over = life.ended(offered, status, NOW)

    assert (over.file, over.offer, set(over.discarded)) == (None, None, {"one", "two"})
    assert over.is_over


class AnItem(RuleBasedStateMachine):
    """An item to which everything happens, with events that come twice, late and about other versions."""

    def __init__(self) -> None:
        super().__init__()
        self.item = draft()
        self.now = NOW
        self.asked: list[str] = []
        self.clean: set[tuple[str, str]] = set()
        """The key and version of each file that was seen to be clean and passed inspection."""
        self.pinned: dict[str, str] = {}

    def moment(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    @precondition(lambda self: life.may_offer(self.item))
    @rule()
    def ask(self) -> None:
        name = f"file{len(self.asked)}"
        self.asked.append(f"0123/{name}")
        self.item = life.asked_for(self.item, name, self.moment())

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), version=st.sampled_from(["v1", "v2"]))
    def arrive(self, data: st.DataObject, version: str) -> None:
        key = data.draw(st.sampled_from(self.asked))
        self.item = life.arrived(self.item, key, version, self.moment())
        if self.item.offer and self.item.offer.key == key and self.item.offer.version:
            self.pinned.setdefault(key, self.item.offer.version)

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), version=st.sampled_from(["v1", "v2"]), how=st.sampled_from(["clean", "found", "bad", "none"]))
    def judge(self, data: st.DataObject, version: str, how: str) -> None:
        key = data.draw(st.sampled_from(self.asked))
        if not life.awaits_verdict(self.item, key, version):
            return
        if how == "bad":
            self.item = life.refused(self.item, Reason.MALWARE, self.moment())
        elif how == "none":
            self.item = life.unchecked(self.item, self.moment())
        else:
            signs = (Finding(sign=Sign.NHS_NUMBER, place="page 1"),) if how == "found" else ()
            self.clean.add((key, version))
            inspected = Inspected(kind=FileKind.PDF, findings=signs)
            self.item = life.passed(self.item, file_of(self.item), inspected, self.moment())

    @precondition(lambda self: life.in_review(self.item))
    @rule(yes=st.booleans())
    def decide(self, yes: bool) -> None:
        step = life.published(self.item, self.moment()) if yes else life.returned(self.item, "No", self.moment())
        self.item = step

    @precondition(lambda self: not self.item.is_over)
    @rule(status=st.sampled_from([Status.WITHDRAWN, Status.REMOVED]))
    def end(self, status: Status) -> None:
        self.item = life.ended(self.item, status, self.moment())

    @rule()
    def tidy(self) -> None:
        self.item = life.tidied(self.item)

    @invariant()
    def only_clean_files_are_in_the_library(self) -> None:
        offered = self.item.offer.file if self.item.offer else None
        for file in (self.item.file, offered):
            if file is not None:
                key = f"0123/{file.key}"
                assert (key, self.pinned[key]) in self.clean

    @invariant()
    def what_anybody_can_get_is_never_discarded(self) -> None:
        offered = self.item.offer.file if self.item.offer else None
        kept = {file.key for file in (self.item.file, offered) if file is not None}
        assert not kept & set(self.item.discarded)

    @invariant()
    def what_is_over_has_no_file(self) -> None:
        assert not self.item.is_over or (self.item.file is None and self.item.offer is None)


TestAnItem = AnItem.TestCase
