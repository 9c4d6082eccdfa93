"""Taking the sessions that are coming out of one person's calendar, when they stop, leave or change their address.

What the ledger says may have arrived decides, and nothing else knows what a calendar holds.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from functions.kernel.when import clock_in_words, day_in_words, in_uk, uk_words
from functions.mail.model import CalendarPart, Mail, new_mail

_TICK = timedelta(seconds=1)
"""What calendars tell two versions apart by (RFC 5545 section 3.8.7.2 has no smaller parts)."""


def withdrawals(rows: Iterable[Mail], address_digest: str, now: datetime) -> list[Mail]:
    """The messages that take each session that is coming out of the calendar at one address.

    ``rows`` are messages to one person in any order. Of those with an entry that may have arrived, the newest for
    each UID says what the calendar shows, because calendars go by sequence and stamp (RFC 5546 section 2.1.5). A
    message that has yet to start does not count: what it rests on has ended by then, so it never goes.
    """
    newest: dict[str, tuple[Mail, CalendarPart]] = {}
    for row in rows:
        part = row.calendar
        if part is None or row.address_digest != address_digest or not row.may_have_arrived:
            continue
        held = newest.get(part.entry["uid"])
        if held is None or _order(part) > _order(held[1]):
            newest[part.entry["uid"]] = row, part
    return [
        _withdrawn(row, part, key, now)
        for row, part in newest.values()
        if (key := row.withdrawal) is not None and now < _moment(part, "start")
    ]


def _order(part: CalendarPart) -> tuple[int, datetime]:
    return part.entry["sequence"], _moment(part, "stamp")


def _moment(part: CalendarPart, name: str) -> datetime:
    return datetime.fromisoformat(part.entry[name])


def _withdrawn(row: Mail, part: CalendarPart, key: str, now: datetime) -> Mail:
    start, stamp = _moment(part, "start"), _moment(part, "stamp")
    newer = max(now.replace(microsecond=0), stamp + _TICK)
    opens = in_uk(start)
    context: dict[str, Any] = {
        "subject": f"Out of your calendar: {day_in_words(opens)}, {clock_in_words(opens.time())} (UK time)",
        "title": row.context.get("title") or part.entry["summary"],
        "when": uk_words(start, _moment(part, "end")),
        "page": part.entry["url"],
    }
    return new_mail(
        "withdrawn",
        key=key,
        to_address=row.to_address,
        to_name=row.to_name,
        address_digest=row.address_digest,
        owner=row.owner,
        context=context,
        calendar=CalendarPart(method="WITHDRAW", entry=part.entry | {"stamp": newer.isoformat()}),
        now=now,
        not_after=start,
    )
