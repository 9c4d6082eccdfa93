"""A member's calendar, as the mails that reach it fill it."""

import email
import email.policy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import icalendar


class Shown(NamedTuple):
    """What the calendar says of one entry. The times are in UTC."""

    start: datetime
    end: datetime
    summary: str
    cancelled: bool


class Version(NamedTuple):
    """What one mail says of one entry."""

    uid: str
    order: tuple[int, datetime]
    """Which of two versions is newer: SEQUENCE decides, and DTSTAMP when it is the same (RFC 5546 section 2.1.5)."""
    attendee: str
    shown: Shown


@lru_cache(maxsize=4096)
def version_in(raw: bytes) -> Version | None:
    """The calendar part of a raw message, or ``None`` when it has none."""
    parts = [
        part
        for part in email.message_from_bytes(raw, policy=email.policy.default).walk()
        if part.get_content_type() == "text/calendar"
    ]
    if not parts:
        return None
    (part,) = parts
    calendar: Any = icalendar.Calendar.from_ical(part.get_payload(decode=True))
    method = str(calendar["METHOD"])
    # Outlook follows the label and others the entry, so the two may not differ.
    assert part["Content-Type"].params["method"] == method
    (event,) = calendar.walk("VEVENT")
    return Version(
        uid=str(event["UID"]),
        order=(int(event["SEQUENCE"]), event["DTSTAMP"].dt),
        attendee=str(event["ATTENDEE"]).removeprefix("mailto:"),
        shown=Shown(
            start=event["DTSTART"].dt.astimezone(UTC),
            end=event["DTEND"].dt.astimezone(UTC),
            summary=str(event["SUMMARY"]),
            cancelled=method == "CANCEL",
        ),
    )


@dataclass
class Attendee:
    """A calendar that keeps to RFC 5546: an older version never takes the place of a newer one.

    It remembers what was called off, so an invitation that arrives after its cancellation changes nothing.
    """

    address: str
    held: dict[str, Version] = field(default_factory=dict)

    def receive(self, raw: bytes) -> None:
        """Take in one mail. A mail for somebody else is a fault of the sender, and fails the test."""
        version = version_in(raw)
        if version is None:
            return
        assert version.attendee == self.address
        if self.takes(version):
            self.held[version.uid] = version

    def takes(self, version: Version) -> bool:
        """Whether what has come replaces what there is."""
        return version.uid not in self.held or version.order > self.held[version.uid].order

    def shows(self) -> dict[str, Shown]:
        """What the person sees, by UID."""
        return {uid: version.shown for uid, version in self.held.items()}


class NaiveAttendee(Attendee):
    """A calendar in which the last mail wins, as in sabre/vobject 4.6, on which Nextcloud and others are built.

    It looks at neither SEQUENCE nor DTSTAMP, and forgets a cancellation of what it does not hold. So the order in
    which mails leave has to be right.
    """

    def takes(self, version: Version) -> bool:
        """Whether what has come replaces what there is."""
        return not version.shown.cancelled or version.uid in self.held
