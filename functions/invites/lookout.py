"""Whether the members know of what is coming: what the alarm before each Friday goes by."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from functions.invites import planning
from functions.invites.plan import run_id
from functions.invites.store import Plans
from functions.kernel.table import Table
from functions.mail.model import RunState
from functions.mail.store import Runs
from functions.sessions.model import Session
from functions.sessions.store import Programme

LOOKS_AHEAD = timedelta(days=2)
"""More than the day before a session."""
SLOWEST = timedelta(minutes=30)
"""A change that is told late is being planned for so long, which is no fault yet."""


@dataclass(frozen=True, slots=True)
class Lookout:
    """Compares the programme with what has been planned. It writes nothing."""

    programme: Programme
    runs: Runs
    plans: Plans

    @classmethod
    def on(cls, table: Table) -> Self:
        """The lookout of the network in one table."""
        return cls(Programme(table), Runs(table), Plans(table))

    def not_ready(self, at: datetime) -> Iterator[Session]:
        """The sessions of the day ahead whose invitations are not all planned, or wait for a person."""
        for session in self.programme.between(at, at + LOOKS_AHEAD):
            if planning.has_to_be_ready(session, at) and not self._is_ready(session, at):
                yield session

    def _is_ready(self, session: Session, at: datetime) -> bool:
        run = self.runs.get(run_id("session", session.id, session.edition))
        if run is None:
            return session.changed_at > at - SLOWEST
        if run.state is RunState.GOING:
            return run.at > at - SLOWEST or all(part.finished for part in self.plans.parts(run.id))
        # That nobody is told any more is what a person has decided. A pause is a question that waits for one.
        return run.state is RunState.STOPPED
