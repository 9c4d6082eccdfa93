"""Who decided what, and when: one line for each change of standing, written with the change itself.

A line holds reference numbers and never a name or an address, so that it can outlive the person it is about
(security requirements 69 to 71). ``functions/audit`` seals the lines, so that one that is changed later shows.
"""

from datetime import datetime

from functions.kernel import clock, keys, kinds, tokens
from functions.kernel.table import Write, put_new

BY_THE_RULES = "rules"
"""The author of what no person decided."""
BY_THE_ADMINISTRATOR = "administrator"
"""The author of what is done with the keys of the account."""
EVERYBODY = "everybody"
"""The subject of what was done with all members at once. Each of them reads it among the lines about themselves."""


def line(subject: str, what: str, *, by: str, now: datetime, **facts: str | int) -> Write:
    """The write that adds one line about ``subject``, the id of an application, a member or a session,
    or ``EVERYBODY``.

    ``now`` is the moment of what is told. For a job that is the moment it was due, which may be hours ago. So the place
    in the list of all lines goes by the clock, or a late line would hide among those that are sealed already.
    """
    lasts = kinds.KIND["audit"].lifetime
    assert lasts is not None
    item = {
        "what": what,
        "by": by,
        "at": clock.stamp(now),
        "facts": facts,
        "expires_at": clock.epoch(now + lasts),
        f"{keys.LISTS}pk": keys.LINES,
        f"{keys.LISTS}sk": clock.stamp(clock.now()),
    }
    return put_new("audit", keys.audit(subject, clock.stamp(now), tokens.new_id()), item)
