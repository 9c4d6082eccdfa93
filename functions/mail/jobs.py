"""What happens to mail without anybody asking: from the table's stream to a queue, to the service, and its reports."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cache
from itertools import batched, islice
from math import ceil
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from functions.kernel import aws, batches, clock, measures
from functions.kernel.errors import Clash, Unavailable
from functions.kernel.table import Table, unmarshal
from functions.mail.breaker import why_to_pause
from functions.mail.feedback import Report
from functions.mail.hear import Listener
from functions.mail.kinds import IfUnknown, Stream
from functions.mail.model import Mail, RunState, State
from functions.mail.pace import Pace
from functions.mail.post import PostOffice
from functions.mail.send import LONGEST_WAIT, Later, Sender
from functions.mail.settings import MailSettings
from functions.mail.store import Ledger, Runs

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from mypy_boto3_sqs import SQSClient

type Event = dict[str, Any]
type Failures = dict[str, list[dict[str, str]]]

log = Logger(service="mail")

QUEUE_BATCH = 10
"""Messages in one call (SQS quota)."""
FORGOTTEN_AFTER = timedelta(minutes=5)
"""A planned message that has waited so long was lost on its way to the queue."""
UNANSWERED_AFTER = timedelta(minutes=15)
"""After this, nobody expects the service to say what became of a message."""
LOOKED_AT_WITHIN = timedelta(hours=1)
"""No planned message is left alone for longer."""
NEARLY_EMPTY = 100
"""A queue with fewer messages is worked off in a moment."""
SWEPT_AT_ONCE = 2_000
"""As many messages of a stream as one sweep can queue in its time. The next one takes the rest."""


@cache
def settings() -> MailSettings:
    """The environment, read once."""
    return MailSettings.from_environment()


@cache
def ledger() -> Ledger:
    """The ledger, connected once."""
    return Ledger(Table.connect(settings().table_name))


@cache
def sender() -> Sender:
    """The sender, connected once."""
    office = PostOffice.connect()
    return Sender(ledger(), office, Pace(office.quota, time.monotonic, time.sleep), settings())


@cache
def queue() -> "SQSClient":
    """The client of the queues, connected once."""
    client: SQSClient = aws.connect("sqs")
    return client


def dispatch(event: Event, context: Any) -> Failures:  # noqa: ARG001 - Lambda passes it.
    """Put each newly planned message on its queue. A queue carries its key and nothing about a person."""
    planned: dict[str, Mail] = {}
    failed: set[str] = set()
    for record in event["Records"]:
        place = record["dynamodb"]["SequenceNumber"]
        try:
            planned[place] = Mail.model_validate(unmarshal(record["dynamodb"]["NewImage"]))
        except ValueError as error:
            facts = {"record": place, "fault": type(error).__name__}
            log.error("mail unreadable", extra=facts)  # noqa: TRY400 - its message may quote the mail, about a person.
            failed.add(place)
    now = clock.now()
    unqueued = _enqueue(Later(mail, (mail.not_before or now) - now) for mail in planned.values())
    failed |= {place for place, mail in planned.items() if mail.key in unqueued}
    # The stream goes on from the first record that failed, so the first is the one that counts.
    places = (record["dynamodb"]["SequenceNumber"] for record in event["Records"])
    first = next((place for place in places if place in failed), None)
    return {"batchItemFailures": [{"itemIdentifier": first}] if first else []}


def _enqueue(waiting: Iterable[Later]) -> set[str]:
    """Queue the messages, and return the keys of those that no queue took."""
    failed: set[str] = set()
    by_queue: dict[str, list[Later]] = {}
    for each in waiting:
        by_queue.setdefault(_queue_of(each.mail.about.stream), []).append(each)
    for url, laters in by_queue.items():
        for batch in batched(laters, QUEUE_BATCH, strict=False):
            entries = [
                {"Id": str(place), "MessageBody": later.mail.key, "DelaySeconds": _delay(later.wait)}
                for place, later in enumerate(batch)
            ]
            answer = queue().send_message_batch(QueueUrl=url, Entries=entries)  # type: ignore[arg-type] # A plain dictionary is one.
            failed |= {batch[int(each["Id"])].mail.key for each in answer.get("Failed", [])}
    return failed


def _queue_of(stream: Stream) -> str:
    return settings().bulk_queue_url if stream is Stream.EVENTS else settings().mail_queue_url


def _delay(wait: timedelta) -> int:
    return ceil(max(timedelta(0), min(wait, LONGEST_WAIT)).total_seconds())


def send(event: Event, context: Any) -> Any:
    """Send the messages whose keys came. One that fails does not hold up its neighbours (security requirement 74).

    One that waits goes back to its queue as a new message: a message that is brought again and again ends among the
    dead letters, and waiting is no fault.
    """
    return _work_off(event, context, _send)


def feedback(event: Event, context: Any) -> Any:
    """Take in what the mail service reports of messages. Each report may come twice, late and out of turn."""
    return _work_off(event, context, _hear)


def _work_off(event: Event, context: Any, handle: "Callable[[SQSRecord], str | None]") -> Any:
    """Handle each record by itself, and then look at the runs whose messages they were about."""
    runs: set[str] = set()

    def handle_one(record: "SQSRecord") -> None:
        run = handle(record)
        if run is not None:
            runs.add(run)

    answer = batches.one_by_one(batches.Source.QUEUE, event, handle_one, context)
    _look_at(runs)
    return answer


def _look_at(run_ids: Iterable[str]) -> None:
    """Pause each of the runs of which too much goes wrong. Only a person lets it go on."""
    runs = Runs(ledger().table)
    for run_id in sorted(run_ids):
        run, counts = runs.with_counts(run_id)
        if run is None or run.state is not RunState.GOING:
            continue
        why = why_to_pause(counts, run.accepted)
        if why is not None and runs.move(run, RunState.PAUSED, why):
            log.warning("run paused", extra={"run": run_id, "why": why})
            measures.count("RunPaused")


def _send(record: "SQSRecord") -> str | None:
    """Send one message, and give the run it belongs to."""
    key = record.body
    try:
        mail = ledger().get(key)
        state = None if mail is None else _state_after(mail)
    except Exception as error:
        fault = type(error).__name__
        log.error("mail failed", extra={"mail": key, "fault": fault})  # noqa: TRY400 - its message may quote the mail.
        raise
    log.info("mail", extra={"mail": key, "state": state})
    if state is not None:
        measures.count("Mail", state=state)
    return mail.run if mail is not None else None


def _state_after(mail: Mail) -> State | None:
    """The state of a message after its turn, or ``None`` when there was nothing to do."""
    outcome = sender().send(mail, clock.now())
    if not isinstance(outcome, Later):
        return outcome
    if _enqueue([outcome]):
        raise Unavailable
    return State.PLANNED


def _hear(record: "SQSRecord") -> str | None:
    """Take in one report, and give the run of the message it is about."""
    try:
        report = Report.model_validate_json(record.body)
        heard = Listener(ledger().table).heard(report, clock.now())
    except Exception as error:
        facts = {"record": record.message_id, "fault": type(error).__name__}
        log.error("report failed", extra=facts)  # noqa: TRY400 - its message may quote the report, about a person.
        raise
    log.info("report", extra={"mail": report.intent, "event": report.kind, "heard": heard.note})
    if heard.state is not None:
        measures.count("Mail", state=heard.state)
    return heard.run


def sweep(event: Event, context: Any) -> dict[str, int]:  # noqa: ARG001 - Lambda passes it.
    """Find what has waited too long in each state: queue it again, or settle what nobody will ever tell us.

    A queue may bring a message twice by this; its row lets it go once.
    """
    at = datetime.fromisoformat(event["at"])
    counts = {"queued": _queue_forgotten(at)} | _settle_unanswered(at)
    log.info("swept", extra=counts)
    return counts


def _queue_forgotten(at: datetime) -> int:
    """Queue planned messages again that got lost on the way to their queue, or failed too often to be brought again.

    A long queue is no loss: as long as there is more in it than a moment's work, what waits is left in peace.
    """
    found: list[Mail] = []
    for stream in Stream:
        if stream is Stream.ACCOUNT or _length_of(_queue_of(stream)) < NEARLY_EMPTY:
            found += islice(ledger().waiting(stream, at - FORGOTTEN_AFTER), SWEPT_AT_ONCE)
    unqueued = _enqueue(Later(mail, timedelta(0)) for mail in found)
    for mail in found:
        if mail.key not in unqueued:
            # It waits longer each time, so that one that always fails does not fill the dead letters.
            ledger().look_again(mail, at + min(at - mail.planned_at, LOOKED_AT_WITHIN))
    return len(found) - len(unqueued)


def _length_of(url: str) -> int:
    answer = queue().get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def _settle_unanswered(at: datetime) -> dict[str, int]:
    """Send once more what does no harm twice, and close the rest as unknown. A late report still corrects either."""
    again: list[Mail] = []
    closed: list[Mail] = []
    for mail in list(ledger().unanswered(at - UNANSWERED_AFTER)):
        once_more = mail.about.if_unknown is IfUnknown.RESEND and mail.attempt == 1 and at < mail.not_after
        try:
            if once_more:
                ledger().plan_again(mail, at)
            else:
                ledger().end(mail, State.UNKNOWN, at)
        except Clash:
            log.info("mail settled meanwhile", extra={"mail": mail.key})
        else:
            (again if once_more else closed).append(mail)
    _enqueue(Later(mail, timedelta(0)) for mail in again)
    if closed:
        measures.count("Mail", len(closed), state=State.UNKNOWN)
    _look_at({mail.run for mail in closed if mail.run is not None})
    return {"again": len(again), "unknown": len(closed)}
