"""The words that people agree to, in every version that they have had.

With what somebody agreed to, the reference of its wording is kept and the time (security requirement 68). So a wording
that has been shown to anybody is never changed: other words are a new one, below the old.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of one text."""

    text: str
    """Which text it is a version of, in a word."""
    version: int
    since: date
    """The day from which people were shown it."""
    points: tuple[str, ...]
    """What they read."""
    agree: str = ""
    """What stands beside the box that they tick, or on the button that they press."""
    choices: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """What they choose from, where there is a choice: by the value of the form, the words and a hint."""

    @property
    def reference(self) -> str:
        """What is kept with what somebody agreed to: "joining 1"."""
        return f"{self.text} {self.version}"


_FIRST = date(2026, 11, 26)

WORDINGS = (
    Wording(
        "joining", 1, _FIRST,
        (
            "Sessions are never recorded.",
            "Nobody brings a note-taking tool.",
            "Nobody names or describes a patient so that they could be known.",
            "You can share ideas outside, and never who said them.",
            "You can leave at any time.",
        ),
        "I agree, and I am 18 or over",
    ),
    Wording(
        "door", 1, _FIRST,
        (
            "We never record, and neither do you.",
            "No tools that take notes or write down what is said.",
            "No details that could tell anybody who a patient is.",
            "Share ideas outside this room, and not who said them or where they work.",
            "You can leave at any time, and you do not have to say anything.",
        ),
        "I agree to this for today's session",
    ),
    Wording(
        "sharing", 1, _FIRST,
        ("By choosing, you say that you may share it: you made it, or whoever made it agrees.",),
        choices={
            "change": ("Use it, change it and pass it on", "They say who made it. Most people choose this."),
            "use": ("Use it and pass it on as it is", "They say who made it, and change nothing."),
            "read": ("Read it", "They ask whoever made it before they copy it or pass it on."),
        },
    ),
    Wording(
        "digest", 1, _FIRST,
        ("You do not get it. It is a short list of what is new, on Saturdays.",),
        "Send me the Saturday digest",
    ),
)  # fmt: skip
"""Every version of every text, each text's oldest first."""

WORDING = {wording.reference: wording for wording in WORDINGS}

# Of two with one name, the later one stays.
_NEWEST = {wording.text: wording for wording in WORDINGS}
JOINING, DOOR, SHARING, DIGEST = (_NEWEST[text] for text in ("joining", "door", "sharing", "digest"))
"""What people are shown today."""
