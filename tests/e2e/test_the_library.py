"""The library, from a member's own computer to another's: files that come, are held, refused, published and found."""

import base64
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

import pytest
from botocore.exceptions import ClientError

from cli.malware import EICAR
from functions.kernel import tokens
from functions.kernel.table import Table
from functions.resources import words
from functions.resources.inspected import MOST_BYTES, Reason
from functions.resources.model import FILES
from functions.resources.shelf import PASSED
from functions.resources.store import Library
from tests import documents, hostile, hostile_office
from tests.e2e.cloud import Cloud, like
from tests.e2e.sharing import (
    FOUND_ON_SLIDE_3,
    NUMBER,
    NUMBERED,
    ask,
    becomes,
    describe,
    form_for,
    links,
    publish,
    send_file,
    shared,
    until,
)
from tests.e2e.visitor import Visitor
from tests.library import verdict
from tests.network import text_of
from tests.people import ANN
from tests.web import Page

SLIDES = ("What happened", "Who noticed", "The quokka ward moved its beds")


@pytest.fixture(scope="module")
def ann(local_cloud: Cloud) -> Visitor:
    """The browser of a member who shares."""
    return local_cloud.join(like(ANN, "Ann Sharing"))


@pytest.fixture(scope="module")
def ben(local_cloud: Cloud) -> Visitor:
    """The browser of another member."""
    return local_cloud.join(like(ANN, "Ben Reading"))


def is_nothing(visitor: Visitor, path: str) -> bool:
    """Whether an address gives what one without anything behind it gives."""
    page = visitor.get(path)
    return (page.status, page.body) == (404, visitor.get("/library/0123456789abcdef0123456789abcdef").body)


def find(visitor: Visitor, asked: str, resource_id: str) -> Page:
    """Search until an item is among what is found: it takes a minute at most."""
    path = f"/library?q={quote_plus(asked)}"
    return until(lambda: visitor.get(path), lambda page: f"/library/{resource_id}" in links(page))


def test_a_deck_with_a_patients_number_is_held_and_a_clean_copy_is_found_and_downloaded(
    local_cloud: Cloud, cora: Visitor
) -> None:
    person = like(ANN, "Ann Held")
    ann, ben = local_cloud.join(person), local_cloud.join(like(ANN, "Ben Finding"))

    # She sends it by mistake. It is held, and she reads where to look and never the number itself.
    resource_id = describe(ann, title="How a ward moved its beds")
    here = f"/library/{resource_id}"
    sent = send_file(ann, resource_id, "Beds v2 FINAL.pptx", documents.deck((*SLIDES[:2], NUMBERED)))
    assert sent.status == 200
    letter = text_of(local_cloud.mailbox.next(person["email"], "Please look at your file again").message)
    page = becomes(ann, resource_id, "A person has to look")
    for read in (" ".join(letter.split()), page.words):
        assert FOUND_ON_SLIDE_3 in read
        assert NUMBER not in read
        assert NUMBER.replace(" ", "") not in read
    for path in (here, f"{here}/file", f"{here}/file?offered=1", f"/library/share/{resource_id}/details"):
        assert is_nothing(ben, path), path
    assert ben.post(f"{here}/file?offered=1").status == 404
    assert FOUND_ON_SLIDE_3 in cora.get("/coordinate/library").words

    # She takes it out. A coordinator looks and publishes.
    clean = documents.deck(SLIDES)
    assert ann.post(f"/library/share/{resource_id}/file").location == f"/library/share/{resource_id}/file"
    send_file(ann, resource_id, "Beds v3 FINAL FINAL.pptx", clean)
    becomes(ann, resource_id, "Waiting for a coordinator")
    assert is_nothing(ben, here)
    publish(cora, resource_id)
    published = time.monotonic()
    local_cloud.mailbox.next(person["email"], "Published in the library")

    # Another member finds it by a word on a slide, and gets the very bytes.
    found = find(ben, "quokka", resource_id)
    assert time.monotonic() - published < 60
    assert "slide 3" in found.words
    leads = ben.post(f"{here}/file")
    assert leads.status == 303
    got = ask("GET", leads.location)
    assert (got.status, got.body) == (200, clean)
    assert got.headers["content-disposition"].startswith("attachment;")
    assert "1 download so far" in ann.get(here).words

    # She withdraws it, and it is gone for everybody.
    assert ann.post(here, action="withdraw").location == f"{here}?done=withdrawn"
    assert here not in links(ben.get("/library?q=quokka"))
    for path in (here, f"{here}/file"):
        assert is_nothing(ben, path), path
    local_cloud.stack.invoke("resources.sweep", {"network": "psmn", "at": datetime.now(UTC).isoformat()})
    assert ask("GET", leads.location).status in {403, 404}


def test_the_test_file_of_every_malware_scanner_is_refused(local_cloud: Cloud, cora: Visitor) -> None:
    person = like(ANN, "Ann Infected")
    ann = local_cloud.join(person)
    resource_id = describe(ann, title="What a scanner knows")

    send_file(ann, resource_id, "notes.txt", EICAR)

    refusal = words.refusal(Reason.MALWARE)
    page = becomes(ann, resource_id, refusal.title)
    assert refusal.why in page.words
    letter = text_of(local_cloud.mailbox.next(person["email"], "We could not take your file").message)
    assert refusal.why in " ".join(letter.split())
    assert cora.post(f"/library/{resource_id}/file?offered=1").status == 404, "Nobody gets it, no coordinator either."


HOSTILE = {each.about: each for each in [*hostile.corpus(), *hostile_office.office()]}


@pytest.mark.parametrize(
    "about", ["a script on opening", "a part that expands a thousand times", "a recording called a letter"]
)
def test_a_file_that_must_never_be_taken_is_refused_in_plain_words(ann: Visitor, about: str) -> None:
    file = HOSTILE[about]
    resource_id = describe(ann, title=f"A file with {about}")

    send_file(ann, resource_id, file.name, file.content)

    refusal = words.refusal(file.reason)
    page = becomes(ann, resource_id, refusal.title)
    assert refusal.why in page.words
    assert refusal.how in page.words
    assert "Choose another file" in page.words


def test_an_abbreviation_finds_what_writes_it_out_and_the_other_way_round(
    cora: Visitor, ann: Visitor, ben: Visitor
) -> None:
    short, long = "PSIRF", "patient safety incident response framework"
    about = {"summary": "A plan.", "topics": ["falls"]}
    only_short = shared(ann, cora, "a.txt", f"We work by {short}.".encode(), title="A plan in short", **about)
    only_long = shared(ann, cora, "b.txt", f"We work by the {long}.".encode(), title="A plan in full", **about)

    find(ben, short, only_long)
    find(ben, long, only_short)


def test_a_form_that_is_sent_twice_ends_once(local_cloud: Cloud) -> None:
    """Security requirement 33: only the first version counts, whatever is reported of others, and how often."""
    person = like(ANN, "Ann Sending Twice")
    ann = local_cloud.join(person)
    resource_id = describe(ann, title="Sent twice")
    form = form_for(ann, resource_id)

    sent = {}
    for content in (f"{NUMBERED} once".encode(), f"{NUMBERED} twice".encode()):
        answer = form.send("a.txt", content)
        assert answer.status == 303
        sent[answer.headers["x-amz-version-id"]] = content

    becomes(ann, resource_id, "A person has to look")
    _let_reports_pass(local_cloud)
    local_cloud.let_mail_pass()
    assert len(local_cloud.mailbox.all(person["email"], "Please look at your file again")) == 1
    # Of two that come at once, the first is the one that we hear of first.
    item = Library(Table(local_cloud.stack.table, local_cloud.stack.client("dynamodb"))).get(resource_id)
    assert item is not None
    assert item.offer is not None
    assert item.offer.version is not None
    leads = ann.post(f"/library/{resource_id}/file?offered=1")
    assert ask("GET", leads.location).body == sent[item.offer.version]

    # She takes it back, and what was said of the file comes once more.
    assert ann.post(f"/library/{resource_id}", action="withdraw").status == 303
    bucket = local_cloud.stack.buckets["quarantine"]
    again = verdict(item.offer.key, item.offer.version, bucket=bucket)
    local_cloud.stack.client("sqs").send_message(QueueUrl=local_cloud.stack.queues["reports"], MessageBody=again)
    _let_reports_pass(local_cloud)
    assert ask("GET", leads.location).status in {403, 404}


def test_requirement_27_what_a_form_was_not_signed_for_is_refused_by_the_bucket(ann: Visitor) -> None:
    """And requirement 17: the name of the object, its type and its size are all in the signature."""
    resource_id = describe(ann, title="Never sent")
    form = form_for(ann, resource_id)
    policy = json.loads(base64.b64decode(form.fields["policy"]))
    assert ["content-length-range", 1, MOST_BYTES] in policy["conditions"]

    assert form.send("a.txt", b"").status == 400, "It is empty."
    for changed in (
        {"key": f"{resource_id}/another"},
        {"key": "files/another"},
        {"Content-Type": "text/html"},
        {"success_action_redirect": "https://elsewhere.example"},
        {"x-amz-tagging": "<Tagging/>"},
        {"policy": _with_a_larger_limit(policy)},
        {"x-amz-signature": "0" * 64},
    ):
        assert form.send("a.txt", b"Hello", **changed).status == 403, changed
    with pytest.raises(AssertionError, match="Your file has not reached us"):
        becomes(ann, resource_id, "Being checked", within=2)
    assert form.send("a.txt", b"Hello").status == 303, "Nothing of this has spoilt the form."


def test_requirement_27_a_file_over_the_limit_is_refused_by_the_bucket(ann: Visitor) -> None:
    form = form_for(ann, describe(ann, title="Too large"))

    answer = form.send("a.txt", bytes(MOST_BYTES + 1))

    assert (answer.status, b"EntityTooLarge" in answer.body) == (400, True)


def _with_a_larger_limit(policy: dict[str, Any]) -> str:
    larger = [each for each in policy["conditions"] if "content-length-range" not in each]
    return base64.b64encode(json.dumps({**policy, "conditions": larger}).encode()).decode()


def test_requirement_34_what_has_not_passed_can_be_read_by_nobody(local_cloud: Cloud, ann: Visitor) -> None:
    """Neither in quarantine nor, without the tag of what has passed, in the library. Only the inspection tags."""
    stack, root = local_cloud.stack, local_cloud.stack.client("s3")
    quarantine, library = stack.buckets["quarantine"], stack.buckets["library"]
    form = form_for(ann, describe(ann, title="Looked for in quarantine"))
    assert form.send("a.txt", b"Hello").status == 303
    key, planted = form.fields["key"], f"{FILES}{tokens.new_id()}"
    root.put_object(Bucket=library, Key=planted, Body=b"put here by mistake")
    passed = {"TagSet": [{"Key": PASSED[0], "Value": PASSED[1]}]}

    for function in ("resources.web", "resources.index", "resources.sweep", "site.web"):
        s3 = local_cloud.in_the_place_of(function, "s3")
        _refused(s3.get_object, Bucket=quarantine, Key=key)
    for function in ("resources.web", "resources.index", "resources.sweep", "resources.inspect"):
        s3 = local_cloud.in_the_place_of(function, "s3")
        _refused(s3.get_object, Bucket=library, Key=planted)
    for function in ("resources.web", "resources.index", "resources.sweep"):
        s3 = local_cloud.in_the_place_of(function, "s3")
        _refused(s3.put_object_tagging, Bucket=library, Key=planted, Tagging=passed)
        _refused(s3.put_object, Bucket=library, Key=f"{FILES}{tokens.new_id()}", Body=b"Hello")
    inspection = local_cloud.in_the_place_of("resources.inspect", "s3")
    inspection.put_object_tagging(Bucket=library, Key=planted, Tagging=passed)
    web = local_cloud.in_the_place_of("resources.web", "s3")
    assert web.get_object(Bucket=library, Key=planted)["Body"].read() == b"put here by mistake"
    root.delete_object(Bucket=library, Key=planted)


def _refused(call: Callable[..., Any], **what: Any) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        call(**what)


def _let_reports_pass(cloud: Cloud) -> None:
    """Wait until nothing is reported of any file that has not been heard."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    sqs, deadline = cloud.stack.client("sqs"), time.monotonic() + 30
    while any(
        int(count)
        for count in sqs.get_queue_attributes(QueueUrl=cloud.stack.queues["reports"], AttributeNames=names)[
            "Attributes"
        ].values()
    ):
        assert time.monotonic() < deadline
        time.sleep(0.1)
