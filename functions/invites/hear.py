"""Hearing a mail that came to our own address: an answer, a stop, or words for a person.

Each mail has one record, which is written in the transaction of whatever the mail causes. The mail service tells of a
mail at least once, in any order and perhaps late (security requirement 73): the second time there is a record and
nothing happens, and an answer carries its own place in time.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from functions.invites import emails, replies
from functions.invites.letterbox import Letterbox
from functions.invites.model import Arrival, Heard, Letter, Outcome, Reply
from functions.invites.replies import Dropped
from functions.invites.settings import InvitesSettings
from functions.invites.store import Hearings
from functions.kernel import tokens
from functions.kernel.errors import Clash, NotFound
from functions.kernel.table import Table, Write
from functions.mail import stop
from functions.mail.store import Choices, Ledger, planned
from functions.membership.model import Member
from functions.membership.store import Limit, Members, mailbox_digest
from functions.sessions.model import Session
from functions.sessions.store import Answers, Programme

STOP_BOX = "unsubscribe"
"""The part before the @ of the address that mail programs write to when somebody presses "unsubscribe"."""

_DAY = timedelta(days=1)
FORWARDS_OF_ONE = 10
FORWARDS_IN_ALL = 100
"""Messages that are passed on in a day. Beyond that somebody plays, and a person has to read the rest of their mail."""


@dataclass(frozen=True, slots=True)
class Ear:
    """Hears the mail of one network."""

    letterbox: Letterbox
    hearings: Hearings
    programme: Programme
    answers: Answers
    members: Members
    ledger: Ledger
    choices: Choices
    settings: InvitesSettings

    @classmethod
    def on(cls, table: Table, settings: InvitesSettings) -> Self:
        """The ear of the network in one table."""
        return cls(
            Letterbox.connect(settings.inbound_bucket),
            Hearings(table),
            Programme(table),
            Answers(table),
            Members(table),
            Ledger(table),
            Choices(table),
            settings,
        )

    def hear(self, arrival: Arrival) -> Outcome:
        """Do what a mail asks for, if it may, and say what became of it."""
        before = self.hearings.get(arrival.message_id)
        if before is not None:
            return before.outcome
        try:
            return self._hear(arrival)
        except Dropped as dropped:
            return self._noted(arrival, dropped.outcome)

    def _hear(self, arrival: Arrival) -> Outcome:
        if "FAIL" in {arrival.virus, arrival.spam}:
            raise Dropped(Outcome.UNSAFE)
        raw, whole = self.letterbox.beginning(arrival.message_id, replies.LARGEST)
        letter = replies.read(raw)
        if self._is_for_stopping(arrival) and (token := replies.stop_token(letter.subject)):
            return self._stopped(arrival, token)
        reply = replies.reply_in(letter)
        if reply is None:
            return self._forwarded(arrival, letter)
        if not whole:
            raise Dropped(Outcome.TOO_LARGE)
        return self._answered(arrival, letter, reply)

    def _answered(self, arrival: Arrival, letter: Letter, reply: Reply) -> Outcome:
        session, put_back = self._session(reply)
        if not replies.proven(arrival, letter):
            raise Dropped(Outcome.FORGED)
        invited, writer = self._member(reply.attendee), self._member(letter.sender or "")
        if invited is None and writer is None:
            return self._told_how_to_join(arrival, letter)
        if invited is None or writer is None or invited.id != writer.id:
            about = invited or writer
            return self._noted(arrival, Outcome.ALIAS, member=about, session=session)
        if arrival.at >= session.end:
            return self._noted(arrival, Outcome.TOO_LATE, member=invited, session=session)
        answer = replies.answer_to(session, put_back, reply, arrival.at)
        kept = self.answers.record(invited.id, session.id, answer)
        outcome = Outcome.ANSWERED if answer.holds_for(session) else Outcome.OLD_TIME
        # One that is there already was written before a crash kept us from making the record.
        if not kept and self.answers.get(invited.id, session.id) != answer:
            outcome = Outcome.OLDER
        return self._noted(arrival, outcome, member=invited, session=session)

    def _session(self, reply: Reply) -> tuple[Session, int]:
        """The session that an entry was about, and how often it had been put back when the entry went out."""
        domain = replies.domain_of(self.settings.events_sender)
        for session_id, put_back in replies.sessions_named(reply.uid, domain):
            session = self.programme.get(session_id)
            if session is not None and put_back <= session.revivals:
                return session, put_back
        raise Dropped(Outcome.NOT_OURS)

    def _member(self, address: str) -> Member | None:
        digest = mailbox_digest(address)
        return self.members.at(digest) if digest else None

    def _told_how_to_join(self, arrival: Arrival, letter: Letter) -> Outcome:
        """Write once a day to somebody who was passed an invitation, if it is certain that they answered it."""
        sender, digest = letter.sender or "", mailbox_digest(letter.sender or "")
        if digest is None or arrival.dmarc != "PASS" or not self._may_be_written_to(arrival, letter):
            raise Dropped(Outcome.STRANGER)
        told = emails.how_to_join(sender, digest, now=arrival.at)
        try:
            return self._noted(arrival, Outcome.STRANGER, planned(told))
        except Clash:
            return self._noted(arrival, Outcome.STRANGER)

    def _is_for_stopping(self, arrival: Arrival) -> bool:
        return any(address.partition("@")[0].lower() == STOP_BOX for address in arrival.recipients)

    def _stopped(self, arrival: Arrival, token: str) -> Outcome:
        """Do what the button of the mail program would have done by itself."""
        try:
            mail = stop.mail_of_token(token, self.ledger)
        except NotFound:
            raise Dropped(Outcome.NOT_OURS) from None
        if mail.owner is None or mail.about.choice is None:
            raise Dropped(Outcome.NOT_OURS)
        stop.stop(mail.about.choice, mail.owner, choices=self.choices, now=arrival.at)
        return self._noted(arrival, Outcome.STOPPED, member=self.members.at(mail.address_digest))

    def _forwarded(self, arrival: Arrival, letter: Letter) -> Outcome:
        """Pass what a person wrote on to people."""
        if letter.automatic:
            raise Dropped(Outcome.AUTOMATIC)
        if not self._may_be_written_to(arrival, letter):
            raise Dropped(Outcome.OURS)
        digest = mailbox_digest(letter.sender or "")
        if letter.sender is None or digest is None:
            raise Dropped(Outcome.FORGED)
        proven = replies.proven(arrival, letter)
        member = self.members.at(digest) if proven else None
        passed_on = emails.forwarded(
            letter,
            to_address=self.settings.reply_to,
            address_digest=mailbox_digest(self.settings.reply_to) or "",
            key=arrival.message_id,
            proven=proven,
            owner=member.id if member else None,
            now=arrival.at,
        )
        counts = [
            Limit("forward", digest, _DAY, FORWARDS_OF_ONE).one_more(arrival.at),
            Limit("forward", tokens.digest("everybody"), _DAY, FORWARDS_IN_ALL).one_more(arrival.at),
        ]
        try:
            return self._noted(arrival, Outcome.FORWARDED, planned(passed_on), *counts, member=member)
        except Clash:
            return self._noted(arrival, Outcome.TOO_MANY, member=member)

    def _may_be_written_to(self, arrival: Arrival, letter: Letter) -> bool:
        """Whether mail about this one could not come back here and go round."""
        if not arrival.return_path:
            return False
        homes = [replies.domain_of(address) for address in (self.settings.events_sender, self.settings.reply_to)]
        said = [replies.domain_of(address) for address in (arrival.return_path, letter.sender or "")]
        return not any(replies.within(domain, home) for domain in said for home in homes)

    def _noted(
        self,
        arrival: Arrival,
        outcome: Outcome,
        *also: Write,
        member: Member | None = None,
        session: Session | None = None,
    ) -> Outcome:
        """Make the record, with what else the mail causes.

        Raises ``Clash`` when one of ``also`` cannot be.
        """
        heard = Heard(
            message_id=arrival.message_id,
            outcome=outcome,
            at=arrival.at,
            member_id=member.id if member else None,
            session_id=session.id if session else None,
        )
        return self.hearings.keep(heard, also)
