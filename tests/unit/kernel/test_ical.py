"""A calendar entry, as two independent readers and a strict eye on the lines see it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from functions.kernel import ical
from functions.kernel.entry import Entry
from functions.kernel.when import LONDON
from tests.unit.golden.examples import (
    BREAK,
    EVENTS,
    FILES,
    FOLDER,
    NETWORK,
    OFF,
    ON,
    SUMMER,
    WYN,
    WYN_NAME,
)

HOSTILE = st.text() | st.sampled_from(
    [
        "BEGIN:VEVENT",
        "Falls\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nATTENDEE:mailto:victim@nhs.net",
        "Falls\nATTENDEE:mailto:victim@nhs.net",
        "Falls\u2028ATTENDEE:mailto:victim@nhs.net",
        "Falls\x85BEGIN:VALARM",
        'Falls";CN=Other:mailto:victim@nhs.net',
        r"\\trust\New; a, b: c",
        "Ŵyn a'r Ddraig " * 20,
        "شكرا على السلامة",
        "\ufeff\u202eevil\u202c",
        "👩🏽‍⚕️" * 30,
        "\x00\x07\x1b[31m\x7f\x9f",
        "\t",
        "half a character: \ud83d",
    ]
)
ASKED = "CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=OPT-PARTICIPANT;RSVP=TRUE"
LINE_BREAKS = re.compile(r"\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff]")


def as_read(text: str) -> str:
    """What a reader may see of a text: all but its control characters, with one kind of line break."""
    return CONTROLS.sub("", LINE_BREAKS.sub("\n", text))


def as_read_on_one_line(text: str) -> str:
    """What a reader may see of a text that stands on one line."""
    return re.sub(r"[\n\t]", " ", as_read(text))


def lines_of(content: bytes) -> list[str]:
    """The unfolded lines, after a check of what RFC 5545 section 3.1 says of folded ones."""
    assert content.endswith(b"\r\n")
    folded = content.split(b"\r\n")[:-1]
    assert all(line and len(line) <= 75 and not re.search(rb"[\r\n]", line) for line in folded)
    for line in folded:
        line.decode()
    return content.decode().replace("\r\n ", "").split("\r\n")[:-1]


def event_of(content: bytes) -> Any:
    """The one VEVENT, as ``icalendar`` reads it."""
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return event


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".ics")])
def test_the_calendar_files_are_the_bytes_that_were_agreed(name: str) -> None:
    assert FILES[name] == (FOLDER / name).read_bytes()


def test_an_invitation_says_exactly_this() -> None:
    lines = lines_of(FILES["invite.ics"])
    for expected in [
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
        f"PRODID:{ical.PRODUCT}",
        "UID:5f2c7d1e9a@psmn.test",
        "SEQUENCE:0",
        "DTSTAMP:20261123T090000Z",
        "DTSTART;TZID=Europe/London:20261127T110000",
        "DTEND;TZID=Europe/London:20261127T120000",
        r"SUMMARY:Learning from falls\, together",
        "STATUS:CONFIRMED",
        "CLASS:PUBLIC",
        "TRANSP:OPAQUE",
        "X-MICROSOFT-DISALLOW-COUNTER:TRUE",
        "URL:https://psmn.test/sessions/5f2c7d1e9a",
        f'ORGANIZER;CN="{NETWORK}":mailto:{EVENTS}',
        f'ATTENDEE;CN="{WYN_NAME}";{ASKED}:mailto:{WYN}',
    ]:
        assert lines.count(expected) == 1, expected
    assert lines.count("BEGIN:VEVENT") == lines.count("BEGIN:VTIMEZONE") == 1
    assert sum(line.startswith("ATTENDEE") for line in lines) == 1
    assert not [line for line in lines if re.match(r"BEGIN:VALARM|RECURRENCE-ID|ATTACH|GEO|X-WR", line)]


def test_nobody_is_asked_to_a_session_that_is_not_on_nor_kept_from_one_that_is() -> None:
    for entry in (OFF, BREAK):
        with pytest.raises(ValueError, match="called off or may become a break"):
            ical.request(entry, WYN_NAME, WYN)
    for entry in (ON, BREAK):
        with pytest.raises(ValueError, match="everybody's calendar"):
            ical.cancel(entry, WYN_NAME, WYN)


@pytest.mark.parametrize("entry", [ON, OFF, BREAK], ids=["on", "called off", "perhaps a break"])
def test_one_person_is_let_go_whatever_becomes_of_the_session_for_the_others(entry: Entry) -> None:
    lines = lines_of(ical.withdraw(entry, WYN_NAME, WYN))
    assert "METHOD:CANCEL" in lines
    assert f"SEQUENCE:{entry.sequence}" in lines
    assert not [line for line in lines if line.startswith("STATUS")]


def test_requirement_52_a_feed_names_no_member_and_asks_to_be_read_again() -> None:
    lines = lines_of(FILES["feed.ics"])
    assert not [line for line in lines if line.startswith("ATTENDEE") or WYN in line]
    assert {"METHOD:PUBLISH", "REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H"} <= set(lines)
    assert f"X-WR-CALNAME:{NETWORK}" in lines
    statuses = [line for line in lines if line.startswith("STATUS")]
    assert statuses == ["STATUS:CANCELLED", "STATUS:TENTATIVE", "STATUS:CONFIRMED"]
    # RFC 5546 section 3.2.1 demands an organiser, and the network's own address is the only one there is.
    assert set(re.findall(r"mailto:(\S+)", "\n".join(lines))) == {EVENTS}


def test_an_empty_feed_is_still_a_calendar() -> None:
    (calendar,) = icalendar.Calendar.from_ical(ical.publish([], name=NETWORK), multiple=True)
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE"]


def test_requirement_85_the_rules_of_uk_time_in_each_file_match_the_law() -> None:
    written: Any = icalendar.Timezone.from_ical(ical.UK_TIME_RULES)
    # Asked by name, the reader would answer from its own table of zones and never look at the rules.
    zone = written.to_tz(lookup_tzid=False)
    for day in range(366 * 4):
        moment = datetime(2026, 1, 1, 1, tzinfo=UTC) + timedelta(days=day)
        assert moment.astimezone(zone).utcoffset() == moment.astimezone(LONDON).utcoffset()


@given(hours=st.integers(0, 24 * 365 * 100))
def test_any_moment_comes_back_as_the_same_moment(hours: int) -> None:
    start = datetime(1997, 1, 1, tzinfo=UTC) + timedelta(hours=hours, minutes=30)
    entry = Entry.model_validate(ON.model_dump() | {"start": start, "end": start + timedelta(hours=1)})
    event = event_of(ical.request(entry, WYN_NAME, WYN))
    assert (event.start, event.end) == (entry.start, entry.end)


def test_requirement_85_both_passings_of_the_hour_that_comes_twice_are_told_in_utc() -> None:
    second = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    entry = ON.model_copy(update={"start": second - timedelta(hours=1), "end": second})
    lines = lines_of(ical.request(entry, WYN_NAME, WYN))
    assert "DTSTART:20271031T003000Z" in lines
    assert "DTEND:20271031T013000Z" in lines


TEXTS = st.fixed_dictionaries(dict.fromkeys(("summary", "description", "location", "organizer_name"), HOSTILE))


@given(texts=TEXTS, attendee=HOSTILE, calendar=HOSTILE)
def test_requirement_40_hostile_text_is_read_as_it_was_typed_and_does_nothing(
    texts: dict[str, str], attendee: str, calendar: str
) -> None:
    entry = Entry.model_validate(ON.model_dump() | texts)
    invitation = ical.request(entry, attendee, WYN)
    names = [re.split("[;:]", line)[0] for line in lines_of(invitation)]
    assert names == [re.split("[;:]", line)[0] for line in lines_of(FILES["invite.ics"])]

    event = event_of(invitation)
    assert event["DESCRIPTION"] == as_read(texts["description"])
    assert event["SUMMARY"] == as_read_on_one_line(texts["summary"])
    assert event["LOCATION"] == as_read_on_one_line(texts["location"])
    assert event["ATTENDEE"] == f"mailto:{WYN}"
    assert event["ATTENDEE"].params["CN"] == as_read_on_one_line(attendee).replace("\\", "/")
    assert event["ORGANIZER"].params["CN"] == as_read_on_one_line(texts["organizer_name"]).replace("\\", "/")

    other_reader = vobject.readOne(invitation.decode())
    assert other_reader.vevent.description.value == as_read(texts["description"])
    assert other_reader.vevent.attendee.value == f"mailto:{WYN}"
    assert len(other_reader.vevent_list) == 1

    feed = [re.split("[;:]", line)[0] for line in lines_of(ical.publish([entry], name=calendar))]
    assert feed == [re.split("[;:]", line)[0] for line in lines_of(ical.publish([ON], name=NETWORK))]


@pytest.mark.parametrize(
    "address",
    [
        "wyn",
        "wyn@",
        "wyn@nhs.net\r\nX: y",
        "wyn@nhs.net\n",
        "ŵyn@nhs.net",
        "a:b@nhs.net",
        "a b@nhs.net",
        "a@b@c",
    ],
)
def test_requirement_51_what_is_not_an_address_never_reaches_a_calendar(address: str) -> None:
    with pytest.raises(ValueError, match="email address"):
        ical.request(ON, WYN_NAME, address)
    with pytest.raises(ValidationError, match="email address"):
        Entry.model_validate(ON.model_dump() | {"organizer_address": address})


@pytest.mark.parametrize(
    "wrong",
    [
        {"uid": "a\r\nb"},
        {"uid": ""},
        {"sequence": -1},
        {"start": ON.start.replace(tzinfo=None)},
        {"end": ON.start},
        {"url": "javascript:alert(1)"},
        {"url": "https://psmn.test/\r\nATTENDEE:mailto:x@nhs.net"},
        {"alarm": "PT15M"},
    ],
)
def test_an_entry_that_no_calendar_could_hold_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Entry.model_validate(ON.model_dump() | wrong)


def test_an_entry_survives_the_table() -> None:
    assert Entry.model_validate_json(SUMMER.model_dump_json()) == SUMMER
