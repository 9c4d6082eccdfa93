"""The messages of membership, one function each. Their words are in ``pages/emails/``."""

from datetime import datetime, timedelta
from typing import Any

from functions.kernel import clock, keys, tokens
from functions.kernel.auth import Role
from functions.kernel.kinds import BACKUPS_KEPT, DELETED_FILES_KEPT
from functions.kernel.when import clock_in_words, day_in_words, in_uk
from functions.mail.model import Guard, Mail, mail_key, new_mail
from functions.membership.model import (
    Agreement,
    Application,
    Choice,
    Complaint,
    Decision,
    FactorChange,
    Member,
    NewAddress,
    StillYou,
    Vouch,
    VouchAnswer,
)
from functions.membership.register import register

ANSWER_WITHIN = "2 working days"
ASK_AGAIN_WITHIN = timedelta(days=28)
"""How long a person has to ask for another look at a decision."""


def join_code(address: str, digest: str, *, browser: str, request: str, now: datetime) -> Mail:
    """The code that proves a mailbox. Says nothing about whether anybody has an account."""
    return new_mail(
        "join-code",
        key=mail_key("join-code", request, digest),
        to_address=address,
        address_digest=digest,
        secrets_in=keys.draft(browser),
        now=now,
    )


def already_member(address: str, digest: str, *, request: str, now: datetime) -> Mail:
    """For somebody who starts to join and is a member: how to sign in."""
    return new_mail(
        "join-already-member",
        key=mail_key("join-already-member", request, digest),
        to_address=address,
        address_digest=digest,
        now=now,
    )


def sign_in_code(member: Member, *, browser: str, request: str, now: datetime) -> Mail:
    """The code that signs a member in."""
    return new_mail(
        "sign-in-code",
        key=mail_key("sign-in-code", request, member.address_digest),
        to_address=member.address,
        to_name=member.name,
        address_digest=member.address_digest,
        context={"asked_at": _clock(now)},
        secrets_in=keys.ask(browser),
        now=now,
    )


def sign_in_not_known(address: str, digest: str, *, request: str, now: datetime) -> Mail:
    """For an address that no member has. The page says the same to everybody; only the mailbox learns this."""
    return new_mail(
        "sign-in-not-known",
        key=mail_key("sign-in-not-known", request, digest),
        to_address=address,
        address_digest=digest,
        now=now,
    )


def _to_applicant(kind: str, application: Application, version: str | int, now: datetime, **context: str) -> Mail:
    key = keys.application(application.id)
    return new_mail(
        kind,
        key=mail_key(kind, application.id, application.address_digest, version),
        to_address=application.address,
        to_name=application.answers.name,
        address_digest=application.address_digest,
        owner=application.member_id or application.id,
        context=context,
        guards=(Guard(pk=key.pk, sk=key.sk),),
        now=now,
    )


def received(application: Application, now: datetime, *, asked: Vouch | None = None) -> Mail:
    """What happens next with an application that is not accepted yet, and why."""
    reason = register().reasons[application.verdict.reason]
    waiting_for = asked.voucher_name if asked else ""
    return _to_applicant(
        "application-received",
        application,
        application.version,
        now,
        title=reason.title,
        reason=reason.text,
        outcome=application.verdict.outcome,
        waiting_for=waiting_for,
    )


def with_a_person(application: Application, now: datetime) -> Mail:
    """A contact has answered, and a coordinator takes over. Does not say what the answer was."""
    return _to_applicant(
        "application-received",
        application,
        application.version,
        now,
        title="A person will look at this",
        reason="The person you named has answered us. A coordinator will now look at your application.",
        outcome="REFER",
        waiting_for="",
    )


def accepted(application: Application, now: datetime) -> Mail:
    """The welcome: why they were accepted, what happens on Fridays, how to stop invitations."""
    reason = register().reasons[application.verdict.reason]
    return _to_applicant("application-accepted", application, application.version, now, reason=reason.text)


def decided(application: Application, decision: Decision, now: datetime) -> Mail:
    """What a coordinator decided, in plain English, with how to ask again."""
    reason = register().reasons[decision.reason]
    kind = {
        Choice.ACCEPT: "application-accepted",
        Choice.ASK: "application-question",
        Choice.DECLINE: "application-declined",
    }[decision.choice]
    return _to_applicant(
        kind,
        application,
        decision.id,
        now,
        title=reason.title,
        reason=reason.text,
        note=decision.note,
        ask_again_by=day_in_words(in_uk(now + ASK_AGAIN_WITHIN)),
    )


def vouch_request(vouch: Vouch, now: datetime, *, again: bool = False) -> Mail:
    """To the contact: who asks, what is being confirmed, and the code to type. No account is needed."""
    key = keys.vouch(vouch.id)
    return new_mail(
        "vouch-request",
        key=vouch.mail,
        to_address=vouch.voucher_address,
        to_name=vouch.voucher_name,
        address_digest=vouch.voucher_digest,
        owner=vouch.application_id,
        context={
            "applicant": vouch.applicant_name,
            "organisation": vouch.organisation,
            "vouch": vouch.id,
            "again": again,
        },
        secrets_in=key,
        now=now,
    )


def vouch_thanks(vouch: Vouch, answer: VouchAnswer, now: datetime) -> Mail:
    """To the contact: that the answer arrived, and which it was."""
    return new_mail(
        "vouch-thanks",
        key=mail_key("vouch-thanks", vouch.id, vouch.voucher_digest),
        to_address=vouch.voucher_address,
        to_name=vouch.voucher_name,
        address_digest=vouch.voucher_digest,
        owner=vouch.application_id,
        context={"applicant": vouch.applicant_name, "answer": answer},
        now=now,
    )


def vouch_waiting(application: Application, vouch: Vouch, now: datetime, *, given_up: bool) -> Mail:
    """To the applicant: that the contact has not answered, and what we do about it."""
    return _to_applicant(
        "vouch-waiting",
        application,
        f"{vouch.id}.{vouch.reminded}",
        now,
        voucher=vouch.voucher_name,
        asked_on=day_in_words(in_uk(vouch.asked_at)),
        given_up="yes" if given_up else "",
    )


def address_code(wish: NewAddress, now: datetime) -> Mail:
    """To the address that a member wants to change to: the code that proves it, whoever it belongs to."""
    return new_mail(
        "address-code",
        key=wish.mail,
        to_address=wish.address,
        address_digest=wish.address_digest,
        context={"asked_at": _clock(now)},
        secrets_in=wish.key,
        now=now,
    )


def address_changed(member: Member, now: datetime, *, is_new: bool) -> Mail:
    """To the new or to the old address of a member, that it has changed. Neither letter names the other address."""
    return new_mail(
        "address-changed",
        key=mail_key("address-changed", member.id, member.address_digest, clock.stamp(now)),
        to_address=member.address,
        to_name=member.name,
        address_digest=member.address_digest,
        owner=member.id,
        context={"changed_at": _moment(now), "is_new": is_new},
        now=now,
    )


def second_factor_changed(member: Member, change: FactorChange, codes_left: int, now: datetime) -> Mail:
    """To a coordinator: what happened to their second factor, so that they hear of it when it was not them."""
    return new_mail(
        "second-factor-changed",
        # What changes can only change once, and two such changes may fall into one second.
        key=mail_key("second-factor-changed", member.id, member.address_digest, tokens.new_id()),
        to_address=member.address,
        to_name=member.name,
        address_digest=member.address_digest,
        owner=member.id,
        context={"changed_at": _moment(now), "change": change.value, "codes_left": codes_left},
        now=now,
    )


def _about_complaint(complaint: Complaint, **more: Any) -> dict[str, Any]:
    return {
        "reference": complaint.reference,
        "made_on": day_in_words(in_uk(complaint.made_at)),
        "answer_by": day_in_words(complaint.answer_by),
        **more,
    }


def complaint_received(complaint: Complaint, now: datetime) -> Mail:
    """That we have a complaint, and until when we answer. It quotes nothing: the address may be a stranger's."""
    return new_mail(
        "complaint-received",
        key=mail_key("complaint-received", complaint.id, complaint.address_digest),
        to_address=complaint.address,
        address_digest=complaint.address_digest,
        owner=complaint.id,
        context=_about_complaint(complaint),
        now=now,
    )


def complaint_answered(complaint: Complaint, now: datetime) -> Mail:
    """What became of a complaint, in a coordinator's words."""
    return new_mail(
        "complaint-answered",
        key=mail_key("complaint-answered", complaint.id, complaint.address_digest),
        to_address=complaint.address,
        to_name=complaint.name,
        address_digest=complaint.address_digest,
        owner=complaint.id,
        context=_about_complaint(complaint, note=complaint.outcome),
        now=now,
    )


def agreement_asked(agreement: Agreement, coordinator: Member, now: datetime) -> Mail:
    """To a coordinator: what the administrator may not do alone, why they want to, and where to say yes or no."""
    key = keys.agreement(agreement.id)
    return new_mail(
        "agreement-asked",
        key=mail_key("agreement-asked", agreement.id, coordinator.address_digest, clock.stamp(agreement.asked_at)),
        to_address=coordinator.address,
        to_name=coordinator.name,
        address_digest=coordinator.address_digest,
        owner=coordinator.id,
        context={"agreement": agreement.id, "wanted": agreement.what, "reason": agreement.reason},
        guards=(Guard(pk=key.pk, sk=key.sk, absent=("answered_at",)),),
        now=now,
    )


def complaint_waits(complaint: Complaint, coordinator: Member, now: datetime) -> Mail:
    """To a coordinator: that a complaint waits, and until when. It does not say whose it is, or what of."""
    key = keys.complaint(complaint.id)
    return new_mail(
        "complaint-waits",
        key=mail_key("complaint-waits", complaint.id, coordinator.address_digest, complaint.told),
        to_address=coordinator.address,
        to_name=coordinator.name,
        address_digest=coordinator.address_digest,
        owner=coordinator.id,
        context=_about_complaint(complaint, again=complaint.told > 1),
        guards=(Guard(pk=key.pk, sk=key.sk, absent=("answered_at",)),),
        now=now,
    )


def still_you(member: Member, asked: StillYou, now: datetime, *, erased_at: datetime) -> Mail:
    """Whether a member is still there, and what happens when we hear nothing."""
    key = keys.member(member.id)
    return new_mail(
        "still-you",
        key=asked.mail,
        to_address=member.address,
        to_name=member.name,
        address_digest=member.address_digest,
        owner=member.id,
        context={
            "member": member.id,
            "again": asked.reminded_at is not None,
            "is_coordinator": Role.COORDINATOR in member.roles,
            "erased_on": day_in_words(in_uk(erased_at)),
        },
        guards=(Guard(pk=key.pk, sk=key.sk, equals={"status": "member"}),),
        secrets_in=keys.still_you(member.id),
        now=now,
    )


def coordinator_changed(about: Member, to: Member, now: datetime) -> Mail:
    """To a coordinator, old or new: that a member was made one, or is none any more. It does not name that member."""
    return new_mail(
        "coordinator-changed",
        key=mail_key("coordinator-changed", about.id, to.address_digest, clock.stamp(now)),
        to_address=to.address,
        to_name=to.name,
        address_digest=to.address_digest,
        owner=to.id,
        context={
            "changed_at": f"{day_in_words(in_uk(now))} at {_clock(now)}",
            "is_you": about.id == to.id,
            "is_one": about.appointed_at is not None,
        },
        now=now,
    )


def erased(about: Application | Member, now: datetime) -> Mail:
    """The receipt for somebody whom an administrator erased: what is deleted, and what stays for how long."""
    return new_mail(
        "erased",
        key=mail_key("erased", about.id, about.address_digest, clock.stamp(now)),
        to_address=about.address,
        address_digest=about.address_digest,
        context={"backups_kept": BACKUPS_KEPT.days, "files_kept": DELETED_FILES_KEPT.days},
        now=now,
    )


def left(member: Member, now: datetime, *, lapsed: bool = False) -> Mail:
    """The receipt for somebody who left, or has not answered. It is the last mail, and it is kept for a month."""
    return new_mail(
        "left",
        key=mail_key("left", member.id, member.address_digest, clock.stamp(now)),
        to_address=member.address,
        to_name=member.name,
        address_digest=member.address_digest,
        context={"lapsed": lapsed},
        now=now,
    )


def _moment(moment: datetime) -> str:
    return f"{day_in_words(in_uk(moment))} at {_clock(moment)}"


def _clock(moment: datetime) -> str:
    return clock_in_words(in_uk(moment).time().replace(second=0, microsecond=0))
