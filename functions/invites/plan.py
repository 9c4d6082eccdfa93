"""Planning the invitations: one row of the ledger for each member and each session that is due.

Every row has a key that says whom it invites to which version of which session, and is written only if it is
not there. So a run may be repeated, doubled or cut off anywhere: it adds what is missing and nothing else.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.invites import planning
from functions.invites.emails import Invitation
from functions.invites.model import Report, Run, Skipped, Tally
from functions.invites.settings import InvitesSettings
from functions.invites.store import Plans
from functions.kernel import clock, tokens
from functions.mail.model import Choice
from functions.mail.store import Choices
from functions.membership.model import Member
from functions.sessions.model import Session
from functions.sessions.store import Programme

_ID_LENGTH = 32


INDEX_LAG = timedelta(minutes=1)
"""Somebody who joined so short a time before a run may not be in the index that the run reads, so they are
invited as if they had joined after it. Should both happen, the row decides."""


class CutOff(Exception):
    """There was no time to finish. Running again at the same moment goes on where this run stopped."""


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans invitations for one network."""

    programme: Programme
    plans: Plans
    choices: Choices
    settings: InvitesSettings

    def week(self, at: datetime, *, dry_run: bool = False, has_time: Callable[[], bool] = lambda: True) -> Report:
        """Plan what is due at a moment, for every member. A dry run counts the same and writes nothing.

        Raises ``CutOff`` when ``has_time`` says, between two pages of members, that the time is up.
        """
        around = self._around(at)
        invitations = self._invitations(around, at)
        run = self._run(at, invitations, dry_run=dry_run)
        for members in self.plans.members(run.after):
            if not has_time():
                raise CutOff
            tallies = self._page(members, invitations, run.tallies, run=run.id, at=at, dry_run=dry_run)
            run = run.model_copy(update={"tallies": tallies, "after": members[-1].id})
            if not dry_run:
                self.plans.keep(run, at)
        if not dry_run:
            self.plans.keep(run.model_copy(update={"finished": True, "after": ""}), at)
        return Report(run=run.id, at=at, dry_run=dry_run, sessions=run.tallies, skipped=_skipped(around, at))

    def newcomer(self, member: Member, joined_at: datetime) -> int:
        """Plan for a new member what the others have been invited to, and say how many that made."""
        due_at = joined_at + INDEX_LAG
        invitations = self._invitations(self._around(due_at), due_at)
        tallies = self._page([member], invitations, _fresh(invitations), run=None, at=joined_at, dry_run=False)
        return sum(tally.planned for tally in tallies)

    def _around(self, at: datetime) -> list[Session]:
        listed = self.programme.between(at - planning.LOOKS_BACK, at + planning.LOOKS_AHEAD)
        return self.programme.now_of(listed)

    def _invitations(self, sessions: Iterable[Session], at: datetime) -> list[Invitation]:
        return [Invitation.to(session, self.settings) for session in planning.due(sessions, at)]

    def _run(self, at: datetime, invitations: Sequence[Invitation], *, dry_run: bool) -> Run:
        fresh = Run(id=tokens.digest("run", clock.stamp(at))[:_ID_LENGTH], at=at, tallies=_fresh(invitations))
        before = None if dry_run else self.plans.run(fresh.id)
        return before if before is not None and before.goes_on(fresh.tallies) else fresh

    def _page(
        self,
        members: Sequence[Member],
        invitations: Sequence[Invitation],
        before: Sequence[Tally],
        *,
        run: str | None,
        at: datetime,
        dry_run: bool,
    ) -> tuple[Tally, ...]:
        stopped = self.choices.without(Choice.INVITES, [member.id for member in members])
        wanting = [member for member in members if member.id not in stopped]
        tallies = []
        for invitation, tally in zip(invitations, before, strict=True):
            invited = self.plans.invited([invitation.key_for(member) for member in wanting])
            missing = [member for member in wanting if invitation.key_for(member) not in invited]
            made = len(missing)
            if not dry_run:
                made = sum(self.plans.plan(invitation.mail_to(each, run=run, now=at)) for each in missing)
            tallies.append(tally.plus(planned=made, already=len(wanting) - made, stopped=len(stopped)))
        return tuple(tallies)


def _fresh(invitations: Iterable[Invitation]) -> tuple[Tally, ...]:
    sessions = (invitation.session for invitation in invitations)
    return tuple(
        Tally(session=session.id, sequence=session.sequence, title=session.title, when=session.when)
        for session in sessions
    )


def _skipped(sessions: Iterable[Session], at: datetime) -> tuple[Skipped, ...]:
    reasons = ((session, planning.why_not(session, at)) for session in sessions)
    return tuple(
        Skipped(session=session.id, title=session.title, when=session.when, why=why)
        for session, why in reasons
        if why is not None
    )
