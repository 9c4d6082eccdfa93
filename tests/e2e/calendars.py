"""A calendar entry as three readers that know nothing of each other, or of us, understand it."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import icalendar
import vobject

from infra.stages import ROOT

type When = tuple[datetime, datetime]

_ICAL_JS = ROOT / "node_modules/ical.js/dist/ical.js"
_SCRIPT = f"""
import ICAL from {json.dumps(_ICAL_JS.as_uri())};
import {{ readFileSync }} from "node:fs";
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const event = new ICAL.Event(calendar.getFirstSubcomponent("vevent"));
console.log(JSON.stringify([event.startDate.toUnixTime(), event.endDate.toUnixTime()]));
"""


def _icalendar(content: bytes) -> When:
    """The reader that Python programs use."""
    event: Any = icalendar.Calendar.from_ical(content).walk("VEVENT")[0]
    return event["DTSTART"].dt, event["DTEND"].dt


def _vobject(content: bytes) -> When:
    """The reader of Radicale and other servers."""
    event = vobject.readOne(content.decode()).vevent
    return event.dtstart.value, event.dtend.value


def _ical_js(content: bytes) -> When:
    """The reader of Thunderbird and Nextcloud."""
    node = Path(sys.executable).with_name("node")
    command = [str(node), "--input-type=module", "--eval", _SCRIPT]
    told = subprocess.run(command, input=content, capture_output=True, check=True, timeout=30)
    start, end = (datetime.fromtimestamp(seconds, UTC) for seconds in json.loads(told.stdout))
    return start, end


_READERS: Mapping[str, Callable[[bytes], When]] = {
    "icalendar": _icalendar,
    "vobject": _vobject,
    **({"ical.js": _ical_js} if _ICAL_JS.exists() else {}),
}


def read_by_all(content: bytes) -> dict[str, When]:
    """When the one event of a calendar is, in UTC, by the name of the reader."""
    readings = {name: read(content) for name, read in _READERS.items()}
    return {name: (start.astimezone(UTC), end.astimezone(UTC)) for name, (start, end) in readings.items()}
