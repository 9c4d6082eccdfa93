"""The pages of documentation that are made from the code say what the code says."""

from pathlib import Path

import pytest

from cli import docs
from functions.kernel.kinds import KINDS
from functions.kernel.purposes import PURPOSES, purposes_of
from tests.world import every_route


def test_the_documentation_in_the_repository_is_up_to_date() -> None:
    assert docs.main(["--check"]) == 0


def test_the_data_map_names_every_kind_and_how_long_it_is_kept() -> None:
    page = docs.data_map(KINDS)
    for kind in KINDS:
        (row,) = (line for line in page.splitlines() if line.startswith(f"| `{kind.name}` |"))
        assert kind.retention in row
        assert kind.words in row
        for purpose in purposes_of(kind.name):
            assert purpose.name in row
            assert purpose.basis in row


def test_the_record_of_processing_has_each_purpose_with_its_basis_and_what_it_needs_for_how_long() -> None:
    parts = docs.record_of_processing(PURPOSES).split("\n## ")
    for purpose in PURPOSES:
        (part,) = (each for each in parts if each.startswith(purpose.words))
        assert purpose.basis.article in part
        assert purpose.why in part
        for kind in purpose.kept:
            assert f"| `{kind.name}` | {kind.words} | {kind.retention} |" in part


def test_the_list_of_routes_names_every_route_and_who_it_is_for() -> None:
    page = docs.routes()
    for path, methods in every_route().items():
        for method, route in methods.items():
            (row,) = (line for line in page.splitlines() if line.startswith(f"| `{method} {path}` |"))
            assert route.access.value in row


def test_a_page_that_has_drifted_is_named_and_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert docs.main(["--check"], tmp_path) == 1
    assert "docs/data-map.md is out of date. Run: python -m cli.docs" in capsys.readouterr().err
    assert docs.main([], tmp_path) == 0
    assert docs.main(["--check"], tmp_path) == 0
    page = tmp_path / "docs" / "routes.md"
    page.write_text(page.read_text().replace("members", "anyone", 1))
    assert docs.main(["--check"], tmp_path) == 1
    assert docs.main([], tmp_path) == 0
    assert page.read_text() == docs.routes()
