"""What a coordinator does with what members share."""

import pytest

from functions.kernel import keys
from functions.kernel.headers import content_policy
from functions.kernel.table import change
from functions.membership.model import Member
from functions.resources import review
from functions.resources.inspected import FileKind, Hint, Inspected
from functions.resources.model import Stage, Status
from tests.library import LIBRARY, Sharing
from tests.network import Network, text_of
from tests.people import ANN, CORA
from tests.shelves import FALLS, NHS_NUMBER_ON_SLIDE_3, begin, describe, is_nothing, item, send, share
from tests.web import Browser

QUEUE = "/coordinate/library"


def ready(sharing: Sharing, browser: Browser, finds: Inspected | None = None, **other: object) -> str:
    """Something that waits for a coordinator."""
    resource_id = describe(browser, **other)
    send(sharing, resource_id, finds)
    return resource_id


def test_the_queue_holds_what_waits_longest_first_with_what_was_found(
    sharing: Sharing, anns: Browser, coras: Browser, network: Network
) -> None:
    assert "No file is waiting" in coras.get(QUEUE).words
    first = ready(sharing, anns, NHS_NUMBER_ON_SLIDE_3, title="The first")
    network.clock.move(minutes=5)
    ready(sharing, anns, Inspected(kind=FileKind.WORD), title="The second")
    describe(anns, title="Without a file")

    page = coras.get(QUEUE)

    assert page.words.index("The first") < page.words.index("The second")
    assert "A number that looks like an NHS number, on slide 3" in page.words
    assert "Nothing found" in page.words
    assert "Without a file" not in page.words
    assert f'href="{QUEUE}/{first}"' in page.text
    assert "2 files wait for a person to look at" in coras.get("/coordinate").words


def test_cora_sees_everything_that_is_known_before_she_decides(sharing: Sharing, anns: Browser, coras: Browser) -> None:
    inspected = Inspected(
        kind=FileKind.SLIDES,
        findings=NHS_NUMBER_ON_SLIDE_3.findings,
        hints=(Hint.NO_HEADINGS,),
        people=("Ann Example",),
    )
    resource_id = ready(sharing, anns, inspected)

    page = coras.get(f"{QUEUE}/{resource_id}")

    for fact in (
        "Shared by Ann Example",
        "A person has to look",
        "Its name was Falls huddle v3 FINAL.txt",
        "A number that looks like an NHS number, on slide 3",
        "Names in the file's properties: Ann Example",
        "It has no headings.",
        "Who made it Anytown NHS Foundation Trust",
    ):
        assert fact in page.words
    assert f'action="/library/{resource_id}/file?offered=1"' in page.text
    assert page.headers["content-security-policy"] == content_policy(
        forms=(f"https://{LIBRARY}.s3.eu-west-2.amazonaws.com",)
    )


def test_cora_is_told_when_somebody_who_sells_has_shared_something(
    network: Network, sharing: Sharing, ann: Member, anns: Browser, coras: Browser
) -> None:
    resource_id = ready(sharing, anns)
    sentence = "They work for a supplier. Give it back if it advertises what they sell."
    assert sentence not in coras.get(f"{QUEUE}/{resource_id}").words

    network.table.write(change(keys.member(ann.id), set={"role": "supplier"}))
    assert sentence in coras.get(f"{QUEUE}/{resource_id}").words


def test_what_was_found_is_published_only_by_somebody_who_says_that_they_looked(
    sharing: Sharing, anns: Browser, coras: Browser, bens: Browser
) -> None:
    resource_id = ready(sharing, anns, NHS_NUMBER_ON_SLIDE_3)
    page = coras.post(f"{QUEUE}/{resource_id}", decision="publish")
    assert page.status == 422
    assert page.error_beside("looked") == review.LOOK_FIRST
    assert is_nothing(bens, bens.get(f"/library/{resource_id}"))

    version = str(item(sharing, resource_id).version)
    page = coras.post(f"{QUEUE}/{resource_id}", decision="publish", looked="yes", version=version)

    assert page.location == f"{QUEUE}/{resource_id}?done=published"
    assert "Published. Members can find it within a minute." in coras.get(page.location).words
    assert bens.get(f"/library/{resource_id}").status == 200


def test_pressing_publish_twice_publishes_once(sharing: Sharing, anns: Browser, coras: Browser) -> None:
    resource_id = ready(sharing, anns)
    for said in ("published", "already"):
        assert coras.post(f"{QUEUE}/{resource_id}", decision="publish").location.endswith(f"?done={said}")
    assert "It was published already." in coras.get(f"{QUEUE}/{resource_id}?done=already").words


def test_ann_reads_why_her_file_came_back(sharing: Sharing, anns: Browser, coras: Browser, network: Network) -> None:
    resource_id = ready(sharing, anns)
    assert coras.post(f"{QUEUE}/{resource_id}", decision="return").error_beside("note") == review.SAY_WHY

    page = coras.post(f"{QUEUE}/{resource_id}", decision="return", note="Take out the story on slide 4.")

    assert page.location.endswith("?done=returned")
    assert "Given back." in coras.get(page.location).words
    seen = anns.get(f"/library/{resource_id}")
    assert "Given back to you" in seen.words
    assert "The coordinator wrote: Take out the story on slide 4." in seen.words
    assert "Choose another file" in seen.words
    assert "Take out the story on slide 4." in text_of(network.inbox(ANN["email"])[-1])


def test_cora_removes_what_is_published_by_way_of_its_page(
    sharing: Sharing, anns: Browser, coras: Browser, bens: Browser
) -> None:
    resource_id = share(sharing, anns)
    assert f'href="{QUEUE}/{resource_id}"' in coras.get(f"/library/{resource_id}").text
    assert QUEUE not in bens.get(f"/library/{resource_id}").text
    page = coras.get(f"{QUEUE}/{resource_id}")
    assert "Remove it" in page.words
    assert "Give it back" not in page.words

    page = coras.post(f"{QUEUE}/{resource_id}", decision="remove", note="There is a name on page 2.")

    assert page.location == f"{QUEUE}?done=removed"
    assert "Removed." in coras.get(page.location).words
    for browser in (bens, coras):
        assert is_nothing(browser, browser.get(f"/library/{resource_id}"))
    seen = anns.get(f"/library/{resource_id}")
    assert "Removed A coordinator removed this from the library." in seen.words
    assert "There is a name on page 2." in seen.words


def test_nobody_publishes_what_they_shared_themselves(sharing: Sharing, coras: Browser) -> None:
    resource_id = ready(sharing, coras)
    assert "You shared this yourself" in coras.get(f"{QUEUE}/{resource_id}").words
    page = coras.post(f"{QUEUE}/{resource_id}", decision="publish")
    assert page.error_beside("decision") == review.OWN
    assert item(sharing, resource_id).status is Status.DRAFT


def test_a_decision_about_what_was_seen_before_is_not_taken(sharing: Sharing, anns: Browser, coras: Browser) -> None:
    resource_id = ready(sharing, anns)
    seen = coras.get(f"{QUEUE}/{resource_id}").value_of("version")
    anns.post(f"/library/share/{resource_id}/details", FALLS | {"title": "Something else"})
    page = coras.post(f"{QUEUE}/{resource_id}", decision="publish", version=str(seen))
    assert page.status == 422
    assert "changed while you were looking at it" in str(page.error_beside("decision"))


def test_there_is_nothing_to_decide_about_a_file_that_has_not_been_looked_at(
    sharing: Sharing, anns: Browser, coras: Browser
) -> None:
    resource_id = describe(anns)
    page = coras.get(f"{QUEUE}/{resource_id}")
    assert "There is nothing to decide about it yet." in page.words
    assert coras.post(f"{QUEUE}/{resource_id}", decision="publish").error_beside("decision") == (
        review.NOTHING_TO_DECIDE
    )
    assert is_nothing(coras, coras.get(f"{QUEUE}/{begin(anns)}"))


def test_the_queue_is_cut_where_it_gets_too_long(
    sharing: Sharing, anns: Browser, coras: Browser, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.resources.web_review.MOST_SHOWN", 1)
    ready(sharing, anns, title="The first")
    assert "These are the first" not in coras.get(QUEUE).words
    network.clock.move(minutes=5)
    ready(sharing, anns, title="The second")
    page = coras.get(QUEUE)
    assert "These are the first 1." in page.words
    assert "The second" not in page.words


def test_requirement_15_a_coordinators_form_takes_nothing_else(sharing: Sharing, anns: Browser, coras: Browser) -> None:
    resource_id = ready(sharing, anns)
    assert coras.post(f"{QUEUE}/{resource_id}", decision="publish", owner="x").status == 422
    offer = item(sharing, resource_id).offer
    assert offer is not None
    assert offer.stage is Stage.READY


def test_requirement_15_no_members_page_shows_the_address_of_whoever_shared(
    sharing: Sharing, anns: Browser, bens: Browser, coras: Browser
) -> None:
    resource_id = share(sharing, anns)
    for page in (bens.get(f"/library/{resource_id}"), coras.get(f"{QUEUE}/{resource_id}")):
        assert ANN["email"] not in page.text
        assert CORA["email"] not in page.text
    assert ANN["name"] not in bens.get(f"/library/{resource_id}").text
