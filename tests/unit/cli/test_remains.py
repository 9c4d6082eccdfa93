"""What is left of a stage is found by its names, in an account that another stage shares with it."""

from typing import Any

from cli.remains import PLACES, remains
from infra import stages

DEV, PRODUCTION = stages.find("dev"), stages.find("production")
CALLED = {
    "bucket": "{}-data-library-1",
    "log": "/aws/lambda/{}-mail-send",
    "queue": "https://sqs.eu-west-2.amazonaws.com/111122223333/{}-service-mail",
    "topic": "arn:aws:sns:eu-west-2:111122223333:{}-data-alarms",
    "alarm": "{}: Put aside: mail to many",
    "set of rules for mail": "{}",
    "way in": "{}",
}
"""What AWS calls a thing of a stage, where that is not a name like any other."""


class Account:
    """An account with one of everything for each of two stages, and nothing in CloudFormation's memory."""

    def __init__(self, *there: stages.Stage) -> None:
        self.there = there

    def __call__(self, _: str) -> Any:
        """A client for a service, which is this account again."""
        return self

    def can_paginate(self, operation: str) -> bool:
        """It tells all at once."""
        return operation == "list_stacks"

    def get_paginator(self, _: str) -> Any:
        """Pages of no stacks."""
        return self

    def paginate(self) -> list[dict[str, Any]]:
        """One page."""
        return [{"StackSummaries": []}]

    def list_identities(self) -> dict[str, list[str]]:
        """The domains that mail may come from."""
        return {"Identities": [f"account.{stage.mail_domain}" for stage in self.there]}

    def __getattr__(self, operation: str) -> Any:
        """Any other listing."""
        (place,) = (each for each in PLACES if each.operation == operation)
        names = [called(place.what, stage) for stage in self.there]
        return lambda: {place.under: [{place.name: name} if place.name else name for name in names]}


def called(what: str, stage: stages.Stage) -> str:
    return CALLED.get(what, "{}-something").format(stage.prefix)


def test_everything_of_a_stage_is_found_and_nothing_of_the_one_beside_it() -> None:
    found = list(remains(DEV, Account(DEV, PRODUCTION)))
    expected = [(place.what, called(place.what, DEV)) for place in PLACES]
    assert found == [*expected, ("sender", f"account.{DEV.mail_domain}")]
    assert called("alarm", DEV).startswith(DEV.alarms_begin)


def test_nothing_is_left_where_only_the_other_stage_is() -> None:
    assert list(remains(DEV, Account(PRODUCTION))) == []
