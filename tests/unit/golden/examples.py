"""One session, and the five files that it becomes.

Each file beside this one holds the exact bytes. When a change to them is meant, write them again with
``python -m tests.unit.golden.examples``, read the difference, and commit it with the reason.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path

from functions.kernel import ical
from functions.kernel.when import uk_local, uk_words
from functions.mail import mime

FOLDER = Path(__file__).parent

NETWORK, EVENTS = "Patient Safety Management Network", "events@events.psmn.test"
WYN_NAME, WYN = "Wyn Ŵr O'Neil", "wyn.oneil@nhs.wales"
FRIDAY = date(2026, 11, 27)

ON = ical.Entry(
    uid="5f2c7d1e9a@psmn.test",
    sequence=0,
    stamp=datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
    start=uk_local(FRIDAY, time(11)),
    end=uk_local(FRIDAY, time(12)),
    summary="Learning from falls, together",
    description=(
        "Sioned Ŵyn talks about falls on a ward; questions follow.\n"
        "A safe space, never recorded.\n"
        "How to join: https://psmn.test/sessions/5f2c7d1e9a"
    ),
    location="Online. The session page opens the door.",
    url="https://psmn.test/sessions/5f2c7d1e9a",
    organizer_name=NETWORK,
    organizer_address=EVENTS,
)
OFF = ON.model_copy(
    update={
        "sequence": 1,
        "stamp": datetime(2026, 11, 26, 15, 30, tzinfo=UTC),
        "status": ical.Status.CANCELLED,
    }
)
SUMMER = ON.model_copy(
    update={
        "uid": "8b3f0c6d2e@psmn.test",
        "start": uk_local(date(2027, 4, 2), time(12)),
        "end": uk_local(date(2027, 4, 2), time(13)),
        "summary": "Work as done: what staff see that plans do not",
        "url": "https://psmn.test/sessions/8b3f0c6d2e",
    }
)

INVITE = mime.Message(
    key="a" * 64,
    date=ON.stamp,
    from_name=NETWORK,
    from_address=EVENTS,
    to_name=WYN_NAME,
    to_address=WYN,
    reply_to="hello@psmn.test",
    subject="Friday 27 November 2026, 11am: learning from falls",
    text=(
        f"You are invited: {uk_words(ON.start, ON.end)}.\n\nIt is a safe space, never recorded.\n\n"
        "Open the session page: https://psmn.test/sessions/5f2c7d1e9a\n"
    ),
    html=(
        f"<p>You are invited: {uk_words(ON.start, ON.end)}.</p><p>It is a safe space, never recorded.</p>"
        '<p><a href="https://psmn.test/sessions/5f2c7d1e9a">Open the session page</a></p>\n'
    ),
    calendar=ical.request(ON, WYN_NAME, WYN),
    subscription=mime.Subscription(
        list_id="invites.events.psmn.test",
        unsubscribe_url="https://psmn.test/unsubscribe/3q2yZ8Rk",
        unsubscribe_address="unsubscribe+3q2yZ8Rk@events.psmn.test",
    ),
    tags={"intent": "a" * 64, "kind": "invite"},
)
PLAIN = mime.Message(
    key="b" * 64,
    date=datetime(2026, 7, 1, 8, 15, tzinfo=UTC),
    from_name=NETWORK,
    from_address="account@account.psmn.test",
    to_address=WYN,
    reply_to="hello@psmn.test",
    subject="3812 0457 is your code to sign in",
    text="Your code is 3812 0457.\n\nIt works for 15 minutes, in the browser that asked for it.\n",
    html=(
        "<p>Your code is <strong>3812 0457</strong>.</p>"
        "<p>It works for 15 minutes, in the browser that asked for it.</p>\n"
    ),
)

FILES: Mapping[str, bytes] = {
    "request.ics": ical.request(ON, WYN_NAME, WYN),
    "cancel.ics": ical.cancel(OFF, WYN_NAME, WYN),
    "feed.ics": ical.publish([OFF, SUMMER], name=NETWORK),
    "invite.eml": mime.build(INVITE),
    "plain.eml": mime.build(PLAIN),
}

if __name__ == "__main__":
    for name, content in FILES.items():
        (FOLDER / name).write_bytes(content)
