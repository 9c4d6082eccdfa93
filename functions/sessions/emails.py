"""The message of sessions, to coordinators. Its words are in ``pages/emails/``."""

from datetime import datetime

from functions.kernel.when import clock_in_words, in_uk
from functions.mail.model import Mail, mail_key, new_mail
from functions.membership.model import Member
from functions.sessions.model import Session


def changed_by_another(session: Session, to: Member, now: datetime) -> Mail:
    """That another coordinator changed a session which members have in their calendars, and until when it is undone."""
    assert session.announce_at is not None
    at = in_uk(session.announce_at)
    return new_mail(
        "session-changes",
        key=mail_key("session-changes", session.id, to.address_digest, session.edition),
        to_address=to.address,
        to_name=to.name,
        address_digest=to.address_digest,
        owner=to.id,
        context={
            "session": session.id,
            "title": session.title,
            "when": session.when,
            "goes_ahead": session.goes_ahead,
            "told_at": clock_in_words(at.time().replace(second=0)) if session.announce_at > now else "",
        },
        now=now,
    )
