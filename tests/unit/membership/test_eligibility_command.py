"""``psmn eligibility check``: trying the rules on a file, with nothing but the file."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.eligibility import eligibility

CASES = Path(__file__).with_name("eligibility_cases.csv")
HEADING = "email,role,nation,vouch,profile,proven,status"


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., Result]:
    """Run the command on a file of these bytes."""

    def run(content: str | bytes, *options: str) -> Result:
        path = tmp_path / "people.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return CliRunner().invoke(eligibility, ["check", str(path), *options])

    return run


def answers(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(StringIO(result.stdout)))


def test_the_decided_cases_come_out_as_they_are_written(check: Callable[..., Result]) -> None:
    """The answers in the file are ignored on the way in, so equal text means equal answers."""
    written = CASES.read_text(encoding="utf-8")

    assert check(written).stdout.splitlines() == written.splitlines()
    assert check(written.replace("ACCEPT,A01", "DECLINE,D01")).stdout.splitlines() == written.splitlines()


def test_a_program_reads_the_same_as_json(check: Callable[..., Result]) -> None:
    written = CASES.read_text(encoding="utf-8")

    assert json.loads(check(written, "--json").stdout) == answers(check(written))


@pytest.mark.parametrize("nation", ["UK", "uk", "England", "Northern Ireland", "northern-ireland", " WALES "])
@pytest.mark.parametrize("yes", ["yes", "Yes", "TRUE", "1", "y"])
def test_people_write_yes_and_the_uk_in_many_ways(check: Callable[..., Result], nation: str, yes: str) -> None:
    (answer,) = answers(check(f"{HEADING}\njo@gmail.com,PSM,{nation},{yes},,{yes},\n"))

    assert answer["reason"] == "A04"
    assert answer["nation"] == nation


@pytest.mark.parametrize(("status", "reason"), [("", "A01"), ("erased", "A01"), ("member", "E04"), ("Removed", "E05")])
def test_what_we_know_from_before_counts(check: Callable[..., Result], status: str, reason: str) -> None:
    assert answers(check(f"{HEADING}\njo@nhs.net,psm,IE,,,yes,{status}\n"))[0]["reason"] == (
        "E08" if reason == "A01" else reason
    )
    assert answers(check(f"{HEADING}\njo@nhs.net,psm,UK,,,yes,{status}\n"))[0]["reason"] == reason


@pytest.mark.parametrize("said", ["", "no", "0", "false", "perhaps"])
def test_anything_but_a_yes_is_a_no(check: Callable[..., Result], said: str) -> None:
    assert answers(check(f"{HEADING}\njo@nhs.net,psm,UK,,,{said},\n"))[0]["reason"] == "E02"


def test_a_file_from_a_spreadsheet_is_read_whatever_its_order(check: Callable[..., Result]) -> None:
    content = (
        "\ufeffNotes, Status,Proven,Profile,Vouch,Nation,Role,Email\r\nhello,,yes,,,UK,psm,jo@nhs.net,more\r\n\r\n"
    )

    result = check(content)

    assert answers(result)[0] | {"grade": "G1", "decision": "ACCEPT", "reason": "A01"} == answers(result)[0]
    assert result.stdout.splitlines()[0] == f"{HEADING},grade,decision,reason"


def test_a_wizard_from_atlantis_goes_to_a_person(check: Callable[..., Result]) -> None:
    result = check(f"{HEADING}\njo@nhs.net,wizard,Atlantis,yes,yes,yes,retired\ntŷ\njo@nhs.net\n")

    assert [answer["reason"] for answer in answers(result)] == ["E19", "E01", "E02"]
    assert result.stderr == "Line 2: the status 'retired' is not one we know and counts as none.\n"


def test_a_list_without_people_has_a_heading_and_no_answers(check: Callable[..., Result]) -> None:
    assert answers(check(HEADING)) == []
    assert json.loads(check(HEADING, "--json").stdout) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "has no columns email, role, nation, vouch, profile, proven, status in its first line."),
        (b"email,role,nation,vouch,profile,proven\n", "has no column status in its first line."),
        (b"\xff\xfe\x00", "is not a CSV file in UTF-8."),
        (HEADING.encode() + b"\n" + b"j" * 200_000, "is not a CSV file in UTF-8."),
    ],
)
def test_a_file_that_is_not_a_list_of_people_is_refused_in_one_sentence(
    check: Callable[..., Result], content: bytes, sentence: str
) -> None:
    result = check(content)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(f"people.csv {sentence}\n")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("path", ["nothing-here.csv", "."])
def test_a_file_that_is_not_there_is_refused_in_one_sentence(path: str) -> None:
    result = CliRunner().invoke(eligibility, ["check", path])

    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {path} cannot be read: ")
    assert result.stderr.count("\n") == 1


def test_trying_the_rules_needs_no_cloud() -> None:
    """A fresh interpreter, because other tests have loaded everything."""
    program = "import sys, cli.eligibility; print(*sorted({name.partition('.')[0] for name in sys.modules}))"

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()

    assert {"boto3", "botocore", "aws_lambda_powertools", "jinja2", "aws_cdk", "urllib3", "infra"}.isdisjoint(loaded)
