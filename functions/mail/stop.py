"""Stopping a kind of mail, and taking what it brought out of the calendar."""

from datetime import datetime

from functions.kernel import clock, tokens
from functions.kernel.errors import Clash, NotFound
from functions.mail.kinds import Choice, Secret
from functions.mail.model import Mail, mail_key, new_mail
from functions.mail.store import Choices, Ledger, planned
from functions.mail.words import CHOICE_WORDS


def mail_of_token(token: str, ledger: Ledger) -> Mail:
    """The message whose "stop" link was followed.

    Raises ``NotFound`` when we never made such a link.
    """
    key, _, secret = token.partition(".")
    mail = ledger.by_token(key, Secret.STOP, tokens.digest(secret))
    if mail is None:
        raise NotFound
    return mail


def stop(choice: Choice, member_id: str, *, choices: Choices, now: datetime) -> None:
    """Stop one kind of mail at once and send one receipt. Pressing twice does no more than pressing once.

    The receipt goes to the address that the member has now, whichever mailbox the link came from. Somebody who has
    left has nothing to stop.
    """
    reader = choices.reader(member_id)
    if reader is None:
        return
    words = CHOICE_WORDS[choice]
    receipt = new_mail(
        "stopped",
        key=mail_key("stopped", choice, member_id, clock.stamp(now)),
        to_address=reader.address,
        to_name=reader.name,
        address_digest=reader.address_digest,
        owner=member_id,
        context={"what": words.name, "off": words.off},
        now=now,
    )
    try:
        choices.stop(choice, member_id, now, planned(receipt))
    except Clash:
        return


def start(choice: Choice, member_id: str, *, choices: Choices, now: datetime) -> None:
    """Start one kind of mail. Somebody who has left cannot."""
    try:
        choices.start(choice, member_id, now)
    except Clash:
        return


def take_out(member_id: str, *, choices: Choices, ledger: Ledger, now: datetime) -> None:
    """Take the sessions that are coming out of a member's calendar. Doing it twice is doing it once.

    It comes after the stop: whatever had not started by then never goes, so all that the calendar can hold is known.
    """
    reader = choices.reader(member_id)
    if reader is not None:
        ledger.withdraw(member_id, reader.address_digest, now)
