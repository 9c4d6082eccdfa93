"""Who may join: the cases people have decided, and what each role comes to."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.membership.addresses import parse
from functions.membership.eligibility import Decision, Evidence, History, Outcome, decide, grade_of
from functions.membership.register import GivenBy, Grade, register

CASES = Path(__file__).with_name("eligibility_cases.csv")
HISTORY = {"": History.NONE, "member": History.MEMBER, "removed": History.REMOVED, "erased": History.NONE}


def decided_cases() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def in_words(case: dict[str, str]) -> str:
    extra = [name for name in ("vouch", "profile") if case[name] == "yes"]
    return " ".join([case["email"], case["role"], case["nation"], *extra, case["status"]]).strip()


def decided_for(
    address: str,
    role: str = "psm",
    nation: str = "england",
    *,
    vouched: bool = False,
    profile: bool = False,
    proven: bool = True,
    history: History = History.NONE,
) -> Decision:
    return decide(
        Evidence(
            address=address,
            role=role,
            nation=nation,
            vouched=vouched,
            profile=profile,
            proven=proven,
            history=history,
        )
    )


@pytest.mark.parametrize("case", decided_cases(), ids=in_words)
def test_a_case_that_people_have_decided_stays_decided(case: dict[str, str]) -> None:
    decision = decided_for(
        case["email"],
        case["role"],
        case["nation"].lower(),
        vouched=case["vouch"] == "yes",
        profile=case["profile"] == "yes",
        proven=case["proven"] == "yes",
        history=HISTORY[case["status"]],
    )

    assert (decision.grade, decision.outcome, decision.reason) == (case["grade"], case["decision"], case["reason"])


@pytest.mark.parametrize(
    "address",
    ["jo@nhs.net", "jo@gp.hscni.net", "jo@resolution.nhs.uk", "jo@mod.uk", "jo@llyw.cymru", "jo@nhsproviders.org"],
)
@pytest.mark.parametrize("role", [role.code for role in register().roles.values() if role.group == "R1"])
def test_somebody_who_works_in_safety_joins_with_a_work_address(address: str, role: str) -> None:
    assert decided_for(address, role).reason == "A01"


@pytest.mark.parametrize("role", ["psp", "campaigner"])
@pytest.mark.parametrize(
    ("address", "vouched", "reason"),
    [
        ("pat@nhs.net", False, "A02"),
        ("pat@avma.org.uk", False, "A02"),
        ("pat@gmail.com", True, "A02"),
        ("pat@kcl.ac.uk", True, "A02"),
    ],
)
def test_a_lay_partner_joins_with_a_work_address_or_a_colleagues_word(
    role: str, address: str, *, vouched: bool, reason: str
) -> None:
    assert decided_for(address, role, vouched=vouched).reason == reason


@pytest.mark.parametrize(
    ("address", "vouched", "profile", "reason"),
    [
        ("a@kcl.ac.uk", False, False, "E15"),
        ("a@kcl.ac.uk", False, True, "A03"),
        ("a@kcl.ac.uk", True, False, "A03"),
        ("a@nhs.net", False, False, "E15"),
        ("a@nhs.net", False, True, "A03"),
        ("a@gov.uk", False, True, "E19"),
        ("a@health.org.uk", True, False, "A04"),
        ("a@gmail.com", False, True, "E16"),
        ("a@jhu.edu", False, True, "E19"),
        ("a@jhu.edu", True, False, "A04"),
    ],
)
def test_an_academic_is_asked_for_a_staff_page_or_a_colleagues_word(
    address: str, *, vouched: bool, profile: bool, reason: str
) -> None:
    assert decided_for(address, "academic", vouched=vouched, profile=profile).reason == reason


@pytest.mark.parametrize(
    ("role", "reason"), [("supplier", "E11"), ("student", "E12"), ("journalist", "E07"), ("other", "E19")]
)
def test_some_roles_are_for_a_person_even_with_every_proof(role: str, reason: str) -> None:
    decision = decided_for("jo@nhs.net", role, vouched=True, profile=True)

    assert (decision.outcome, decision.reason) == (Outcome.REFER, reason)


@pytest.mark.parametrize("address", ["jo@gov.im", "jo@gov.je", "jo@gov.gg", "jo@nhs.net", "jo@gmail.com"])
@pytest.mark.parametrize("nation", ["crown-dependency", "atlantis", ""])
def test_a_person_looks_when_the_nation_is_neither_in_the_uk_nor_elsewhere(address: str, nation: str) -> None:
    decision = decided_for(address, nation=nation, vouched=True, profile=True)

    assert (decision.outcome, decision.reason) == (Outcome.REFER, "E19")


@pytest.mark.parametrize("nation", ["england", "scotland", "wales", "northern-ireland", "uk"])
def test_the_four_nations_are_one_to_the_rules(nation: str) -> None:
    assert decided_for("jo@nhs.net", nation=nation).reason == "A01"


def test_somebody_in_ireland_is_looked_at_and_somebody_further_away_waits() -> None:
    assert decided_for("jo@nhs.net", nation="ireland").reason == "E08"
    assert decided_for("jo@nhs.net", nation="other").reason == "E09"


def test_nothing_is_said_about_an_address_before_it_is_proven() -> None:
    """Whether somebody is a member, or was removed, is for the person who can read the mailbox."""
    reasons = {decided_for("jo@nhs.net", proven=False, history=history).reason for history in History}

    assert reasons == {"E02"}


def test_somebody_removed_for_conduct_is_looked_at_and_a_member_is_told_so() -> None:
    assert decided_for("jo@nhs.net", history=History.REMOVED).reason == "E05"
    assert decided_for("jo@nhs.net", history=History.MEMBER).reason == "E04"


def test_somebody_with_an_address_that_lasts_ten_minutes_is_asked_for_another() -> None:
    assert decided_for("jo@mailinator.com").reason == "E03"
    assert decided_for("jo@nhs.mailinator.com").reason == "E03"


def test_a_role_nobody_has_heard_of_goes_to_a_person() -> None:
    assert decided_for("jo@nhs.net", "wizard", vouched=True, profile=True).reason == "E19"


@pytest.mark.parametrize(
    ("domain", "grade"),
    [
        ("nhs.uk", Grade.HEALTH_SERVICE),
        ("gstt.nhs.uk", Grade.HEALTH_SERVICE),
        ("wales.nhs.uk", Grade.HEALTH_SERVICE),
        ("aaa.gov.uk", Grade.PUBLIC_BODY),
        ("digital.cqc.org.uk", Grade.ORGANISATION),
        ("rcoa.ac.uk", Grade.ORGANISATION),
        ("kcl.ac.uk", Grade.ACADEMIC),
        ("alumni.ox.ac.uk", Grade.STUDENT),
        ("students.rcsed.ac.uk", Grade.STUDENT),
        ("studio.ac.uk", Grade.ACADEMIC),
        ("student.nhs.uk", Grade.HEALTH_SERVICE),
        ("student.co.uk", Grade.GENERIC),
        ("my.org", Grade.GENERIC),
        ("btinternet.com", Grade.PERSONAL),
        ("smallhospice.org.uk", Grade.GENERIC),
        ("example.clinic", Grade.GENERIC),
        ("example.cymru", Grade.GENERIC),
        ("gov.im", Grade.OUTSIDE),
        ("gov.je", Grade.OUTSIDE),
        ("gov.gg", Grade.OUTSIDE),
        ("hse.ie", Grade.OUTSIDE),
        ("jhu.edu", Grade.OUTSIDE),
        ("va.gov", Grade.OUTSIDE),
        ("ac.uk.fr", Grade.OUTSIDE),
        ("guerrillamail.com", Grade.THROWAWAY),
    ],
)
def test_an_address_has_the_grade_of_the_most_particular_line(domain: str, grade: Grade) -> None:
    assert grade_of(parse(f"jo@{domain}")) == grade


@given(
    address=st.text() | st.emails() | st.from_regex(r"[a-z.+]{1,20}@[nhscitug.-]{1,20}", fullmatch=True),
    role=st.text() | st.sampled_from(list(register().roles)),
    nation=st.text() | st.sampled_from(list(register().nations)),
    vouched=st.booleans(),
    profile=st.booleans(),
    proven=st.booleans(),
    history=st.sampled_from(History),
)
def test_whatever_anybody_types_gets_the_same_answer_twice(**told: object) -> None:
    evidence = Evidence.model_validate(told)

    decision = decide(evidence)

    assert decide(evidence) == decision
    assert register().reasons[decision.reason].given_by is GivenBy.MACHINE
    assert decision.rules_version == register().version
