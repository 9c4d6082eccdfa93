"""Each requirement of security names the tests that show it, or says why there is none."""

from pathlib import Path

import pytest

from cli import requirements
from cli.docs import ROOT
from cli.requirements import Requirement

TESTS = requirements.tests(ROOT)
ALL = requirements.requirements(ROOT)


@pytest.mark.parametrize("requirement", ALL, ids=lambda each: each.number)
def test_requirement_96_each_requirement_has_a_test_or_a_reason(requirement: Requirement) -> None:
    assert TESTS.get(requirement.number) or requirement.note


def test_requirement_96_the_requirements_are_numbered_without_a_gap_and_no_test_names_another() -> None:
    numbers = [each.number for each in ALL]
    assert numbers == [*range(1, len(ALL) + 1)]
    assert not TESTS.keys() - set(numbers)


def test_requirement_96_whatever_stops_a_threat_is_shown_by_a_test() -> None:
    for threat in requirements.threats(ROOT):
        assert threat.stopped_by
        assert all(TESTS.get(number) for number in threat.stopped_by), threat


def test_requirement_96_a_test_may_show_several_requirements(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    lines = [
        "def test_requirement_17_and_35_a_file_is_saved() -> None: ...",
        "def test_requirements_28_29_and_31_a_file_is_refused() -> None: ...",
        "def test_requirements_69_to_71_a_line_is_kept() -> None: ...",
        "def test_requirement_86_2028_has_a_leap_day() -> None: ...",
    ]
    (tmp_path / "tests" / "test_it.py").write_text("\n".join(lines))
    assert [*requirements.tests(tmp_path)] == [17, 35, 28, 29, 31, 69, 70, 71, 86]
    assert requirements.tests(tmp_path)[86] == ["2028 has a leap day (`tests/test_it.py`)"]
