"""Stopping the weekly invitations, and starting them again."""

from datetime import datetime

from functions.kernel import clock, tokens
from functions.kernel.errors import Clash, NotFound
from functions.mail.model import Choice, Mail, Secret, mail_key, new_mail
from functions.mail.store import Choices, Ledger, planned


def mail_of_token(token: str, ledger: Ledger) -> Mail:
    """The message whose "stop" link was followed.

    Raises ``NotFound`` when we never made such a link.
    """
    key, _, secret = token.partition(".")
    mail = ledger.by_token(key, Secret.STOP, tokens.digest(secret))
    if mail is None:
        raise NotFound
    return mail


def stop_invites(member_id: str, address: str, address_digest: str, *, choices: Choices, now: datetime) -> None:
    """Stop the invitations at once and send one receipt. Pressing twice does no more than pressing once."""
    receipt = new_mail(
        "stopped",
        key=mail_key("stopped", "invites", member_id, clock.stamp(now)),
        to_address=address,
        address_digest=address_digest,
        owner=member_id,
        now=now,
    )
    try:
        choices.stop(Choice.INVITES, member_id, now, planned(receipt))
    except Clash:
        return
