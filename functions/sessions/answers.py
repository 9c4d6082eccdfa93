"""What members say about coming: one answer each to a date, which they can change."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from functions.kernel import tokens
from functions.kernel.errors import NotFound
from functions.mail.kinds import Secret
from functions.mail.model import Mail
from functions.mail.store import Ledger
from functions.sessions.forms import AnswerForm
from functions.sessions.model import Answer, AnswerValue, Session, Source
from functions.sessions.store import Answers, Programme


def can_answer(session: Session, now: datetime) -> bool:
    """Whether there is something to come to."""
    return session.goes_ahead and now < session.end


def give(
    form: AnswerForm, session: Session, member_id: str, source: Source, *, answers: Answers, now: datetime
) -> None:
    """Keep a member's answer in place of the one before. Pressing twice is answering once.

    It belongs to the time that the member saw: when the session moved while they had the page open, they answered for
    the old time.
    """
    seen = session.sequence if form.sequence is None else min(form.sequence, session.sequence)
    answer = Answer(value=form.answer, sequence=seen, stamp=now, source=source)
    if can_answer(session, now):
        answers.record(member_id, session.id, answer)


def asked_by(token: str, *, ledger: Ledger, programme: Programme) -> tuple[Mail, Session]:
    """The message whose link to answer was followed, and the session it is about.

    It is its owner who answers, whoever is signed in. Raises ``NotFound`` when we never made such a link, its owner has
    left, or the session is not there.
    """
    key, _, secret = token.partition(".")
    mail = ledger.by_token(key, Secret.REPLY, tokens.digest(secret))
    if mail is None or mail.owner is None:
        raise NotFound
    session = programme.for_member(str(mail.context.get("session", "")), mail.owner)
    if session is None:
        raise NotFound
    return mail, session


def tally(session: Session, answers: Iterable[Answer]) -> Mapping[AnswerValue, int]:
    """How many gave each answer to the session at its present time. Answers to an earlier time do not count."""
    counts = Counter(answer.value for answer in answers if answer.holds_for(session))
    return {value: counts[value] for value in AnswerValue}
