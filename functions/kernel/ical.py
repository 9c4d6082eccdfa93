"""Writes calendar entries, so that the calendars people really use read them right.

iCalendar is RFC 5545, and the messages that carry it between calendars are RFC 5546. Why an entry stands
alone and is never part of a series is in ``docs/decisions/0005-one-calendar-entry-a-friday.md``.

Importing this module takes a tenth of a second, nearly all of it the ``icalendar`` library, so a handler that
seldom writes an entry imports it only where it does.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache

from icalendar import Calendar, Component, Event, Timezone, vCalAddress, vDuration, vText
from icalendar.parser import Contentline, Parameters, param_value

from functions.kernel.entry import Entry, Status, plain_address
from functions.kernel.when import in_uk

PRODUCT = "-//Patient Safety Learning//Patient Safety Management Network//EN"
"""Which program wrote the entry (RFC 5545 section 3.7.3). No calendar shows it."""

REFRESH = timedelta(hours=6)
"""How often a calendar that subscribes is asked to look again. Changes also go out by mail, at once."""

ENTRIES = 16
"""So many entries a process keeps ready for the next reader. A send to many has one, and few for those who have had
another before."""

UK_TIME_RULES = """\
BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
DTSTART:19810329T010000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZNAME:BST
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZNAME:GMT
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE
"""
"""UK time since 1996, as two rules.

``icalendar`` can work a zone out by itself, but writes it as a list of dates, and Outlook and the readers
built on ical.js then show half the year an hour out.
"""

_LINE_BREAK = re.compile(r"\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
# Besides control characters: halves of characters, which UTF-8 has no place for, and the byte order mark.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
_LINE = 74
"""The bytes of a line that is folded as the library folds: the next begins with a space, and both together have 75 (RFC
5545 section 3.1)."""
_ESCAPED = "\\^"
"""What makes the library look for another place to fold."""
_QUOTED = frozenset(Parameters.quote_also["CN"])
_AS_A_READER = {"CUTYPE": "INDIVIDUAL", "PARTSTAT": "NEEDS-ACTION", "ROLE": "OPT-PARTICIPANT", "RSVP": "TRUE"}
_OF_A_READER = "".join(f";{name}={value}" for name, value in _AS_A_READER.items())
_ESCAPES = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})


def request(entry: Entry, attendee_name: str, attendee_address: str) -> bytes:
    """The message that asks one person to come, or moves what their calendar already holds.

    Raises ``ValueError`` for an entry that is not on for certain, and for an address that a calendar cannot take.
    """
    if entry.status is not Status.CONFIRMED:
        raise ValueError("Nobody is asked to a session that is called off or may become a break.")
    return _to_reader("REQUEST", entry, attendee_name, attendee_address)


def cancel(entry: Entry, attendee_name: str, attendee_address: str) -> bytes:
    """The message that calls the session off in one person's calendar.

    Raises ``ValueError`` for an entry that is still on, and for an address that a calendar cannot take.
    """
    if entry.status is not Status.CANCELLED:
        raise ValueError("Only a session that is called off is taken out of everybody's calendar.")
    return _to_reader("CANCEL", entry, attendee_name, attendee_address)


def withdraw(entry: Entry, attendee_name: str, attendee_address: str) -> bytes:
    """The message that takes the session out of one person's calendar, and leaves everybody else's as it is.

    It keeps the sequence, since the session has not changed, and so needs a newer stamp than the version it takes
    out. RFC 5546 section 3.2.5 has such a message say nothing of the status, because the session is not off.

    Raises ``ValueError`` for an address that a calendar cannot take.
    """
    return _to_reader("CANCEL", entry, attendee_name, attendee_address, with_status=False)


def publish(entries: Sequence[Entry], *, name: str) -> bytes:
    """Entries to subscribe to or to open, in a calendar called ``name``.

    RFC 5546 section 3.2.1 forbids attendees here and demands an organiser, which is the network: no member is
    named to whoever holds the address of the feed.
    """
    calendar = _calendar("PUBLISH", entries)
    calendar.add("x-wr-calname", _Text(_one_line(name)))
    calendar.add("refresh-interval", vDuration(REFRESH), {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    return _written(calendar)


def _to_reader(method: str, entry: Entry, name: str, address: str, *, with_status: bool = True) -> bytes:
    """``_to_one_person`` as bytes, of which only the line that names the reader is written for each of them."""
    # Two moments of the hour that comes twice may count as equal, and are not.
    folds = entry.stamp.fold, entry.start.fold, entry.end.fold
    before, after = _around_reader(method, entry, with_status, folds)
    return before + _reader_line(name, address) + after


@lru_cache(maxsize=ENTRIES)
def _around_reader(
    method: str,
    entry: Entry,
    with_status: bool,  # noqa: FBT001 - what is remembered is remembered by place.
    folds: tuple[int, int, int],  # noqa: ARG001 - it tells apart what is remembered.
) -> tuple[bytes, bytes]:
    """What stands before and after that line. A calendar is lines, each folded by itself (RFC 5545 section 3.1)."""
    nobody = "", "nobody@localhost"
    whole = _written(_to_one_person(method, entry, _attendee(*nobody), with_status=with_status))
    before, _, after = whole.partition(_reader_line(*nobody))
    return before, after


def _to_one_person(method: str, entry: Entry, attendee: vCalAddress, *, with_status: bool = True) -> Calendar:
    """The single attendee is the reader: nobody learns who else was asked, and their buttons work."""
    calendar = _calendar(method, [entry])
    (event,) = calendar.events
    event.add("attendee", attendee)
    # Without this, Outlook offers to propose a new time, which nobody could act on.
    event.add("x-microsoft-disallow-counter", "TRUE")
    if not with_status:
        del event["STATUS"]
    return calendar


def _attendee(name: str, address: str) -> vCalAddress:
    attendee = _calendar_user(name, address)
    attendee.params |= _AS_A_READER
    return attendee


def _reader_line(name: str, address: str) -> bytes:
    """The line with which an ``_attendee`` stands in a calendar, with the line ends around it.

    The library looks through each of the parts that are always the same, and each character for where it ends.
    """
    shown = _shown(name)
    called = param_value(shown, always_quote=not _QUOTED.isdisjoint(shown))
    line = f"ATTENDEE;CN={called}{_OF_A_READER}:mailto:{plain_address(address)}"
    if line.isascii() and not set(_ESCAPED) & set(line):
        folded = "\r\n ".join(line[place : place + _LINE] for place in range(0, len(line), _LINE)).encode()
    else:
        folded = Contentline(line).to_ical()  # type: ignore[no-untyped-call] # The library's own line is untyped.
    return b"\r\n" + folded + b"\r\n"


def _calendar(method: str, entries: Sequence[Entry]) -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(_uk_time())
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar


@cache
def _uk_time() -> Component:
    return Timezone.from_ical(UK_TIME_RULES)


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.stamp.astimezone(UTC))
    event.add("dtstart", _local(entry.start))
    event.add("dtend", _local(entry.end))
    event.add("summary", _Text(_one_line(entry.summary)))
    event.add("description", _Text(_lines(entry.description)))
    event.add("location", _Text(_one_line(entry.location)))
    event.add("url", entry.url)
    event.add("status", entry.status.value)
    event.add("class", "PUBLIC")
    event.add("transp", "OPAQUE")
    event.add("organizer", _calendar_user(entry.organizer_name, entry.organizer_address))
    return event


def _local(moment: datetime) -> datetime:
    """The moment by UK clocks, so that an entry keeps its hour if the law on summer time ever changes.

    In the hour that comes twice, a local time means the first (RFC 5545 section 3.3.5), but libical and ical.js
    take it for the second. So both stay UTC, in which nobody errs.
    """
    local = in_uk(moment)
    comes_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return moment.astimezone(UTC) if comes_twice else local


def _calendar_user(name: str, address: str) -> vCalAddress:
    return vCalAddress(f"mailto:{plain_address(address)}", params={"CN": _shown(name)})


def _shown(name: str) -> str:
    """A name as it stands in a parameter. Some readers take a backslash there for an escape, which RFC 5545 has not."""
    return _one_line(name).replace("\\", "/")


def _lines(text: str) -> str:
    """Text without the control characters that RFC 5545 section 3.1 forbids, its line breaks all alike."""
    return _CONTROL.sub("", _LINE_BREAK.sub("\n", text))


def _one_line(text: str) -> str:
    return _lines(text).replace("\n", " ").replace("\t", " ")


class _Text(vText):
    r"""Text that every calendar shows as it was typed, escaped just as RFC 5545 section 3.3.11 says.

    ``icalendar`` takes a typed backslash and capital N for a line break, so ``\\trust\New`` would lose its N.
    """

    def to_ical(self) -> bytes:
        """The value as it stands in the file."""
        return self.translate(_ESCAPES).encode()


def _written(calendar: Calendar) -> bytes:
    # The library folds lines and ends them; its own type for the result is too vague to pass on.
    content: bytes = calendar.to_ical()
    return content
