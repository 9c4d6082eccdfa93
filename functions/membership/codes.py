"""Codes that people type: how often one may be asked for, and whether the one typed is right.

A code works once, for 15 minutes and 5 tries at most, in the browser that asked for it (security requirements 1 and 4).
"""

from datetime import datetime, timedelta
from typing import Any

from functions.kernel import tokens
from functions.kernel.errors import Clash, Invalid, TooMany
from functions.kernel.keys import Key
from functions.mail.model import Mail
from functions.membership.store import Codes, Limit, Wish

GOOD_FOR = timedelta(minutes=15)

WRONG = "That is not the code we sent. Check it, and type it again"
VOID = "This code no longer works. Ask for a new one"

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def limits_on(address_digest: str) -> list[Limit]:
    """How much mail one address can be made to get, whoever asks and from wherever (security requirement 45)."""
    return [Limit("code", address_digest, _HOUR, 3), Limit("code", address_digest, _DAY, 10)]


def limits_of(client: str) -> list[Limit]:
    """How often one network, and everybody together, can ask (security requirement 46).

    A whole hospital can stand behind one address, so its limit is wide.
    """
    return [
        Limit("client", tokens.digest("client", client), _HOUR, 300),
        Limit("everybody", "everybody", _HOUR, 3_000),
    ]


def send(wish: Wish, mail: Mail, *, codes: Codes, client: str, now: datetime) -> None:
    """Keep a wish and plan the mail that answers it.

    An address that has had enough mail gets none, and the page does not say so. Raises ``TooMany`` when the network
    that asks has asked too often.
    """
    on_address, of_client = limits_on(wish.address_digest), limits_of(client)
    try:
        codes.begin(wish, mail, [*on_address, *of_client], now)
    except Clash as clash:
        if any(place >= len(on_address) for place in clash.failed):
            raise TooMany from clash
        codes.begin_without_mail(wish)


def right(typed: str, key: Key, *, codes: Codes, now: datetime) -> dict[str, Any]:
    """The item that a code opens, if the code is right.

    Raises ``Invalid`` with a sentence for the field otherwise. What else is known of the address makes no difference
    to the sentence.
    """
    try:
        item = codes.one_try(key)
    except Clash as clash:
        raise Invalid({"code": VOID}) from clash
    # A contact's code waits in their mailbox for days. It has no end of its own and is good as long as the question.
    ends = item.get("code_expires_at")
    if ends is not None and now >= datetime.fromisoformat(ends):
        raise Invalid({"code": VOID})
    if not tokens.same(item.get("code_digest", ""), tokens.code_digest(tokens.typed(typed), key.pk)):
        raise Invalid({"code": WRONG})
    return item
