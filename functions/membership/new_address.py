"""Changing a member's address: a fresh sign-in stands for the old one, and a code proves the new one.

The address is looked up only after the code has come back, so asking for one tells nobody whether it belongs to a
member (security requirement 44). Whoever has typed the code reads that mailbox, and may know.

The rules run again on the new address and nobody loses their membership by them: people change jobs, and the contact
or the coordinator who accepted them knew the person and not the mailbox. The audit line keeps what the rules say.
"""

from datetime import datetime, timedelta
from itertools import islice

from functions.kernel import audit, auth, clock, tokens
from functions.kernel.errors import Clash, Invalid
from functions.kernel.keys import Key
from functions.kernel.table import Write
from functions.mail.model import mail_key
from functions.mail.store import Ledger, planned
from functions.membership import codes as code_rules
from functions.membership import emails
from functions.membership.addresses import Address
from functions.membership.admission import verdict_of
from functions.membership.eligibility import History, Outcome, grade_of
from functions.membership.model import Answers, Application, Member, NewAddress, Verdict
from functions.membership.moves import TAKEN, Moves, application_moved, device_of
from functions.membership.register import Grade, register
from functions.membership.store import Applications, Codes, Members, address_digest

WISH_LASTS = timedelta(hours=1)

THE_SAME = "This is the address that you have now"
BELONGS = "This address belongs to another membership or application. Use another one, or ask us to help"

_MOST_AT_ONCE = 80
"""Sessions that are taken out of the calendar in the transaction of the change, which takes 100 writes (DynamoDB
quota). Nobody is invited to so many ahead; more would follow right after it."""


def ask(member: Member, address: Address, *, sign_in: Key, codes: Codes, client: str, now: datetime) -> None:
    """Mail a code to the new address, to be typed on this device.

    Raises ``Invalid`` with a sentence about the address, and ``TooMany`` when the network it comes from has asked too
    often.
    """
    digest = address_digest(address.key)
    if digest == member.address_digest:
        raise Invalid({"email": THE_SAME})
    reason = will_not_do(address)
    if reason is not None:
        raise Invalid({"email": register().reasons[reason].text})
    wish = NewAddress(
        member_id=member.id,
        device_digest=device_of(sign_in),
        address=str(address),
        address_digest=digest,
        mail=mail_key("address-code", tokens.new_id(), digest),
        code_expires_at=now + code_rules.GOOD_FOR,
        expires_at=clock.epoch(now + WISH_LASTS),
    )
    code_rules.send(wish, emails.address_code(wish, now), codes=codes, client=client, now=now)


def will_not_do(address: Address) -> str | None:
    """The reason of the rules against an address itself, whoever it belongs to and whatever they do."""
    if grade_of(address) is Grade.THROWAWAY:
        return "E03"
    return "E10" if register().is_shared_mailbox(address.local) else None


def enter_code(typed: str, member: Member, wish: NewAddress, *, codes: Codes, now: datetime) -> str:
    """Change the address, and give the cookie of the one sign-in that is left.

    Everything changes in one transaction: the profile, whom each address belongs to, the application, the letters to
    both, and the sessions that come out of the calendar of the old one. Raises ``Invalid`` with a sentence about the
    code.
    """
    proven = NewAddress.model_validate(code_rules.right(typed, wish.key, codes=codes, now=now))
    members, ledger = Members(codes.table), Ledger(codes.table)
    application = Applications(codes.table).get(member.application_id) if member.application_id else None
    after, line = _changed(member, application, proven, now)
    before_it = members.sign_ins(member.id)
    sign_in, cookie = auth.new_sign_in(after.model_dump(mode="json"), now)
    taken_out = islice(ledger.withdrawals(member.id, member.address_digest, now), _MOST_AT_ONCE)
    also = [
        sign_in,
        line,
        planned(emails.address_changed(member, now, is_new=False)),
        planned(emails.address_changed(after, now, is_new=True)),
        *([application_moved(application, after)] if application else []),
        *map(planned, taken_out),
    ]
    try:
        Moves(codes.table).make(proven, member, after, also, now)
    except Clash as clash:
        raise Invalid({"code": BELONGS if TAKEN in clash.failed else code_rules.VOID}) from clash
    # An invitation that left for the old address in this very moment is taken out too. The sign-ins have ended.
    ledger.withdraw(member.id, member.address_digest, now)
    for each in before_it:
        members.sign_out(each)
    return cookie


def _changed(before: Member, application: Application | None, wish: NewAddress, now: datetime) -> tuple[Member, Write]:
    """The member with the new address, and the line about it, which names neither."""
    verdict = _verdict(before, application, wish.address)
    accepted = verdict.outcome == Outcome.ACCEPT
    after = before.model_copy(
        update={
            "address": wish.address,
            "address_digest": wish.address_digest,
            "verdict": verdict if accepted else before.verdict,
        }
    )
    what = "changed address" if accepted else "changed address, and stays a member though the rules would ask again"
    facts = {"outcome": verdict.outcome, "reason": verdict.reason, "rules": verdict.rules_version}
    return after, audit.line(before.id, what, by=before.id, now=now, **facts)


def _verdict(member: Member, application: Application | None, address: str) -> Verdict:
    """What the rules say of the member at another address, with what they and their contact told us before."""
    told = Answers(
        name=member.name,
        role=member.role,
        nation=member.nation,
        organisation=member.organisation,
        agreed_at=member.joined_at,
        profile_url=application.answers.profile_url if application else None,
    )
    vouched = application is not None and application.vouched_at is not None
    return verdict_of(address, told, vouched=vouched, history=History.NONE)
