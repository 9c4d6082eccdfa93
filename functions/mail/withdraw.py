"""Taking the sessions that are coming out of one person's calendar, when they stop, leave or change their address.

What the ledger says may have arrived decides, and nothing else knows what a calendar holds.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from functions.kernel.when import clock_in_words, day_in_words, in_uk, uk_words
from functions.mail.model import MAY_HAVE_ARRIVED, CalendarPart, Mail, State, new_mail

_TICK = timedelta(seconds=1)
"""What calendars tell two versions apart by (RFC 5545 section 3.8.7.2 has no smaller parts)."""


_TAKEN = MAY_HAVE_ARRIVED - {State.SENDING, State.UNKNOWN}
"""After these we need not send the same again: the mail service had the message."""

type _Row = tuple[Mail, CalendarPart]


def withdrawals(rows: Iterable[Mail], address_digest: str, now: datetime) -> list[Mail]:
    """The messages that take each session that is coming out of the calendar at one address.

    ``rows`` are messages to one person in any order. For each UID the newest entry that may have arrived is taken out,
    unless something newer has surely done it: calendars go by sequence and stamp (RFC 5546 section 2.1.5). A message
    that has yet to start does not count: what it rests on has ended by then, so it never goes.
    """
    by_uid: dict[str, list[_Row]] = {}
    for row in rows:
        if row.calendar is not None and row.address_digest == address_digest and row.may_have_arrived:
            by_uid.setdefault(row.calendar.entry["uid"], []).append((row, row.calendar))
    return [mail for versions in by_uid.values() if (mail := _withdrawal(versions, now))]


def _withdrawal(versions: Sequence[_Row], now: datetime) -> Mail | None:
    put_in = [(row, part, key) for row, part in versions if (key := row.withdrawal) is not None]
    if not put_in:
        return None
    row, part, key = max(put_in, key=lambda each: _order(each[1]))
    taken_out = any(mail.state in _TAKEN and _order(other) > _order(part) for mail, other in versions)
    if taken_out or now >= _moment(part, "start"):
        return None
    return _withdrawn(row, part, key, max(_order(other) for _, other in versions), now)


def _order(part: CalendarPart) -> tuple[int, datetime]:
    return part.entry["sequence"], _moment(part, "stamp")


def _moment(part: CalendarPart, name: str) -> datetime:
    return datetime.fromisoformat(part.entry[name])


def _withdrawn(row: Mail, part: CalendarPart, key: str, newest: tuple[int, datetime], now: datetime) -> Mail:
    """One message, newer than all that may have arrived."""
    start, (sequence, stamp) = _moment(part, "start"), newest
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
        calendar=CalendarPart(method="WITHDRAW", entry=part.entry | {"sequence": sequence, "stamp": newer.isoformat()}),
        now=now,
        not_after=start,
    )
