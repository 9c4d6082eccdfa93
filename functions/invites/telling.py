"""What one member has to be told of a session, from what they were told before.

Nothing is remembered about a member's calendar: the ledger's rows say what may have reached it. So the answer is right
whatever was planned, sent, overtaken or lost on the way, and asking again after it has been acted on gives "nothing".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from functions.mail.model import Mail
from functions.sessions.model import Session


class Telling(StrEnum):
    """What a member is told. The values are the names of the kinds of mail."""

    INVITE = "invite"
    NEW_TIME = "new-time"
    CANCELLED = "cancelled"
    CHANGED = "changed"
    """The words changed, and the time did not."""


@dataclass(frozen=True, slots=True)
class Held:
    """The entry of a session that may be in a member's calendar."""

    uid: str
    start: datetime
    end: datetime
    words: tuple[str, str]
    """Its title and its description."""
    stamp: datetime
    """When this version of it was made. A calendar takes no other of the same sequence that is not newer."""
    message_id: str | None
    """The mail service's name for the message that brought it."""


def held(rows: Sequence[Mail]) -> Held | None:
    """What a member's calendar may hold of a session, from the rows about it to their present address.

    The newest that may have arrived counts, by sequence and then by stamp as calendars do (RFC 5546 section 2.1.5).
    ``None`` when none did, or another row took the entry out again.
    """
    arrived = [row for row in rows if row.calendar is not None and row.may_have_arrived]
    newest = max(arrived, key=_order, default=None)
    if newest is None or newest.calendar is None or newest.calendar.method != "REQUEST":
        return None
    if newest.withdrawal in {row.key for row in rows}:
        return None
    entry: dict[str, Any] = newest.calendar.entry
    return Held(
        uid=entry["uid"],
        start=datetime.fromisoformat(entry["start"]),
        end=datetime.fromisoformat(entry["end"]),
        words=(entry["summary"], entry["description"]),
        stamp=datetime.fromisoformat(entry["stamp"]),
        message_id=newest.message_id,
    )


def _order(row: Mail) -> tuple[int, datetime]:
    assert row.calendar is not None
    return row.calendar.entry["sequence"], datetime.fromisoformat(row.calendar.entry["stamp"])


def telling(
    session: Session,
    words: tuple[str, str],
    before: Held | None,
    *,
    due: bool,
    wants: bool,
    accepted: bool,
) -> Telling | None:
    """What to tell a member who has not been told of this edition of the session; ``None`` for nothing.

    ``words`` are the title and the description that the entry would have now. ``due`` says whether the invitations to
    the session have to be out. Somebody who stopped the invitations after they accepted this one still hears when it
    moves or is called off, because they count on it.
    """
    if before is None:
        return Telling.INVITE if due and wants else None
    if not (wants or accepted):
        return None
    if not session.goes_ahead:
        return Telling.CANCELLED
    if (before.start, before.end) != (session.start, session.end):
        return Telling.NEW_TIME
    return Telling.CHANGED if before.words != words else None
