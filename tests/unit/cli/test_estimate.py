"""What a network costs a month: a sum that a reader can check, and that nobody typed in."""

import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from cli.cost import FIRST_RATE, cost, total
from cli.docs import SIZES
from cli.estimate import HABITS, MESSAGES, NOTHING_TO_DO, Counted, Month, Standing, estimate, prices, runs_of

COUNTED, ASKED = Counted.read(), prices()


def dollars(members: int, counted: Counted = COUNTED) -> float:
    return total(estimate(members, counted, ASKED, rate=FIRST_RATE))


def lines(members: int, counted: Counted = COUNTED) -> dict[str, float]:
    return {line.what: line.dollars for line in estimate(members, counted, ASKED, rate=FIRST_RATE)}


def standing(**more: int) -> Counted:
    """What was counted, with something more in the template."""
    changed = Standing.model_validate(COUNTED.standing.model_dump() | more)
    return COUNTED.model_copy(update={"standing": changed})


def test_every_operation_that_was_counted_is_done_by_somebody_or_by_the_clock() -> None:
    idle = {name for name in COUNTED.operations if NOTHING_TO_DO.fullmatch(name)}
    assert COUNTED.operations.keys() - idle == HABITS.keys()
    jobs = {name.split("`")[1] for name in idle}
    often = {name for name, when in COUNTED.standing.schedules.items() if when.startswith("rate")}
    assert jobs == often, "What runs every few minutes is counted with nothing to do."


def test_the_network_of_today_costs_a_few_pounds() -> None:
    # Its mail alone is 60 cents, and the zone 50: it cannot be less, and nothing may make it a burden by surprise.
    assert 1.1 < dollars(1_100) < 25


def test_more_members_cost_more_and_each_of_them_less() -> None:
    sums = [dollars(members) for members in SIZES]
    assert SIZES == (1_100, 5_000, 100_000, 1_000_000)
    assert sums == sorted(sums)
    each = [dollars(members) / members for members in SIZES]
    assert each == sorted(each, reverse=True)


@given(st.integers(1, 2_000_000), st.integers(1, 1_000_000))
def test_no_size_is_dearer_than_a_larger_one(few: int, more: int) -> None:
    by_use = standing(free_plans=0)
    assert dollars(few, by_use) < dollars(few + more, by_use)
    assert dollars(few, by_use) / few > dollars(few + more, by_use) / (few + more)


def test_mail_costs_what_the_mail_service_asks_for_the_messages_that_go_out() -> None:
    assert lines(1_100)["SES, mail that goes out"] == pytest.approx(1_100 * MESSAGES / 1_000 * 0.10)


def test_the_table_costs_the_units_that_were_counted() -> None:
    month = Month(1_100, COUNTED)
    by_hand = sum(times * COUNTED.operations[name].write_units for name, times in month.times())
    assert month.total("write_units") == pytest.approx(by_hand)
    assert lines(1_100)["DynamoDB, writes"] == pytest.approx(by_hand * 0.7423 / 1e6)


def test_a_slower_mail_service_makes_functions_wait_and_nothing_else_dearer() -> None:
    slow = {line.what: line.dollars for line in estimate(100_000, COUNTED, ASKED, rate=2)}
    fast = {line.what: line.dollars for line in estimate(100_000, COUNTED, ASKED, rate=200)}
    assert slow.pop("Lambda") > fast.pop("Lambda")
    assert slow == fast


def test_what_stands_in_the_template_costs_by_the_month_however_few_the_members() -> None:
    def more(**added: int) -> float:
        return dollars(1, standing(**added)) - dollars(1, standing(**dict.fromkeys(added, 0)))

    assert more(secrets=2) == pytest.approx(2 * 0.40)
    by_use = {"free_plans": 0, "distributions": 1, "firewalls": 1}
    assert dollars(1, standing(**by_use, firewall_rules=0)) - dollars(
        1, standing(**by_use | {"firewalls": 0}, firewall_rules=0)
    ) == pytest.approx(5.00, abs=1e-3)
    assert dollars(1, standing(**by_use, firewall_rules=4)) - dollars(
        1, standing(**by_use, firewall_rules=1)
    ) == pytest.approx(3.00)
    assert dollars(1, standing(alarms=10)) == pytest.approx(dollars(1, standing(alarms=0)))
    assert dollars(1, standing(alarms=14)) - dollars(1, standing(alarms=10)) == pytest.approx(4 * 0.10)
    assert more(backup_plans=1) > 0
    assert "CloudFront and WAF" in lines(1, standing(distributions=1, free_plans=0))
    assert "Data on its way to browsers" in lines(1, standing(distributions=0, free_plans=0))


def test_the_plan_for_nothing_costs_nothing_until_its_limits_are_reached() -> None:
    planned = standing(distributions=1, firewalls=1, firewall_rules=5, free_plans=1)
    assert lines(1_100, planned)["CloudFront and WAF"] == 0
    assert lines(1_000_000, planned)["CloudFront and WAF"] > 10


@pytest.mark.parametrize(
    ("schedule", "times"),
    [
        ("rate(1 minute)", 43_800),
        ("rate(5 minutes)", 8_760),
        ("cron(0 9 ? * MON *)", 52 / 12),
        ("cron(0 3 * * ? *)", 365 / 12),
    ],
)
def test_a_schedule_is_worked_out_to_runs_in_a_month(schedule: str, times: float) -> None:
    assert runs_of(schedule) == pytest.approx(times)


def test_a_schedule_that_nobody_has_worked_out_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="how often a month"):
        runs_of("at(2026-12-24T09:00)")


def test_the_command_shows_lines_that_add_up_and_what_they_rest_on() -> None:
    told = json.loads(CliRunner().invoke(cost, ["--members", "5000", "--json"]).stdout)
    assert told["dollars"] == pytest.approx(sum(told["lines"].values()), abs=0.01)
    assert told["prices_of"] == str(ASKED["as_of"])
    words = CliRunner().invoke(cost, ["--members", "5000"]).stdout
    assert f"${told['dollars']:>12,.2f}" in words
    assert all(sentence in words for sentence in told["assumptions"])
