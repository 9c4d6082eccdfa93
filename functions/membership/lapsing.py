"""When a membership lapses: who is asked whether they are still there, reminded, and at last forgotten.

Nothing follows what people read. All that is known is the month in which somebody last did something here, so whoever
was last seen in a month counts as seen until its end.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

REMINDED_AFTER = timedelta(days=60)
"""After they were asked."""
ERASED_AFTER = timedelta(days=90)
"""After they were asked."""
LAST_WARNING = timedelta(days=14)
"""At least so long after the reminder, however late that was."""


class Step(StrEnum):
    """What has to be done about one member now."""

    NOTHING = "nothing"
    ASK = "ask"
    REMIND = "remind"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a member, as far as it matters here."""

    active_in: str
    """The last month in which they gave a sign: "2026-11"."""
    failing_since: datetime | None = None
    """Since when mail to their address fails, or ``None`` when it does not."""
    is_coordinator: bool = False
    asked_at: datetime | None = None
    reminded_at: datetime | None = None


def month_of(moment: datetime) -> str:
    """The month of a moment, which is all that is kept of it."""
    return f"{moment.astimezone(UTC):%Y-%m}"


def due(standing: Standing) -> datetime:
    """From when on a member is to be asked: a year after the month of their last sign.

    Where mail to them fails, they have no way to hear of us, and it is at once: since the failure or the end of that
    month, whichever came later.
    """
    year, month = map(int, standing.active_in.split("-"))
    quiet = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    a_year_later = quiet.replace(year=quiet.year + 1)
    if standing.failing_since is None:
        return a_year_later
    return min(a_year_later, max(quiet, standing.failing_since))


def step(standing: Standing, at: datetime) -> Step:
    """What has to be done about a member at a moment.

    What they were asked before their last sign, or before it was due, does not count. A coordinator is asked and never
    erased: the network could be left with nobody to run it.
    """
    since = due(standing)
    if at < since:
        return Step.NOTHING
    if standing.asked_at is None or standing.asked_at < since:
        return Step.ASK
    if standing.is_coordinator:
        return Step.NOTHING
    if standing.reminded_at is None:
        return Step.REMIND if at >= standing.asked_at + REMINDED_AFTER else Step.NOTHING
    return Step.ERASE if at >= erased_at(standing, at) else Step.NOTHING


def erased_at(standing: Standing, at: datetime) -> datetime:
    """When a member is erased who was asked, and is reminded at the latest ``at``, if they give no sign."""
    asked_at = standing.asked_at or at
    if standing.asked_at is None:
        return asked_at + ERASED_AFTER
    return max(asked_at + ERASED_AFTER, (standing.reminded_at or at) + LAST_WARNING)


def after(standing: Standing, done: Step, at: datetime) -> Standing:
    """What is known of a member once a step has been taken."""
    if done is Step.ASK:
        return replace(standing, asked_at=at, reminded_at=None)
    return replace(standing, reminded_at=at) if done is Step.REMIND else standing
