"""The values of planning: where it stands in each part of the members, and what a run did."""

from typing import Annotated, Self

from pydantic import AwareDatetime, Field

from functions.kernel.value import Value


class Counts(Value):
    """How many people a run came to, by what came of it. The three add up to all of them."""

    planned: Annotated[int, Field(ge=0)] = 0
    already: Annotated[int, Field(ge=0)] = 0
    """They have been told this before, or there is nothing that they have to be told."""
    stopped: Annotated[int, Field(ge=0)] = 0
    """They have stopped mail of this kind."""

    def plus(self, other: "Counts") -> Self:
        """These and more people."""
        return self.model_copy(
            update={name: getattr(self, name) + getattr(other, name) for name in Counts.model_fields}
        )


class Part(Counts):
    """Where a run stands among the people of one part. One that was cut off goes on after its last whole page."""

    run: str
    shard: str
    """The digit that the ids of its people begin with; "all" where a run is for few people and has one part."""
    after: str = ""
    """The id of the last person it got to; empty at the start."""
    pages: Annotated[int, Field(ge=0)] = 0
    """One more with each page, so that two workers on one part notice each other."""
    finished: bool = False
    touched_at: AwareDatetime
    """When somebody last worked on it, by the clock of the machine. It says nothing of what is due."""


class Tally(Counts):
    """How many members were to hear of one session, by what came of it."""

    session: str
    edition: int
    title: str
    when: str


class Skipped(Value):
    """A session that nobody is invited to at the moment of the run, and why."""

    session: str
    title: str
    when: str
    why: str


class Report(Value):
    """What a run did, or with ``dry_run`` what it would do."""

    at: AwareDatetime
    dry_run: bool
    sessions: tuple[Tally, ...]
    skipped: tuple[Skipped, ...]
    unfinished: int = 0
    """In how many parts of the members planning still goes on, by itself, after this report."""
