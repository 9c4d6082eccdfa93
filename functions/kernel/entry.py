"""What a calendar is told of one session. ``kernel/ical.py`` writes it down, in the format that calendars read."""

import re
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

_ADDRESS = re.compile(r"[!-9;-?A-~]+@[A-Za-z0-9.-]+")


def plain_address(address: str) -> str:
    """An address that a calendar can take.

    Raises ``ValueError`` for another.
    """
    if not _ADDRESS.fullmatch(address):
        raise ValueError("A calendar takes an email address without spaces or accented letters.")
    return address


class Status(StrEnum):
    """Whether the session is on (RFC 5545 section 3.8.1.11)."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    """Proposed as a break, and not yet settled. Only a feed or a file says so: nobody is asked to it by mail."""
    CANCELLED = "CANCELLED"


class Entry(BaseModel):
    """One session as a calendar holds it. Nothing in it is about a member, so all of them get the same."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    uid: Annotated[str, Field(pattern=r"^[!-~]{1,255}$")]
    """The same for as long as the session lives, and never used again once it is called off."""
    sequence: Annotated[int, Field(ge=0)]
    """From 0, one more at every change of start, end or status (RFC 5545 section 3.8.7.4)."""
    stamp: AwareDatetime
    """When this version was made, to the second. It rises with every version, and of two versions with one sequence
    it tells a calendar which is newer (RFC 5546 section 2.1.5)."""
    start: AwareDatetime
    end: AwareDatetime
    summary: str
    description: str
    location: str
    url: Annotated[str, Field(pattern=r"^https?://[!-~]+$")]
    """The session's own page, where members sign in. Never a meeting link: bots join whatever they find."""
    status: Status = Status.CONFIRMED
    organizer_name: str
    organizer_address: Annotated[str, AfterValidator(plain_address)]
    """The address the mail comes from. Another would show as "on behalf of" and lead answers astray."""

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end <= self.start:
            raise ValueError("A session ends after it starts.")
        return self
