"""When nobody deploys: on Fridays, while members come together."""

from datetime import datetime, time

from functions.kernel.when import clock_in_words, day_in_words, in_uk

FRIDAY = 4
"""As ``datetime.weekday`` counts."""
FROM, UNTIL = time(9), time(15)
"""UK local time. People look up the link, come, and give their answers after it."""


def why_not_now(now: datetime) -> str | None:
    """A sentence for whoever wants to deploy at a moment when members meet, and nothing at any other moment.

    Raises ``ValueError`` for a moment that does not say which zone it is in.
    """
    here = in_uk(now)
    if here.weekday() != FRIDAY or not FROM <= here.time() < UNTIL:
        return None
    return (
        f"It is {clock_in_words(here.time().replace(second=0, microsecond=0))} on {day_in_words(here.date())} "
        f"(UK time). Members meet on Fridays, so nothing is deployed from {clock_in_words(FROM)} to "
        f"{clock_in_words(UNTIL)}. Wait, or add --force."
    )
