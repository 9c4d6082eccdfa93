"""The register: everything the rules of membership know about the world, kept as data.

Each file in ``data/`` is a table that a coordinator can read, and each of its lines says where the fact comes from,
who looks after it and when it is next looked at. The files are checked as they are loaded: a line that is wrong
stops the program with a sentence that names the file and the line, rather than quietly letting somebody in.
"""

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from io import StringIO
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError, model_validator

DATA: Final = Path(__file__).parent / "data"

RULES_DATE: Final = date(2026, 11, 23)
"""The day the decision table last changed. Changed by hand, in the commit that changes what the table decides."""

type Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
type Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+(-[a-z0-9]+)*$")]
# Pydantic alone would read a bare number as seconds since 1970, and a slip of the pen as a date.
type Day = Annotated[date, BeforeValidator(date.fromisoformat)]
type DomainName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)*$")]


class RegisterError(ValueError):
    """A data file is wrong. The message names the file and the line, for the person who edits it."""


class Grade(StrEnum):
    """What an address alone says about the person who holds it."""

    HEALTH_SERVICE = "G1"
    PUBLIC_BODY = "G2"
    ORGANISATION = "G3"
    ACADEMIC = "G4"
    STUDENT = "G4s"
    PERSONAL = "G5"
    GENERIC = "G6"
    OUTSIDE = "G7"
    INVALID = "G0-invalid"
    THROWAWAY = "G0-throwaway"
    LOOKALIKE = "G0-lookalike"


WORK_GRADES: Final = frozenset({Grade.HEALTH_SERVICE, Grade.PUBLIC_BODY, Grade.ORGANISATION})
"""Addresses that only an organisation we know can give out. A voucher must have one."""

# The rest are worked out from the shape of an address, so no line may claim them.
_REGISTERED: Final = WORK_GRADES | {Grade.ACADEMIC, Grade.PERSONAL, Grade.GENERIC}


class Group(StrEnum):
    """Roles that the rules treat alike."""

    SAFETY = "R1"
    LAY_PARTNER = "R2"
    ACADEMIC = "R3"
    NEEDS_A_PERSON = "R4"
    PRESS = "R5"


class Standing(StrEnum):
    """What the rules say about a nation. ``undecided`` is for people to settle, case by case."""

    UK = "uk"
    IRELAND = "ireland"
    UNDECIDED = "undecided"
    ELSEWHERE = "elsewhere"


class GivenBy(StrEnum):
    """Who may give a reason. Only a person declines anyone, so every reason to decline is a person's."""

    MACHINE = "machine"
    PERSON = "person"
    ADMINISTRATOR = "administrator"
    """Whoever brings in the members of the hub."""


class Where(StrEnum):
    """How much of a local part a mailbox name has to be: all of it, or some of the words between the dots."""

    WHOLE = "whole"
    PART = "part"


class Kind(StrEnum):
    """A guarded word, or a spelling that is read as another before we look for guarded words."""

    WORD = "word"
    FOLD = "fold"


class Line(BaseModel):
    """One line of a data file. The three facts here are what makes it possible to review."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    source: Words
    owner: Words
    review_on: Day


class Domain(Line):
    """A domain, or an ending, and the grade of every address in it."""

    domain: DomainName
    grade: Grade
    name: Words
    verified: bool
    """Whether someone has read the source and seen the domain there."""

    @model_validator(mode="after")
    def _is_registered(self) -> Self:
        if self.grade not in _REGISTERED:
            raise ValueError(f"{self.grade} is worked out by the rules and cannot be given to a domain.")
        if "." not in self.domain and self.grade is not Grade.GENERIC:
            raise ValueError(f"{self.domain} is an ending that anybody can buy a name in, so it is {Grade.GENERIC}.")
        return self


class ThrowawayDomain(Line):
    """A service that lends an address for a few minutes."""

    domain: DomainName


class Role(Line):
    """One of the answers to "Which best describes your work?"."""

    code: Code
    group: Group
    label: Words
    hint: str
    """A few words under the label for those who know the work by another name. Mostly empty."""


class Nation(Line):
    """One of the answers to "Where do you work?". Those not offered are read in files and never shown."""

    code: Code
    standing: Standing
    label: Words
    offered: bool


class Reason(Line):
    """What a person reads when they are told a decision."""

    code: Code
    given_by: GivenBy
    title: Words
    text: Words


class StudentLabel(Line):
    """A label below ``ac.uk`` that universities give to students and former students."""

    label: DomainName


class SharedMailbox(Line):
    """The name of a mailbox that several people read."""

    name: Code
    where: Where


class Lookalike(Line):
    """A word worth imitating, or one of the ways to imitate a letter of it."""

    kind: Kind
    written: Words
    read_as: str


class Register(BaseModel):
    """The data files, checked and ready to ask. The same version always gives the same answers."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    version: str
    """The day the decision table last changed, then a digest of the data: ``2026-11-23+0f3a...``."""

    domains: Mapping[str, Domain]
    throwaway_domains: Mapping[str, ThrowawayDomain]
    roles: Mapping[str, Role]
    nations: Mapping[str, Nation]
    reasons: Mapping[str, Reason]
    student_labels: Mapping[str, StudentLabel]
    shared_mailboxes: Mapping[str, SharedMailbox]
    lookalikes: Mapping[str, Lookalike]

    def line_for(self, domain: str) -> Domain | None:
        """The most particular line that covers a domain, compared label by label.

        ``rcoa.ac.uk`` has its own line and so is not graded as ``ac.uk``. ``evilnhs.net`` is not in ``nhs.net``.
        """
        return next((self.domains[name] for name in _and_parents(domain) if name in self.domains), None)

    def is_throwaway(self, domain: str) -> bool:
        """Whether a domain, or one that it lies in, lends addresses for a few minutes."""
        return any(name in self.throwaway_domains for name in _and_parents(domain))

    def has_student_label(self, domain: str) -> bool:
        """Whether a domain is one that a university, or a college with a line of its own, gives to its students."""
        parents = list(_and_parents(domain))
        for depth, name in enumerate(parents):
            if name in self.domains and self.domains[name].grade is Grade.ACADEMIC:
                return any(parent.partition(".")[0] in self.student_labels for parent in parents[:depth])
        return False

    def is_shared_mailbox(self, local: str) -> bool:
        """Whether what comes before the @ sign is the name of a box and not of a person. A tag does not hide it."""
        return self._shared.fullmatch(local.partition("+")[0].lower()) is not None

    def imitates(self, domain: str) -> bool:
        """Whether a domain, read as a hurried person would, contains a guarded word, or hides letters in ``xn--``."""
        if any(label.startswith("xn--") for label in domain.split(".")):
            return True
        seen = self._folded(domain)
        return any(self._folded(line.written) in seen for line in self.lookalikes.values() if line.kind is Kind.WORD)

    @cached_property
    def _shared(self) -> re.Pattern[str]:
        # People write "patient-safety", "patient.safety" and "patientsafety": a hyphen in a line stands for them all.
        # A box may be numbered. Two digits at most, because ``ward1972`` is somebody's surname and birthday.
        names: dict[Where, list[str]] = {Where.WHOLE: [], Where.PART: []}
        for line in self.shared_mailboxes.values():
            names[line.where].append(line.name.replace("-", "[._-]?") + "[._-]?[0-9]{0,2}")
        return re.compile(rf"({'|'.join(names[Where.WHOLE])})|(.*[._-])?({'|'.join(names[Where.PART])})([._-].*)?")

    def _folded(self, text: str) -> str:
        for line in self.lookalikes.values():
            if line.kind is Kind.FOLD:
                text = text.replace(line.written, line.read_as)
        return text


@cache
def register() -> Register:
    """The register that comes with the program, loaded at the first question and kept."""
    return load(DATA)


def load(folder: Path) -> Register:
    """Read and check the data files of a folder, or raise ``RegisterError``."""
    loaded = Register(
        version=f"{RULES_DATE}+{_digest(folder)}",
        domains=_read(folder / "domains.csv", Domain),
        throwaway_domains=_read(folder / "throwaway_domains.csv", ThrowawayDomain),
        roles=_read(folder / "roles.csv", Role),
        nations=_read(folder / "nations.csv", Nation),
        reasons=_read(folder / "reasons.csv", Reason),
        student_labels=_read(folder / "student_labels.csv", StudentLabel),
        shared_mailboxes=_read(folder / "shared_mailboxes.csv", SharedMailbox),
        lookalikes=_read(folder / "lookalikes.csv", Lookalike),
    )
    _both_ways(loaded)
    return loaded


def _both_ways(loaded: Register) -> None:
    """Refuse a throw-away domain that we know as something else, and one, such as an ending, that we know names in."""
    for domain in loaded.throwaway_domains:
        known = loaded.line_for(domain)
        if known and known.grade is not Grade.GENERIC:
            raise RegisterError(f"throwaway_domains.csv: {domain} is {known.grade} in domains.csv and cannot be both.")
    for domain in loaded.domains:
        if loaded.is_throwaway(domain):
            raise RegisterError(f"throwaway_domains.csv: a line covers {domain}, which is in domains.csv.")


def _read[L: Line](path: Path, kind: type[L]) -> Mapping[str, L]:
    """The lines of one file, by what they are looked up by."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # Spreadsheets put a byte order mark first.
    except (OSError, UnicodeDecodeError) as error:
        raise RegisterError(f"{path.name}: it cannot be read as UTF-8 text.") from error
    lines: dict[str, L] = {}
    rows = csv.DictReader(StringIO(text), restkey="too many columns", restval="")
    for row in rows:
        where = f"{path.name}, line {rows.line_num}"
        try:
            line = kind.model_validate(row)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(map(str, first["loc"])) or "the line"
            raise RegisterError(f"{where}: {field}: {first['msg']}") from error
        name = _name_of(line)
        if name in lines:
            raise RegisterError(f"{where}: {name} is in the file twice.")
        lines[name] = line
    if not lines:
        raise RegisterError(f"{path.name}: there is nothing in the file.")
    return lines


def _name_of(line: Line) -> str:
    """What a line is looked up by. A fold and a guarded word may be written alike."""
    if isinstance(line, Lookalike):
        return f"{line.kind} {line.written}"
    return str(next(getattr(line, name) for name in ("domain", "code", "label", "name") if hasattr(line, name)))


def _digest(folder: Path) -> str:
    """Twelve digits that change with any change of the data."""
    whole = hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        whole.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()[:12]


def _and_parents(domain: str) -> Iterator[str]:
    """A domain, and each domain it lies in: ``a.b.uk``, ``b.uk``, ``uk``."""
    labels = domain.split(".")
    return (".".join(labels[start:]) for start in range(len(labels)))
