"""The values of planning: what one run did, and where it stands."""

from pydantic import AwareDatetime

from functions.kernel.value import Value


class Tally(Value):
    """How many members were to hear of one session, by what came of it. The three add up to all members."""

    session: str
    sequence: int
    title: str
    when: str
    planned: int = 0
    already: int = 0
    """They had an invitation to this version of the session before."""
    stopped: int = 0
    """They have stopped the weekly invitations."""

    def plus(self, *, planned: int = 0, already: int = 0, stopped: int = 0) -> "Tally":
        """The tally with more members counted."""
        return self.model_copy(
            update={
                "planned": self.planned + planned,
                "already": self.already + already,
                "stopped": self.stopped + stopped,
            }
        )


class Skipped(Value):
    """A session that nobody is invited to at the moment of the run, and why."""

    session: str
    title: str
    when: str
    why: str


class Report(Value):
    """What a run did, or with ``dry_run`` what it would do."""

    run: str
    at: AwareDatetime
    dry_run: bool
    sessions: tuple[Tally, ...]
    skipped: tuple[Skipped, ...]


class Run(Value):
    """Where a run stands. One that was cut off goes on after the last page of members that it finished."""

    id: str
    at: AwareDatetime
    tallies: tuple[Tally, ...] = ()
    after: str = ""
    """The id of the last member it got to; empty when it is at the start."""
    finished: bool = False

    @property
    def planned(self) -> int:
        """How many invitations it planned."""
        return sum(tally.planned for tally in self.tallies)

    def goes_on(self, fresh: tuple[Tally, ...]) -> bool:
        """Whether this run was cut off while it planned these very versions of these sessions."""
        return not self.finished and _versions(self.tallies) == _versions(fresh)


def _versions(tallies: tuple[Tally, ...]) -> list[tuple[str, int]]:
    return [(tally.session, tally.sequence) for tally in tallies]
