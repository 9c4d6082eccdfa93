"""From evidence to standing: what the rules say of an application, and what becomes of it.

Joining, a contact's answer and a coordinator's decision all end here, so a person becomes a member in one way only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.kernel import tokens
from functions.kernel.table import Write
from functions.mail.store import planned
from functions.membership import emails
from functions.membership.eligibility import Evidence, History, Outcome, decide
from functions.membership.model import Answers, Application, Member, Status, Verdict, new_member
from functions.membership.store import joined

_STATUS_OF = {
    Outcome.ACCEPT: Status.ACCEPTED,
    Outcome.MORE: Status.ASKED,
    Outcome.REFER: Status.WAITING,
    Outcome.WAIT: Status.ABROAD,
    Outcome.ALREADY: Status.ASKED,
    Outcome.HOLD: Status.ASKED,
}


def history_of(owner: Mapping[str, Any] | None) -> History:
    """What we know of an address from before."""
    if owner is None:
        return History.NONE
    if "member_id" in owner:
        return History.MEMBER
    return History.REMOVED if "removed_at" in owner else History.NONE


def verdict_of(address: str, answers: Answers, *, vouched: bool, history: History) -> Verdict:
    """What the rules say about a person whose mailbox has been proven."""
    decision = decide(
        Evidence(
            address=address,
            role=answers.role,
            nation=answers.nation,
            vouched=vouched,
            profile=answers.profile_url is not None,
            proven=True,
            history=history,
        )
    )
    return Verdict(
        outcome=decision.outcome,
        reason=decision.reason,
        grade=decision.grade,
        rules_version=decision.rules_version,
    )


def status_of(verdict: Verdict) -> Status:
    """Where an application goes by what the rules say about it."""
    return _STATUS_OF[Outcome(verdict.outcome)]


@dataclass(frozen=True, slots=True)
class Admission:
    """An application that ends in membership, and the writes that make it so."""

    application: Application
    member: Member
    writes: list[Write]


def admit(application: Application, *, by: str, now: datetime) -> Admission:
    """Make the applicant a member. The mail that says so is for the caller, who knows who decided."""
    member_id = tokens.new_id()
    admitted = application.model_copy(
        update={"status": Status.ACCEPTED, "member_id": member_id, "version": application.version + 1}
    )
    member = new_member(admitted, member_id, application.verdict, now)
    return Admission(admitted, member, joined(member, by=by, now=now))


def admit_by_rules(application: Application, *, by: str, now: datetime) -> Admission:
    """Make the applicant a member because the rules accept them, and welcome them."""
    admission = admit(application, by=by, now=now)
    return Admission(
        admission.application,
        admission.member,
        [*admission.writes, planned(emails.accepted(admission.application, now))],
    )
