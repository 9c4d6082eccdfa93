"""Why the network keeps what it keeps, and what the law calls the reason.

The privacy page, ``docs/data-map.md`` and ``docs/record-of-processing.md`` are made from it. What each kind of item
holds and how long it is kept stands in ``kinds.py``, so no purpose can promise another time than the code goes by.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from functions.kernel.kinds import BACKUPS_KEPT, DELETED_FILES_KEPT, ERASURES_KEPT, KIND, Kind


class Basis(StrEnum):
    """The lawful bases that we rely on (UK GDPR, Article 6(1)), by their names in law."""

    CONSENT = "consent"
    LEGAL_OBLIGATION = "legal obligation"
    LEGITIMATE_INTERESTS = "legitimate interests"

    @property
    def article(self) -> str:
        """Where the law names it."""
        letter = {Basis.CONSENT: "a", Basis.LEGAL_OBLIGATION: "c", Basis.LEGITIMATE_INTERESTS: "f"}[self]
        return f"UK GDPR, Article 6(1)({letter})"

    @property
    def meaning(self) -> str:
        """What it means for the people whom it is about."""
        return {
            Basis.CONSENT: "You said yes. You can say no at any time, as easily.",
            Basis.LEGAL_OBLIGATION: "The law says that we must.",
            Basis.LEGITIMATE_INTERESTS: "We could not run the network without it. You can object at any time.",
        }[self]


@dataclass(frozen=True, slots=True)
class Purpose:
    """One reason to keep something about people."""

    name: str
    words: str
    """What we use it for, said to the people whom it is about: "Decide whether you can join"."""
    basis: Basis
    why: str
    """Why the basis fits: the interest and what was weighed against it, what was agreed to, or which law it is."""
    people: tuple[str, ...]
    """Whom it is about."""
    kinds: tuple[str, ...]
    """What it needs, by the names of ``kinds.py``."""
    version: int
    """Rises when ``words``, ``basis`` or ``why`` change, because people were told the words before."""
    since: date
    """The day from which this version holds."""

    @property
    def kept(self) -> tuple[Kind, ...]:
        """What it needs."""
        return tuple(KIND[name] for name in self.kinds)


_FIRST = date(2026, 11, 26)
_APPLICANTS, _CONTACTS, _MEMBERS = "people who ask to join", "contacts whom they name", "members"
_ANYBODY = "anybody who writes to us or types an address"

PURPOSES = (
    Purpose(
        "joining", "Decide whether you can join, and tell you why", Basis.LEGITIMATE_INTERESTS,
        "A safe space needs to know who comes in. We ask for no more than the decision needs, never how senior "
        "somebody is, and a machine can only say yes.",
        (_APPLICANTS, _CONTACTS), ("draft", "address", "application", "vouch", "mail"), 1, _FIRST,
    ),
    Purpose(
        "membership", "Let you sign in and keep your account right", Basis.LEGITIMATE_INTERESTS,
        "Nobody else may get into an account or change where its mail goes. There is no password to lose, and a "
        "member sees and removes everything alone.",
        (_MEMBERS,),
        (
            "member", "address", "ask", "sign-in", "second-factor", "new-second-factor", "new-address", "still-you",
            "mail",
        ),
        1, _FIRST,
    ),
    Purpose(
        "sessions", "Invite you to sessions, let you in, and count how many came", Basis.LEGITIMATE_INTERESTS,
        "People join in order to come to sessions. Each kind of email stops with one press, who came is forgotten "
        "after 30 days, and nothing follows what anybody opens or reads.",
        (_MEMBERS,), ("member", "mail-choices", "mail", "feed", "answer", "attendance", "heard"), 1, _FIRST,
    ),
    Purpose(
        "news", "Send you the week ahead by email, if you ask for it", Basis.CONSENT,
        "Nobody gets it who has not asked for it, on a page of their own account, and one press ends it (Privacy and "
        "Electronic Communications Regulations 2003, regulation 22).",
        (_MEMBERS,), ("mail-choices", "mail"), 1, _FIRST,
    ),
    Purpose(
        "library", "Show other members what you share, as you allow it", Basis.LEGITIMATE_INTERESTS,
        "A library is of use when it is known who made what, and what may be done with it. Sharing is free, and its "
        "owner can take each item back. What stays after they leave has no name on it.",
        (_MEMBERS, "people who spoke at sessions"), ("share", "resource", "mail"), 1, _FIRST,
    ),
    Purpose(
        "safety", "Stop misuse, and stop mail to addresses where it fails", Basis.LEGITIMATE_INTERESTS,
        "A form that anybody can use could fill a stranger's mailbox. We count by fingerprint, from which nobody can "
        "work out an address, and forget the counts.",
        (_ANYBODY,), ("limit", "suppressed", "trouble", "mail"), 1, _FIRST,
    ),
    Purpose(
        "complaints", "Answer your complaint, and be able to show that we did", Basis.LEGAL_OBLIGATION,
        "Whoever uses people's information has to take complaints about it, say that they have come, look into them "
        "and tell the outcome (Data Protection Act 2018, section 164A).",
        (_ANYBODY,), ("complaint", "limit", "mail"), 1, _FIRST,
    ),
    Purpose(
        "forgetting", "Delete what we hold about you, and not bring it back", Basis.LEGAL_OBLIGATION,
        "Whoever asks to be erased has a right to it (UK GDPR, Article 17). A fingerprint stays, from which nobody can "
        "work out the address, so that no old list or backup makes them a member again.",
        (_APPLICANTS, _CONTACTS, _MEMBERS), ("erasure", "erased", "mail"), 1, _FIRST,
    ),
    Purpose(
        "record", "Show later who decided what", Basis.LEGITIMATE_INTERESTS,
        "Decisions about people have to be open to question (UK GDPR, Article 5(2)). A line holds reference numbers "
        "and no name, so it tells nobody anything once what it refers to is gone.",
        (_APPLICANTS, _MEMBERS), ("audit",), 1, _FIRST,
    ),
)  # fmt: skip


BASES = tuple(dict.fromkeys(purpose.basis for purpose in PURPOSES))
"""The lawful bases that the purposes rest on."""


def purposes_of(kind: str) -> tuple[Purpose, ...]:
    """What a kind of item is kept for."""
    return tuple(purpose for purpose in PURPOSES if kind in purpose.kinds)


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere besides the table where something about people lies for a while."""

    name: str
    words: str
    kept: timedelta
    """After so long AWS itself deletes it. The tests of the template hold each place to it."""


PLACES = (
    Place("quarantine", "A file that a member has sent, until it has been checked", timedelta(days=7)),
    Place("inbound", "An email that came in, as it was written", timedelta(days=30)),
    Place("deleted files", "A file of the library, after it was deleted", DELETED_FILES_KEPT),
    Place("erasures", "That somebody was erased, by reference numbers and as a fingerprint", ERASURES_KEPT),
    Place("queues", "A report of the mail service, when no function could take it", timedelta(days=14)),
    Place("logs", "What the functions did, by reference numbers alone", timedelta(days=30)),
    Place("backup", "The table as it was, after something in it was deleted", BACKUPS_KEPT),
)
