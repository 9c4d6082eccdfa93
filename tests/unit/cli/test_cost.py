"""What the administrator reads about the bill."""

import json

from click.testing import CliRunner

from cli.cost import cost


def test_the_administrator_reads_what_it_costs_a_month_a_year_and_for_each_member() -> None:
    told = json.loads(CliRunner().invoke(cost, ["--json"]).output)
    assert told["members"] == 1_100
    assert abs(told["dollars_a_year"] - 12 * told["dollars"]) < 0.1

    words = CliRunner().invoke(cost, []).output
    for what, dollars in (("together", told["dollars"]), ("a year", told["dollars_a_year"])):
        assert f"{what:34}$" in words
        assert f"{dollars:,.2f}" in words
    assert f"{told['dollars'] / 1_100:.4f}" in words
