"""A file from the moment it comes to the moment it can be published, whatever the events about it do."""

import itertools
from typing import Any

import boto3
import pytest

from functions.membership.model import Member
from functions.resources import life
from functions.resources.inspected import FileKind, Finding, Inspected, Reason, Sign
from functions.resources.life import Scan
from functions.resources.model import FILES, Stage
from functions.resources.quarantine import Became
from functions.resources.reports import NotAReport, read
from functions.resources.shelf import PASSED, Shelf
from tests.library import LIBRARY, QUARANTINE, Sharing, arrival, event, verdict
from tests.network import Network, text_of


def test_a_file_in_which_nothing_is_found_waits_for_a_coordinator(sharing: Sharing, ann: Member) -> None:
    item = sharing.asked(ann)
    key, version = sharing.sent(item, b"We sat down together.", "Reviews 2026.txt")

    assert sharing.hear(arrival(key, version), verdict(key, version)) == [Became.ARRIVED, Became.READY]

    offer = sharing.offer(item)
    assert offer.file is not None
    assert (offer.stage, offer.file.name, offer.file.size) == (Stage.READY, "Reviews 2026.txt", 21)
    assert [each.id for each in sharing.library.in_review(10)] == [item.id]


def test_requirement_33_the_version_that_was_inspected_is_the_one_in_the_library(sharing: Sharing, ann: Member) -> None:
    item = sharing.asked(ann)
    key, first = sharing.sent(item, b"the first")
    _, second = sharing.sent(item, b"the second, sent while the first was looked at")

    heard = sharing.hear(
        arrival(key, first), arrival(key, second), verdict(key, second), verdict(key, first), verdict(key, first)
    )

    assert heard == [Became.ARRIVED, Became.NOT_AWAITED, Became.NOT_AWAITED, Became.READY, Became.NOT_AWAITED]
    file = sharing.offer(item).file
    assert file is not None
    kept = boto3.client("s3").get_object(Bucket=LIBRARY, Key=FILES + file.key)
    assert kept["Body"].read() == b"the first"
    assert kept["Metadata"] == {"sha256": file.checksum}


def test_requirement_34_a_file_in_the_library_carries_the_tag_that_says_it_has_passed(
    sharing: Sharing, ann: Member
) -> None:
    offer = sharing.checked(ann).offer
    assert offer is not None
    assert offer.file is not None
    tags = boto3.client("s3").get_object_tagging(Bucket=LIBRARY, Key=FILES + offer.file.key)["TagSet"]
    assert [(tag["Key"], tag["Value"]) for tag in tags] == [PASSED]


def test_requirement_33_any_order_of_the_events_and_any_repetition_ends_the_same(sharing: Sharing, ann: Member) -> None:
    for order in itertools.permutations(("arrival", "verdict", "arrival again", "verdict again")):
        item = sharing.asked(ann)
        key, version = sharing.sent(item)
        sharing.hear(*(arrival(key, version) if "arrival" in each else verdict(key, version) for each in order))
        assert sharing.offer(item).stage is Stage.READY, order


@pytest.mark.parametrize("scan", [Scan.UNSUPPORTED, Scan.ACCESS_DENIED, Scan.FAILED])
def test_requirement_32_without_a_clean_verdict_nothing_goes_further(
    sharing: Sharing, ann: Member, network: Network, scan: Scan
) -> None:
    item = sharing.asked(ann)
    key, version = sharing.sent(item)

    assert sharing.hear(verdict(key, version, scan)) == [Became.UNCHECKED]

    assert sharing.offer(item).stage is Stage.UNCHECKED
    assert sharing.kept() == set()
    assert sharing.library.in_review(10) == []
    (told,) = network.inbox(ann.address)
    assert "could not say whether your file is harmful" in " ".join(text_of(told).split())


def test_a_verdict_that_comes_after_all_lets_the_file_go_on(sharing: Sharing, ann: Member) -> None:
    item = sharing.asked(ann)
    key, version = sharing.sent(item)
    assert sharing.hear(verdict(key, version, Scan.FAILED), verdict(key, version)) == [Became.UNCHECKED, Became.READY]


def test_a_harmful_file_is_refused_unread_and_its_sharer_is_told_what_to_do(
    sharing: Sharing, ann: Member, network: Network
) -> None:
    item = sharing.asked(ann)
    key, version = sharing.sent(item)

    assert sharing.hear(arrival(key, version), verdict(key, version, Scan.THREATS)) == [
        Became.ARRIVED,
        Became.REFUSED,
    ]

    assert sharing.offer(item).reason is Reason.MALWARE
    assert sharing.kept() == set()
    (told,) = network.inbox(ann.address)
    assert told["subject"] == "We could not take your file: After action reviews"
    assert "Tell the IT service" in " ".join(text_of(told).split())


def test_a_file_of_a_wrong_kind_is_refused(sharing: Sharing, ann: Member) -> None:
    sharing.finds = Inspected(reason=Reason.MACROS)
    offer = sharing.checked(ann).offer
    assert offer is not None
    assert (offer.stage, offer.reason, offer.file) == (Stage.REFUSED, Reason.MACROS, None)
    assert sharing.kept() == set()


def test_requirement_36_a_file_with_what_may_be_a_patients_number_waits_for_a_person(
    sharing: Sharing, ann: Member, network: Network
) -> None:
    found = (Finding(sign=Sign.NHS_NUMBER, place="slide 3"),)
    sharing.finds = Inspected(kind=FileKind.SLIDES, findings=found)
    item = sharing.checked(ann)

    assert item.offer is not None
    assert (item.offer.stage, item.offer.findings) == (Stage.HELD, found)
    assert [each.id for each in sharing.library.in_review(10)] == [item.id]
    (told,) = network.inbox(ann.address)
    assert "A number that looks like an NHS number, on slide 3" in text_of(told)


def test_events_about_what_nobody_was_asked_for_change_nothing(sharing: Sharing, ann: Member) -> None:
    item = sharing.asked(ann)
    key, version = sharing.sent(item)
    before = sharing.now(item)

    heard = sharing.hear(
        arrival(key, version, bucket="somebody-elses"),
        verdict(key, version, bucket="somebody-elses"),
        verdict("0" * 32 + "/guess", version),
        arrival(f"{item.id}/guess", version),
        verdict(f"{item.id}/guess", version),
    )

    assert heard == [
        Became.NOT_OURS,
        Became.NOT_OURS,
        Became.NOT_OURS,
        Became.NOT_AWAITED,
        Became.NOT_AWAITED,
    ]
    assert sharing.now(item) == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"source": "aws.s3", "detail-type": "Object Created", "detail": {}}',
        event(("psmn.forged", "GuardDuty Malware Protection Object Scan Result"), {}),
        verdict("a/b", "v1", "PERHAPS"),
    ],
)
def test_what_is_no_report_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(NotAReport):
        read(text)


def test_a_file_that_is_gone_before_it_is_looked_at_is_waited_for_no_longer(sharing: Sharing, ann: Member) -> None:
    item = sharing.asked(ann)
    key, version = sharing.sent(item)
    boto3.client("s3").delete_object(Bucket=QUARANTINE, Key=key, VersionId=version)
    assert sharing.hear(verdict(key, version)) == [Became.GONE]


def test_the_word_that_a_file_came_and_the_verdict_may_arrive_in_the_same_moment(
    sharing: Sharing, ann: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = sharing.asked(ann)
    key, version = sharing.sent(item)
    keep = Shelf.keep

    def keep_while_the_other_arrives(shelf: Shelf, *kept: Any) -> None:
        keep(shelf, *kept)
        monkeypatch.undo()
        sharing.hear(arrival(key, version))

    monkeypatch.setattr(Shelf, "keep", keep_while_the_other_arrives)
    assert sharing.hear(verdict(key, version)) == [Became.READY]
    assert sharing.offer(item).stage is Stage.READY


def test_a_copy_whose_item_went_on_meanwhile_is_deleted(
    sharing: Sharing, ann: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the first file is copied, its sharer chooses another."""
    item = sharing.asked(ann)
    key, version = sharing.sent(item)
    sharing.hear(arrival(key, version))
    keep = Shelf.keep

    def keep_while_another_is_chosen(shelf: Shelf, *kept: Any) -> None:
        keep(shelf, *kept)
        assert sharing.kept()
        before = sharing.now(item)
        sharing.library.save(before, life.asked_for(before, "other", sharing.network.clock.now()))

    monkeypatch.setattr(Shelf, "keep", keep_while_another_is_chosen)
    assert sharing.hear(verdict(key, version)) == [Became.NOT_AWAITED]
    assert sharing.kept() == set()


def test_requirement_33_a_version_that_does_not_count_takes_no_copy_from_the_one_that_does(
    sharing: Sharing, ann: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verdict on a form's second file comes between the copy of the first and the word that it is there."""
    item = sharing.asked(ann)
    key, first = sharing.sent(item, b"the first")
    _, second = sharing.sent(item, b"the second")
    sharing.hear(arrival(key, first))
    keep = Shelf.keep

    def keep_while_the_other_is_judged(shelf: Shelf, *kept: Any) -> None:
        keep(shelf, *kept)
        assert sharing.hear(verdict(key, second)) == [Became.NOT_AWAITED]

    monkeypatch.setattr(Shelf, "keep", keep_while_the_other_is_judged)
    assert sharing.hear(verdict(key, first)) == [Became.READY]
    file = sharing.offer(item).file
    assert file is not None
    assert FILES + file.key in sharing.kept()
