"""Members' answers in the table: one for each member and session, whatever arrives and in whichever order."""

from datetime import timedelta
from itertools import permutations

import pytest

from functions.kernel import keys
from functions.membership.model import Member
from functions.sessions.model import Answer, AnswerValue, Session, Source
from functions.sessions.store import Answers
from tests.network import Network
from tests.people import ANN, PAT
from tests.web import Browser

YES, MAYBE, NO = AnswerValue


@pytest.fixture
def answers(network: Network) -> Answers:
    return Answers(network.table)


@pytest.fixture
def member(network: Network) -> Member:
    return network.member(ANN["name"], ANN["email"])


def said(network: Network, value: AnswerValue, *, sequence: int = 0, later: float = 0) -> Answer:
    """An answer given so many seconds from now."""
    stamp = network.clock.now() + timedelta(seconds=later)
    return Answer(value=value, sequence=sequence, stamp=stamp, source=Source.SITE)


def test_an_answer_is_kept_as_it_was_given(network: Network, answers: Answers, member: Member, friday: Session) -> None:
    answer = said(network, MAYBE, later=0.25)
    assert answers.get(member.id, friday.id) is None
    assert answers.record(member.id, friday.id, answer)
    assert answers.get(member.id, friday.id) == answer
    assert list(answers.of_session(friday.id)) == [(member.id, answer)]
    assert answers.of_members(friday.id, [member.id, "0" * 32]) == {member.id: answer}
    assert answers.of_members("0" * 32, [member.id]) == {}


def test_requirement_73_answers_in_any_order_and_number_end_as_the_newest_would(
    network: Network, answers: Answers, programme: object, friday: Session
) -> None:
    given = [
        said(network, YES, later=0.000001),
        said(network, NO, later=0.5),
        said(network, MAYBE, later=9),
        said(network, NO, sequence=1, later=-60),
    ]
    for place, order in enumerate(permutations(given)):
        member = network.member(PAT["name"], f"pat{place}@nhs.net")
        for answer in (*order, *order):
            answers.record(member.id, friday.id, answer)
        assert answers.get(member.id, friday.id) == given[-1]
    assert {value for _, value in answers.of_session(friday.id)} == {given[-1]}


def test_of_two_answers_at_the_same_moment_the_first_stays(
    network: Network, answers: Answers, member: Member, friday: Session
) -> None:
    assert answers.record(member.id, friday.id, said(network, YES))
    assert not answers.record(member.id, friday.id, said(network, NO))
    assert answers.get(member.id, friday.id) == said(network, YES)


def test_an_answer_belongs_to_one_date(network: Network, answers: Answers, member: Member, friday: Session) -> None:
    assert answers.record(member.id, friday.id, said(network, YES))
    assert said(network, YES).holds_for(friday)
    assert not said(network, YES).holds_for(friday.model_copy(update={"sequence": 1}))
    assert answers.get(member.id, "another") is None


def test_nothing_is_kept_about_somebody_who_has_left(network: Network, ann: Browser, friday: Session) -> None:
    answers = Answers(network.table)
    (member_id,) = [item["id"] for item in network.everything() if item["kind"] == "member"]
    assert answers.record(member_id, friday.id, said(network, YES))
    shown = ann.get("/account/data?as=json").text + ann.get("/account/data").text
    assert "Whether you said you are coming to a session" in shown
    ann.post("/account/leave", leave="yes")
    assert answers.get(member_id, friday.id) is None
    assert list(answers.of_session(friday.id)) == []
    assert not answers.record(member_id, friday.id, said(network, NO, later=5))
    assert network.table.get(keys.answer(member_id, friday.id)) is None
