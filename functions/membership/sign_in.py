"""Signing in by code, and signing out."""

from datetime import datetime, timedelta

from functions.kernel import clock, keys, tokens
from functions.kernel.errors import Clash, Invalid
from functions.membership import codes as code_rules
from functions.membership import emails
from functions.membership.addresses import Address
from functions.membership.model import Ask
from functions.membership.store import Applications, Codes, Members, address_digest

ASK_LASTS = timedelta(hours=1)


def ask(address: Address, wanted: str, *, codes: Codes, applications: Applications, client: str, now: datetime) -> str:
    """Mail a code to a member, or to anybody else a word that no member has this address.

    Gives the secret that the browser keeps. Both take the same reads and writes (security requirement 44).
    Raises ``TooMany`` when the network it comes from has asked too often.
    """
    secret = tokens.new_secret()
    browser, digest = tokens.digest(secret), address_digest(address.key)
    owner = applications.of_address(digest) or {}
    # Somebody unknown is looked for too, so that both take the same number of reads.
    member = Members(applications.table).get(owner.get("member_id", browser))
    if member is not None and member.status == "member":
        mail = emails.sign_in_code(member, browser=browser, request=browser, now=now)
    else:
        member = None
        mail = emails.sign_in_not_known(str(address), digest, request=browser, now=now)
    wish = Ask(
        browser=browser,
        address_digest=digest,
        member_id=member.id if member else None,
        mail=mail.key,
        code_expires_at=now + code_rules.GOOD_FOR,
        wanted=wanted,
        expires_at=clock.epoch(now + ASK_LASTS),
    )
    code_rules.send(wish, mail, codes=codes, client=client, now=now)
    return secret


def enter_code(typed: str, browser: str, *, codes: Codes, members: Members, now: datetime) -> tuple[str, str]:
    """Turn a right code into a sign-in. Gives its cookie, and where the person was going.

    Of two uses at once exactly one gets in (security requirement 5). Raises ``Invalid`` with a sentence about the code.
    """
    item = code_rules.right(typed, keys.ask(browser), codes=codes, now=now)
    wish = Ask.model_validate(item)
    member = members.get(wish.member_id) if wish.member_id else None
    if member is None or member.status != "member":
        raise Invalid({"code": code_rules.VOID})
    try:
        return codes.open_sign_in(wish, member, now), wish.wanted
    except Clash as clash:
        raise Invalid({"code": code_rules.VOID}) from clash
