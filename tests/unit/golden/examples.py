"""One session, its whole life, and the files that it becomes.

Each file beside this one holds the exact bytes. When a change to them is meant, write them again with
``python -m tests.unit.golden.examples``, read the difference, and commit it with the reason.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path

from functions.kernel import ical, tokens
from functions.kernel.entry import Entry
from functions.kernel.entry import Status as InCalendar
from functions.kernel.when import uk_local, uk_words
from functions.mail import mime

FOLDER = Path(__file__).parent

NETWORK, EVENTS = "Patient Safety Management Network", "events@events.psmn.test"
WYN_NAME, WYN = "Wyn Ŵr O'Neil", "wyn.oneil@nhs.wales"
FRIDAY = date(2026, 11, 27)

ON = Entry(
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


def later(entry: Entry, stamp: datetime, **changed: object) -> Entry:
    """A later version of an entry."""
    return entry.model_copy(update={"stamp": stamp} | changed)


SUMMER = ON.model_copy(
    update={
        "uid": "8b3f0c6d2e@psmn.test",
        "start": uk_local(date(2027, 4, 2), time(12)),
        "end": uk_local(date(2027, 4, 2), time(13)),
        "summary": "Work as done: what staff see that plans do not",
        "url": "https://psmn.test/sessions/8b3f0c6d2e",
    }
)

BREAK = later(
    SUMMER,
    ON.stamp,
    uid="c61e90f7ab@psmn.test",
    start=uk_local(date(2026, 12, 25), time(12)),
    end=uk_local(date(2026, 12, 25), time(13)),
    summary="Friday drop-in, which may become a break",
    url="https://psmn.test/sessions/c61e90f7ab",
    status=InCalendar.TENTATIVE,
)

MOVED = later(
    ON,
    datetime(2026, 11, 24, 10, 0, tzinfo=UTC),
    sequence=1,
    start=uk_local(FRIDAY, time(14)),
    end=uk_local(FRIDAY, time(15)),
)
REWORDED = later(MOVED, datetime(2026, 11, 24, 16, 0, tzinfo=UTC), summary="Learning from falls on three wards")
OFF = later(REWORDED, datetime(2026, 11, 25, 9, 30, tzinfo=UTC), sequence=2, status=InCalendar.CANCELLED)
PUT_BACK = later(
    OFF,
    datetime(2026, 11, 25, 11, 0, tzinfo=UTC),
    uid="5f2c7d1e9a-1@psmn.test",
    sequence=3,
    status=InCalendar.CONFIRMED,
)
LEFT = later(PUT_BACK, datetime(2026, 11, 26, 8, 0, tzinfo=UTC))

LIFE: Mapping[str, tuple[Entry, Callable[[Entry, str, str], bytes]]] = {
    "invite": (ON, ical.request),
    "new-time": (MOVED, ical.request),
    "changed": (REWORDED, ical.request),
    "cancelled": (OFF, ical.cancel),
    "revived": (PUT_BACK, ical.request),
    "withdrawn": (LEFT, ical.withdraw),
}
"""All that can happen to an entry in one person's calendar, in the order in which it happened to Wyn's."""


def mail(kind: str) -> mime.Message:
    """The message that tells Wyn of one step in the entry's life. A real one has more words."""
    entry, write = LIFE[kind]
    said = f"{kind.replace('-', ' ').capitalize()}: {uk_words(entry.start, entry.end)}."
    return mime.Message(
        key=tokens.digest("golden", kind),
        date=entry.stamp,
        from_name=NETWORK,
        from_address=EVENTS,
        to_name=WYN_NAME,
        to_address=WYN,
        reply_to="hello@psmn.test",
        subject=f"{kind.replace('-', ' ').capitalize()}: {entry.summary}",
        text=f"{said}\n\nIt is a safe space, never recorded.\n\nOpen the session page: {entry.url}\n",
        html=(
            f"<p>{said}</p><p>It is a safe space, never recorded.</p>"
            f'<p><a href="{entry.url}">Open the session page</a></p>\n'
        ),
        calendar=write(entry, WYN_NAME, WYN),
        subscription=mime.Subscription(
            list_id="invites.events.psmn.test",
            unsubscribe_url="https://psmn.test/unsubscribe/3q2yZ8Rk",
            unsubscribe_address="unsubscribe+3q2yZ8Rk@events.psmn.test",
        ),
        tags={"kind": kind},
    )


MAILS = {kind: mail(kind) for kind in LIFE}
INVITE = MAILS["invite"]
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
    **{f"{kind}.ics": write(entry, WYN_NAME, WYN) for kind, (entry, write) in LIFE.items()},
    **{f"{kind}.eml": mime.build(message) for kind, message in MAILS.items()},
    "feed.ics": ical.publish([OFF, BREAK, SUMMER], name=NETWORK),
    "plain.eml": mime.build(PLAIN),
}

if __name__ == "__main__":
    for name, content in FILES.items():
        (FOLDER / name).write_bytes(content)
