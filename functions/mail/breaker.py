"""When a send to many is paused by itself: a rule over how its messages have ended so far.

What goes wrong with the first few hundred messages goes wrong with the rest. The mail service reviews an account at 5%
of bounces or 0.1% of complaints, and may pause all of its mail, sign-in codes too (AWS, "Amazon SES sending review
process FAQs"). So a send stops well before that, and a person reads why and lets it go on.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from functions.mail.model import State

LOOKS_FROM = 50
"""Fewer messages say nothing: one bounce among ten is 10%."""
MOST_COMPLAINTS = 1
"""Two among a thousand are twice what the mail service takes."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A share of the messages that may end in one state."""

    state: State
    share: float
    sentence: str
    """What a coordinator reads, with the number of messages and of all that were sent."""


LIMITS = (
    Limit(State.BOUNCED, 0.05, "{number} of {sent} messages bounced: the addresses do not exist."),
    Limit(State.REJECTED, 0.02, "The mail service refused {number} of {sent} messages."),
    Limit(State.UNKNOWN, 0.01, "The mail service did not say what became of {number} of {sent} messages."),
)
_HANDED_OVER = (State.SENT, State.DELIVERED, State.BOUNCED, State.COMPLAINED, State.REJECTED, State.UNKNOWN)


def why_to_pause(counts: Mapping[State, int], accepted: Mapping[State, int]) -> str | None:
    """The sentence that says why a run pauses now, or ``None`` when it goes on.

    :param accepted: how its messages had ended when a person last let it go on. What they saw then is not held against
        it again: only what has ended since counts, from the first message on.
    """
    since = {state: max(0, counts.get(state, 0) - accepted.get(state, 0)) for state in _HANDED_OVER}
    sent = sum(since.values())
    if sent < LOOKS_FROM:
        return None
    complaints = since[State.COMPLAINED]
    if complaints > MOST_COMPLAINTS:
        return f"{complaints} of {sent} readers called their message junk."
    for limit in LIMITS:
        if since[limit.state] > limit.share * sent:
            return limit.sentence.format(number=since[limit.state], sent=sent)
    return None
