"""A press on Accept in a calendar, from the mail that travels back to the member's own page."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from functions.invites.letterbox import PREFIX
from tests.e2e.cloud import Cloud, like, monday_of
from tests.e2e.mailbox import Letter
from tests.inbound import arrival, outlook, words
from tests.network import text_of
from tests.people import ANN


@pytest.fixture(scope="module")
def receive(local_cloud: Cloud) -> Callable[..., str]:
    """Do what the mail service does with a mail: put it into the bucket, then tell of it."""

    def put_and_tell(name: str, raw: bytes, sender: str, **told: str) -> str:
        event = arrival(name, at=datetime.now(UTC).isoformat(), source=sender, **told)
        bucket = local_cloud.stack.buckets["inbound"]
        local_cloud.stack.client("s3").put_object(Bucket=bucket, Key=f"{PREFIX}{name}", Body=raw)
        return str(local_cloud.stack.invoke("invites.hear", event)["heard"])

    return put_and_tell


def accepted(letter: Letter) -> str:
    """What a calendar answers to the very entry in a letter."""
    (part,) = (part for part in letter.message.walk() if part.get_content_type() == "text/calendar")
    asked = str(part.get_content()).replace("METHOD:REQUEST", "METHOD:REPLY")
    return asked.replace("NEEDS-ACTION", "ACCEPTED")


def test_accept_in_the_calendar_is_an_answer_and_a_forged_one_is_not(
    local_cloud: Cloud, receive: Callable[..., str]
) -> None:
    member = like(ANN, "Ann Answering")
    visitor = local_cloud.join(member)
    day = datetime.now(UTC).date() + timedelta(weeks=60)
    day -= timedelta(days=(day.weekday() - 4) % 7)
    local_cloud.plan_sessions(day)
    local_cloud.psmn("invites", "run", "--at", monday_of(day))
    about = f"{day:%A} {day.day} {day:%B}"
    raw = outlook(accepted(local_cloud.mailbox.next(member["email"], about)), member["email"])

    assert receive("forged", raw, member["email"], dmarc="FAIL") == "forged"
    assert "calendar" not in [item.get("source", {}).get("S") for item in local_cloud.items()]
    assert [receive("accepted", raw, member["email"]) for _ in range(2)] == ["answered", "answered"]

    answers = [item for item in local_cloud.items() if item["kind"]["S"] == "answer"]
    assert [answer["value"]["S"] for answer in answers if answer["source"]["S"] == "calendar"] == ["yes"]
    assert "Outcome answered" in visitor.get("/account/data").words


def test_words_for_a_person_reach_the_networks_mailbox(local_cloud: Cloud, receive: Callable[..., str]) -> None:
    raw = words("Can I bring a colleague?", "wyn@trust.example")
    assert receive("words", raw, "wyn@trust.example") == "forwarded"
    letter = local_cloud.mailbox.next("hello@psmn.test", "Somebody wrote to the address")
    assert "Can I bring a colleague?" in text_of(letter.message)
    assert "wyn@trust.example" in text_of(letter.message)
