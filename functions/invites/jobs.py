"""What sets invitations going: the clock on Monday morning, and a new member."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from pydantic import AwareDatetime, BaseModel, ConfigDict

from functions.invites.plan import Planner
from functions.invites.settings import InvitesSettings
from functions.invites.store import Plans
from functions.kernel.table import Table, unmarshal
from functions.mail.store import Choices
from functions.membership.model import Member
from functions.sessions.store import Programme

type Event = dict[str, Any]

log = Logger(service="invites")

ENOUGH_TIME = timedelta(seconds=30)
"""A run stops before a page of members that it may not be able to finish."""


class Moment(BaseModel):
    """What the schedule says, and what ``psmn invites run`` says in its place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    network: str
    at: AwareDatetime
    dry_run: bool = False


@cache
def settings() -> InvitesSettings:
    """The environment, read once."""
    return InvitesSettings.from_environment()


@cache
def table() -> Table:
    """The table, connected once."""
    return Table.connect(settings().table_name)


def planner() -> Planner:
    """Everything that planning needs."""
    return Planner(Programme(table()), Plans(table()), Choices(table()), settings())


def plan(event: Event, context: Any) -> Event:
    """Plan the invitations that are due at the moment in the event, and report."""
    moment = Moment.model_validate(event)
    report = planner().week(
        moment.at, dry_run=moment.dry_run, has_time=lambda: _remaining(context) > ENOUGH_TIME
    )
    planned = sum(tally.planned for tally in report.sessions)
    log.info("planned", extra={"run": report.run, "dry_run": report.dry_run, "planned": planned})
    return report.model_dump(mode="json")


def _remaining(context: Any) -> timedelta:
    return timedelta(milliseconds=context.get_remaining_time_in_millis())


def welcome(event: Event, context: Any) -> Event:  # noqa: ARG001 - Lambda passes it.
    """Invite each new member to what the others have been invited to already.

    A record that cannot be read or planned is told to the stream by its number, which brings it again and
    puts it aside in the end. Those after it are planned all the same: doing so twice plans nothing twice.
    """
    failures = []
    for record in event["Records"]:
        number = record["dynamodb"]["SequenceNumber"]
        try:
            planned = planner().newcomer(*_joined(record["dynamodb"]))
            log.info("welcomed", extra={"record": number, "planned": planned})
        except Exception as error:  # noqa: BLE001 - one bad record must not lose its neighbours.
            # The message of the error may quote the record, which is about a person.
            log.error("welcome failed", extra={"record": number, "fault": type(error).__name__})
            failures.append({"itemIdentifier": number})
    return {"batchItemFailures": failures}


def _joined(image: Event) -> tuple[Member, datetime]:
    member = Member.model_validate(unmarshal(image["NewImage"]))
    joined_at = datetime.fromtimestamp(image["ApproximateCreationDateTime"], UTC)
    return member, joined_at
