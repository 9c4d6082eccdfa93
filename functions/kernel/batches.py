"""Batches of records, from a queue or from the table's stream. Each record is handled by itself."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any


class Source(StrEnum):
    """Where a batch comes from, as Powertools calls it."""

    QUEUE = "SQS"
    STREAM = "DynamoDBStreams"


def one_by_one(source: Source, event: Mapping[str, Any], handle: Callable[[Any], object], context: Any) -> Any:
    """Handle each record of a batch, and say which could not be handled, so that only those come again.

    ``handle`` gets Powertools' ``SQSRecord`` or ``DynamoDBRecord``. Of a stream the first that fails ends the batch: it
    comes again with all that follow (AWS, "Reporting batch item failures for Lambda functions").
    """
    # The clock's functions live beside those that take batches, and need nothing of this.
    from aws_lambda_powertools.utilities.batch import (  # noqa: PLC0415 - see above.
        BatchProcessor,
        EventType,
        process_partial_response,
    )

    processor = BatchProcessor(EventType[source.value], raise_on_entire_batch_failure=False)
    return process_partial_response(dict(event), handle, processor, context)
