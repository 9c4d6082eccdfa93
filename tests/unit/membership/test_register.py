"""The data files, as coordinators keep them: what a line needs, and how a wrong one is refused."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from functions.membership.register import (
    DATA,
    RULES_DATE,
    WORK_GRADES,
    GivenBy,
    Grade,
    RegisterError,
    load,
    register,
)

SOURCE = "the organisation's own website,no,lead coordinator,2027-02-22"


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[str, str], Path]:
    """The folder of data files with a line more in one of them."""

    def with_line(name: str, line: str) -> Path:
        folder = tmp_path / "data"
        shutil.copytree(DATA, folder)
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
        return folder

    return with_line


def test_a_new_organisation_is_one_line(kept: Callable[[str, str], Path]) -> None:
    folder = kept("domains.csv", f"smallhospice.org.uk,G3,A Small Hospice,{SOURCE}")

    line = load(folder).line_for("mail.smallhospice.org.uk")

    assert line is not None
    assert line.grade is Grade.ORGANISATION


@pytest.mark.parametrize(
    ("name", "line", "because"),
    [
        ("domains.csv", f"nhs.net,G1,NHSmail again,{SOURCE}", "nhs.net is in the file twice"),
        ("domains.csv", f"a.org.uk,G9,A,{SOURCE}", "grade"),
        ("domains.csv", f"a.org.uk,G7,A,{SOURCE}", "worked out by the rules"),
        ("domains.csv", f"a.org.uk,G0-lookalike,A,{SOURCE}", "worked out by the rules"),
        ("domains.csv", f"A.org.uk,G3,A,{SOURCE}", "domain"),
        ("domains.csv", f"*.a.org.uk,G3,A,{SOURCE}", "domain"),
        ("domains.csv", f"jo@a.org.uk,G3,A,{SOURCE}", "domain"),
        ("domains.csv", f"tŷ.cymru,G3,A,{SOURCE}", "domain"),
        ("domains.csv", f"me,G3,A,{SOURCE}", "anybody can buy"),
        ("domains.csv", f"org.uk,G3,All of them,{SOURCE}", "twice"),
        ("domains.csv", "a.org.uk,G3,A,,no,lead coordinator,2027-02-22", "source"),
        ("domains.csv", "a.org.uk,G3,A,  ,no,lead coordinator,2027-02-22", "source"),
        ("domains.csv", "a.org.uk,G3,A,its website,no,,2027-02-22", "owner"),
        ("domains.csv", "a.org.uk,G3,A,its website,perhaps,lead coordinator,2027-02-22", "verified"),
        ("domains.csv", "a.org.uk,G3,A,its website,no,lead coordinator,22/02/2027", "review_on"),
        ("domains.csv", "a.org.uk,G3,A,its website,no,lead coordinator,2027-02-30", "review_on"),
        ("domains.csv", "a.org.uk,G3,A,its website,no,lead coordinator,0", "review_on"),
        ("domains.csv", "a.org.uk,G3,A,its website,no,lead coordinator", "review_on"),
        ("domains.csv", f"a.org.uk,G3,A hospice, with a comma,{SOURCE}", "review_on"),
        ("domains.csv", f"a.org.uk,G3,A,{SOURCE},and more", "too many columns"),
        ("roles.csv", "wizard,R6,I do magic,,a source,lead coordinator,2027-02-22", "group"),
        ("nations.csv", "atlantis,sunk,Atlantis,no,a source,lead coordinator,2027-02-22", "standing"),
        ("reasons.csv", "A09,nobody,Words,More words,a source,lead coordinator,2027-02-22", "given_by"),
        ("reasons.csv", "A09,machine,Words,,a source,lead coordinator,2027-02-22", "text"),
        ("shared_mailboxes.csv", "no(.*,part,a source,lead coordinator,2027-02-22", "name"),
        ("shared_mailboxes.csv", "info,sometimes,a source,lead coordinator,2027-02-22", "where"),
        ("lookalikes.csv", "guess,nhs,nhs,a source,lead coordinator,2027-02-22", "kind"),
    ],
)
def test_a_wrong_line_is_refused_by_file_and_line(
    kept: Callable[[str, str], Path], name: str, line: str, because: str
) -> None:
    folder = kept(name, line)
    number = len((folder / name).read_text(encoding="utf-8").splitlines())

    with pytest.raises(RegisterError) as refused:
        load(folder)

    assert str(refused.value).startswith(f"{name}, line {number}: ")
    assert because in str(refused.value)


@pytest.mark.parametrize("domain", ["nhs.net", "mail.nhs.uk", "gmail.com", "kcl.ac.uk", "uk", "co.uk", "net"])
def test_an_address_people_keep_cannot_be_listed_as_thrown_away(kept: Callable[[str, str], Path], domain: str) -> None:
    folder = kept("throwaway_domains.csv", f"{domain},a source,lead coordinator,2027-02-22")

    with pytest.raises(RegisterError, match=r"throwaway_domains\.csv"):
        load(folder)


@pytest.mark.parametrize("content", [b"", b"domain,source,owner,review_on\n", b"\xff\xfe\x00"])
def test_an_empty_or_unreadable_file_is_refused_by_name(kept: Callable[[str, str], Path], content: bytes) -> None:
    folder = kept("throwaway_domains.csv", "")
    (folder / "throwaway_domains.csv").write_bytes(content)

    with pytest.raises(RegisterError, match=r"^throwaway_domains\.csv: "):
        load(folder)


def test_a_file_that_is_missing_is_refused_by_name(kept: Callable[[str, str], Path]) -> None:
    folder = kept("roles.csv", "")
    (folder / "roles.csv").unlink()

    with pytest.raises(RegisterError, match=r"^roles\.csv: "):
        load(folder)


def test_a_file_saved_by_a_spreadsheet_reads_the_same(kept: Callable[[str, str], Path]) -> None:
    folder = kept("roles.csv", "")
    path = folder / "roles.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    assert load(folder).roles == register().roles


def test_any_change_of_the_data_is_another_version(kept: Callable[[str, str], Path]) -> None:
    folder = kept("domains.csv", f"smallhospice.org.uk,G3,A Small Hospice,{SOURCE}")

    assert load(folder).version != register().version
    assert load(DATA).version == register().version
    assert register().version.startswith(f"{RULES_DATE}+")


def test_the_words_for_people_are_whole_sentences_of_plain_words() -> None:
    for reason in register().reasons.values():
        assert reason.text.endswith(".")
        assert "!" not in reason.text + reason.title
        assert not reason.title.endswith(".")


def test_whoever_is_declined_is_told_how_to_ask_again_and_how_to_complain() -> None:
    declined = [reason for reason in register().reasons.values() if reason.given_by is GivenBy.PERSON]

    assert [reason.code for reason in declined] == [f"D0{number}" for number in range(1, 10)]
    for reason in declined:
        for words in ("We considered", "would change", "will look again", "data protection complaint"):
            assert words in reason.text, reason.code


def test_people_are_offered_seven_answers_about_their_nation() -> None:
    offered = [nation.code for nation in register().nations.values() if nation.offered]

    assert offered == [
        "england",
        "scotland",
        "wales",
        "northern-ireland",
        "ireland",
        "crown-dependency",
        "other",
    ]


def test_a_work_address_is_one_that_only_an_organisation_we_know_gives_out() -> None:
    assert {Grade.HEALTH_SERVICE, Grade.PUBLIC_BODY, Grade.ORGANISATION} == WORK_GRADES


@pytest.mark.parametrize(
    "local",
    [
        "info",
        "INFO",
        "info2",
        "info+jo",
        "pharmacy.fa123",
        "rmh-tr.patientsafety",
        "patient.safety",
        "patient-safety",
        "patient_safety_team",
        "quality.team",
        "practice.manager",
        "ward12",
        "ward-7",
        "no-reply",
        "noreply",
        "on-call",
        "reception.p81234",
        "hill.surgery",
        "enquiries",
    ],
)
def test_a_box_that_several_people_read_is_known_by_its_name(local: str) -> None:
    assert register().is_shared_mailbox(local)


@pytest.mark.parametrize(
    "local",
    [
        "jo.bloggs",
        "jo+team",
        "+team",
        "j.ward",
        "ward1972",
        "amy.chair",
        "steam",
        "admina",
        "teamer",
        "sally.officer",
        "infoster",
        "sales",
        "h.mailer",
        "director.jones",
        "k123",
        "patience.safetyman",
        "risky.jones",
        "",
    ],
)
def test_a_person_is_not_taken_for_a_box(local: str) -> None:
    assert not register().is_shared_mailbox(local)
