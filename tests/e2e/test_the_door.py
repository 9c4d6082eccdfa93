"""Everybody comes at once: 200 people press "Go in" within a minute, and the chair sees the count."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from functions.kernel import auth, clock, keys, tokens
from functions.kernel.table import Table, delete, put
from functions.kernel.when import in_uk
from tests.e2e.cloud import Cloud
from tests.e2e.visitor import Visitor

MEETING = "https://meeting.example/200-people"
PEOPLE = 200
AT_ONCE = 16
"""Browsers that press in the same moment. The local cloud starts a process for each."""
PAUSE = 10
"""Seconds in which the chair's page looks again."""


@pytest.fixture(scope="module")
def session(local_cloud: Cloud, cora: Visitor) -> str:
    """The id of a session that starts in a few minutes, so that its door is open."""
    start = in_uk(datetime.now(UTC) + timedelta(minutes=10))
    if start.hour == 23 and start.minute > 50:
        start += timedelta(minutes=15)
    end = min(start + timedelta(hours=1), start.replace(hour=23, minute=59))
    added = cora.post(
        "/coordinate/sessions",
        title="Everybody at once",
        date=f"{start:%Y-%m-%d}",
        start=f"{start:%H:%M}",
        end=f"{end:%H:%M}",
        meeting_url=MEETING,
    )
    assert added.location == "/coordinate/sessions?done=added", added.text
    planned = local_cloud.visitor().get("/api/sessions").json["sessions"]
    (found,) = [str(each["id"]) for each in planned if each["title"] == "Everybody at once"]
    return found


@pytest.fixture
def crowd(local_cloud: Cloud) -> Iterator[list[Visitor]]:
    """Signed-in browsers of so many members. They are gone again when the test is over."""
    table = Table(local_cloud.stack.table, local_cloud.stack.client("dynamodb"))
    now, browsers, written = datetime.now(UTC), [], []
    for place in range(PEOPLE):
        member = {
            "id": tokens.new_id(),
            "name": f"Room {place}",
            "address": f"room{place}@anytown.nhs.uk",
            "address_digest": tokens.digest("room", str(place)),
            "status": "member",
            "joined_at": clock.stamp(now),
        }
        sign_in, cookie = auth.new_sign_in(member, now)
        # Kept as another kind than members are, so that nobody invites them.
        table.transact([put("draft", keys.member(member["id"]), member), sign_in])
        written.append(member["id"])
        name, _, value = cookie.partition(";")[0].partition("=")
        browsers.append(Visitor(local_cloud.stack.url, {name: value}))
    yield browsers
    for member_id in written:
        for item in table.children(keys.member(member_id).pk):
            table.write(delete(keys.Key(item["pk"], item["sk"])))


def test_200_people_go_in_within_a_minute_and_each_is_counted_once(
    local_cloud: Cloud, cora: Visitor, session: str, crowd: list[Visitor]
) -> None:
    door, chairs = f"/sessions/{session}/door", f"/coordinate/sessions/{session}/door"
    assert "0 people went in" in cora.get(chairs).words
    # Every tenth presses twice.
    presses = [browser for place, browser in enumerate(crowd) for _ in range(1 + (place % 10 == 0))]
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as everybody:
        answers = list(everybody.map(lambda browser: browser.post(door, agree="yes"), presses))
    took = time.monotonic() - began
    assert {(answer.status, answer.location) for answer in answers} == {(303, MEETING)}
    assert took < 60, f"They took {took:.0f} s."
    page = cora.get(chairs)
    assert f"{PEOPLE} people went in" in page.words
    assert page.headers["refresh"] == f"{PAUSE};url={chairs}"
