"""A coordinator and the people who wait: deciding, ten minutes to undo, and what the people hear."""

from datetime import timedelta

import pytest

from tests.e2e.cloud import Cloud, like
from tests.e2e.visitor import Visitor
from tests.network import text_of
from tests.people import ANN, SAM
from tests.web import Page

QUEUE = "/coordinate/applications"
_HTML = "{http://www.w3.org/1999/xhtml}"


def marks(queue: Page) -> dict[str, str]:
    """The value of each tick box in the queue, by the name beside it."""
    labels = {
        label.get("for"): " ".join("".join(label.itertext()).split()) for label in queue.tree.iter(f"{_HTML}label")
    }
    boxes = (box for box in queue.tree.iter(f"{_HTML}input") if box.get("name") == "application")
    return {labels[box.get("id")]: box.get("value") or "" for box in boxes}


def page_of(cora: Visitor, name: str) -> str:
    """The path of somebody's application."""
    mark = marks(cora.get(QUEUE))[name]
    return f"{QUEUE}/{mark.partition('.')[0]}"


def waiting(cloud: Cloud, name: str) -> dict[str, str]:
    """Somebody who sells, and waits for a person to look."""
    sam = like(SAM, name)
    assert cloud.join(sam).get("/join/outcome").reason == "E11"
    cloud.mailbox.next(sam["email"], "Your application to join")
    return sam


def test_somebody_who_is_accepted_hears_it_after_ten_minutes_and_not_before(local_cloud: Cloud, cora: Visitor) -> None:
    sam = waiting(local_cloud, "Sam Accepted")
    path = page_of(cora, sam["name"])
    page = cora.get(path)
    assert all(
        words in page.words for words in (sam["name"], sam["email"], "A person will look at what you supply (E11)")
    )

    answer = cora.follow(cora.post(path, decision="accept", version=page.value_of("version") or ""))

    assert "Nothing is sent for 10 minutes, so you can undo it." in answer.words
    local_cloud.settle(timedelta(minutes=9))
    local_cloud.let_mail_pass()
    assert local_cloud.mailbox.all(sam["email"], "You are a member") == []
    local_cloud.settle()
    local_cloud.mailbox.next(sam["email"], "You are a member")
    assert f"Hello {sam['name']}" in local_cloud.sign_in(sam["email"]).get("/home").words


def test_somebody_who_is_declined_reads_the_reason_and_how_to_ask_again(local_cloud: Cloud, cora: Visitor) -> None:
    sam = waiting(local_cloud, "Sam Declined")
    path = page_of(cora, sam["name"])
    version = cora.get(path).value_of("version") or ""
    note = "Please write to us if your work changes."

    nothing_chosen = cora.post(path, version=version)
    no_reason = cora.post(path, decision="decline", version=version, note=note)
    declined = cora.post(path, decision="decline", reason="D05", version=version, note=note)

    assert nothing_chosen.status == no_reason.status == 422
    assert nothing_chosen.error_beside("decision") == "Choose what to decide"
    assert no_reason.error_beside("reason") is not None
    assert note in no_reason.text, "What was typed must be kept."
    assert declined.status == 303
    local_cloud.settle()
    words = text_of(local_cloud.mailbox.next(sam["email"], "Our answer to your application").message)
    assert "Members are never sold to" in words
    assert note in words
    assert "You can ask for another look until" in words


def test_a_decision_that_is_undone_sends_nothing(local_cloud: Cloud, cora: Visitor) -> None:
    sam = waiting(local_cloud, "Sam Undone")
    path = page_of(cora, sam["name"])
    cora.post(path, decision="decline", reason="D05")

    undone = cora.follow(cora.post(path, decision="undo"))
    again = cora.follow(cora.post(path, decision="undo"))

    assert "Undone. Nothing was sent." in undone.words
    assert "There was no decision to undo." in again.words
    local_cloud.settle()
    local_cloud.let_mail_pass()
    assert len(local_cloud.mailbox.all(sam["email"], "application")) == 1
    assert sam["name"] in marks(cora.get(QUEUE))


def test_a_coordinator_accepts_several_people_at_once(local_cloud: Cloud, cora: Visitor) -> None:
    people = [waiting(local_cloud, f"Sam {word}") for word in ("First", "Second")]
    ticks = [marks(cora.get(QUEUE))[sam["name"]] for sam in people]

    nobody = cora.post(QUEUE, decision="accept")
    answer = cora.follow(cora.post(QUEUE, {"application": ticks, "decision": "accept"}))

    assert nobody.status == 422
    assert nobody.error_beside("application") == "Choose at least one application"
    assert "Nothing is sent for 10 minutes" in answer.words
    assert {sam["name"] for sam in people} <= set(marks(answer))
    local_cloud.settle()
    for sam in people:
        local_cloud.mailbox.next(sam["email"], "You are a member")
    assert not {sam["name"] for sam in people} & set(marks(cora.get(QUEUE)))


def test_somebody_who_is_asked_for_more_can_answer(local_cloud: Cloud, cora: Visitor) -> None:
    sam = waiting(local_cloud, "Sam Asked")
    cora.post(page_of(cora, sam["name"]), decision="ask", reason="E19", note="Which wards do you work with?")

    local_cloud.settle()

    words = text_of(local_cloud.mailbox.next(sam["email"], "A question about your application").message)
    assert "Which wards do you work with?" in words
    assert local_cloud.begin(sam).get("/join/about-you").value_of("name") == sam["name"]


def test_a_coordinator_looks_one_member_up_and_cannot_list_them(local_cloud: Cloud, cora: Visitor) -> None:
    ann = like(ANN, "Ann Lookedup")
    local_cloud.join(ann)

    found = cora.follow(cora.post("/coordinate/members", email=ann["email"]))

    assert ann["name"] in found.words
    assert ann["email"] not in cora.get("/coordinate/members").words
    assert cora.post("/coordinate/members", email="nobody.here@nhs.net").status == 422


@pytest.fixture(scope="module")
def member(local_cloud: Cloud) -> Visitor:
    """A member who coordinates nothing."""
    return local_cloud.join(like(ANN, "Ann Curious"))


@pytest.mark.parametrize(
    "path", ["/coordinate", QUEUE, f"{QUEUE}/{'0' * 32}", "/coordinate/members", "/coordinate/sessions"]
)
def test_a_member_finds_nothing_at_a_coordinators_address(local_cloud: Cloud, member: Visitor, path: str) -> None:
    stranger = local_cloud.visitor().get(path)

    assert (stranger.status, stranger.location.partition("?")[0]) == (303, "/sign-in")
    assert member.get(path).status == 404
