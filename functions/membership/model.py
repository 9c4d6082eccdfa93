"""The values of membership: a draft, an application, a question to a contact, a member."""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from functions.kernel import keys
from functions.kernel.keys import Key
from functions.kernel.text import LongText, PlainLine
from functions.kernel.value import Value
from functions.kernel.when import in_uk

NETWORKS = {
    "psp": "Patient safety partners",
    "education": "Patient safety education and training",
    "icb": "Integrated care boards, and health boards in other nations",
    "directors": "Associate directors and directors",
    "lfpse": "Learn from patient safety events service",
}
"""The smaller networks that a member can join too, and their names."""

CAME_OVER = "H01"
"""The reason of whoever was a member on the hub before: a code of ``data/reasons.csv``."""


class Person(Value):
    """Somebody, as far as it takes to find what is held about them."""

    address_digest: str
    member_id: str | None = None
    application_id: str | None = None

    @property
    def subjects(self) -> tuple[str, ...]:
        """What their mail and the audit lines about them are listed by."""
        return tuple(each for each in (self.member_id, self.application_id, self.address_digest) if each)


class Erasure(Person):
    """The erasing of what is held about somebody: whom, and when. It names nobody."""

    id: str
    at: AwareDatetime
    listed: bool = False
    """Whether it stands in the list that is kept apart from the table."""


class Answers(Value):
    """What a person tells us about themselves when they join."""

    name: PlainLine
    role: str
    nation: str
    organisation: PlainLine
    networks: tuple[str, ...] = ()
    profile_url: str | None = None
    voucher_name: PlainLine | None = None
    voucher_email: str | None = None
    agreed_at: AwareDatetime
    agreed_to: str | None = None
    """The wording (``kernel/consents.py``); ``None`` for those who agreed before versions were recorded."""


class Verdict(Value):
    """What the rules say about an application, and which version of them said it."""

    outcome: str
    """``ACCEPT``, ``MORE``, ``REFER``, ``WAIT``, ``ALREADY`` or ``HOLD``; ``DECLINE`` from a person alone."""
    reason: str
    grade: str
    rules_version: str


class Draft(Value):
    """What a person has typed so far. It belongs to one browser and is gone after a day."""

    browser: str
    """The digest of the secret in the browser's cookie."""
    address: str
    address_digest: str
    mail: str
    """The key of the mail whose code opens the draft. Asking again puts another in its place."""
    code_digest: str | None = None
    code_expires_at: AwareDatetime
    tries: int = 0
    proven_at: AwareDatetime | None = None
    answers: Answers | None = None
    application_id: str | None = None
    expires_at: int


class Ask(Value):
    """A wish to sign in from one browser, until its code has been typed."""

    browser: str
    address_digest: str
    member_id: str | None
    mail: str
    code_digest: str | None = None
    code_expires_at: AwareDatetime
    tries: int = 0
    wanted: str = "/home"
    """Where the person was going when they were asked to sign in."""
    expires_at: int


class NewAddress(Value):
    """A member's wish to change to another address, on one device, until its code has been typed."""

    member_id: str
    device_digest: str
    """Of the secret in the cookie of that device's sign-in. A code works there alone."""
    address: str
    address_digest: str
    mail: str
    code_digest: str | None = None
    code_expires_at: AwareDatetime
    tries: int = 0
    expires_at: int

    @property
    def key(self) -> Key:
        """Where it is kept: a later wish on the same device takes its place."""
        return keys.new_address(self.member_id, self.device_digest)


class SecondFactor(Value):
    """The key that an authenticator app shares with us, and what was used of it and of its recovery codes."""

    id: str
    """Another one with each key, so that a proof of one says nothing about the next."""
    member_id: str
    secret: Annotated[str, Field(repr=False)]
    """160 bits in base32, as RFC 4226 section 4 recommends."""
    set_up_at: AwareDatetime
    last_step: int
    """The latest step of 30 seconds since 1970 whose code was used. An earlier code, or the same, works no more."""
    recovery_digests: tuple[str, ...]
    """Of the recovery codes that are left."""
    tries: int = 0
    """Codes that were tried since the last right one, or since the last quarter of an hour without any."""

    @property
    def key(self) -> Key:
        """Where it is kept. There is one at most."""
        return keys.second_factor(self.member_id)


class FactorChange(StrEnum):
    """What can happen to a coordinator's second factor. The value is what the audit line says."""

    SET_UP = "second factor set up"
    REPLACED = "second factor replaced"
    RECOVERED = "recovery code used"
    NEW_CODES = "recovery codes replaced"
    TAKEN_OFF = "second factor taken off"


class NewSecondFactor(Value):
    """A key that a coordinator is putting into an app, on one device, until the app's first code has been typed."""

    member_id: str
    device_digest: str
    """Of the secret in the cookie of that device's sign-in."""
    secret: Annotated[str, Field(repr=False)]
    replaces: str | None = None
    """The id of the second factor that there was when it was begun."""
    expires_at: int

    @property
    def key(self) -> Key:
        """Where it is kept: a later one on the same device takes its place."""
        return keys.new_second_factor(self.member_id, self.device_digest)


class Status(StrEnum):
    """Where an application is."""

    WAITING = "waiting"
    """A person has to look at it."""
    ASKED = "asked"
    """The applicant has to tell us one more thing."""
    VOUCHING = "vouching"
    """Somebody they named has been asked to confirm their work."""
    ABROAD = "abroad"
    """There is no network for their country yet."""
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Choice(StrEnum):
    """What a coordinator can decide. The values are the form's."""

    ACCEPT = "accept"
    ASK = "ask"
    DECLINE = "decline"


class Decision(Value):
    """What a coordinator decided. It takes effect ten minutes later, unless they undo it."""

    id: str
    choice: Choice
    reason: str
    """A reason code of ``data/reasons``."""
    note: LongText = ""
    by: str
    """The coordinator's member id."""
    decided_at: AwareDatetime
    effective_at: AwareDatetime
    version: int
    """The version of the application that the decision made. Any other means that something changed since."""
    settled_at: AwareDatetime | None = None
    """When it took effect."""


class Application(Value):
    """One person's wish to join, with all that is known for deciding on it."""

    id: str
    address: str
    address_digest: str
    proven_at: AwareDatetime
    answers: Answers
    verdict: Verdict
    status: Status
    submitted_at: AwareDatetime
    version: Annotated[int, Field(ge=1)] = 1
    """Rises with each change of answers or evidence; a decision is on one version."""
    vouch_id: str | None = None
    vouched_at: AwareDatetime | None = None
    decision: Decision | None = None
    """The decision that has been taken and can still be undone, or the one that took effect."""
    member_id: str | None = None

    @property
    def person(self) -> Person:
        """The applicant, as far as it takes to find what is held about them."""
        return Person(address_digest=self.address_digest, member_id=self.member_id, application_id=self.id)

    @property
    def unsettled(self) -> Decision | None:
        """The decision that has been taken and has not taken effect, as long as it is on this very version."""
        taken = self.decision
        return taken if taken and taken.settled_at is None and taken.version == self.version else None


class VouchAnswer(StrEnum):
    """What a contact can answer. The values are the form's."""

    YES = "yes"
    NO = "no"
    NOT_ME = "not-me"


class Vouch(Value):
    """A question to somebody's contact, whether they can confirm this person's work."""

    id: str
    application_id: str
    applicant_name: str
    organisation: str
    voucher_name: str
    voucher_address: str
    voucher_digest: str
    mail: str
    token_digest: str | None = None
    code_digest: str | None = None
    tries: int = 0
    asked_at: AwareDatetime
    reminded: int = 0
    """How many times the contact or the applicant has been written to again."""
    answer: VouchAnswer | None = None
    answered_at: AwareDatetime | None = None
    expires_at: int


COMPLAINT_DAYS = 30
"""Within so many days, the one on which it comes counted, a complaint has its answer."""


class Agreement(Value):
    """What the administrator may not do alone, and what a second person said to it."""

    id: str
    what: str
    """As it follows "The administrator wants to"."""
    reason: PlainLine
    asked_at: AwareDatetime
    answered_at: AwareDatetime | None = None
    agreed: bool = False
    by: str | None = None
    """The member id of the coordinator who answered."""


class Complaint(Value):
    """What somebody complained of, and what became of it."""

    id: str
    name: PlainLine
    address: str
    """As it was typed. Nobody has proven that it is theirs."""
    address_digest: str
    happened: LongText
    wanted: LongText = ""
    """What would put it right."""
    made_at: AwareDatetime
    told: int = 0
    """How many times the coordinators have been told of it."""
    outcome: LongText = ""
    answered_at: AwareDatetime | None = None

    @property
    def reference(self) -> str:
        """What people call it by."""
        return self.id[:8].upper()

    @property
    def answer_by(self) -> date:
        """The last day for the answer, as clocks in the UK count days."""
        return in_uk(self.made_at).date() + timedelta(days=COMPLAINT_DAYS - 1)


class Member(Value):
    """A member of the network."""

    id: str
    name: PlainLine
    address: str
    address_digest: str
    role: str
    nation: str
    organisation: PlainLine
    networks: tuple[str, ...] = ()
    status: str = "member"
    roles: tuple[str, ...] = ()
    """What they may do beyond being a member; see ``kernel.auth.Role``."""
    appointed_at: AwareDatetime | None = None
    """When they were made a coordinator, as long as they are one. ``kernel.auth.GRACE`` counts from then."""
    second_factor: str | None = None
    """The id of the second factor that they have set up."""
    verdict: Verdict
    application_id: str | None = None
    joined_at: AwareDatetime
    active_in: str | None = None
    """The last month in which they gave a sign, "2026-11", and no nearer than that; ``None`` since they joined."""

    @property
    def seen_in(self) -> str:
        """The last month in which they gave a sign. Joining is one."""
        return max(self.active_in or "", f"{self.joined_at.astimezone(UTC):%Y-%m}")

    @property
    def sells(self) -> bool:
        """Whether they work for a supplier. They may share what helps, and not what advertises."""
        return self.role == "supplier"

    @property
    def came_over(self) -> bool:
        """Whether they were a member on the hub before there was this platform."""
        return self.verdict.reason == CAME_OVER

    @property
    def person(self) -> Person:
        """The member, as far as it takes to find what is held about them."""
        return Person(address_digest=self.address_digest, member_id=self.id, application_id=self.application_id)


class StillYou(Value):
    """The question to a member of whom nothing was heard for a year, whether they are still there."""

    member_id: str
    asked_at: AwareDatetime
    reminded_at: AwareDatetime | None = None
    mail: str
    """The key of the mail whose link answers it. The reminder takes the place of the first."""
    token_digest: str | None = None
    answered_at: AwareDatetime | None = None
    expires_at: int


def new_member(application: Application, member_id: str, verdict: Verdict, now: datetime) -> Member:
    """The member that an accepted application becomes."""
    told: dict[str, Any] = application.answers.model_dump(
        include={"name", "role", "nation", "organisation", "networks"}
    )
    return Member(
        id=member_id,
        address=application.address,
        address_digest=application.address_digest,
        verdict=verdict,
        application_id=application.id,
        joined_at=now,
        **told,
    )
