"""What happens to mail without anybody asking: from the table's stream to the queue, from the queue to the service."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from itertools import batched
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from functions.kernel import clock, measures
from functions.kernel.errors import Clash
from functions.kernel.table import Table, unmarshal
from functions.mail.model import Mail, State
from functions.mail.post import PostOffice
from functions.mail.send import NotYet, Sender
from functions.mail.settings import MailSettings
from functions.mail.store import Ledger

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

type Event = dict[str, Any]
type Failures = dict[str, list[dict[str, str]]]

log = Logger(service="mail")

QUEUE_BATCH = 10
"""Messages in one call (SQS quota)."""
LONGEST_DELAY = timedelta(minutes=15)
"""SQS's own limit on the delay of a message."""
FORGOTTEN_AFTER = timedelta(minutes=5)
"""A planned message that has waited so long was lost on its way to the queue."""
UNANSWERED_AFTER = timedelta(minutes=15)
"""After this, nobody expects the service to say what became of a message."""


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
    return Sender(ledger(), PostOffice.connect(), settings())


@cache
def queue() -> "SQSClient":
    """The queue's client, connected once."""
    return boto3.client("sqs")


def dispatch(event: Event, context: Any) -> Failures:  # noqa: ARG001 - Lambda passes it.
    """Put each newly planned message on the queue. The queue carries its key and nothing about a person."""
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
    unqueued = _enqueue(planned.values(), clock.now())
    failed |= {place for place, mail in planned.items() if mail.key in unqueued}
    # The stream goes on from the first record that failed, so the first is the one that counts.
    places = (record["dynamodb"]["SequenceNumber"] for record in event["Records"])
    first = next((place for place in places if place in failed), None)
    return {"batchItemFailures": [{"itemIdentifier": first}] if first else []}


def _enqueue(mails: Iterable[Mail], now: datetime) -> set[str]:
    """Queue the messages, and return the keys of those that the queue did not take."""
    failed: set[str] = set()
    for batch in batched(mails, QUEUE_BATCH, strict=False):
        entries = [
            {"Id": str(place), "MessageBody": mail.key, "DelaySeconds": _delay(mail, now)}
            for place, mail in enumerate(batch)
        ]
        answer = queue().send_message_batch(QueueUrl=settings().mail_queue_url, Entries=entries)  # type: ignore[arg-type] # A plain dictionary is one.
        failed |= {batch[int(each["Id"])].key for each in answer.get("Failed", [])}
    return failed


def _delay(mail: Mail, now: datetime) -> int:
    wait = (mail.not_before or now) - now
    return int(max(timedelta(0), min(wait, LONGEST_DELAY)).total_seconds())


def send(event: Event, context: Any) -> Any:
    """Send the messages whose keys came. One that fails does not hold up its neighbours (security requirement 74)."""
    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event, _send, processor, context)


def _send(record: SQSRecord) -> None:
    key = record.body
    try:
        state = sender().send(key, clock.now())
    except NotYet:
        raise
    except Exception as error:
        fault = type(error).__name__
        log.error("mail failed", extra={"mail": key, "fault": fault})  # noqa: TRY400 - its message may quote the mail.
        raise
    log.info("mail", extra={"mail": key, "state": state})
    if state is not None:
        measures.count("Mail", state=state)


def sweep(event: Event, context: Any) -> dict[str, int]:  # noqa: ARG001 - Lambda passes it.
    """Find what got stuck: queue planned messages again, and close those whose fate stayed unclear.

    The queue may bring a message twice by this; its row lets it go once.
    """
    at = datetime.fromisoformat(event["at"])
    stuck = list(ledger().waiting(at - FORGOTTEN_AFTER))
    forgotten = [mail for mail in stuck if mail.state is State.PLANNED]
    _enqueue(forgotten, at)
    unanswered = [mail for mail in stuck if mail.sending_at and at - mail.sending_at > UNANSWERED_AFTER]
    for mail in unanswered:
        try:
            ledger().end(mail, State.UNKNOWN, at, was=State.SENDING)
        except Clash:
            log.info("mail ended meanwhile", extra={"mail": mail.key})
        else:
            measures.count("Mail", state=State.UNKNOWN)
    counts = {"queued": len(forgotten), "unknown": len(unanswered)}
    log.info("swept", extra=counts)
    return counts
