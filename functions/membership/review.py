"""Review: what a coordinator decides on an application, and the ten minutes in which it can be undone.

A decision is stored and does nothing. Ten minutes later the job takes it up, and only then does anybody become a
member or hear anything (docs/decisions/0008-ten-minutes-to-undo.md).
"""

from datetime import datetime, timedelta
from typing import Protocol

from functions.kernel import audit, tokens
from functions.kernel.errors import Clash, Invalid, NotFound
from functions.kernel.table import Write
from functions.mail.store import planned
from functions.membership import emails
from functions.membership.addresses import Address
from functions.membership.admission import admit
from functions.membership.eligibility import Outcome
from functions.membership.model import Application, Choice, Decision, Member, Status
from functions.membership.register import GivenBy, Group, Reason, register
from functions.membership.store import (
    LOOKED_UP,
    Applications,
    Members,
    address_digest,
    address_now_of,
    lines_about,
)

TIME_TO_UNDO = timedelta(minutes=10)
LOOK_UP_LASTS = timedelta(minutes=10)
"""How long a coordinator can go on reading the member they looked up."""

CHANGED = "This application changed while you were reading it. Read it again, then decide"
CARRYING_OUT = "The 10 minutes are over, and this decision is being carried out. Wait a minute, and open the page again"


class Reviewer(Protocol):
    """A coordinator, as far as a decision needs to know them."""

    @property
    def id(self) -> str:
        """Their reference number."""

    @property
    def address_digest(self) -> str:
        """The digest of their mailbox."""


_ASKS = ("E03", "E10", "E12", "E13", "E15", "E16", "E19")
"""The machine's reasons that put a question to the applicant, so that a person can ask it too."""

_OUTCOME = {Choice.ACCEPT: Outcome.ACCEPT.value, Choice.ASK: Outcome.MORE.value, Choice.DECLINE: "DECLINE"}
_STATUS = {Choice.ASK: Status.ASKED, Choice.DECLINE: Status.DECLINED}


def reasons_for(choice: Choice) -> list[Reason]:
    """The reasons that go with a choice. Only a person declines, with the reasons that only a person can give."""
    known = register().reasons
    match choice:
        case Choice.ACCEPT:
            return [reason for reason in known.values() if reason.code.startswith("A")]
        case Choice.ASK:
            return [known[code] for code in _ASKS]
        case Choice.DECLINE:
            return [reason for reason in known.values() if reason.given_by is GivenBy.PERSON]


def usual_acceptance(application: Application) -> str:
    """The reason for accepting somebody when the coordinator gives no other."""
    if application.verdict.outcome == Outcome.ACCEPT:
        return application.verdict.reason
    by_role = {Group.LAY_PARTNER: "A02", Group.ACADEMIC: "A03"}
    return by_role.get(register().roles[application.answers.role].group, "A04")


def is_own(application: Application, coordinator: Reviewer) -> bool:
    """Whether the application is the coordinator's. Nobody decides on their own."""
    return application.member_id == coordinator.id or application.address_digest == coordinator.address_digest


def decide(
    application_id: str,
    choice: Choice,
    reason: str,
    note: str,
    *,
    seen: int | None,
    by: Reviewer,
    applications: Applications,
    now: datetime,
) -> bool:
    """Store a decision, which takes effect when the time to undo it is over. ``False`` when it was stored before.

    ``seen`` is the version of the application that the coordinator read; without it the present one is meant.
    Raises ``Invalid`` with a sentence for a field, and ``NotFound``.
    """
    before = _reviewable(application_id, by, applications)
    standing = before.unsettled
    wanted = reason or (usual_acceptance(before) if choice is Choice.ACCEPT else "")
    if standing is not None:
        if standing.by == by.id and (standing.choice, standing.reason, standing.note) == (
            choice,
            wanted,
            note,
        ):
            return False
        raise Invalid({"decision": _taken(standing, now)})
    if seen is not None and seen != before.version:
        raise Invalid({"decision": CHANGED})
    if before.status is Status.DECLINED and before.decision is not None and before.decision.by == by.id:
        # The letter promises it: "a coordinator who did not make this decision will look again".
        raise Invalid({"decision": "You declined this application, so somebody else takes the second look"})
    if wanted not in {each.code for each in reasons_for(choice)}:
        raise Invalid({"reason": _does_not_fit(choice, wanted)})
    decision = Decision(
        id=tokens.new_id(),
        choice=choice,
        reason=wanted,
        note=note,
        by=by.id,
        decided_at=now,
        effective_at=now + TIME_TO_UNDO,
        version=before.version + 1,
    )
    after = before.model_copy(update={"decision": decision, "version": decision.version})
    # What they had before them, since no page writes down who reads it (security requirement 69).
    read = {} if seen is None else {"version_read": seen}
    _save(before, after, f"decided: {choice}", by=by, applications=applications, now=now, reason=wanted, **read)
    return True


def undo(application_id: str, *, by: Reviewer, applications: Applications, now: datetime) -> bool:
    """Take a decision back before it takes effect. ``False`` when there is none to take back.

    Raises ``Invalid`` when it is too late, and ``NotFound``.
    """
    before = _reviewable(application_id, by, applications)
    standing = before.unsettled
    if standing is None:
        if before.decision is not None and before.decision.settled_at is not None:
            raise Invalid({"decision": "It is too late to undo this. The decision has taken effect"})
        return False
    if standing.effective_at <= now:
        raise Invalid({"decision": CARRYING_OUT})
    after = before.model_copy(update={"decision": None, "version": before.version + 1})
    _save(before, after, f"undone: {standing.choice}", by=by, applications=applications, now=now)
    return True


def _reviewable(application_id: str, by: Reviewer, applications: Applications) -> Application:
    application = applications.get(application_id)
    if application is None:
        raise NotFound
    if is_own(application, by):
        raise Invalid({"decision": "This is your own application, so somebody else decides on it"})
    if application.status is Status.ACCEPTED:
        raise Invalid({"decision": "This person is a member already, so there is nothing to decide"})
    return application


def _taken(standing: Decision, now: datetime) -> str:
    if standing.effective_at <= now:
        return CARRYING_OUT
    return "Somebody has decided on this already. To decide otherwise, undo that decision first"


def _does_not_fit(choice: Choice, reason: str) -> str:
    why = "The one you chose is for something else" if reason else "The person will read it"
    return f"Choose a reason to {choice}. {why}"


def _save(
    before: Application,
    after: Application,
    what: str,
    *,
    by: Reviewer,
    applications: Applications,
    now: datetime,
    **facts: str | int,
) -> None:
    try:
        applications.save_reviewed(before, after, audit.line(after.id, what, by=by.id, now=now, **facts), by.id, now)
    except Clash as clash:
        if 0 in clash.failed:
            raise Invalid({"decision": CHANGED}) from clash
        raise NotFound from clash


def settle(application_id: str, *, applications: Applications, at: datetime) -> bool:
    """Let a decision take effect whose time to undo is over. ``False`` when there is none.

    Membership, the mail, the line about it and the end of waiting are one transaction, so a second run, or a run
    that was cut off, finds either all of it to do or nothing. Raises ``Clash`` when somebody else was first.
    """
    before = applications.get(application_id)
    decision = before.decision if before is not None else None
    if before is None or decision is None or decision.settled_at is not None or decision.effective_at > at:
        return False
    if before.unsettled is None or before.status is Status.ACCEPTED:
        # A contact answered, or the rules accepted them, after the decision: it was made without knowing that.
        dropped = before.model_copy(update={"decision": None, "version": before.version + 1})
        line = audit.line(before.id, f"dropped: {decision.choice}", by=audit.BY_THE_RULES, now=at)
        applications.save(before, dropped, [line], at)
        return False
    after, writes = _in_effect(before, decision, at)
    applications.save(before, after, writes, at)
    return True


def _in_effect(before: Application, decision: Decision, at: datetime) -> tuple[Application, list[Write]]:
    verdict = before.verdict.model_copy(update={"outcome": _OUTCOME[decision.choice], "reason": decision.reason})
    settled = before.model_copy(update={"verdict": verdict, "decision": decision.model_copy(update={"settled_at": at})})
    writes: list[Write] = []
    if decision.choice is Choice.ACCEPT:
        admission = admit(settled, by=decision.by, now=at)
        after, writes = admission.application, admission.writes
    else:
        status = _STATUS[decision.choice]
        after = settled.model_copy(update={"status": status, "version": before.version + 1})
    line = audit.line(after.id, f"took effect: {decision.choice}", by=decision.by, now=at, reason=decision.reason)
    mail = planned(emails.decided(after, decision, at))
    return after, [*writes, address_now_of(after, at), mail, line]


def look_up(address: Address, *, by: Reviewer, members: Members, now: datetime) -> str | None:
    """The id of the member who has an address, and the line that says who looked.

    There is no list of members to look through, not even for coordinators. Raises ``NotFound`` when the reader is no
    longer a coordinator.
    """
    owner = Applications(members.table).of_address(address_digest(address.key)) or {}
    member_id = owner.get("member_id")
    if member_id is None:
        return None
    try:
        members.note_look_up(member_id, by.id, now)
    except Clash as clash:
        raise NotFound from clash
    return str(member_id)


def looked_up(member_id: str, *, by: Reviewer, members: Members, now: datetime) -> Member | None:
    """The member whom this coordinator looked up a moment ago, and nobody else."""
    lines = lines_about(member_id, members.table)
    allowed = any(
        line["what"] == LOOKED_UP and line["by"] == by.id and now < datetime.fromisoformat(line["at"]) + LOOK_UP_LASTS
        for line in lines
    )
    return members.get(member_id) if allowed else None
