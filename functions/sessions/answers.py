"""What members say about coming: one answer each to a date, which they can change."""

from collections import Counter
from collections.abc import Iterable, Mapping

from functions.sessions.model import Answer, AnswerValue, Session


def tally(session: Session, answers: Iterable[Answer]) -> Mapping[AnswerValue, int]:
    """How many gave each answer to the session at its present time. Answers to an earlier time do not count."""
    counts = Counter(answer.value for answer in answers if answer.holds_for(session))
    return {value: counts[value] for value in AnswerValue}
