"""Every kind of item in the table: its key in words, whether it is personal, and how long it is kept.

``docs/data-map.md`` and the table on the privacy page are made from it. ``keys.py`` makes the keys.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of item."""

    name: str
    """The value of the item's ``kind`` attribute."""
    owner: str
    """The domain that writes it."""
    shape: str
    """Its key, in words."""
    words: str
    """What it holds, for the people whom it is about."""
    personal: bool
    """Whether it says something about a person."""
    retention: str
    """How long it is kept, for people."""
    lifetime: timedelta | None = None
    """How long after writing the item expires, where time alone decides."""


BACKUPS_KEPT = timedelta(days=35)
"""How far back the table can be restored. What was erased is in no backup after that (DynamoDB, "Point-in-time
recovery": 35 days at most)."""
DELETED_FILES_KEPT = timedelta(days=30)
"""How long a file that was deleted by mistake can be brought back. After that it is gone for good."""
ERASURES_KEPT = timedelta(days=6 * 366)
"""How long an address stays known as erased, to lists that are brought in and to copies of the table."""

KINDS = (
    Kind(
        "draft", "membership", "DRAFT#<digest of the browser's secret> / DRAFT",
        "What you typed while joining, before you sent it", True, "24 hours", timedelta(hours=24),
    ),
    Kind(
        "ask", "membership", "ASK#<digest of the browser's secret> / ASK",
        "That somebody asked to sign in with your email address", True, "1 hour", timedelta(hours=1),
    ),
    Kind(
        "address", "membership", "ADDRESS#<digest of the address> / ADDRESS",
        "Which member or application an email address belongs to, as a fingerprint", True,
        "As long as the membership or the application",
    ),
    Kind(
        "application", "membership", "APPLICATION#<id> / APPLICATION",
        "What you told us when you asked to join, what was decided and why", True,
        "As long as you are a member; 90 days after we say no, or ask and hear nothing; a year while there "
        "is no network for your country",
    ),
    Kind(
        "vouch", "membership", "VOUCH#<id> / VOUCH", "Who was asked to confirm your work, and what they answered",
        True, "As long as the application", timedelta(days=90),
    ),
    Kind(
        "member", "membership", "MEMBER#<id> / PROFILE",
        "Your name, email address, role, nation, organisation and networks, and the last month in which you did "
        "something here", True,
        "Until you leave. If we hear nothing for a year, or mail to you fails, we ask you, and delete it 90 days later",
    ),
    Kind(
        "still-you", "membership", "MEMBER#<id> / STILL-YOU",
        "That we asked if you are still here, and what you answered", True, "At most 180 days", timedelta(days=180),
    ),
    Kind(
        "agreement", "membership", "AGREEMENT#<digest of what is asked> / AGREEMENT",
        "That the administrator asked to export everything or to write to many, why, and what a coordinator said to "
        "it, by reference number", False, "1 day", timedelta(days=1),
    ),
    Kind(
        "complaint", "membership", "COMPLAINT#<id> / COMPLAINT",
        "A complaint from your email address, and what we did about it", True,
        "Until we have answered it, and then 6 years, even if you leave: the law lets you go to court for so long",
    ),
    Kind(
        "sign-in", "membership", "MEMBER#<id> / SIGN-IN#<digest of the cookie's secret>",
        "Each device you are signed in on, and since when", True, "Until you sign out, at most 90 days",
        timedelta(days=90),
    ),
    Kind(
        "new-address", "membership", "MEMBER#<id> / NEW-ADDRESS#<digest of the cookie's secret>",
        "The email address that you want to change to, until you have proven it", True, "1 hour",
        timedelta(hours=1),
    ),
    Kind(
        "coordinators", "membership", "COORDINATORS / COORDINATORS", "Who the coordinators are, by reference number",
        False, "For good",
    ),
    Kind(
        "erasure", "membership", "ERASURE#<id> / ERASURE",
        "That you are being erased, by reference numbers and as a fingerprint, until nothing is left to delete", True,
        "About 15 minutes",
    ),
    Kind(
        "erased", "membership", "ERASED#<digest of the address> / ERASED",
        "That we erased what we held about an email address, as a fingerprint, so that no old list brings it back",
        True, "6 years", ERASURES_KEPT,
    ),
    Kind(
        "second-factor", "membership", "MEMBER#<id> / SECOND-FACTOR",
        "The key that a coordinator's authenticator app shares with us, and recovery codes as fingerprints", True,
        "Until it is replaced or you leave",
    ),
    Kind(
        "new-second-factor", "membership", "MEMBER#<id> / NEW-SECOND-FACTOR#<digest of the cookie's secret>",
        "The key of an authenticator app that a coordinator is setting up", True, "Half an hour",
        timedelta(minutes=30),
    ),
    Kind(
        "mail-choices", "mail", "MEMBER#<id> / MAIL-CHOICES", "Which emails you have stopped or asked for", True,
        "Until you leave",
    ),
    Kind(
        "mail", "mail", "MAIL#<key> / MAIL", "Each email we sent you: what it was, when, and whether it arrived",
        True, "13 months; 24 hours for a code", timedelta(days=396),
    ),
    Kind(
        "suppressed", "mail", "SUPPRESSED#<digest of the address> / SUPPRESSED",
        "That mail to an address fails, as a fingerprint", True, "13 months", timedelta(days=396),
    ),
    Kind(
        "trouble", "mail", "SUPPRESSED#<digest of the address> / TROUBLE",
        "That some mail to an address came back of late, as a fingerprint", True, "14 days", timedelta(days=14),
    ),
    Kind(
        "feed", "sessions", "MEMBER#<id> / FEED", "Your private calendar address, as a fingerprint", True,
        "Until you leave or change it",
    ),
    Kind(
        "answer", "sessions", "MEMBER#<id> / ANSWER#<session>",
        "Whether you said you are coming to a session, and how you told us", True, "Until you leave",
    ),
    Kind(
        "attendance", "sessions", "MEMBER#<id> / ATTENDANCE#<session>", "That you went in to a session", True,
        "30 days; after that only how many went in, without names", timedelta(days=30),
    ),
    Kind(
        "limit", "kernel", "LIMIT#<what>#<digest> / <window>",
        "How many codes an address or a network asked for, how many people a contact was asked about, and "
        "how many messages of an address were passed on or were complaints, as counts", True,
        "25 hours; a year for a contact",
    ),
    Kind(
        "audit", "kernel", "AUDIT#<subject> / <moment>#<id>",
        "Who decided what and when, by reference numbers alone", False, "6 years", timedelta(days=6 * 366),
    ),
    Kind(
        "seal", "audit", "SEAL#<number> / SEAL",
        "Fingerprints of who decided what, which show whether anybody changed it afterwards", False, "For good",
    ),
    Kind(
        "series", "sessions", "SERIES#<id> / SERIES", "A weekly series of sessions", False, "For good",
    ),
    Kind(
        "session", "sessions", "SESSION#<id> / SESSION", "A session: its title, day and times", False, "For good",
    ),
    Kind(
        "door-count", "sessions", "SESSION#<id> / DOOR#<shard>", "How many people went in to a session, as counts",
        False, "For good",
    ),
    Kind(
        "run", "mail", "RUN#<id> / RUN",
        "One send to many: what it tells, since when, and whether somebody has paused or stopped it", False,
        "13 months", timedelta(days=396),
    ),
    Kind(
        "run-count", "mail", "RUN#<id> / COUNT#<shard>", "How many messages of one send have ended, and how", False,
        "13 months", timedelta(days=396),
    ),
    Kind(
        "run-part", "invites", "RUN#<id> / PART#<shard>",
        "How far the planning of one send has got in one part of the members, by reference number", False,
        "13 months", timedelta(days=396),
    ),
    Kind(
        "heard", "invites", "HEARD#<id of the mail> / HEARD",
        "An email that you or your calendar sent to the network, and in a word what we did with it", True, "30 days",
        timedelta(days=30),
    ),
    Kind(
        "share", "resources", "MEMBER#<id> / SHARE#<resource>", "Which items of the library you have shared", True,
        "Until you leave",
    ),
    Kind(
        "resource", "resources", "RESOURCE#<id> / RESOURCE",
        "An item of the library: what its sharer says about it, and what was found in its file", True,
        "As long as it is in the library, without your name once you leave; 90 days if it never is, or no longer",
    ),
    Kind(
        "download-count", "resources", "RESOURCE#<id> / DOWNLOADS",
        "How often an item of the library was downloaded, as a count", False, "For good",
    ),
    Kind(
        "library-closed", "resources", "LIBRARY / CLOSED",
        "That the library takes no files until the month is over, because its money is spent", False,
        "Until the month is over", timedelta(days=31),
    ),
)  # fmt: skip

KIND = {kind.name: kind for kind in KINDS}
