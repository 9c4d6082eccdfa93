"""Vouching: a person names somebody who can confirm their work, and that person answers by code, without an account."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain

from functions.kernel import audit, clock, keys, tokens
from functions.kernel.errors import Clash, Invalid, NotFound
from functions.kernel.keys import Key
from functions.kernel.table import Attr, Write, change, delete
from functions.mail.model import mail_key
from functions.mail.store import Ledger, planned
from functions.membership import codes as code_rules
from functions.membership import emails
from functions.membership.addresses import Address, parse
from functions.membership.admission import admit_by_rules, verdict_of
from functions.membership.eligibility import History, Outcome, grade_of
from functions.membership.model import Answers, Application, Status, Vouch, VouchAnswer
from functions.membership.register import WORK_GRADES
from functions.membership.store import (
    Applications,
    Codes,
    Limit,
    address_digest,
    address_now_of,
    mailbox_digest,
    vouch_kept,
)

REMINDED_AFTER = timedelta(days=3)
GIVEN_UP_AFTER = timedelta(days=7)
KEPT = timedelta(days=90)

MOST_A_YEAR = 5
"""How many people one contact can confirm in a year, so that no chain of strangers grows from one mailbox."""


def contact_problems(answers: Answers, applicant: Address) -> dict[str, str]:
    """What is wrong with the contact an applicant names, as a sentence for each field; empty when it will do.

    A contact counts when their own address is one that only an organisation we know gives out.
    """
    if answers.voucher_email is None:
        named = answers.voucher_name is not None
        return {"voucher_email": "Enter your contact's email address, for example name@nhs.net"} if named else {}
    if answers.voucher_name is None:
        return {"voucher_name": "Enter the full name of your contact"}
    contact = parse(answers.voucher_email)
    if contact.key == applicant.key:
        return {"voucher_email": "Enter the email address of somebody you work with, not your own"}
    if grade_of(contact) not in WORK_GRADES:
        known = "an NHS, public or other organisation that we know, for example name@nhs.net"
        return {"voucher_email": f"Enter a work address of {known}"}
    return {}


def worth_asking(application: Application, applicant: Address, history: History) -> Vouch | None:
    """The question to the contact an applicant named, if a "yes" would make them a member."""
    answers = application.answers
    if answers.voucher_email is None or answers.voucher_name is None:
        return None
    if contact_problems(answers, applicant):
        return None
    if verdict_of(application.address, answers, vouched=True, history=history).outcome != Outcome.ACCEPT:
        return None
    contact = parse(answers.voucher_email)
    vouch_id, digest = tokens.new_id(), address_digest(contact.key)
    return Vouch(
        id=vouch_id,
        application_id=application.id,
        applicant_name=answers.name,
        organisation=answers.organisation,
        voucher_name=answers.voucher_name,
        voucher_address=str(contact),
        voucher_digest=digest,
        mail=mail_key("vouch-request", vouch_id, digest),
        asked_at=application.submitted_at,
        expires_at=clock.epoch(application.submitted_at + KEPT),
    )


def asked(vouch: Vouch, now: datetime) -> list[Write]:
    """The writes that ask a contact, and look at the question again in three days."""
    a_year = Limit("vouch", vouch.voucher_digest, timedelta(days=365), MOST_A_YEAR)
    return [
        vouch_kept(vouch, now + REMINDED_AFTER),
        planned(emails.vouch_request(vouch, now)),
        a_year.one_more(now),
    ]


def question_of_token(token: str, applications: Applications) -> Vouch:
    """The question whose link was followed.

    Raises ``NotFound`` when we never made such a link, or made another since, or the question is too old.
    """
    vouch_id, _, secret = token.partition(".")
    vouch = applications.vouch(vouch_id)
    if vouch is None or vouch.token_digest is None or not tokens.same(vouch.token_digest, tokens.digest(secret)):
        raise NotFound
    return vouch


def answer(
    vouch: Vouch, typed: str, given: VouchAnswer, *, codes: Codes, applications: Applications, now: datetime
) -> None:
    """Record a contact's answer and what follows from it.

    A "yes" runs the rules again with the evidence. Anything else goes to a coordinator: no machine turns it against
    the applicant, who is not told what was answered. Raises ``Invalid`` with a sentence about the code, and
    ``NotFound`` when the application has gone.
    """
    code_rules.right(typed, keys.vouch(vouch.id), codes=codes, now=now)
    before = applications.get(vouch.application_id)
    if before is None:
        raise NotFound
    answered = vouch.model_copy(update={"answer": given, "answered_at": now, "tries": 0, "code_digest": None})
    also: list[Write] = [
        vouch_kept(answered, None, before=vouch),
        planned(emails.vouch_thanks(answered, given, now)),
        audit.line(before.id, f"contact answered {given}", by=f"contact {vouch.id}", now=now),
    ]
    after = before.model_copy(update={"version": before.version + 1})
    if before.vouch_id != vouch.id or before.status is Status.ACCEPTED:
        pass  # The applicant has named somebody else since, or is a member: the answer is kept and changes nothing.
    elif given is VouchAnswer.YES:
        after, more = _confirmed(after, now)
        also += more
    else:
        after = after.model_copy(update={"status": Status.WAITING})
        also.append(planned(emails.with_a_person(after, now)))
    try:
        applications.save(before, after, [*also, address_now_of(after, now)], now)
    except Clash as clash:
        raise Invalid(
            {"code": "Somebody changed this while you answered. Open the link again, and try again"}
        ) from clash


def _confirmed(application: Application, now: datetime) -> tuple[Application, list[Write]]:
    verdict = verdict_of(application.address, application.answers, vouched=True, history=History.NONE)
    vouched = application.model_copy(update={"vouched_at": now, "verdict": verdict})
    waiting = vouched.model_copy(update={"status": Status.WAITING})
    if application.status is Status.DECLINED:
        # What a person has declined, only a person accepts.
        return waiting, [planned(emails.with_a_person(waiting, now))]
    if verdict.outcome != Outcome.ACCEPT:
        return waiting, [planned(emails.received(waiting, now))]
    admission = admit_by_rules(vouched, by=audit.BY_THE_RULES, now=now)
    return admission.application, admission.writes


def follow_up(applications: Applications, at: datetime) -> int:
    """Look at every question that has had no answer for long enough, and say at how many.

    After three days the contact is asked once more. After seven a coordinator takes over. The applicant hears of both.
    """
    looked_at = 0
    for vouch in list(applications.vouches_due(at)):
        application = applications.get(vouch.application_id)
        if application is None or application.vouch_id != vouch.id or application.status is not Status.VOUCHING:
            writes = [vouch_kept(vouch.model_copy(update={"reminded": vouch.reminded + 1}), None, before=vouch)]
        elif vouch.reminded == 0:
            writes = _reminded(application, vouch, at)
        else:
            writes = _given_up(applications, application, vouch, at)
        try:
            applications.table.transact(writes)
        except Clash:
            continue  # The answer came in this very moment, or another run was first.
        looked_at += 1
    return looked_at


def _reminded(application: Application, vouch: Vouch, at: datetime) -> list[Write]:
    mail = mail_key("vouch-request", vouch.id, vouch.voucher_digest, 2)
    again = vouch.model_copy(update={"reminded": 1, "mail": mail, "tries": 0})
    return [
        vouch_kept(again, vouch.asked_at + GIVEN_UP_AFTER, before=vouch),
        planned(emails.vouch_request(again, at, again=True)),
        planned(emails.vouch_waiting(application, again, at, given_up=False)),
    ]


def _given_up(applications: Applications, application: Application, vouch: Vouch, at: datetime) -> list[Write]:
    closed = vouch.model_copy(update={"reminded": 2})
    waiting = application.model_copy(update={"status": Status.WAITING, "version": application.version + 1})
    return [
        vouch_kept(closed, None, before=vouch),
        applications.saved(application, waiting, at),
        audit.line(application.id, "contact did not answer", by=audit.BY_THE_RULES, now=at),
        planned(emails.vouch_waiting(waiting, closed, at, given_up=True)),
    ]


def forget_contact(digest: str, applications: Applications, until: datetime, now: datetime) -> None:
    """Take the name and the address of a contact out of whatever they were asked up to a moment.

    What they answered stays with the application, and nobody's. What they have not answered they are not asked any
    more: a coordinator takes over. Raises ``Clash`` when one of the applications changed in this very moment.
    """
    for item in list(applications.table.every(keys.LISTS, keys.vouches_by(digest))):
        vouch = Vouch.model_validate(item)
        if vouch.asked_at <= until and vouch.voucher_address:
            applications.table.transact(_without_contact(vouch, applications, now))


_NAMES_A_CONTACT = ("waiting_for", "voucher")
"""The words of mail to an applicant in which a contact's name may stand."""


def _without_contact(vouch: Vouch, applications: Applications, now: datetime) -> Iterator[Write]:
    nobody = {"voucher_name": "", "voucher_address": ""}
    no_more = ("token_digest", "code_digest", f"{keys.WAITING}pk", f"{keys.WAITING}sk")
    yield change(keys.vouch(vouch.id), set=nobody, remove=no_more, where=Attr("pk").exists())
    application = applications.get(vouch.application_id)
    if application is None:
        return
    named = application.answers.voucher_email
    if named is not None and mailbox_digest(named) == vouch.voucher_digest:
        yield _names_nobody(application, vouch, applications, now)
        if _waits_for(vouch, application):
            yield audit.line(application.id, "contact was erased", by=audit.BY_THE_RULES, now=now)
    for item in applications.table.every(keys.LISTS, keys.wishes_of(application.address_digest)):
        told = item.get("answers", {})
        if told.get("voucher_name") == vouch.voucher_name:
            unnamed = {name: value for name, value in told.items() if not name.startswith("voucher_")}
            yield change(Key(item["pk"], item["sk"]), set={"answers": unnamed}, where=Attr("pk").exists())
    for mail in chain.from_iterable(map(Ledger(applications.table).of, application.person.subjects)):
        blank = {name: "" for name in _NAMES_A_CONTACT if mail.context.get(name) == vouch.voucher_name}
        if mail.address_digest == vouch.voucher_digest:
            yield delete(keys.mail(mail.key))
        elif blank:
            yield change(keys.mail(mail.key), set={"context": mail.context | blank}, where=Attr("pk").exists())


def _waits_for(vouch: Vouch, application: Application) -> bool:
    return application.status is Status.VOUCHING and application.vouch_id == vouch.id


def _names_nobody(before: Application, vouch: Vouch, applications: Applications, now: datetime) -> Write:
    answers = before.answers.model_copy(update={"voucher_name": None, "voucher_email": None})
    if _waits_for(vouch, before):
        told = {"answers": answers, "status": Status.WAITING, "version": before.version + 1}
        return applications.saved(before, before.model_copy(update=told), now)
    # Nothing that anybody decides by has changed, so what was decided stays so.
    own = {"answers": answers.model_dump(mode="json", exclude_none=True)}
    return change(keys.application(before.id), set=own, where=Attr("version").eq(before.version))
