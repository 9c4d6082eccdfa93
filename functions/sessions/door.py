"""When the door of a session is open."""

from datetime import datetime
from enum import StrEnum

from functions.sessions.model import DOOR_OPENS_BEFORE, Session


class Door(StrEnum):
    """What a member finds at the door."""

    CALLED_OFF = "called off"
    IN_DOUBT = "in doubt"
    """It may be a break, and nobody has decided."""
    CLOSED = "closed"
    """It is too early."""
    NO_LINK = "no link"
    """It is time, and nobody has said where the meeting is."""
    OPEN = "open"
    OVER = "over"


def opens_at(session: Session) -> datetime:
    """When members can go in."""
    return session.start - DOOR_OPENS_BEFORE


def door(session: Session, now: datetime) -> Door:
    """The state of the door. It is open until the session ends, so that latecomers get in."""
    if session.is_called_off:
        return Door.CALLED_OFF
    if not session.goes_ahead:
        return Door.IN_DOUBT
    if now >= session.end:
        return Door.OVER
    if now < opens_at(session):
        return Door.CLOSED
    return Door.OPEN if session.meeting_url else Door.NO_LINK
