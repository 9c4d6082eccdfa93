"""Sealing: putting a seal on the lines that have been written since the one before.

Lines are sealed after the fact and never touched. If each change had to move the end of a chain, all changes would
wait for each other (docs/decisions/0021-sealing-the-audit-log.md).
"""

from datetime import datetime, timedelta
from itertools import batched

from functions.audit.model import Seal, key_of
from functions.audit.safe import Safe
from functions.audit.store import AuditLog
from functions.kernel import clock

SETTLED_AFTER = timedelta(minutes=15)
"""A line gets its moment before its transaction is sent, and reaches the index a little after it. No function runs for
longer than five minutes, so what is to be read of the time before this is there."""
MOST_LINES = 2_000
"""Lines in one seal. An item of the table holds 400 KB (DynamoDB quota), and a line takes about 180 bytes of it."""


def seal(*, log: AuditLog, safe: Safe, at: datetime) -> list[Seal]:
    """Seal the lines that had settled at a moment, and lock the copies away. Gives the seals that were made.

    A second run finds nothing to seal. A run that was cut off between a seal and its copy is finished by the next.
    Raises ``Clash`` when another run was first, which has done the same.
    """
    recent = _recent(log)
    last = recent[0] if recent else None
    if last is not None:
        safe.lock_away(last)
    known = {line.key for each in recent for line in each.lines}
    since = clock.stamp(last.looks_back_to) if last else ""
    listed = log.lines(since=since, until=clock.stamp(at - SETTLED_AFTER))
    made = []
    for lines in batched((line for line in listed if key_of(line) not in known), MOST_LINES, strict=False):
        last = Seal.after(last, lines, at)
        log.add(last)
        safe.lock_away(last)
        made.append(last)
    return made


def _recent(log: AuditLog) -> list[Seal]:
    """The newest seal, and all others that may hold a line of the time that is looked at again."""
    recent: list[Seal] = []
    for each in log.seals():
        if recent and each.up_to < recent[0].looks_back_to:
            break
        recent.append(each)
    return recent
