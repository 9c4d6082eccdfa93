"""What costs by the month is counted in the template, and not remembered."""

from bench.trips import standing
from cli.estimate import Counted
from tests.infra.deployment import Deployment


def test_what_the_costs_are_worked_out_from_is_what_would_be_deployed(cloud: Deployment) -> None:
    assert Counted.read().standing == standing(cloud), "Run: python -m bench.trips --write"
    assert Counted.read().standing.queues > 0
