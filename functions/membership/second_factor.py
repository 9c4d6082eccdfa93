"""A coordinator's second factor: setting an authenticator app up, proving it, and doing without the phone.

A sign-in by mail opens a member's pages. What a coordinator may do beyond them needs a code from their app too, on each
device once in each sign-in, and again for a change of the factor itself (security requirement 10).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.kernel import audit, auth, clock, tokens
from functions.kernel.auth import Visitor
from functions.kernel.errors import Clash, Invalid, NotFound
from functions.kernel.pages.brand import BRAND
from functions.kernel.table import Write
from functions.mail.store import planned
from functions.membership import emails, time_codes
from functions.membership.addresses import Address
from functions.membership.factors import Factors
from functions.membership.model import FactorChange, Member, NewSecondFactor, SecondFactor
from functions.membership.moves import device_of
from functions.membership.store import Members, address_digest

KEY_SIZE = 20
"""Bytes: the 160 bits that RFC 4226 section 4 recommends."""
KEY_LASTS = timedelta(minutes=30)
"""Long enough to install an app between beginning and typing its first code."""
RECOVERY_CODES = 10
RECOVERY_SIZE = 15
"""Bytes. From 112 bits on, a plain digest keeps a recovery code safe (ASVS 6.5.2); these have 120."""

WRONG = "That is not the code your app shows now. Check it, and type the code that it shows next"
USED = "This code has been used. Wait until your app shows the next one, and type that"
WRONG_RECOVERY = "That is not one of your recovery codes, or it has been used. Check it, or type another one"
LOCKED = "There have been too many tries. Wait 15 minutes, and type a new code"
OVERTAKEN = "This key no longer works. Go back, and begin again"
NO_COORDINATOR = "No coordinator has this address."
NONE_SET_UP = "This coordinator has no authenticator app set up."


@dataclass(frozen=True, slots=True)
class Offer:
    """A key, as a page shows it to be put into an app."""

    in_fours: str
    picture: str
    """An SVG image for the app's camera."""


def begin(member: Member, *, visitor: Visitor, factors: Factors, now: datetime) -> None:
    """Make a key for the app that a coordinator is setting up on this device."""
    factors.begin(
        NewSecondFactor(
            member_id=member.id,
            device_digest=device_of(visitor.sign_in),
            secret=tokens.new_key(KEY_SIZE),
            replaces=member.second_factor,
            expires_at=clock.epoch(now + KEY_LASTS),
        )
    )


def offer(new: NewSecondFactor, account: str) -> Offer:
    """What the page of a new key shows. ``account`` is the name under which the app lists it."""
    address = time_codes.address(new.secret, account=account, issuer=BRAND.name)
    return Offer(tokens.in_fours(new.secret), time_codes.picture(address))


def confirm(
    typed: str, member: Member, new: NewSecondFactor, *, visitor: Visitor, factors: Factors, now: datetime
) -> tuple[str, list[str]]:
    """Set the second factor up, once its app shows the right code. Gives this device's cookie, and the recovery codes.

    Raises ``Invalid`` with a sentence about the code.
    """
    step = time_codes.step_of(tokens.typed(typed), new.secret, now)
    if step is None:
        raise Invalid({"code": WRONG})
    codes = _new_recovery_codes()
    factor = SecondFactor(
        id=tokens.new_id(),
        member_id=member.id,
        secret=new.secret,
        set_up_at=now,
        last_step=step,
        recovery_digests=tuple(_digest(member.id, code) for code in codes),
    )
    sign_in, cookie = auth.proven_sign_in(visitor, factor.id, now)
    change = FactorChange.REPLACED if new.replaces else FactorChange.SET_UP
    try:
        factors.set_up(new, factor, [*sign_in, *_told(member, change, by=member.id, now=now)])
    except Clash as clash:
        raise Invalid({"code": OVERTAKEN}) from clash
    return cookie, codes


def prove(typed: str, *, visitor: Visitor, factors: Factors, now: datetime) -> str:
    """Prove the second factor on this device with a code from the app. Gives the cookie of the sign-in that counts.

    Of two uses of one code at once exactly one counts. Raises ``Invalid`` with a sentence about the code.
    """
    factor = _one_try(visitor, "code", factors, now)
    step = time_codes.step_of(tokens.typed(typed), factor.secret, now)
    if step is None:
        raise Invalid({"code": WRONG})
    sign_in, cookie = auth.proven_sign_in(visitor, factor.id, now)
    try:
        factors.use_code(factor, step, sign_in)
    except Clash as clash:
        raise Invalid({"code": USED}) from clash
    return cookie


def recover(typed: str, member: Member, *, visitor: Visitor, factors: Factors, now: datetime) -> str:
    """Prove the second factor on this device with a recovery code, which is then used up. Gives the cookie.

    Raises ``Invalid`` with a sentence about the code.
    """
    factor = _one_try(visitor, "recovery_code", factors, now)
    digest = _digest(member.id, tokens.typed_key(typed))
    if digest not in factor.recovery_digests:
        raise Invalid({"recovery_code": WRONG_RECOVERY})
    sign_in, cookie = auth.proven_sign_in(visitor, factor.id, now)
    left = len(factor.recovery_digests) - 1
    told = _told(member, FactorChange.RECOVERED, by=member.id, now=now, codes_left=left)
    try:
        factors.use_recovery_code(factor, digest, [*sign_in, *told])
    except Clash as clash:
        raise Invalid({"recovery_code": WRONG_RECOVERY}) from clash
    return cookie


def renew_recovery_codes(member: Member, *, factors: Factors, now: datetime) -> list[str]:
    """Make other recovery codes, so that those there were work no more.

    Raises ``NotFound`` when there is no second factor, or it or its codes changed in this moment.
    """
    factor, codes = factors.get(member.id), _new_recovery_codes()
    if factor is None:
        raise NotFound
    told = _told(member, FactorChange.NEW_CODES, by=member.id, now=now)
    try:
        factors.replace_recovery_codes(factor, [_digest(member.id, code) for code in codes], told)
    except Clash as clash:
        raise NotFound from clash
    return codes


def still_good(codes: list[str], member_id: str, *, factors: Factors) -> list[str]:
    """Those of the codes that are recovery codes of this coordinator now."""
    factor = factors.get(member_id)
    return [code for code in codes if factor is not None and _digest(member_id, code) in factor.recovery_digests]


def take_off(address: Address, *, by: str, members: Members, now: datetime) -> Member:
    """Take the second factor off a coordinator who has lost their phone and their recovery codes, and sign them out.

    They set up another one when they next open a coordinator's page. Raises ``NotFound`` with a sentence when there is
    nothing to take off, and ``Clash`` when the member was changed meanwhile.
    """
    member = members.at(address_digest(address.key))
    if member is None or auth.Role.COORDINATOR not in member.roles:
        raise NotFound(NO_COORDINATOR)
    if member.second_factor is None:
        raise NotFound(NONE_SET_UP)
    Factors(members.table).take_off(member, _told(member, FactorChange.TAKEN_OFF, by=by, now=now))
    members.sign_out_everywhere(member.id)
    return member


def _one_try(visitor: Visitor, name: str, factors: Factors, now: datetime) -> SecondFactor:
    try:
        return factors.one_try(visitor.member_id, now)
    except Clash as clash:
        raise Invalid({name: LOCKED}) from clash


def _told(
    member: Member, change: FactorChange, *, by: str, now: datetime, codes_left: int = RECOVERY_CODES
) -> list[Write]:
    """The line about a change, and the mail that tells the coordinator of it."""
    return [
        audit.line(member.id, change, by=by, now=now),
        planned(emails.second_factor_changed(member, change, codes_left, now)),
    ]


def _new_recovery_codes() -> list[str]:
    return [tokens.new_key(RECOVERY_SIZE) for _ in range(RECOVERY_CODES)]


def _digest(member_id: str, recovery_code: str) -> str:
    return tokens.digest("recovery", member_id, recovery_code)
