"""Who may join: the decision table, as code that reads like the table.

Pure and total. The same evidence and the same version of the rules always give the same decision, every combination
reaches exactly one row, and no row declines: a machine may accept, ask, refer or make wait, and only a person says no.
Why the facts are data files and the table is code is in ``docs/decisions/0003-eligibility-as-data.md``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from pydantic import BaseModel, ConfigDict

from functions.membership.addresses import Address, NotAnAddress, parse
from functions.membership.register import WORK_GRADES, Grade, Group, Standing, register


class Outcome(StrEnum):
    """What the rules can say. Declining is not among them."""

    ACCEPT = "ACCEPT"
    MORE = "MORE"
    """We ask for one more thing."""
    REFER = "REFER"
    """A person looks at it, within 2 working days."""
    WAIT = "WAIT"
    """There is no network for their country yet."""
    ALREADY = "ALREADY"
    """They are a member."""
    HOLD = "HOLD"
    """Their mailbox has not been proven."""


class History(StrEnum):
    """What we know of an address from before. Somebody erased is new: nothing is known of them."""

    NONE = "none"
    MEMBER = "member"
    REMOVED = "removed"
    """Removed for conduct."""


class Evidence(BaseModel):
    """All that the rules look at."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    address: str
    """As typed."""
    role: str
    """A code of ``data/roles.csv``. One that is not there counts as "something else"."""
    nation: str
    """A code of ``data/nations.csv``. One that is not there counts as undecided."""
    vouched: bool = False
    """Whether somebody with a work address confirmed what they do."""
    profile: bool = False
    """Whether they gave a public page about themselves, which a person may open."""
    proven: bool = False
    """Whether they typed the code we sent to the address."""
    history: History = History.NONE


class Decision(BaseModel):
    """What the rules say, and which version of them."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    outcome: Outcome
    reason: str
    """A code of ``data/reasons.csv``, where its words are."""
    grade: Grade
    rules_version: str


def grade_of(address: Address | None) -> Grade:
    """What an address alone says. ``None`` is what could not be read as one.

    Lines for the health service and for registered organisations are looked at before the rule on look-alikes, so that
    ``nhsproviders.org`` is itself and ``nhs-providers.org`` is not.
    """
    if address is None:
        return Grade.INVALID
    known = register()
    if known.is_throwaway(address.domain):
        return Grade.THROWAWAY
    line = known.line_for(address.domain)
    vetted = line is not None and line.grade in {Grade.HEALTH_SERVICE, Grade.ORGANISATION}
    if not vetted and known.imitates(address.domain):
        return Grade.LOOKALIKE
    if line is None:
        return Grade.OUTSIDE
    return Grade.STUDENT if known.has_student_label(address.domain) else line.grade


class Case:
    """The evidence, in the words of the decision table."""

    def __init__(self, evidence: Evidence) -> None:
        """Read the address and look up the codes, once."""
        self.evidence = evidence
        try:
            self.address: Address | None = parse(evidence.address)
        except NotAnAddress:
            self.address = None
        self.grade = grade_of(self.address)
        role, nation = register().roles.get(evidence.role), register().nations.get(evidence.nation)
        self.group = role.group if role else Group.NEEDS_A_PERSON
        self.standing = nation.standing if nation else Standing.UNDECIDED
        self.vouched = evidence.vouched
        self.works_in_safety = self.group is Group.SAFETY
        self.lay_partner = self.group is Group.LAY_PARTNER
        self.academic = self.group is Group.ACADEMIC
        self.work_address = self.grade in WORK_GRADES

    @cached_property
    def shared_mailbox(self) -> bool:
        """Whether the address is a box that several people read."""
        return self.address is not None and register().is_shared_mailbox(self.address.local)

    @property
    def university_role(self) -> bool:
        """An academic with a university or NHS address, or somebody who works in safety at a university."""
        at_university = self.grade is Grade.ACADEMIC
        return (self.academic and (at_university or self.grade is Grade.HEALTH_SERVICE)) or (
            self.works_in_safety and at_university
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: if this holds, the outcome is this, for this reason."""

    holds: Callable[[Case], bool]
    outcome: Outcome
    reason: str


TABLE: Final = (
    Row(lambda case: case.grade is Grade.INVALID, Outcome.MORE, "E01"),
    Row(lambda case: not case.evidence.proven, Outcome.HOLD, "E02"),
    Row(lambda case: case.grade is Grade.THROWAWAY, Outcome.MORE, "E03"),
    Row(lambda case: case.evidence.history is History.MEMBER, Outcome.ALREADY, "E04"),
    Row(lambda case: case.evidence.history is History.REMOVED, Outcome.REFER, "E05"),
    Row(lambda case: case.grade is Grade.LOOKALIKE, Outcome.REFER, "E06"),
    Row(lambda case: case.group is Group.PRESS, Outcome.REFER, "E07"),
    Row(lambda case: case.standing is Standing.IRELAND, Outcome.REFER, "E08"),
    Row(lambda case: case.standing is Standing.ELSEWHERE, Outcome.WAIT, "E09"),
    Row(lambda case: case.shared_mailbox, Outcome.MORE, "E10"),
    Row(lambda case: case.evidence.role == "supplier", Outcome.REFER, "E11"),
    Row(lambda case: case.evidence.role == "student" or case.grade is Grade.STUDENT, Outcome.REFER, "E12"),
    # The Crown dependencies are not the UK in law and close to it in practice, so coordinators decide. Every row
    # from here on is about the UK.
    Row(lambda case: case.standing is Standing.UNDECIDED, Outcome.REFER, "E19"),
    Row(lambda case: case.works_in_safety and case.work_address, Outcome.ACCEPT, "A01"),
    Row(lambda case: case.lay_partner and (case.work_address or case.vouched), Outcome.ACCEPT, "A02"),
    Row(lambda case: case.evidence.role == "psp", Outcome.MORE, "E13"),
    Row(lambda case: case.evidence.role == "campaigner", Outcome.REFER, "E14"),
    Row(lambda case: case.university_role and (case.evidence.profile or case.vouched), Outcome.ACCEPT, "A03"),
    Row(lambda case: case.university_role, Outcome.REFER, "E15"),
    Row(lambda case: (case.works_in_safety or case.academic) and case.vouched, Outcome.ACCEPT, "A04"),
    Row(
        lambda case: (case.works_in_safety or case.academic) and case.grade in {Grade.PERSONAL, Grade.GENERIC},
        Outcome.MORE,
        "E16",
    ),
    Row(lambda _: True, Outcome.REFER, "E19"),
)  # fmt: skip
"""The first row that holds decides. The last holds for everybody, so there is always one."""


def decide(evidence: Evidence) -> Decision:
    """What the rules say about somebody."""
    case = Case(evidence)
    row = next(row for row in TABLE if row.holds(case))
    return Decision(outcome=row.outcome, reason=row.reason, grade=case.grade, rules_version=register().version)
