"""How fast mail to many goes: an even step below what the mail service allows.

The service refuses whatever comes faster than the account's rate, and counts a day's mail. What is left of both belongs
to the codes and answers that somebody waits for (security requirement 78).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

SHARE = 0.8
"""How much of the account's rate goes to mail to many."""
WORKERS = 2
"""So many send at the same time, and none knows of the other."""
KEPT_FREE = 0.1
"""This much of a day's quota is never used by mail to many."""
ASKED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Quota:
    """What the service allows the account."""

    each_second: float
    each_day: float
    """In any 24 hours. Less than nothing means that there is no limit."""
    sent: float
    """How many of these are used."""


CAUTIOUS = Quota(each_second=1, each_day=-1, sent=0)
"""The least that any account may send in a second (AWS, "Service quotas in Amazon SES"), for when nobody tells us."""


@dataclass(slots=True)
class Pace:
    """The step of one worker."""

    ask: Callable[[], Quota | None]
    elapsed: Callable[[], float]
    """Seconds since some moment, which nobody sets back."""
    sleep: Callable[[float], None]
    _quota: Quota = CAUTIOUS
    _asked: float | None = None
    _since: int = field(default=0)
    """How many have gone since it was asked."""
    _next: float = 0.0

    def wait(self) -> bool:
        """Wait for the turn of one message. ``False`` when the day's quota leaves no place for it."""
        now = self.elapsed()
        if self._asked is None or now - self._asked >= ASKED_EVERY.total_seconds():
            self._quota, self._asked, self._since = self.ask() or CAUTIOUS, now, 0
        if self._is_used_up():
            return False
        turn = max(now, self._next)
        self._next = turn + WORKERS / (SHARE * max(self._quota.each_second, CAUTIOUS.each_second))
        self._since += 1
        if turn > now:
            self.sleep(turn - now)
        return True

    def _is_used_up(self) -> bool:
        if self._quota.each_day < 0:
            return False
        # Whoever works beside us has sent about as much as we have since we asked.
        return self._quota.sent + WORKERS * self._since >= (1 - KEPT_FREE) * self._quota.each_day
