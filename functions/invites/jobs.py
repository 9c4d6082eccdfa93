"""What sets mail about sessions going: the clock, a new member, and the mail that comes back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from pydantic import AwareDatetime, BaseModel, ConfigDict

from functions.invites.lookout import Lookout
from functions.invites.model import Arrival
from functions.invites.plan import Planner
from functions.invites.settings import InvitesSettings
from functions.kernel import batches, measures
from functions.kernel.table import Table, unmarshal
from functions.membership.model import Member

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

    from functions.invites.hear import Ear

type Event = dict[str, Any]

log = Logger(service="invites")

ENOUGH_TIME = timedelta(seconds=30)
"""A run stops before a page of members that it may not be able to finish."""


class Moment(BaseModel):
    """What the schedule says, and what ``psmn invites run`` says in its place."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

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
    return Planner.on(table(), settings())


def plan(event: Event, context: Any) -> Event:
    """Plan the invitations that are due at the moment in the event, and report."""
    moment = Moment.model_validate(event)
    report = planner().week(moment.at, dry_run=moment.dry_run, has_time=_time_left(context))
    planned = sum(tally.planned for tally in report.sessions)
    if not report.dry_run:
        measures.count("Invitations", planned)
    facts = {"dry_run": report.dry_run, "planned": planned, "unfinished": report.unfinished}
    log.info("planned", extra=facts)
    return report.model_dump(mode="json")


def tick(event: Event, context: Any) -> dict[str, int]:
    """Tell members what has changed, remind those who are coming, and go on with what was cut off."""
    counts = planner().tick(Moment.model_validate(event).at, _time_left(context))
    if any(counts.values()):
        log.info("ticked", extra=counts)
    return counts


def check(event: Event, context: Any) -> dict[str, int]:  # noqa: ARG001 - Lambda passes it.
    """Say whether the invitations to the sessions of the day ahead are ready: the alarm before each Friday.

    It says so each time, all week. When nothing says anything any more, that is an alarm as well.
    """
    waiting = list(Lookout.on(table()).not_ready(Moment.model_validate(event).at))
    for session in waiting:
        log.error("not ready", extra={"session": session.id})
    measures.count("InvitationsReady", 0 if waiting else 1)
    return {"not_ready": len(waiting)}


def _time_left(context: Any) -> Callable[[], bool]:
    return lambda: timedelta(milliseconds=context.get_remaining_time_in_millis()) > ENOUGH_TIME


def welcome(event: Event, context: Any) -> Any:
    """Invite each new member, and each at a new address, to what the others have been invited to already.

    Who has just come over from the hub is told of that first, in waves, and invited with everybody else on Monday: a
    list of a thousand addresses is tried with care.

    The stream goes on from the first record that could not be planned. Those after it come again, which plans nothing
    twice.
    """
    return batches.one_by_one(batches.Source.STREAM, event, _welcome, context)


def _welcome(record: "DynamoDBRecord") -> None:
    image = record.raw_event["dynamodb"]
    try:
        member, joined_at = _joined(image)
        comes_over = member.came_over and record.raw_event["eventName"] == "INSERT"
        planned = 0 if comes_over else planner().newcomer(member, joined_at)
    except Exception as error:
        facts = {"record": image["SequenceNumber"], "fault": type(error).__name__}
        log.error("welcome failed", extra=facts)  # noqa: TRY400 - its message may quote the record, about a person.
        raise
    log.info("welcomed", extra={"record": image["SequenceNumber"], "planned": planned})


def _joined(image: Event) -> tuple[Member, datetime]:
    member = Member.model_validate(unmarshal(image["NewImage"]))
    joined_at = datetime.fromtimestamp(image["ApproximateCreationDateTime"], UTC)
    return member, joined_at


@cache
def ear() -> "Ear":
    """What hears the mail that comes in, connected once."""
    # Of all that mail about sessions does, only this reads mail.
    from functions.invites.hear import Ear  # noqa: PLC0415 - see above.

    return Ear.on(table(), settings())


def hear(event: Event, context: Any) -> dict[str, str]:  # noqa: ARG001 - Lambda passes it.
    """Hear one mail that came in. The log names it by the mail service's own name, and nobody."""
    arrival = Arrival.of(event)
    outcome = ear().hear(arrival)
    log.info("heard", extra={"mail": arrival.message_id, "outcome": outcome})
    return {"heard": outcome}
