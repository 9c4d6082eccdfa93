"""What people read about their mail: each kind that they may have or not, and what became of each message."""

from collections.abc import Mapping
from typing import NamedTuple

from functions.kernel.consents import DIGEST
from functions.mail.kinds import Choice
from functions.mail.model import State


class ChoiceWords(NamedTuple):
    """The words about one kind of mail that a member may have or not."""

    title: str
    name: str
    """As it stands in a sentence: "You have stopped the weekly invitations"."""
    on: str
    """What a member gets who gets it."""
    off: str
    stop: str
    """What the button says that stops it."""
    start: str


CHOICE_WORDS: Mapping[Choice, ChoiceWords] = {
    Choice.INVITES: ChoiceWords(
        title="Weekly invitations",
        name="the weekly invitations",
        on="You get one invitation each Monday, with an entry for your calendar.",
        off="We send you no invitations to the Friday sessions. You can see every session on this site.",
        stop="Stop the weekly invitations",
        start="Send me invitations again",
    ),
    Choice.REMINDERS: ChoiceWords(
        title="Reminders on the day",
        name="the reminders on the day",
        on="If you say yes to a session, we remind you once, on the morning of the day.",
        off="We do not remind you of the sessions that you said yes to.",
        stop="Stop the reminders",
        start="Remind me again",
    ),
    Choice.FOLLOW_UPS: ChoiceWords(
        title="The question after a session",
        name="the question after a session",
        on="After a session that you came to, we ask you one short question.",
        off="We ask you nothing after a session.",
        stop="Stop the question after a session",
        start="Ask me again",
    ),
    Choice.DIGEST: ChoiceWords(
        title="The Saturday digest",
        name="the Saturday digest",
        on="Each Saturday that there is something new, you get a short list of it.",
        off=" ".join(DIGEST.points),
        stop="Stop the Saturday digest",
        start=DIGEST.agree,
    ),
}


class StateWords(NamedTuple):
    """What became of a message, for the person it was for."""

    text: str
    colour: str
    """Of the tag. The words alone say it."""


STATE_WORDS: Mapping[State, StateWords] = {
    State.PLANNED: StateWords("Waiting to go", "blue"),
    State.SENDING: StateWords("Waiting for an answer from the mail service", "yellow"),
    State.SENT: StateWords("Sent", "green"),
    State.DELIVERED: StateWords("Your mail system took it", "green"),
    State.BOUNCED: StateWords("Your mail system sent it back", "red"),
    State.COMPLAINED: StateWords("It arrived, and was marked as junk", "red"),
    State.REJECTED: StateWords("Refused by the mail service", "red"),
    State.SUPPRESSED: StateWords("Not sent: mail to this address fails", "red"),
    State.STALE: StateWords("Not sent: it was out of date", "grey"),
    State.EXPIRED: StateWords("Not sent: it was too late", "grey"),
    State.STOPPED: StateWords("Not sent: a coordinator stopped it", "grey"),
    State.UNKNOWN: StateWords("We do not know whether it left", "yellow"),
}
