"""An application as coordinators read it: every fact as words, so that templates hold no rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from functions.kernel import audit
from functions.kernel.when import day_in_words, in_uk
from functions.membership.model import NETWORKS, Application, Choice, Status, Vouch, VouchAnswer
from functions.membership.register import Grade, Reason, register
from functions.membership.review import reasons_for

WORKING_DAYS = 2
"""We promise an answer within this many."""
_SATURDAY = 5

GRADES: Mapping[str, str] = {
    Grade.HEALTH_SERVICE: "a health service address",
    Grade.PUBLIC_BODY: "an address of a public body",
    Grade.ORGANISATION: "an address of an organisation we know",
    Grade.ACADEMIC: "a university address",
    Grade.STUDENT: "a student or alumni address",
    Grade.PERSONAL: "a personal address",
    Grade.GENERIC: "an address of an organisation we do not know",
    Grade.OUTSIDE: "an address from outside the UK",
    Grade.INVALID: "not an address",
    Grade.THROWAWAY: "an address that lasts a few minutes",
    Grade.LOOKALIKE: "an address that looks like an NHS address and is not one we know",
}

OUTCOMES: Mapping[str, str] = {
    "ACCEPT": "Accept",
    "MORE": "Ask for one more thing",
    "REFER": "A person has to look",
    "WAIT": "No network for their country yet",
    "ALREADY": "A member already",
    "HOLD": "Mailbox not proven",
    "DECLINE": "Decline",
}

STATES: Mapping[Status, tuple[str, str]] = {
    Status.WAITING: ("Waiting for us", "yellow"),
    Status.ASKED: ("We asked for something", "blue"),
    Status.VOUCHING: ("Waiting for their contact", "blue"),
    Status.ABROAD: ("No network for their country yet", "grey"),
    Status.ACCEPTED: ("A member", "green"),
    Status.DECLINED: ("Declined", "grey"),
}

CHOICES: Mapping[Choice, str] = {Choice.ACCEPT: "Accept", Choice.ASK: "Ask", Choice.DECLINE: "Decline"}

ANSWERS: Mapping[VouchAnswer, str] = {
    VouchAnswer.YES: "Yes, they confirmed it",
    VouchAnswer.NO: "No, they cannot confirm it",
    VouchAnswer.NOT_ME: "We asked the wrong person",
}

# The four titles of acceptance are the same, so these say what tells the reasons apart.
_ACCEPTANCES: Mapping[str, str] = {
    "A01": "works in patient safety, with a work address we know",
    "A02": "works with patients' voices in safety",
    "A03": "studies or teaches patient safety",
    "A04": "somebody confirmed their work",
}


def answer_due(since: datetime) -> date:
    """The last day of the promise, by the UK calendar, for somebody who waits since a moment.

    Bank holidays count as working days here: on those a coordinator is told of an application a day early, which
    does no harm.
    """
    day, left = in_uk(since).date(), WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return day


def choices_of_reason() -> list[tuple[str, str]]:
    """Every reason a coordinator can give, as options of one list. Each begins with what it is for."""
    return [
        (reason.code, f"{CHOICES[choice]}: {_ACCEPTANCES.get(reason.code, reason.title)} ({reason.code})")
        for choice in Choice
        for reason in reasons_for(choice)
    ]


def texts_of_reasons() -> list[tuple[str, str]]:
    """Every reason a coordinator can give, with the words that the person reads."""
    return [(reason.code, reason.text) for choice in Choice for reason in reasons_for(choice)]


@dataclass(frozen=True, slots=True)
class ApplicationInWords:
    """One application at one moment."""

    application: Application
    now: datetime
    vouch: Vouch | None = None

    @property
    def id(self) -> str:
        """The reference number."""
        return self.application.id

    @property
    def name(self) -> str:
        """The applicant's name."""
        return self.application.answers.name

    @property
    def organisation(self) -> str:
        """Where the applicant works, as they wrote it."""
        return self.application.answers.organisation

    @property
    def role(self) -> str:
        """What the applicant does, in the words they chose."""
        return register().roles[self.application.answers.role].label

    @property
    def nation(self) -> str:
        """Where the applicant works."""
        return register().nations[self.application.answers.nation].label

    @property
    def networks(self) -> str:
        """The smaller networks they want to join."""
        return ", ".join(NETWORKS.get(code, code) for code in self.application.answers.networks) or "None"

    @property
    def grade(self) -> str:
        """What the address alone says."""
        return GRADES[self.application.verdict.grade]

    @property
    def suggested(self) -> str:
        """What the rules suggest, or what a person decided in their place."""
        return OUTCOMES[self.application.verdict.outcome]

    @property
    def reason(self) -> Reason:
        """Why."""
        return register().reasons[self.application.verdict.reason]

    @property
    def status(self) -> Status:
        """Where the application is."""
        return self.application.status

    @property
    def state(self) -> tuple[str, str]:
        """Where the application is, in words and as a colour."""
        if self.application.unsettled is not None:
            return ("Decided", "blue")
        return STATES[self.application.status]

    @property
    def is_late(self) -> bool:
        """Whether the promise is broken."""
        waits = self.application.status is Status.WAITING
        return waits and in_uk(self.now).date() > answer_due(self.application.submitted_at)

    @property
    def answer_by(self) -> str:
        """The last day of the promise: "Wednesday 25 November 2026"."""
        return day_in_words(answer_due(self.application.submitted_at))

    @property
    def decided(self) -> str | None:
        """The decision that has not taken effect: "Ask, E13"."""
        taken = self.application.unsettled
        return f"{CHOICES[taken.choice]}, {taken.reason}" if taken else None

    @property
    def can_be_undone(self) -> bool:
        """Whether there is a decision, and still time."""
        taken = self.application.unsettled
        return taken is not None and self.now < taken.effective_at

    @property
    def can_be_decided(self) -> bool:
        """Whether a coordinator has something to decide."""
        return self.application.status is not Status.ACCEPTED and self.application.unsettled is None

    @property
    def mark(self) -> str:
        """What a tick box sends: which application, and the version that the coordinator saw."""
        return f"{self.application.id}.{self.application.version}"

    @property
    def confirmation(self) -> list[str]:
        """Whether the contact they named was asked, and what they answered."""
        if self.vouch is None:
            named = self.application.answers.voucher_name
            return [f"{named} was named and not asked" if named else "They named nobody"]
        asked = f"{self.vouch.voucher_name} ({self.vouch.voucher_address}), asked on {_day(self.vouch.asked_at)}"
        if self.vouch.answer is None or self.vouch.answered_at is None:
            return [asked, "Has not answered"]
        return [asked, f"{ANSWERS[self.vouch.answer]}, on {_day(self.vouch.answered_at)}"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what happened so far."""

    what: str
    by: str
    at: datetime


def history(lines: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> list[Line]:
    """The lines about an application, with the names of those coordinators who are still here."""
    return [Line(_what(line), _by(str(line["by"]), names), datetime.fromisoformat(line["at"])) for line in lines]


def _what(line: Mapping[str, Any]) -> str:
    facts = line["facts"]
    said = str(line["what"])
    words = f"{said[:1].upper()}{said[1:]}"
    if "outcome" in facts:
        words += f". {OUTCOMES[facts['outcome']]}"
    return f"{words} ({facts['reason']})" if "reason" in facts else words


def _by(author: str, names: Mapping[str, str]) -> str:
    known = {audit.BY_THE_RULES: "The rules", audit.BY_THE_ADMINISTRATOR: "The administrator", **names}
    return "Their contact" if author.startswith("contact ") else known.get(author, "Somebody who has left")


def _day(moment: datetime) -> str:
    return day_in_words(in_uk(moment))
