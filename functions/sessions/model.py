"""The values of sessions: a weekly series, one session, and what other programs may know of it."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from functions.kernel import entry as calendars
from functions.kernel.pages.brand import BRAND
from functions.kernel.text import LongText, PlainLine
from functions.kernel.value import Value
from functions.kernel.when import clock_in_words, in_uk, uk_words

MONDAY, FRIDAY = 0, 4
"""Days of the week, as ``date.weekday`` numbers them."""

DOOR_OPENS_BEFORE = timedelta(minutes=30)
"""How long before the start members can go in."""
_MINUTES = int(DOOR_OPENS_BEFORE.total_seconds() // 60)

# Before 2am on a Sunday UK clocks may skip the time of a session or show it twice.
_EARLIEST = time(2)

Title = Annotated[PlainLine, Field(max_length=100)]


class Series(Value):
    """A weekly series.

    It says what its sessions are like when they are made, and nothing about them afterwards.
    """

    id: str
    title: Title
    summary: LongText = ""
    weekday: Annotated[int, Field(ge=0, le=6)] = FRIDAY
    start: time = time(12)
    """UK local time, which stays the same on the wall when the clocks change."""
    end: time = time(13)
    weeks_ahead: Annotated[int, Field(ge=1, le=104)] = 26
    meeting_url: str | None = None
    """Where its sessions meet, if they all meet in one place."""

    @model_validator(mode="after")
    def _has_a_time_every_week(self) -> Self:
        if not _EARLIEST <= self.start < self.end:
            raise ValueError("A series starts at 2am or later, and ends later on the same day.")
        return self


DROP_IN = Series(
    id="drop-in",
    title="Friday drop-in",
    summary=(
        "Bring a question, an idea, or something that worked. "
        "There is no set agenda, and you are welcome just to listen."
    ),
)
"""The network's own series, which a new deployment starts with."""


class Status(StrEnum):
    """Whether a session goes ahead. The values are the form's."""

    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    PROPOSED_BREAK = "proposed-break"
    """It falls on a bank holiday, and nobody has decided yet. Nobody is invited until somebody does."""


class Told(Value):
    """What members hear of a session and see of it in their calendars."""

    title: str
    summary: str
    start: AwareDatetime
    end: AwareDatetime
    status: Status

    @classmethod
    def of(cls, session: "Session") -> Self:
        """What there is to tell of a session as it stands."""
        return cls(
            title=session.title,
            summary=session.summary,
            start=session.start,
            end=session.end,
            status=session.status,
        )


class Session(Value):
    """One session: it moves, changes and is called off alone."""

    id: str
    title: Title
    summary: LongText = ""
    start: AwareDatetime
    end: AwareDatetime
    meeting_url: str | None = None
    """Where people meet. Coordinators alone see it: the door sends members there who agreed to the terms."""
    status: Status = Status.CONFIRMED
    sequence: Annotated[int, Field(ge=0)] = 0
    """One more at each change of start, end or status (RFC 5545 section 3.8.7.4)."""
    revivals: Annotated[int, Field(ge=0)] = 0
    """How often it was called off and then put back."""
    changed_at: AwareDatetime
    """When this version was made, to the second. It rises with each version."""
    version: Annotated[int, Field(ge=1)] = 1
    """One more at each change of anything, so that two people who edit at once notice."""
    edition: Annotated[int, Field(ge=0)] = 0
    """One more at each change that members are to be told of. It never falls, so that no two states of a session
    share one, not even when a change is undone."""
    announce_at: AwareDatetime | None = None
    """When members are told of the last change. ``None`` when there is nothing to tell."""
    before: Told | None = None
    """What members were told last, while there is something to tell: the way back."""
    swapped_with: str | None = None
    """The session that it changed places with, as long as that can be undone."""
    invited: bool = False
    """Whether its invitations have begun to go."""
    holiday: str | None = None
    """The bank holiday it falls on."""

    def uid(self, domain: str) -> str:
        """The name by which calendars know it.

        Calendars remember what was called off, so a session that is put back gets another name.
        """
        revived = f"-{self.revivals}" if self.revivals else ""
        return f"{self.id}{revived}@{domain}"

    def address(self, site_origin: str) -> str:
        """Its page."""
        return f"{site_origin}/sessions/{self.id}"

    @property
    def goes_ahead(self) -> bool:
        """Whether it is neither called off nor in doubt."""
        return self.status is Status.CONFIRMED

    @property
    def is_called_off(self) -> bool:
        """Whether it has been called off, and is not only in doubt."""
        return self.status is Status.CANCELLED

    @property
    def day(self) -> date:
        """The day on which it starts in the UK."""
        return in_uk(self.start).date()

    @property
    def when(self) -> str:
        """When it is, in words: "Friday 27 November 2026, midday to 1pm (UK time)"."""
        return uk_words(self.start, self.end)

    @property
    def starts_in_short(self) -> str:
        """When it starts, for a subject: "Friday 27 November, midday (UK time)"."""
        opens = in_uk(self.start)
        return f"{opens:%A} {opens.day} {opens:%B}, {clock_in_words(opens.time())} (UK time)"


class AnswerValue(StrEnum):
    """Whether a member is coming. The values are the form's."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


class Source(StrEnum):
    """Where a member answered."""

    SITE = "site"
    MAIL = "mail"
    CALENDAR = "calendar"


FROM_ELSEWHERE = "alias"
"""What the record of a mail says that answered for a member from another address. They alone know if it was them."""


class Answer(Value):
    """What a member said about coming to one session. Saying nothing is normal."""

    value: AnswerValue
    sequence: Annotated[int, Field(ge=0)]
    """The session's sequence that was answered. An answer belongs to one date, and a session that moves has another."""
    stamp: AwareDatetime
    """When they answered. Of two answers the newer counts, by sequence and then by stamp, in whichever order they
    arrive (RFC 5546 section 2.1.5)."""
    source: Source

    def holds_for(self, session: Session) -> bool:
        """Whether it is about the time that the session has now."""
        return self.sequence == session.sequence


class PublicSession(BaseModel):
    """What anybody may know of a session, and the shape of ``GET /api/sessions``."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: Annotated[str, Field(max_length=64)]
    title: Annotated[str, Field(max_length=100)]
    start: datetime
    end: datetime
    when: Annotated[str, Field(max_length=200, description="The same times in words, by UK clocks.")]
    status: Status
    url: Annotated[str, Field(max_length=500, description="The page of the session.")]


_IN_CALENDARS = {
    Status.CONFIRMED: "CONFIRMED",
    Status.CANCELLED: "CANCELLED",
    Status.PROPOSED_BREAK: "TENTATIVE",
}


def public(session: Session, site_origin: str) -> PublicSession:
    """The public part of a session: its title and its times."""
    return PublicSession(
        id=session.id,
        title=session.title,
        start=session.start,
        end=session.end,
        when=session.when,
        status=session.status,
        url=session.address(site_origin),
    )


def entry(session: Session, *, site_origin: str, organizer: str, stamp: datetime | None = None) -> calendars.Entry:
    """The calendar entry of a session, the same in a mail, in a file and in a feed.

    ``stamp`` is the moment when a mail that carries it is planned, because an entry that is sent is stamped with the
    time of its sending (RFC 5545 section 3.8.7.2). It leads to the session's page and never to the meeting, because
    programs that take notes join whatever link they find in a calendar.
    """
    door = f"{session.address(site_origin)}/door"
    lines = [
        session.summary,
        f"To join, open the door page: {door}\nIt opens {_MINUTES} minutes before the start, for members.",
        "This is a safe space, never recorded.",
    ]
    return calendars.Entry(
        uid=session.uid(organizer.rpartition("@")[2]),
        sequence=session.sequence,
        stamp=max(stamp, session.changed_at) if stamp else session.changed_at,
        start=session.start,
        end=session.end,
        summary=f"{session.title}, {BRAND.name}",
        description="\n\n".join(line for line in lines if line),
        location=f"Open the door page: {door}",
        url=session.address(site_origin),
        status=calendars.Status[_IN_CALENDARS[session.status]],
        organizer_name=BRAND.name,
        organizer_address=organizer,
    )
