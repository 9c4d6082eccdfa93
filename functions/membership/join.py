"""Joining: an address, its proof, the answers, and what the rules make of them.

Nothing is kept about an address that has not been proven but a draft, and the draft is gone after a day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from functions.kernel import audit, auth, clock, keys, tokens
from functions.kernel.errors import Clash, Invalid, NotFound
from functions.kernel.table import Write
from functions.mail.store import planned
from functions.membership import codes as code_rules
from functions.membership import emails, vouching
from functions.membership.addresses import Address, parse
from functions.membership.admission import Admission, admit_by_rules, history_of, status_of, verdict_of
from functions.membership.eligibility import History, Outcome
from functions.membership.model import Answers, Application, Draft, Status, Vouch
from functions.membership.store import FIRST_EXTRA, Applications, Codes, address_digest

DRAFT_LASTS = timedelta(hours=24)


def begin(
    address: Address,
    *,
    codes: Codes,
    applications: Applications,
    client: str,
    now: datetime,
    answers: Answers | None = None,
) -> str:
    """Start a draft for an address and mail it a code. Gives the secret that the browser keeps.

    A program sends the answers at once. They wait in the draft, unread, until the mailbox has been proven.

    The writes are the same in number and kind whether or not the address is a member's, so that neither the answer
    nor the time it takes tells them apart (security requirement 44). An address that has had enough mail gets none,
    silently. Raises ``TooMany`` when the network it comes from has asked too often, and ``Invalid`` when the contact
    among the answers cannot count.
    """
    problems = vouching.contact_problems(answers, address) if answers else {}
    if problems:
        raise Invalid(problems)
    secret = tokens.new_secret()
    browser, digest = tokens.digest(secret), address_digest(address.key)
    owner = applications.of_address(digest)
    if owner is not None and "member_id" in owner:
        mail = emails.already_member(str(address), digest, request=browser, now=now)
    else:
        mail = emails.join_code(str(address), digest, browser=browser, request=browser, now=now)
    draft = Draft(
        browser=browser,
        address=str(address),
        address_digest=digest,
        mail=mail.key,
        code_expires_at=now + code_rules.GOOD_FOR,
        answers=answers,
        expires_at=clock.epoch(now + DRAFT_LASTS),
    )
    code_rules.send(draft, mail, codes=codes, client=client, now=now)
    return secret


def enter_code(typed: str, browser: str, *, codes: Codes, now: datetime) -> None:
    """Prove the mailbox of a draft.

    Raises ``Invalid`` with a sentence about the code.
    """
    item = code_rules.right(typed, keys.draft(browser), codes=codes, now=now)
    try:
        codes.prove(Draft.model_validate(item), now)
    except Clash as clash:
        raise Invalid({"code": code_rules.VOID}) from clash


def proven(browser: str | None, codes: Codes) -> Draft | None:
    """The draft of a browser whose mailbox has been proven."""
    draft = codes.draft(browser) if browser else None
    return draft if draft is not None and draft.proven_at is not None else None


def known_answers(draft: Draft, applications: Applications) -> Answers | None:
    """What the person told us, in this draft or in the application that their address already has."""
    if draft.answers is not None:
        return draft.answers
    before = _before(draft, applications)
    return before.answers if before else None


def _before(draft: Draft, applications: Applications) -> Application | None:
    return _application_of(applications.of_address(draft.address_digest), applications)


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of an application, and the cookie of the sign-in that comes with being accepted."""

    application: Application
    cookie: str | None = None


def save_answers(draft: Draft, answers: Answers, *, codes: Codes) -> None:
    """Keep what a person told us, until they send it.

    Raises ``Invalid`` when the contact they name cannot count.
    """
    problems = vouching.contact_problems(answers, parse(draft.address))
    if problems:
        raise Invalid(problems)
    codes.save_answers(draft, answers)


def submit(draft: Draft, *, applications: Applications, now: datetime) -> Submitted:
    """Decide on a draft. The application, what it leads to and the mail about it are written together.

    Pressing twice submits once. Raises ``NotFound`` when there are no answers to submit.
    """
    if draft.answers is None or draft.proven_at is None:
        raise NotFound
    owner = applications.of_address(draft.address_digest)
    before = _application_of(owner, applications)
    if before is not None and before.status is Status.ACCEPTED:
        return Submitted(before)
    application, history = _application(draft, draft.answers, draft.proven_at, before, owner, now)
    asking: Vouch | None = None
    admission: Admission | None = None
    if before is not None and before.status is Status.DECLINED:
        # What a person has declined, only a person accepts.
        application = application.model_copy(update={"status": Status.WAITING})
    elif application.status is Status.ACCEPTED:
        admission = admit_by_rules(application, by=audit.BY_THE_RULES, now=now)
    else:
        asking = vouching.worth_asking(application, parse(draft.address), history)
    try:
        return _put_in(draft, before, application, admission, asking, applications=applications, now=now)
    except Clash as clash:
        if asking is None or min(clash.failed) < FIRST_EXTRA:
            return _already_submitted(draft, applications)
    # The contact has been asked as often in a year as anybody is, so a coordinator looks at it instead.
    waiting = application.model_copy(update={"status": Status.WAITING})
    return _put_in(draft, before, waiting, None, None, applications=applications, now=now)


def _put_in(
    draft: Draft,
    before: Application | None,
    application: Application,
    admission: Admission | None,
    asking: Vouch | None,
    *,
    applications: Applications,
    now: datetime,
) -> Submitted:
    writes: list[Write] = [_noted(application, now)]
    cookie = None
    if admission is not None:
        # They have just proven the mailbox in this very browser, which is all that signing in asks for.
        sign_in, cookie = auth.new_sign_in(admission.member.model_dump(mode="json"), now)
        application = admission.application
        writes += [*admission.writes, sign_in]
    elif asking is not None:
        application = application.model_copy(update={"status": Status.VOUCHING, "vouch_id": asking.id})
        writes += [planned(emails.received(application, now, asked=asking)), *vouching.asked(asking, now)]
    elif application.status is Status.WAITING and application.verdict.outcome != Outcome.REFER:
        writes.append(planned(emails.with_a_person(application, now)))
    else:
        writes.append(planned(emails.received(application, now)))
    applications.submit(draft, before, application, writes, now)
    return Submitted(application, cookie)


def _application(  # noqa: PLR0917 - an application is made of all of these.
    draft: Draft,
    answers: Answers,
    proven_at: datetime,
    before: Application | None,
    owner: Mapping[str, Any] | None,
    now: datetime,
) -> tuple[Application, History]:
    history = history_of(owner)
    vouched_at = before.vouched_at if before and _same_person_and_role(before.answers, answers) else None
    verdict = verdict_of(draft.address, answers, vouched=vouched_at is not None, history=history)
    application = Application(
        id=before.id if before else tokens.new_id(),
        address=draft.address,
        address_digest=draft.address_digest,
        proven_at=proven_at,
        answers=answers,
        verdict=verdict,
        status=status_of(verdict),
        submitted_at=now,
        version=before.version + 1 if before else 1,
        vouch_id=before.vouch_id if before else None,
        vouched_at=vouched_at,
    )
    return application, history


def _same_person_and_role(before: Answers, now: Answers) -> bool:
    """A contact confirmed one person in one role. Another name or role is another question."""
    return (before.name, before.role) == (now.name, now.role)


def _application_of(owner: Mapping[str, Any] | None, applications: Applications) -> Application | None:
    return applications.get(owner["application_id"]) if owner and "application_id" in owner else None


def _noted(application: Application, now: datetime) -> Write:
    verdict = application.verdict
    return audit.line(
        application.id,
        "decided by the rules",
        by=audit.BY_THE_RULES,
        now=now,
        outcome=verdict.outcome,
        reason=verdict.reason,
        rules=verdict.rules_version,
    )


def _already_submitted(draft: Draft, applications: Applications) -> Submitted:
    application = _before(draft, applications)
    if application is None:
        raise NotFound
    return Submitted(application)
