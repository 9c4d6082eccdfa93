"""What happens in the library without anybody at the door: files are looked at, the search is kept new."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from functions.kernel import batches, clock, measures
from functions.membership.store import Members
from functions.resources import life, reports
from functions.resources.connections import folder, shelf, table
from functions.resources.quarantine import Quarantine
from functions.resources.shelf import Moved
from functions.resources.store import Library
from functions.resources.upkeep import Upkeep

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

type Event = dict[str, Any]

log = Logger(service="resources")

INDEX = "index.sqlite"
ENOUGH_TIME = timedelta(seconds=30)
"""The indexer stops before a batch that it may not be able to finish and write."""


def inspect(event: Event, context: Any) -> Any:
    """Take in what is reported of files in quarantine. One that fails does not hold up its neighbours."""
    return batches.one_by_one(batches.Source.QUEUE, event, _inspect, context)


def _inspect(record: "SQSRecord") -> None:
    try:
        # Only this function has what reads the insides of files.
        from functions.resources.inspection.inspect import inspect as look_inside  # noqa: PLC0415 - see above.

        report = reports.read(record.body)
        quarantine = Quarantine(Library(table()), Members(table()), shelf(), look_inside)
        became = quarantine.hear(report, clock.now())
    except Exception as error:
        facts = {"record": record.message_id, "fault": type(error).__name__}
        log.error("report failed", extra=facts)  # noqa: TRY400 - its message may quote the file.
        raise
    log.info("file", extra={"resource": report.resource_id, "scan": report.scan, "became": became})
    measures.count("File", became=became)


def index(event: Event, context: Any) -> dict[str, int]:  # noqa: ARG001 - it asks the table, not the event, what changed.
    """Bring the search up to date, whether the clock or a ring of the bell says so."""
    # Only this function writes an index, and none but the pages reads it.
    from functions.resources.indexing import Indexer  # noqa: PLC0415 - see above.

    try:
        taken = Indexer(Library(table()), shelf(), folder() / INDEX).refresh(clock.now(), _time_left(context))
    except Moved:
        # Another run has just done the same.
        taken = 0
    if taken:
        log.info("indexed", extra={"items": taken})
    return {"taken": taken}


def _time_left(context: Any) -> Callable[[], bool]:
    return lambda: timedelta(milliseconds=context.get_remaining_time_in_millis()) > ENOUGH_TIME


class Moment(BaseModel):
    """What the schedule says."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    network: str
    at: AwareDatetime


def sweep(event: Event, context: Any) -> dict[str, int]:  # noqa: ARG001 - Lambda passes it.
    """Give up on checks that never end, delete files that nobody has any more, and ask owners about old items.

    A step that fails is logged, counted and tried again a minute later, and keeps the others from nothing. Raises
    pydantic's ``ValidationError`` when the event is not the schedule's.
    """
    at = Moment.model_validate(event).at
    upkeep = Upkeep(Library(table()), Members(table()), shelf())
    steps: dict[str, Callable[[], int]] = {
        "unchecked": partial(upkeep.give_up, at),
        "deleted": upkeep.delete_discarded,
        "asked": partial(upkeep.ask_owners, at),
    }
    done = {name: _tried(name, step) for name, step in steps.items()}
    counts = {name: number or 0 for name, number in done.items()} | {"failed": [*done.values()].count(None)}
    if counts["unchecked"]:
        log.error("files without a verdict", extra=counts)
        measures.count("FileUnchecked", counts["unchecked"])
    log.info("swept", extra=counts)
    return counts


class Notice(BaseModel):
    """One message of AWS's notification service, as far as we look (AWS, "Working with event notifications")."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    at: AwareDatetime = Field(alias="Timestamp")


def close(event: Event, context: Any) -> dict[str, bool]:  # noqa: ARG001 - Lambda passes it.
    """Take no more files this month: the budget says that its money is spent. A second message changes nothing.

    Whatever the message says, only the budget can send one here. Budgets go by the calendar in UTC. Raises pydantic's
    ``ValidationError`` when the event is no such message.
    """
    (record,) = event["Records"]
    at = Notice.model_validate(record["Sns"]).at
    closed = Library(table()).close(life.next_month(at), at)
    log.warning("library closed", extra={"new": closed})
    return {"closed": closed}


def _tried(name: str, step: Callable[[], int]) -> int | None:
    """How much a step did, or ``None`` when it failed."""
    try:
        return step()
    except Exception as error:  # noqa: BLE001 - the one catch at this edge.
        # The message may quote what a person typed, so only the kind of the fault is kept.
        log.error("step failed", extra={"step": name, "fault": type(error).__name__})  # noqa: TRY400 - as said above.
        return None
