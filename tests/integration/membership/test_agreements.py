"""Requirement 68: with what people agree to, which words it was and when is kept, and they can read it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from functions.kernel import clock, keys
from functions.kernel.consents import DIGEST, DOOR, JOINING, SHARING
from functions.kernel.forms import WORDS_CHANGED
from functions.kernel.table import Item, change
from functions.sessions import jobs as session_jobs
from functions.sessions.store import Programme
from tests.network import Network
from tests.people import ANN
from tests.shelves import describe
from tests.web import Browser


@pytest.fixture
def ann(network: Network) -> Browser:
    return network.join(ANN)


def of_kind(network: Network, kind: str) -> Iterator[Item]:
    return (item for item in network.everything() if item["kind"] == kind)


def test_requirement_68_who_joins_agrees_to_words_that_are_kept_with_the_time(network: Network, ann: Browser) -> None:
    (application,) = of_kind(network, "application")
    told = application["answers"]
    assert (told["agreed_to"], told["agreed_at"]) == (JOINING.reference, "2026-11-23T10:00:00Z")


def test_requirement_68_who_goes_in_agrees_to_words_that_are_kept_with_the_time(network: Network, ann: Browser) -> None:
    session_jobs.programme({"network": "psmn", "at": network.clock.now().isoformat()}, None)
    friday = next(Programme(network.table).between(network.clock.now()))
    network.table.write(change(keys.session(friday.id), set={"meeting_url": "https://meet.example.org/1"}))
    network.clock.move(seconds=(friday.start - network.clock.now()).total_seconds())

    refused = ann.post(f"/sessions/{friday.id}/door", agree="yes", wording="door 0")
    assert refused.status == 422
    assert WORDS_CHANGED in refused.words
    assert not list(of_kind(network, "attendance"))
    assert ann.post(f"/sessions/{friday.id}/door", agree="yes", wording=DOOR.reference).status == 303

    (row,) = of_kind(network, "attendance")
    assert (row["agreed_to"], row["went_in_at"]) == (DOOR.reference, clock.stamp(friday.start))


def test_requirement_68_what_others_may_do_is_kept_with_the_words_and_anew_only_when_it_changes(
    network: Network, ann: Browser
) -> None:
    shared = describe(ann, wording=SHARING.reference)
    first = network.clock.now()
    network.clock.move(hours=1)
    page = f"/library/share/{shared}/details"
    assert ann.post(page, {**_telling(), "title": "Another title"}).status == 303
    (item,) = of_kind(network, "resource")
    assert (item["agreed_to"], item["agreed_at"]) == (SHARING.reference, clock.stamp(first))
    assert ann.post(page, {**_telling(), "permission": "read"}).status == 303
    (item,) = of_kind(network, "resource")
    assert item["agreed_at"] == clock.stamp(first + timedelta(hours=1))


def _telling() -> dict[str, str | list[str]]:
    return {
        "title": "Falls huddle checklist",
        "summary": "One page for the start of a shift.",
        "topics": ["falls"],
        "source": "Anytown NHS Foundation Trust",
        "permission": "change",
        "review_on": "2027-11-23",
        "wording": SHARING.reference,
    }


def test_requirement_68_who_asks_for_the_digest_agrees_until_they_stop_it(network: Network, ann: Browser) -> None:
    ann.post("/account/emails", digest="start")
    (choices,) = of_kind(network, "mail-choices")
    assert choices["digest_agreed_to"] == DIGEST.reference
    ann.post("/account/emails", digest="stop")
    (choices,) = of_kind(network, "mail-choices")
    assert "digest_agreed_to" not in choices


def test_requirement_68_a_member_reads_the_words_that_they_agreed_to(network: Network, ann: Browser) -> None:
    ann.post("/account/emails", digest="start")
    words = ann.get("/account/data").words
    assert f"Agreed to {JOINING.reference}" in words
    for point in (*JOINING.points, JOINING.agree, *DIGEST.points):
        assert point in words
    assert DOOR.points[0] not in words
