"""A network's first sends go out in waves, so that what is wrong with a list of addresses shows before all have it.

Mail services watch a new sender closely. Amazon SES reviews an account whose mail bounces at 5% (AWS, "Amazon SES
sending review process FAQs"). Between two waves the run's own breaker has time to stop it.
"""

from datetime import datetime, timedelta

FIRST_WAVE, SECOND_WAVE = 50, 250
"""Messages."""
BETWEEN = timedelta(minutes=30)
_GROWTH = 2


def at_once(proven: int) -> int:
    """How many messages of a run may go at once, when the largest one before it got ``proven`` through."""
    return max(FIRST_WAVE, _GROWTH * proven)


def not_before(place: int, at_once: int, at: datetime) -> datetime | None:
    """When the message at a place of the run may go; ``None`` for at once."""
    if place < at_once:
        return None
    return at + BETWEEN if place < at_once + SECOND_WAVE else at + 2 * BETWEEN
