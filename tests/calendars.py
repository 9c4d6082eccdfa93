"""Calendar entries as four readers understand them that know nothing of each other, or of us."""

import ctypes
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import icalendar
import vobject

from infra.stages import ROOT

type When = tuple[datetime, datetime]
"""When an event starts and ends, in UTC."""

_ICAL_JS = ROOT / "node_modules/ical.js/dist/ical.js"
_SCRIPT = f"""
import ICAL from {json.dumps(_ICAL_JS.as_uri())};
import {{ readFileSync }} from "node:fs";
const read = (file) => new ICAL.Component(ICAL.parse(file)).getAllSubcomponents("vevent").map((found) => {{
  const event = new ICAL.Event(found);
  return [event.startDate.toUnixTime(), event.endDate.toUnixTime()];
}});
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).flatMap(read)));
"""


def _icalendar(files: Sequence[bytes]) -> Iterator[When]:
    """The reader that Python programs use."""
    for file in files:
        for event in icalendar.Calendar.from_ical(file).walk("VEVENT"):
            read: Any = event
            yield read["DTSTART"].dt.astimezone(UTC), read["DTEND"].dt.astimezone(UTC)


def _vobject(files: Sequence[bytes]) -> Iterator[When]:
    """The reader of Radicale and other servers."""
    known: dict[str, Any] = vars(vobject.icalendar)["__tzidMap"]
    for file in files:
        # It would read every file, here and in other tests, by the rules of the first.
        with patch.dict(known):
            known.pop("Europe/London", None)
            events = vobject.readOne(file.decode()).vevent_list
        for event in events:
            yield event.dtstart.value.astimezone(UTC), event.dtend.value.astimezone(UTC)


def _ical_js(files: Sequence[bytes]) -> Iterator[When]:
    """The reader of Thunderbird and Nextcloud. Node starts once, however many files there are."""
    node = Path(sys.executable).with_name("node")
    command = [str(node), "--input-type=module", "--eval", _SCRIPT]
    given = json.dumps([file.decode() for file in files])
    told = subprocess.run(command, input=given, capture_output=True, check=True, text=True, timeout=60)
    for start, end in json.loads(told.stdout):
        yield _moment(start), _moment(end)


class _Time(ctypes.Structure):
    """``struct icaltimetype`` of libical 3."""

    _fields_ = (
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")),
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    )


@cache
def libical() -> Any:
    """The reader of GNOME's and KDE's calendars, or ``None`` where Debian's ``libical3`` is not installed."""
    try:
        library = ctypes.CDLL("libical.so.3")
    except OSError:
        return None
    calendar = event = ctypes.c_void_p
    for name, takes, gives in (
        ("icalparser_parse_string", [ctypes.c_char_p], calendar),
        ("icalcomponent_string_to_kind", [ctypes.c_char_p], ctypes.c_int),
        ("icalcomponent_get_first_component", [calendar, ctypes.c_int], event),
        ("icalcomponent_get_next_component", [calendar, ctypes.c_int], event),
        ("icalcomponent_get_dtstart", [event], _Time),
        ("icalcomponent_get_dtend", [event], _Time),
        ("icaltime_as_timet_with_zone", [_Time, ctypes.c_void_p], ctypes.c_long),
        ("icalrestriction_check", [calendar], ctypes.c_int),
        ("icalcomponent_free", [calendar], None),
    ):
        function = getattr(library, name)
        function.argtypes, function.restype = takes, gives
    return library


def _libical(files: Sequence[bytes]) -> Iterator[When]:
    read = libical()
    kind = read.icalcomponent_string_to_kind(b"VEVENT")
    for file in files:
        calendar = read.icalparser_parse_string(file)
        event = read.icalcomponent_get_first_component(calendar, kind)
        while event:
            times = read.icalcomponent_get_dtstart(event), read.icalcomponent_get_dtend(event)
            start, end = (_moment(read.icaltime_as_timet_with_zone(time, time.zone)) for time in times)
            yield start, end
            event = read.icalcomponent_get_next_component(calendar, kind)
        read.icalcomponent_free(calendar)


def is_lawful(file: bytes) -> bool:
    """Whether libical finds in a calendar all that RFC 5546 demands of its method, and nothing it forbids there."""
    read = libical()
    calendar = read.icalparser_parse_string(file)
    lawful = bool(read.icalrestriction_check(calendar))
    read.icalcomponent_free(calendar)
    return lawful


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


READERS: Mapping[str, Callable[[Sequence[bytes]], Iterator[When]]] = {
    "icalendar": _icalendar,
    "vobject": _vobject,
    "ical.js": _ical_js,
    "libical": _libical,
}
"""By name. Each takes files and gives all their events, in order. Ask for ``libical()`` before the last."""


def read_by_all(file: bytes) -> dict[str, When]:
    """When the one event of a calendar is, by the name of the reader, for all that are on this machine."""
    here = {name: read for name, read in READERS.items() if name != "libical" or libical()}
    return {name: when for name, read in here.items() for when in read([file])}
