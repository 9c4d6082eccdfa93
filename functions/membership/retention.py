"""Keeping nobody longer than they want: a year without a sign, a question, a reminder, and then as if they had left.

What has a fixed time expires by itself (``kernel/kinds.py``). This is what needs somebody to be asked first. It works
through the members in shards, by the lists of the index, and each member's step is a transaction of its own: a run
that is cut off leaves nothing half done, and the next one finds what is left.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from functions.kernel import audit, clock, keys, tokens
from functions.kernel.errors import Clash, NotFound
from functions.mail.model import mail_key
from functions.mail.store import planned
from functions.membership import emails, erasures, lapsing
from functions.membership.clocks import Clocks, Known, kept_until, unchanged
from functions.membership.holdings import Holdings
from functions.membership.lapsing import Step
from functions.membership.model import StillYou

MOST_ERASED = 50
"""In one run. A mistake in a clock or in this code is then seen before it has erased everybody."""


@dataclass(slots=True)
class Report:
    """What a run did, or in a dry run would do, in numbers."""

    looked_at: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("ask", "tell", "remind", "erase"), 0))
    """By what was done. A coordinator is told where a member is asked."""
    held_back: int = 0
    """Those who would be erased, and are left for the next run because of ``MOST_ERASED``."""
    failed: int = 0
    unfinished: bool = False
    """Whether there was no time for everybody. The next run goes on, and each day begins with another shard."""


def run(
    at: datetime,
    *,
    clocks: Clocks,
    has_time: Callable[[], bool],
    noted: Callable[[Exception], None],
    dry_run: bool = False,
) -> Report:
    """Take the step that is due for each member. ``noted`` is told of a fault, which keeps nobody else waiting."""
    report = Report()
    for page in _pages(clocks, at):
        if not has_time():
            report.unfinished = True
            return report
        report.looked_at += len(page)
        for known in page:
            if at < lapsing.due(known.standing):
                continue
            try:
                _one(known, at, clocks, report, dry_run=dry_run)
            except Clash:
                continue  # They have come back or left in this very moment, or another run was first.
            except Exception as error:  # noqa: BLE001 - one member's fault is not to keep the others waiting.
                report.failed += 1
                noted(error)
    return report


def _pages(clocks: Clocks, at: datetime) -> Iterator[list[Known]]:
    """The members, beginning with another shard each day, so that nobody is always the last."""
    first = at.toordinal() % len(keys.SHARDS)
    for shard in (*keys.SHARDS[first:], *keys.SHARDS[:first]):
        yield from clocks.pages(shard)


def _one(listed: Known, at: datetime, clocks: Clocks, report: Report, *, dry_run: bool) -> None:
    known = clocks.now_of(listed)
    if known is None:
        return
    if known.active_in > known.member.seen_in and not dry_run:
        clocks.seen(known)
        known = clocks.now_of(known) or known
    step = lapsing.step(known.standing, at)
    if step is Step.NOTHING:
        return
    if step is Step.ERASE and report.counts["erase"] >= MOST_ERASED:
        report.held_back += 1
        return
    if not dry_run:
        _take(step, known, at, clocks)
    report.counts["tell" if step is Step.ASK and known.standing.is_coordinator else step] += 1


def _take(step: Step, known: Known, at: datetime, clocks: Clocks) -> None:
    if step is Step.ERASE:
        erasures.lapse(known.member, holdings=Holdings(clocks.table), now=at, only_if=unchanged(known))
    else:
        ask(known, step, at, clocks)


def ask(known: Known, step: Step, at: datetime, clocks: Clocks) -> None:
    """Ask a member whether they are still there, for the first time or again.

    Raises ``Clash`` when they have left, or were asked by another run.
    """
    member, standing = known.member, lapsing.after(known.standing, step, at)
    asked_at = standing.asked_at or at
    asked = StillYou(
        member_id=member.id,
        asked_at=asked_at,
        reminded_at=standing.reminded_at,
        mail=mail_key("still-you", member.id, member.address_digest, f"{step}.{clock.stamp(at)}"),
        expires_at=kept_until(asked_at),
    )
    letter = emails.still_you(member, asked, at, erased_at=lapsing.erased_at(standing, at))
    what = "asked if still here" if step is Step.ASK else "reminded"
    clocks.keep(asked, [planned(letter), audit.line(member.id, what, by=audit.BY_THE_RULES, now=at)])


def of_token(token: str, clocks: Clocks) -> StillYou:
    """The question whose link was followed.

    Raises ``NotFound`` when we never made such a link, or made another since, or the question is too old.
    """
    member_id, _, secret = token.partition(".")
    asked = clocks.asked(member_id)
    if asked is None or asked.token_digest is None or not tokens.same(asked.token_digest, tokens.digest(secret)):
        raise NotFound
    return asked


def stay(asked: StillYou, *, clocks: Clocks, now: datetime) -> None:
    """Record that a member is still there. Pressing twice changes nothing more.

    Raises ``NotFound`` when they have left, or were asked again meanwhile.
    """
    if asked.answered_at is not None:
        return
    try:
        clocks.answer(asked, now)
    except Clash as clash:
        raise NotFound from clash
