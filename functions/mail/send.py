"""Sending one message of the ledger: at most once, and only while it is still true.

The order is what matters. The message is written first, which has no effect on anything. Then one transaction moves
its row to SENDING, and that transaction holds every condition the message rests on. Then the service is called, once.
Then the row says how it ended. A crash before the transaction leaves the message to be tried again; a crash after it
leaves SENDING, which nobody sends again.
"""

import random
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from functions.kernel import tokens
from functions.kernel.entry import Entry
from functions.kernel.errors import Clash
from functions.kernel.pages import render_to_one
from functions.kernel.pages.brand import BRAND
from functions.mail.kinds import Secret, Stream
from functions.mail.mime import Message, Subscription, build
from functions.mail.model import Mail, RunState, State
from functions.mail.pace import Pace
from functions.mail.post import Outcome, PostOffice
from functions.mail.settings import MailSettings
from functions.mail.store import ROW, RUN, SUPPRESSION, Ledger, Runs

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=15)
"""The longest is what a queue can delay a message for, so that each wait is one journey through it (SQS quota)."""

SERVICE_PAUSED = "The mail service takes no mail from us at the moment."
QUOTA_USED = "Nine tenths of the mail that we may send in a day have gone. The rest is kept for codes and answers."


@dataclass(frozen=True, slots=True)
class Later:
    """A message that still waits, and is looked at again when this much time has passed."""

    mail: Mail
    wait: timedelta


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends the messages of one ledger."""

    ledger: Ledger
    post_office: PostOffice
    pace: Pace
    settings: MailSettings

    def send(self, mail: Mail, now: datetime) -> State | Later | None:
        """Send a message if its turn has come, and say how it ended; ``None`` when there was nothing to do."""
        if mail.state is not State.PLANNED:
            return None
        if now >= mail.not_after:
            return self._unsent(mail, State.EXPIRED, now)
        # When it was planned does not matter: a run may be made by hand for a moment that is still to come.
        if mail.not_before is not None and now < mail.not_before:
            return Later(mail, min(mail.not_before - now, LONGEST_WAIT))
        made = {name: _made(name) for name in mail.about.secrets}
        raw = build(self._written(mail, made, now))
        if mail.about.stream is Stream.EVENTS and not self.pace.wait():
            return self._held(mail, QUOTA_USED, now)
        try:
            started = self.ledger.start(mail, _digests(mail, made), now)
        except Clash as clash:
            return self._stopped(mail, set(clash.failed), now)
        return self._posted(started, raw, now)

    def _posted(self, mail: Mail, raw: bytes, now: datetime) -> State | Later | None:
        posted = self.post_office.post(
            raw,
            sender=self._from(mail),
            recipient=mail.to_address,
            configuration_set=f"{self.settings.deployment}-{mail.about.configuration_set}",
            tags=_tags(mail),
        )
        match posted.outcome:
            case Outcome.ACCEPTED:
                return self._end(mail, State.SENT, now, message_id=posted.message_id)
            case Outcome.REFUSED:
                return self._unsent(mail, State.REJECTED, now)
            case Outcome.BUSY:
                return self._put_back(mail, now)
            case Outcome.PAUSED:
                self._hold_run(mail, SERVICE_PAUSED)
                return self._put_back(mail, now)
            case Outcome.UNCLEAR:
                return State.SENDING

    def _stopped(self, mail: Mail, failed: set[int], now: datetime) -> State | Later | None:
        """What becomes of a message that rests on something that no longer holds."""
        if ROW in failed:
            return None
        if SUPPRESSION in failed:
            return self._unsent(mail, State.SUPPRESSED, now)
        if mail.run is None or failed != {RUN}:
            return self._unsent(mail, State.STALE, now)
        run = Runs(self.ledger.table).get(mail.run)
        if run is None or run.state is RunState.STOPPED:
            return self._unsent(mail, State.STOPPED, now)
        return self._put_off(mail, LONGEST_WAIT, now)

    def _held(self, mail: Mail, why: str, now: datetime) -> Later | None:
        self._hold_run(mail, why)
        return self._put_off(mail, LONGEST_WAIT, now)

    def _hold_run(self, mail: Mail, why: str) -> None:
        """Pause the run of a message, if it has one that goes on. A person reads why, and lets it go on."""
        if mail.run is None:
            return
        runs = Runs(self.ledger.table)
        run = runs.get(mail.run)
        if run is not None and run.state is RunState.GOING:
            runs.move(run, RunState.PAUSED, why)

    def _put_off(self, mail: Mail, wait: timedelta, now: datetime) -> Later | None:
        wait = _in_time(mail, wait, now)
        try:
            self.ledger.put_off(mail, now + wait)
        except Clash:
            return None
        return Later(mail, wait)

    def _put_back(self, mail: Mail, now: datetime) -> Later:
        """Let a message wait that the service did not take: longer each time, and never as long as its neighbours."""
        longest = min(FIRST_WAIT * 2 ** min(mail.refusals, 10), LONGEST_WAIT)
        wait = _in_time(mail, longest * random.uniform(0.5, 1), now)  # noqa: S311 - spreading load, not keeping a secret.
        # When the answer to this write gets lost, its second try finds the message back already.
        with suppress(Clash):
            self.ledger.put_back(mail, now + wait)
        return Later(mail, wait)

    def _unsent(self, mail: Mail, state: State, now: datetime) -> State | None:
        """End a message that does not leave now. What may have left in a first attempt is never said not to have."""
        return self._end(mail, State.UNKNOWN if mail.attempt > 1 else state, now)

    def _end(self, mail: Mail, state: State, now: datetime, *, message_id: str | None = None) -> State | None:
        try:
            self.ledger.end(mail, state, now, message_id=message_id)
        except Clash:
            # Another worker has it, the service reported it first, or the person left and took the row with them.
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
        words = render_to_one(
            f"{mail.about.template}.jinja",
            mail.context | {"site": self.settings.site_origin},
            {
                "to_name": mail.to_name,
                "code": tokens.spoken(made[Secret.CODE]) if Secret.CODE in made else None,
                "token": made.get(Secret.TOKEN),
                # This link opens a page with a button; the header's address takes the provider's one press.
                "stop_url": f"{stop}?from=mail" if stop else None,
                "reply_url": f"{self.settings.site_origin}/reply/{mail.key}.{made[Secret.REPLY]}"
                if Secret.REPLY in made
                else None,
            },
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


def _in_time(mail: Mail, wait: timedelta, now: datetime) -> timedelta:
    """In whole seconds, as queues count, and no longer than until the message would be too late anyway."""
    until_late = mail.not_after - now
    return timedelta(seconds=ceil(min(wait, until_late).total_seconds()))


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

    entry = Entry.model_validate(mail.calendar.entry)
    write = {"REQUEST": ical.request, "CANCEL": ical.cancel, "WITHDRAW": ical.withdraw}[mail.calendar.method]
    return write(entry, mail.to_name, mail.to_address)
