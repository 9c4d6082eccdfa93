"""Every kind of person with every kind of evidence, and what the table owes to all of them."""

from collections.abc import Iterator
from itertools import product

import pytest

from functions.membership.eligibility import TABLE, Case, Evidence, History, Outcome
from functions.membership.register import GivenBy, Grade, register

ADDRESS_OF = {
    Grade.HEALTH_SERVICE: "jo@nhs.net",
    Grade.PUBLIC_BODY: "jo@police.uk",
    Grade.ORGANISATION: "jo@cqc.org.uk",
    Grade.ACADEMIC: "jo@kcl.ac.uk",
    Grade.STUDENT: "jo@student.kcl.ac.uk",
    Grade.PERSONAL: "jo@gmail.com",
    Grade.GENERIC: "jo@smallhospice.org.uk",
    Grade.OUTSIDE: "jo@hse.ie",
    Grade.INVALID: "jo@@nhs.net",
    Grade.THROWAWAY: "jo@mailinator.com",
    Grade.LOOKALIKE: "jo@evilnhs.net",
}
ADDRESSES = (*ADDRESS_OF.values(), "patient.safety@nhs.net")
ROLES = (*register().roles, "a role nobody has heard of")
NATIONS = (*(nation.code for nation in register().nations.values() if nation.offered), "a nation nobody has heard of")

GAIN = {
    Outcome.HOLD: 0,
    Outcome.WAIT: 1,
    Outcome.REFER: 2,
    Outcome.MORE: 3,
    Outcome.ALREADY: 4,
    Outcome.ACCEPT: 5,
}
"""How good an outcome is for the person: unread, waiting for a network, for a person, for themselves, inside."""

type Facts = tuple[str, str, str, bool, bool, bool, History]


@pytest.fixture(scope="module")
def decided() -> dict[Facts, int]:
    """The first row that holds for each combination of evidence, by its place in the table."""
    return {facts: first_row(facts) for facts in every_combination()}


def every_combination() -> Iterator[Facts]:
    yes_or_no = (False, True)
    return product(ADDRESSES, ROLES, NATIONS, yes_or_no, yes_or_no, yes_or_no, History)


def first_row(facts: Facts) -> int:
    address, role, nation, vouched, profile, proven, history = facts
    evidence = Evidence(
        address=address,
        role=role,
        nation=nation,
        vouched=vouched,
        profile=profile,
        proven=proven,
        history=history,
    )
    case = Case(evidence)
    return next(place for place, row in enumerate(TABLE) if row.holds(case))


def with_yes(facts: Facts, place: int) -> Facts:
    """The same person, with one more piece of evidence."""
    address, role, nation, vouched, profile, proven, history = facts
    return address, role, nation, vouched or place == 3, profile or place == 4, proven or place == 5, history


def test_each_grade_has_somebody_to_stand_for_it() -> None:
    found = {Case(Evidence(address=address, role="psm", nation="england")).grade for address in ADDRESSES}

    assert set(ADDRESS_OF) == set(Grade) == found
    assert len(register().roles) == 15


def test_everybody_reaches_a_row_and_every_row_is_reached_by_somebody(decided: dict[Facts, int]) -> None:
    assert len(decided) == len(ADDRESSES) * len(ROLES) * len(NATIONS) * 8 * len(History)
    assert set(decided.values()) == set(range(len(TABLE)))


def test_nobody_is_declined_by_a_machine() -> None:
    assert "DECLINE" not in set(Outcome)
    assert {register().reasons[row.reason].given_by for row in TABLE} == {GivenBy.MACHINE}


def test_every_reason_a_machine_may_give_is_given() -> None:
    machine = {reason.code for reason in register().reasons.values() if reason.given_by is GivenBy.MACHINE}

    assert {row.reason for row in TABLE} == machine


@pytest.mark.parametrize(("evidence", "place"), [("a colleague's word", 3), ("a public page", 4), ("a typed code", 5)])
def test_more_evidence_never_makes_it_worse(decided: dict[Facts, int], evidence: str, place: int) -> None:
    worse = [
        facts
        for facts, row in decided.items()
        if GAIN[TABLE[decided[with_yes(facts, place)]].outcome] < GAIN[TABLE[row].outcome]
    ]

    assert worse == [], f"{evidence} made it worse for them"


def test_a_stranger_is_never_let_in_on_an_address_we_cannot_trust(decided: dict[Facts, int]) -> None:
    distrusted = {ADDRESS_OF[grade] for grade in (Grade.INVALID, Grade.THROWAWAY, Grade.LOOKALIKE, Grade.STUDENT)} | {
        "patient.safety@nhs.net"
    }

    let_in = [
        facts for facts, row in decided.items() if TABLE[row].outcome is Outcome.ACCEPT and facts[0] in distrusted
    ]

    assert let_in == []


def test_only_somebody_new_with_a_proven_mailbox_in_the_uk_is_let_in(decided: dict[Facts, int]) -> None:
    let_in = [facts for facts, row in decided.items() if TABLE[row].outcome is Outcome.ACCEPT]

    assert {facts[2] for facts in let_in} == {"england", "scotland", "wales", "northern-ireland"}
    assert {facts[5] for facts in let_in} == {True}
    assert {facts[6] for facts in let_in} == {History.NONE}
