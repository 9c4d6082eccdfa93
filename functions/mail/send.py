"""Sending one message of the ledger: at most once, and only while it is still true.

The order is what matters. The message is written first, which has no effect on anything. Then one transaction moves
its row to SENDING, and that transaction holds every condition the message rests on. Then the service is called, once.
Then the row says how it ended. A crash before the transaction leaves the message to be tried again; a crash after it
leaves SENDING, which nobody sends again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from functions.kernel import tokens
from functions.kernel.errors import Clash
from functions.kernel.pages import render_email
from functions.kernel.pages.brand import BRAND
from functions.mail.mime import Message, Subscription, build
from functions.mail.model import Mail, RunState, Secret, State, Stream
from functions.mail.post import Outcome, PostOffice
from functions.mail.settings import MailSettings
from functions.mail.store import ROW, RUN, SUPPRESSION, Ledger, Runs


class NotYet(Exception):
    """The message is still to be sent, later."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends the messages of one ledger."""

    ledger: Ledger
    post_office: PostOffice
    settings: MailSettings

    def send(self, key: str, now: datetime) -> State | None:
        """Send a message if its turn has come, and say how it ended; ``None`` when there was nothing to do.

        Raises ``NotYet`` when the queue has to bring it again.
        """
        mail = self.ledger.get(key)
        if mail is None or mail.state is not State.PLANNED:
            return None
        if now >= mail.not_after:
            return self._unsent(mail, State.EXPIRED, now)
        if mail.not_before is not None and now < mail.not_before:
            raise NotYet
        made = {name: _made(name) for name in mail.about.secrets}
        raw = build(self._written(mail, made, now))
        try:
            self.ledger.start(mail, _digests(mail, made), now)
        except Clash as clash:
            if ROW in clash.failed:
                return None
            if mail.run is not None and RUN in clash.failed:
                return self._without_its_run(mail, mail.run, now)
            return self._unsent(mail, State.SUPPRESSED if SUPPRESSION in clash.failed else State.STALE, now)
        return self._posted(mail, raw, now)

    def _posted(self, mail: Mail, raw: bytes, now: datetime) -> State | None:
        posted = self.post_office.post(
            raw,
            sender=self._from(mail),
            recipient=mail.to_address,
            configuration_set=mail.about.configuration_set,
            tags=_tags(mail),
        )
        match posted.outcome:
            case Outcome.ACCEPTED:
                return self._answered(mail, State.SENT, now, message_id=posted.message_id)
            case Outcome.REFUSED:
                return self._answered(mail, State.REJECTED, now)
            case Outcome.NOT_SENT:
                self.ledger.put_back(mail)
                raise NotYet
            case Outcome.UNCLEAR:
                return State.SENDING

    def _without_its_run(self, mail: Mail, run_id: str, now: datetime) -> State | None:
        """A message whose run does not go on now: it waits while the run is paused, and ends when it is stopped."""
        run = Runs(self.ledger.table).get(run_id)
        if run is not None and run.state is not RunState.STOPPED:
            raise NotYet
        return self._unsent(mail, State.STOPPED, now)

    def _unsent(self, mail: Mail, state: State, now: datetime) -> State | None:
        return self._end(mail, state, now, was=State.PLANNED)

    def _answered(self, mail: Mail, state: State, now: datetime, *, message_id: str | None = None) -> State | None:
        return self._end(mail, state, now, was=State.SENDING, message_id=message_id)

    def _end(
        self, mail: Mail, state: State, now: datetime, *, was: State, message_id: str | None = None
    ) -> State | None:
        try:
            self.ledger.end(mail, state, now, was=was, message_id=message_id)
        except Clash:
            # Another worker has it, or the person left meanwhile and took the row with them.
            return None
        return state

    def _from(self, mail: Mail) -> str:
        events = mail.about.stream is Stream.EVENTS
        return self.settings.events_sender if events else self.settings.account_sender

    def _written(self, mail: Mail, made: Mapping[Secret, str], now: datetime) -> Message:
        sender = self._from(mail)
        stop = (
            f"{self.settings.site_origin}/unsubscribe/{mail.key}.{made[Secret.STOP]}" if Secret.STOP in made else None
        )
        words = render_email(
            f"{mail.about.template}.jinja",
            **mail.context,
            site=self.settings.site_origin,
            to_name=mail.to_name,
            code=tokens.spoken(made[Secret.CODE]) if Secret.CODE in made else None,
            token=made.get(Secret.TOKEN),
            # The link in the text opens a page with a button; the header's address takes the provider's one press.
            stop_url=f"{stop}?from=mail" if stop else None,
            reply_url=f"{self.settings.site_origin}/reply/{mail.key}.{made[Secret.REPLY]}"
            if Secret.REPLY in made
            else None,
        )
        return Message(
            key=mail.key,
            date=now,
            from_name=BRAND.name,
            from_address=sender,
            to_name=mail.to_name,
            to_address=mail.to_address,
            reply_to=self.settings.reply_to,
            subject=words.subject,
            text=words.text,
            html=words.html,
            calendar=calendar_of(mail),
            subscription=Subscription(
                list_id=f"invitations.{sender.partition('@')[2]}",
                unsubscribe_url=stop,
                unsubscribe_address=f"unsubscribe@{sender.partition('@')[2]}",
                unsubscribe_subject=stop.rpartition("/")[2],
            )
            if stop
            else None,
            references=self.post_office.header_of(mail.follows) if mail.follows else None,
            tags=_tags(mail),
        )


def _tags(mail: Mail) -> dict[str, str]:
    """What the service repeats in each event about the message, so that a lost answer can be made good."""
    return {"intent": mail.key, "kind": mail.mail_kind} | ({"run": mail.run} if mail.run else {})


def _made(name: Secret) -> str:
    return tokens.new_code() if name is Secret.CODE else tokens.new_secret()


def _digests(mail: Mail, made: Mapping[Secret, str]) -> dict[Secret, str]:
    """The digests to store. A code's is mixed with the item it belongs to, since codes alone are few."""
    place = mail.secrets_in[0] if mail.secrets_in else ""
    return {
        name: tokens.code_digest(value, place) if name is Secret.CODE else tokens.digest(value)
        for name, value in made.items()
    }


def calendar_of(mail: Mail) -> bytes | None:
    """The calendar entry that a message carries, for its one reader; ``None`` where it carries none."""
    if mail.calendar is None:
        return None
    from functions.kernel import ical  # noqa: PLC0415 - only invitations pay for loading the calendar library.

    entry = ical.Entry.model_validate(mail.calendar.entry)
    write = {"REQUEST": ical.request, "CANCEL": ical.cancel, "WITHDRAW": ical.withdraw}[mail.calendar.method]
    return write(entry, mail.to_name, mail.to_address)
