"""UK local time, and the words for it.

People meet, read and choose times by the clock on a wall in the UK. Everything else here keeps aware UTC
moments, so this is the only place where the one becomes the other.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_NAMED = {time(0): "midnight", time(12): "midday"}


class NoSuchTime(ValueError):
    """A time that no UK clock shows, because it is skipped when the clocks go forward. Its text says so."""


def uk_local(day: date, clock: time) -> datetime:
    """The moment, in UTC, when clocks in the UK show ``clock`` on ``day``.

    On the night the clocks go back an hour comes twice, and the first of the two is meant, as RFC 5545
    section 3.3.5 reads a local time. Raises ``NoSuchTime`` for the hour that is skipped when they go forward.
    """
    shown = datetime.combine(day, clock.replace(tzinfo=None, fold=0))
    moment = shown.replace(tzinfo=LONDON).astimezone(UTC)
    if in_uk(moment).replace(tzinfo=None) != shown:
        skipped = f"There is no {clock_in_words(clock)} on {day_in_words(day)}"
        raise NoSuchTime(f"{skipped}, because the clocks go forward. Choose another time.")
    return moment


def in_uk(moment: datetime) -> datetime:
    """The same moment as UK clocks show it. Raises ``ValueError`` if it does not say which zone it is in."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} does not say which time zone it is in.")
    return moment.astimezone(LONDON)


def day_in_words(day: date) -> str:
    """A day as the NHS writes it: "Friday 27 November 2026"."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def clock_in_words(clock: time) -> str:
    """A time of day as the NHS writes it: "11am", "5:30pm", "midday", "midnight"."""
    minutes = f":{clock:%M}" if clock.minute else ""
    return _NAMED.get(clock) or f"{clock:%I}{minutes}{clock:%p}".lstrip("0").lower()


def uk_words(start: datetime, end: datetime) -> str:
    """When something happens: "Friday 27 November 2026, 11am to midday (UK time)".

    The midnight that ends a day is still that evening to the people who are there, so it names no second day.
    Raises ``ValueError`` when the end is not after the start.
    """
    if end <= start:
        raise ValueError(f"{end} is not after {start}.")
    opens, closes = in_uk(start), in_uk(end)
    until = clock_in_words(closes.time())
    if (closes - timedelta(minutes=1)).date() > opens.date():
        until = f"{until} on {day_in_words(closes)}"
    return f"{day_in_words(opens)}, {clock_in_words(opens.time())} to {until} (UK time)"
