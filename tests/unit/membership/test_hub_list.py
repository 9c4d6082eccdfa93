"""Reading the list of members that the hub gives out."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.csv_list import NotAList
from cli.hub_list import HEADINGS, HubList, read

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HEADER = "Name,Email,Job title,Organisation,Country,Networks,Joined\n"
ANN = "Ann Example,ann.example@nhs.net,Patient Safety Manager,Anytown NHS Foundation Trust,England,,11/06/2021\n"


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    return tmp_path / "hub.csv"


def reading(file: Path, text: str | bytes) -> HubList:
    """What is read from a file with this text."""
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(str(file), NOW)


def test_a_member_of_the_hub_is_read_with_everything_that_is_told(listed: Path) -> None:
    text = HEADER + ANN.replace(",,", ",Patient safety partners; lfpse|NatSSIPs,")

    found = reading(listed, "\ufeff" + text)

    (row,) = found.rows
    assert (row.line, row.name, str(row.address)) == (2, "Ann Example", "ann.example@nhs.net")
    assert (row.role, row.nation, row.organisation) == ("psm", "england", "Anytown NHS Foundation Trust")
    assert row.networks == ("psp", "lfpse")
    assert row.joined_at == datetime(2021, 6, 10, 23, 0, tzinfo=UTC)
    assert found.unknown_networks == {"NatSSIPs": [2]}
    assert found.faults == {}


def test_columns_may_come_in_any_order_under_any_of_their_headings(listed: Path) -> None:
    text = (
        "Member since,E-mail address,COUNTRY,Surname,First Name,Notes,Employer,Role\n"
        "2021-06-11,ann@nhs.net,UK,O'Example,Siân,x,A Trust,Risk\n"
    )

    (row,) = reading(listed, text).rows

    assert (row.name, row.organisation, row.role, row.nation) == ("Siân O'Example", "A Trust", "risk", "uk")


def test_no_heading_stands_for_two_facts() -> None:
    ways = [words for each in HEADINGS.values() for words in each]
    assert len(set(ways)) == len(ways)


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Head of Patient Safety", "psm"),
        ("Associate Director of Patient Safety", "director"),
        ("Patient Safety Partner (volunteer)", "psp"),
        ("Lead Patient Safety Incident Investigator", "investigator"),
        ("Clinical Governance Facilitator", "risk"),
        ("Human Factors Specialist", "human-factors"),
        ("Senior Lecturer in Patient Safety", "academic"),
        ("Ward sister, nursing", "clinical"),
        ("Friend of the hub", "other"),
        ("I manage or lead patient safety", "psm"),
        ("human-factors", "human-factors"),
    ],
)
def test_a_job_title_says_what_somebody_does_or_counts_as_something_else(listed: Path, title: str, role: str) -> None:
    (row,) = reading(listed, HEADER + ANN.replace("Patient Safety Manager", f'"{title}"')).rows
    assert row.role == role


@pytest.mark.parametrize(
    ("nation", "code"),
    [
        ("wales", "wales"),
        ("Northern Ireland", "northern-ireland"),
        ("N. Ireland", "northern-ireland"),
        ("United Kingdom", "uk"),
        ("IE", "ireland"),
        ("Jersey", "crown-dependency"),
        ("Another country", "other"),
    ],
)
def test_a_nation_is_read_as_people_write_it(listed: Path, nation: str, code: str) -> None:
    (row,) = reading(listed, HEADER + ANN.replace("England", nation)).rows
    assert row.nation == code


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("ann.example@nhs.net", "", "The email address is missing."),
        ("ann.example@nhs.net", "ann.example", "'ann.example' is not an email address. An email address has one @"),
        ("Ann Example", " ", "The name is missing."),
        ("Ann Example", "Ann www.example.com", "The name cannot be taken. Leave out web addresses here."),
        ("Ann Example", "A" * 101, "The name is longer than 100 characters."),
        ("Patient Safety Manager", "", "The role is missing."),
        ("Anytown NHS Foundation Trust", "", "The organisation is missing."),
        ("England", "", "The nation is missing."),
        ("England", "Englnad", "The nation 'Englnad' is not one we know. Write one of these: England, Scotland"),
        ("11/06/2021", "summer", "The day of joining 'summer' cannot be read. Write it like 2021-06-11"),
        ("11/06/2021", "2027-01-01", "The day of joining '2027-01-01' is still to come."),
        ("England", "England,again,and,again", "It has more values than there are columns."),
    ],
)
def test_what_is_wrong_with_a_line_is_told_in_a_sentence(listed: Path, before: str, after: str, sentence: str) -> None:
    found = reading(listed, HEADER + ANN + ANN.replace("ann.example", "ben.example").replace(before, after))
    if before.startswith("ann"):
        found = reading(listed, HEADER + ANN.replace("ann.", "al.") + ANN.replace(before, after))
    assert [row.line for row in found.rows] == [2]
    assert list(found.faults) == [3]
    assert found.faults[3].startswith(sentence)


def test_a_role_that_is_named_and_not_known_is_a_fault_and_a_job_title_is_not(listed: Path) -> None:
    header = HEADER.replace("Job title", "Role")
    found = reading(listed, header + ANN.replace("Patient Safety Manager", "Wizard"))
    assert found.faults[2].startswith("The role 'Wizard' is not one we know. Write one of these: psm, risk, ")


def test_two_lines_for_one_mailbox_count_once(listed: Path) -> None:
    found = reading(listed, HEADER + ANN + "\n" + ANN.replace("ann.example@nhs.net", "ANN.example+hub@NHS.net"))
    assert [row.line for row in found.rows] == [2]
    assert found.faults == {4: "It is the same mailbox as line 2."}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "has no column for an email address; nor for a name, or a first and a last name; nor for a role"),
        ("Name,Email,Organisation,Country\n", "has no column for a role or job title. docs/import.md says how"),
        ("Siân".encode("cp1252"), "is not a CSV file in UTF-8. Save it as"),
    ],
)
def test_a_file_that_is_no_list_is_refused_as_a_whole(listed: Path, text: str | bytes, sentence: str) -> None:
    with pytest.raises(NotAList) as refused:
        reading(listed, text)
    assert sentence in str(refused.value)


def test_a_file_that_is_not_there_is_told_so(listed: Path) -> None:
    with pytest.raises(NotAList, match="cannot be read: no such file or directory"):
        read(str(listed), NOW)


@given(rest=st.binary(max_size=300))
def test_any_bytes_give_members_and_sentences_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, rest: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.csv"
    try:
        found = reading(file, HEADER.encode() + ANN.encode() + rest)
    except NotAList:
        return
    assert all(sentence[0].isupper() or sentence[0] in "'\"" for sentence in found.faults.values())
    assert not {row.line for row in found.rows} & found.faults.keys()


@given(cells=st.lists(st.text(max_size=30), min_size=7, max_size=7))
def test_any_cells_give_a_member_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, cells: list[str]) -> None:
    file = tmp_path_factory.getbasetemp() / "cells.csv"
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    try:
        found = reading(file, (HEADER + quoted + "\n").encode("utf-8", "replace"))
    except NotAList:
        return
    assert len(found.rows) + len(found.faults) <= 1
