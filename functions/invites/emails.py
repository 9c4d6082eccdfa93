"""The messages about sessions, and about mail that came in. Their words are in ``pages/emails/``."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from functions.invites.model import Letter
from functions.invites.settings import InvitesSettings
from functions.kernel import keys
from functions.kernel.when import in_uk
from functions.mail.model import CalendarPart, Guard, Mail, mail_key, new_mail
from functions.mail.store import wants_invites
from functions.membership.model import Member
from functions.sessions.model import Session, entry

KIND = "invite"
LONGEST_SUBJECT = 70
"""Characters. Outlook and phones cut off the rest."""
_MORE = "..."


@dataclass(frozen=True, slots=True)
class Invitation:
    """What all members are told alike, made once for each session and not once for each member."""

    session: Session
    context: dict[str, Any]
    calendar: CalendarPart
    unchanged: Guard

    @classmethod
    def to(cls, session: Session, settings: InvitesSettings) -> Self:
        """The invitation to one version of a session."""
        key = keys.session(session.id)
        written = entry(
            session,
            site_origin=settings.site_origin,
            organizer=settings.events_sender,
        )
        return cls(
            session=session,
            context={
                "subject": subject(session),
                "title": session.title,
                "when": session.when,
                "summary": session.summary,
                "page": session.address(settings.site_origin),
            },
            calendar=CalendarPart(method="REQUEST", entry=written.model_dump(mode="json")),
            unchanged=Guard(
                pk=key.pk, sk=key.sk, equals={"sequence": session.sequence, "status": session.status.value}
            ),
        )

    def key_for(self, member: Member) -> str:
        """What makes this the same invitation: this version of this session, to this member."""
        return mail_key(KIND, self.session.id, member.id, self.session.sequence)

    def mail_to(self, member: Member, *, run: str | None, now: datetime) -> Mail:
        """The message to one member.

        It goes out only while the session is as the entry says, the member is one and has this address, and
        they have not stopped the invitations.
        """
        profile = keys.member(member.id)
        still_here = Guard(
            pk=profile.pk,
            sk=profile.sk,
            equals={"status": member.status, "address_digest": member.address_digest},
        )
        return new_mail(
            KIND,
            key=self.key_for(member),
            to_address=member.address,
            to_name=member.name,
            address_digest=member.address_digest,
            owner=member.id,
            context=self.context,
            guards=(self.unchanged, still_here, wants_invites(member.id)),
            calendar=self.calendar,
            run=run,
            now=now,
            not_after=self.session.start,
        )


def subject(session: Session) -> str:
    """What and when, short enough that nothing is cut off: a long title gives way, and the time does not."""
    when = f": {session.starts_in_short}"
    room = LONGEST_SUBJECT - len(when)
    if len(session.title) <= room:
        return session.title + when
    cut = session.title[: room - len(_MORE)]
    whole_words = cut.rpartition(" ")[0] or cut
    return whole_words.rstrip(" ,;:.") + _MORE + when


def forwarded(
    letter: Letter,
    *,
    to_address: str,
    address_digest: str,
    key: str,
    proven: bool,
    owner: str | None,
    now: datetime,
) -> Mail:
    """What a person wrote to the address of the invitations, for people to read."""
    return new_mail(
        "forwarded",
        key=mail_key("forwarded", key, address_digest),
        to_address=to_address,
        address_digest=address_digest,
        owner=owner,
        context={"sender": letter.sender, "proven": proven, "subject": letter.subject, "note": letter.text},
        now=now,
    )


def how_to_join(to_address: str, address_digest: str, *, now: datetime) -> Mail:
    """How to become a member, for somebody who was passed an invitation. At most one a day has the same key."""
    return new_mail(
        "how-to-join",
        key=mail_key("how-to-join", in_uk(now).date().isoformat(), address_digest),
        to_address=to_address,
        address_digest=address_digest,
        now=now,
    )
