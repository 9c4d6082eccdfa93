"""The messages about sessions, and about mail that came in. Their words are in ``pages/emails/``."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self

from functions.invites.model import Letter
from functions.invites.planning import REMIND_UNTIL
from functions.invites.settings import InvitesSettings
from functions.invites.telling import Held, Telling
from functions.kernel import keys
from functions.kernel.when import day_in_words, in_uk, uk_words
from functions.mail.kinds import Choice
from functions.mail.model import CalendarPart, Guard, Mail, mail_key, new_mail
from functions.mail.store import wants
from functions.membership.model import Member
from functions.sessions.model import Answer, Session, entry

LONGEST_SUBJECT = 70
"""Characters. Outlook and phones cut off the rest."""
_MORE = "..."
_TICK = timedelta(seconds=1)
"""What calendars tell two versions apart by."""
_OPENINGS = {Telling.NEW_TIME: "New time: ", Telling.CANCELLED: "Cancelled: ", Telling.CHANGED: "Changed: "}


def still_here(member: Member) -> Guard:
    """Holds as long as the member is one and has this address."""
    profile = keys.member(member.id)
    return Guard(
        pk=profile.pk, sk=profile.sk, equals={"status": member.status, "address_digest": member.address_digest}
    )


@dataclass(frozen=True, slots=True)
class Notice:
    """What all members are told alike of one edition of a session, made once and not once for each member."""

    session: Session
    site_origin: str
    calendar: dict[str, Any]
    """The entry as it would go to somebody who has none."""
    unchanged: Guard
    """Holds as long as this edition is the newest."""

    @classmethod
    def of(cls, session: Session, settings: InvitesSettings, now: datetime) -> Self:
        """The notice of a session as it is, from ``now``, which becomes the stamp of its entries."""
        key = keys.session(session.id)
        written = entry(session, site_origin=settings.site_origin, organizer=settings.events_sender, stamp=now)
        return cls(
            session=session,
            site_origin=settings.site_origin,
            calendar=written.model_dump(mode="json"),
            unchanged=Guard(pk=key.pk, sk=key.sk, equals={"edition": session.edition}),
        )

    @property
    def words(self) -> tuple[str, str]:
        """The title and the description of the entry."""
        return self.calendar["summary"], self.calendar["description"]

    def keys_for(self, member: Member) -> list[str]:
        """The keys of every row that may tell a member of this session, the present edition's last."""
        return [
            mail_key("session", self.session.id, member.address_digest, edition)
            for edition in range(self.session.edition + 1)
        ]

    def mail_to(
        self, member: Member, telling: Telling, before: Held | None, *, accepted: bool, run: str | None, now: datetime
    ) -> Mail:
        """The message to one member.

        It goes out only while it is true: the session is at this edition, the member is one and has this address, and
        they have not stopped the invitations, unless they had accepted and count on it.
        """
        cancelled = telling is Telling.CANCELLED
        calendar = CalendarPart(
            method="CANCEL" if cancelled else "REQUEST",
            entry=self._entry(before),
        )
        return new_mail(
            telling.value,
            key=self.keys_for(member)[-1],
            to_address=member.address,
            to_name=member.name,
            address_digest=member.address_digest,
            owner=member.id,
            context=self._context(telling, before),
            guards=(self.unchanged, still_here(member), *([] if accepted else [wants(Choice.INVITES, member.id)])),
            calendar=calendar,
            follows=before.message_id if before else None,
            run=run,
            now=now,
            not_after=before.start if cancelled and before else self.session.start,
        )

    def _entry(self, before: Held | None) -> dict[str, Any]:
        """The entry for somebody whose calendar may hold another: by the name it came with, and newer than it."""
        if before is None:
            return self.calendar
        stamp = max(datetime.fromisoformat(self.calendar["stamp"]), before.stamp + _TICK)
        return self.calendar | {"uid": before.uid, "stamp": stamp.isoformat()}

    def _context(self, telling: Telling, before: Held | None) -> dict[str, Any]:
        session = self.session
        told = {
            "session": session.id,
            "subject": subject(session, _OPENINGS.get(telling, "")),
            "title": session.title,
            "when": session.when,
            "summary": session.summary,
            "page": session.address(self.site_origin),
            "programme": f"{self.site_origin}/sessions",
        }
        if telling is Telling.NEW_TIME and before is not None:
            told["was"] = uk_words(before.start, before.end)
        if telling is Telling.CANCELLED and before is not None:
            told["when"] = uk_words(before.start, before.end)
        return told


def came_over(member: Member, *, run: str, now: datetime) -> Mail:
    """To a member of the hub: where their membership is now, what comes by email, and how to end it."""
    return new_mail(
        "came-over",
        key=mail_key("came-over", member.id, "once"),
        to_address=member.address,
        to_name=member.name,
        address_digest=member.address_digest,
        owner=member.id,
        guards=(still_here(member),),
        run=run,
        now=now,
    )


def reminder(member: Member, session: Session, settings: InvitesSettings, *, run: str, now: datetime) -> Mail:
    """The reminder on the day, as long as the member's answer is yes. It carries no calendar entry."""
    row, answer = keys.session(session.id), keys.answer(member.id, session.id)
    return new_mail(
        "reminder",
        key=mail_key("reminder", session.id, member.id, session.sequence),
        to_address=member.address,
        to_name=member.name,
        address_digest=member.address_digest,
        owner=member.id,
        context={
            "session": session.id,
            "subject": subject(session, "Today: "),
            "title": session.title,
            "when": session.when,
            "page": session.address(settings.site_origin),
        },
        guards=(
            Guard(pk=row.pk, sk=row.sk, equals={"sequence": session.sequence}),
            Guard(pk=answer.pk, sk=answer.sk, equals={"value": "yes"}),
            still_here(member),
            wants(Choice.REMINDERS, member.id),
        ),
        run=run,
        now=now,
        not_after=session.start - REMIND_UNTIL,
    )


def counts_on(answer: Answer, session: Session) -> bool:
    """Whether somebody said yes to the session as it is timed now."""
    return answer.value == "yes" and answer.sequence == session.sequence


def after(member: Member, session: Session, settings: InvitesSettings, *, run: str, now: datetime) -> Mail:
    """The one question after a session, to somebody who came."""
    return new_mail(
        "after",
        key=mail_key("after", session.id, member.id),
        to_address=member.address,
        to_name=member.name,
        address_digest=member.address_digest,
        owner=member.id,
        context={
            "session": session.id,
            "subject": f"One question about {in_uk(session.start):%A}'s session",
            "title": session.title,
            "day": day_in_words(session.day),
            "programme": f"{settings.site_origin}/sessions",
        },
        guards=(still_here(member), wants(Choice.FOLLOW_UPS, member.id)),
        run=run,
        now=now,
    )


def digest(
    member: Member,
    *,
    coming: list[str],
    called_off: list[str],
    week: str,
    settings: InvitesSettings,
    run: str,
    now: datetime,
) -> Mail:
    """The weeks ahead, to somebody who asked for it."""
    day = date.fromisoformat(week)
    return new_mail(
        "digest",
        key=mail_key("digest", week, member.id),
        to_address=member.address,
        to_name=member.name,
        address_digest=member.address_digest,
        owner=member.id,
        context={
            "subject": f"Sessions in the weeks from {day.day} {day:%B}",
            "coming": coming,
            "called_off": called_off,
            "programme": f"{settings.site_origin}/sessions",
        },
        guards=(still_here(member), wants(Choice.DIGEST, member.id)),
        run=run,
        now=now,
        not_after=now + timedelta(days=6),
    )


def subject(session: Session, opening: str = "") -> str:
    """What and when, short enough that nothing is cut off: a long title gives way, and the time does not."""
    when = f": {session.starts_in_short}"
    room = LONGEST_SUBJECT - len(opening) - len(when)
    if len(session.title) <= room:
        return opening + session.title + when
    cut = session.title[: room - len(_MORE)]
    whole_words = cut.rpartition(" ")[0] or cut
    return opening + whole_words.rstrip(" ,;:.") + _MORE + when


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
        context={
            "sender": letter.sender,
            "proven": proven,
            "subject": letter.subject,
            "lines": letter.text.splitlines(),
        },
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
