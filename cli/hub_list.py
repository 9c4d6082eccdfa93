"""The list of members that the hub gives out: a CSV file, read line by line into what the network knows of a member.

Headings and cells are people's own words, so each is read in the ways in which it is commonly written. What cannot be
read is left out with a sentence that names the line, and never guessed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from cli.csv_list import Fault, columns, moment, must_have, one_line, opened, take_each
from functions.membership.addresses import Address, NotAnAddress, parse
from functions.membership.model import NETWORKS
from functions.membership.register import register
from functions.membership.transfer import Row

HEADINGS = {
    "email": ("email", "email address", "e mail", "e mail address", "mail"),
    "name": ("name", "full name", "display name", "member name"),
    "first": ("first name", "forename", "given name"),
    "last": ("last name", "surname", "family name"),
    "role": ("role",),
    "title": ("job title", "role job title", "title", "position", "job role"),
    "organisation": ("organisation", "organization", "organisation name", "employer", "trust", "company"),
    "nation": ("nation", "country", "nation country", "nation or country"),
    "networks": ("networks", "network", "groups", "communities", "sub networks"),
    "joined": ("joined", "joined date", "date joined", "joined on", "member since", "registered", "created"),
}
"""What each column may be headed, in small letters, with a space for whatever is neither letter nor digit."""

_NATIONS = {
    "united-kingdom": "uk",
    "great-britain": "uk",
    "gb": "uk",
    "n-ireland": "northern-ireland",
    "ni": "northern-ireland",
    "republic-of-ireland": "ireland",
    "eire": "ireland",
    "ie": "ireland",
    "isle-of-man": "crown-dependency",
    "jersey": "crown-dependency",
    "guernsey": "crown-dependency",
    "another-country": "other",
}
"""What people write, beside our own codes and labels."""

# The first that is found decides, so the more particular come first: a director of patient safety is a director.
_TITLES = (
    (r"patient safety partner|\bpsp\b", "psp"),
    (r"student", "student"),
    (r"journalist|reporter", "journalist"),
    (r"campaign", "campaigner"),
    (r"human factors|ergonomi", "human-factors"),
    (r"investigat", "investigator"),
    (r"director|\bchief\b|trustee", "director"),
    (r"professor|lecturer|research|academic", "academic"),
    (r"educat|training|trainer", "education"),
    (r"policy|regulat|inspector", "policy"),
    (r"patient safety|\bpsirf\b|safety (manager|lead|specialist|officer)", "psm"),
    (r"\brisk\b|governance|\bquality\b", "risk"),
    (r"nurse|nursing|midwi|doctor|pharmac|surgeon|an(a)?esthet|physio|paramedic|clinic|\bgp\b", "clinical"),
)

_LONGEST_NAME = 100


@dataclass(slots=True)
class HubList:
    """The members in a file, and what is wrong with the others."""

    rows: list[Row] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)
    """A sentence for each line that cannot be brought in."""
    unknown_networks: dict[str, list[int]] = field(default_factory=dict)
    """Networks that we do not have, and the lines that name them."""


def read(path: str, now: datetime) -> HubList:
    """The members in a file. Raises ``NotAList`` when it cannot be read as a whole."""
    found = HubList()
    with opened(path) as lines:
        told = columns(lines, HEADINGS)
        needed = {
            "an email address": {"email"},
            "a name, or a first and a last name": {"name"} if "name" in told else {"first", "last"},
            "a role or job title": {"role"} if "role" in told else {"title"},
            "an organisation": {"organisation"},
            "a nation or country": {"nation"},
        }
        must_have(path, told, needed)
        found.faults = take_each(lines, told, partial(_take, found, {}, now))
    return found


def _take(found: HubList, first_at: dict[str, int], now: datetime, line: int, told: Mapping[str, str]) -> None:
    """Take in one line. Raises ``Fault``."""
    row = _row(line, told, found, now)
    if (before := first_at.setdefault(row.address.key, line)) != line:
        raise Fault(f"It is the same mailbox as line {before}.")
    found.rows.append(row)


def _row(line: int, told: Mapping[str, str], found: HubList, now: datetime) -> Row:
    """Read one line. Raises ``Fault``."""
    address = _address(told["email"])
    name = told.get("name") or f"{told.get('first', '')} {told.get('last', '')}"
    row = Row(
        line=line,
        address=address,
        name=one_line(name, "name", _LONGEST_NAME),
        role=_role(told),
        nation=_nation(told["nation"]),
        organisation=one_line(told["organisation"], "organisation", 200),
        joined_at=_joined(told.get("joined", ""), now),
    )
    return row.model_copy(update={"networks": tuple(_networks(told.get("networks", ""), line, found))})


def _address(typed: str) -> Address:
    if not typed:
        raise Fault("The email address is missing.")
    try:
        return parse(typed)
    except NotAnAddress as error:
        raise Fault(f"{typed!r} is not an email address. {error}") from error


def _role(told: Mapping[str, str]) -> str:
    """The role of a member: one of ours, or what their job title says. A title that says nothing is something else."""
    typed, title = told.get("role", ""), told.get("title", "")
    if not typed and not title:
        raise Fault("The role is missing.")
    role = _meant(typed)
    if typed and role is None:
        codes = ", ".join(register().roles)
        raise Fault(f"The role {typed!r} is not one we know. Write one of these: {codes}.")
    return role or _meant(title) or "other"


def _meant(typed: str) -> str | None:
    """The role that somebody wrote by its code or its words, or that a job title says."""
    known = _known(typed, {each.code: each.label for each in register().roles.values()})
    return known or next((role for words, role in _TITLES if re.search(words, typed.lower())), None)


def _nation(typed: str) -> str:
    if not typed:
        raise Fault("The nation is missing.")
    nation = _known(typed, {each.code: each.label for each in register().nations.values()}, _NATIONS)
    if nation is None:
        labels = ", ".join(each.label for each in register().nations.values() if each.offered)
        raise Fault(f"The nation {typed!r} is not one we know. Write one of these: {labels}.")
    return _NATIONS.get(nation, nation)


def _networks(typed: str, line: int, found: HubList) -> Iterator[str]:
    # A comma may part two networks, or stand in the name of one.
    parts = filter(None, map(str.strip, re.split(r"[;|\n]", typed)))
    names = (name for part in parts for name in ([part] if _known(part, NETWORKS) else part.split(",")))
    for name in filter(None, map(str.strip, names)):
        code = _known(name, NETWORKS)
        if code is not None:
            yield code
        else:
            found.unknown_networks.setdefault(name, []).append(line)


def _known(typed: str, labels: Mapping[str, str], more: Mapping[str, str] | None = None) -> str | None:
    """The code that somebody means who wrote the code itself, its label or another usual word."""
    told = _slug(typed)
    ways = {**{_slug(label): code for code, label in labels.items()}, **{code: code for code in labels}, **(more or {})}
    return ways.get(told)


def _slug(text: str) -> str:
    return "-".join(re.findall(r"[^\W_]+", text.lower()))


def _joined(typed: str, now: datetime) -> datetime | None:
    if not typed:
        return None
    joined = moment(typed)
    if joined is None:
        raise Fault(f"The day of joining {typed!r} cannot be read. Write it like 2021-06-11 or 11/06/2021.")
    if joined > now:
        raise Fault(f"The day of joining {typed!r} is still to come.")
    return joined.astimezone(UTC)
