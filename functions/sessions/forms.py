"""The forms about sessions: what a coordinator types, and what a member agrees to at the door."""

import re
from collections.abc import Mapping
from datetime import time
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field

from functions.kernel.consents import DOOR
from functions.kernel.forms import AgreementForm, Day, Form, FormModel
from functions.kernel.text import LongText
from functions.kernel.when import in_uk
from functions.sessions.model import DROP_IN, AnswerValue, Session, Status, Title

_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_ONE_WORD = re.compile(r"[!-~]+")


def _clock(typed: object) -> time:
    if not isinstance(typed, str) or not _CLOCK.fullmatch(typed):
        raise ValueError("Enter the time on the 24-hour clock, like 12:00")
    hour, _, minute = typed.partition(":")
    try:
        return time(int(hour), int(minute))
    except ValueError:
        raise ValueError("Enter a time that exists, like 12:00") from None


def _meeting(typed: object) -> str:
    """Refuse what a browser would not open as a page of a meeting service."""
    wrong = ValueError("Enter the whole meeting link, starting with https://")
    if not isinstance(typed, str) or not _ONE_WORD.fullmatch(typed):
        raise wrong
    try:
        parts = urlsplit(typed)
        host = parts.hostname
    except ValueError:
        raise wrong from None
    if parts.scheme != "https" or not host or "." not in host or parts.username is not None:
        raise wrong
    return typed


Clock = Annotated[time, BeforeValidator(_clock)]
Version = Annotated[int, Field(ge=1, le=1_000_000)]
MeetingLink = Annotated[str, Field(max_length=1_000), BeforeValidator(_meeting)]


class SessionForm(FormModel):
    """What a session is to be like. Dates and times are by UK clocks."""

    title: Title = "Open session"
    summary: LongText = ""
    date: Day
    start: Clock
    end: Clock
    meeting_url: MeetingLink | None = None

    sentences: ClassVar[Mapping[str, str]] = {
        "title": "The title must be 100 characters or fewer",
        "summary": "The summary must be 4,000 characters or fewer",
        "date": "Enter the date of the session",
        "start": "Enter the time the session starts",
        "end": "Enter the time the session ends",
        "meeting_url": "The meeting link must be 1,000 characters or fewer",
        "status": "Choose whether the session goes ahead",
        "tell": "Tick the box, or leave it empty",
        "version": "Open the page again before you save",
        "asked": "Open the page again before you save",
    }


class NewSessionForm(SessionForm):
    """A session of no series."""

    asked: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None
    """Made with the page, so that a form sent twice adds one session."""


class EditSessionForm(SessionForm):
    """A session that is there already."""

    status: Status
    tell: Literal["yes"] | None = None
    """Whether members are told of new words alone."""
    version: Version | None = None
    """The version that the coordinator saw, where the page told it."""


class StepForm(FormModel):
    """One press on a button beside a session."""

    action: Literal["undo", "tell", "call-off", "go-ahead"]
    version: Version | None = None

    sentences: ClassVar[Mapping[str, str]] = {
        "action": "Choose what to do with the session",
        "version": "Open the page again before you choose",
    }


class SwapForm(FormModel):
    """Which session to change places with."""

    swap_with: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    version: Version | None = None

    sentences: ClassVar[Mapping[str, str]] = {
        "swap_with": "Choose the session to swap with",
        "version": "Open the page again before you swap",
    }


class DoorForm(AgreementForm):
    """The terms of the safe space, agreed to each time."""

    agree: Literal["yes"]

    agrees_to: ClassVar[str] = DOOR.reference
    sentences: ClassVar[Mapping[str, str]] = {
        **AgreementForm.sentences,
        "agree": "Tick the box to say that you agree",
    }


class AnswerForm(FormModel):
    """Whether a member is coming."""

    answer: AnswerValue
    sequence: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    """The session's sequence that the member saw, where the page told it."""

    sentences: ClassVar[Mapping[str, str]] = {
        "answer": "Choose yes, maybe or no",
        "sequence": "Open the page again before you answer",
    }


class LinkForm(FormModel):
    """Where the meeting is, changed at the last minute."""

    meeting_url: MeetingLink

    sentences: ClassVar[Mapping[str, str]] = {"meeting_url": "Enter the whole meeting link, starting with https://"}


class FeedForm(FormModel):
    """What to do with the private calendar address."""

    action: Literal["make", "stop"]

    sentences: ClassVar[Mapping[str, str]] = {"action": "Choose what to do with your calendar address"}


def filled(session: Session) -> Form[EditSessionForm]:
    """The form as it stands for a session, before anybody types."""
    opens, closes = in_uk(session.start), in_uk(session.end)
    return Form(
        values={
            "title": session.title,
            "summary": session.summary,
            "date": opens.date().isoformat(),
            "start": f"{opens:%H:%M}",
            "end": f"{closes:%H:%M}",
            "meeting_url": session.meeting_url or "",
            "status": session.status,
            "version": str(session.version),
        }
    )


def blank(asked: str) -> Form[NewSessionForm]:
    """The form for a new session, with the times that are usual."""
    return Form(values={"start": f"{DROP_IN.start:%H:%M}", "end": f"{DROP_IN.end:%H:%M}", "asked": asked})
