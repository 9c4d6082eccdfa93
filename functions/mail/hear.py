"""Taking in what the mail service reports: how a message ended, and what that means for the next one."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from functions.kernel.errors import Clash, Unavailable
from functions.kernel.table import Table
from functions.mail.addresses import Addresses
from functions.mail.feedback import Report, What, goes_further
from functions.mail.kinds import Choice
from functions.mail.model import Mail, State
from functions.mail.store import Choices, Ledger

_TRIES = 4
"""How often a report is tried against a row that somebody else is changing. After that, the queue brings it again."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of one report."""

    note: str
    """In words, for the log."""
    state: State | None = None
    """The state in which the message ended by it. ``None`` when it said nothing new."""
    run: str | None = None
    """The send to many that the message belongs to."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Hears reports about the messages in one table."""

    table: Table

    def heard(self, report: Report, now: datetime) -> Heard:
        """Take in one report. Hearing it again, or after a later one, changes nothing more.

        Raises ``Unavailable`` when it could not be taken in now.
        """
        proof = report.proves
        if proof is None:
            return Heard("of no meaning")
        if report.intent is None:
            return Heard("without our tag")
        for _ in range(_TRIES):
            mail = Ledger(self.table).get(report.intent)
            if mail is None:
                return Heard("of no message we know")
            if mail.state is proof[0] and proof[1] is not What.CAME_BACK:
                return Heard("known", run=mail.run)
            with suppress(Clash):
                # What it means comes first: a crash in between brings the report again, and the state says it is new.
                self._meant(proof[1], report, mail, now)
                if not goes_further(proof[0], mail.state):
                    return Heard("known", run=mail.run)
                Ledger(self.table).end(mail, proof[0], now, message_id=report.mail.message_id)
                return Heard(proof[0], proof[0], mail.run)
        raise Unavailable

    def _meant(self, what: What, report: Report, mail: Mail, now: datetime) -> None:
        addresses = Addresses(self.table)
        match what:
            case What.FAILS if report.bounce is not None:
                addresses.suppress(mail.address_digest, report.bounce.subtype, report.bounce.timestamp, now)
            case What.CAME_BACK if report.bounce is not None:
                addresses.came_back(mail.address_digest, report.bounce.feedback_id, report.bounce.timestamp, now)
            case What.UNWELCOME if mail.owner is not None:
                # A reader who calls an invitation junk still wants to be able to sign in.
                for choice in Choice:
                    with suppress(Clash):
                        Choices(self.table).stop(choice, mail.owner, now)
            case _:
                pass
