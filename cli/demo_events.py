"""The events of a demo that no local cloud fires: what the mail service reports, and a stream's record of a moment."""

from datetime import datetime
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from functions.kernel import clock
from functions.mail.model import Mail


def bounce(mail: Mail) -> dict[str, Any]:
    """The report of an address that does not exist (AWS, "Examples of event data that Amazon SES publishes")."""
    at = clock.stamp(mail.planned_at)
    return {
        "eventType": "Bounce",
        "bounce": {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [
                {
                    "emailAddress": mail.to_address,
                    "action": "failed",
                    "status": "5.1.1",
                    "diagnosticCode": "smtp; 550 5.1.1 user unknown",
                }
            ],
            "timestamp": at,
            "feedbackId": f"0102-{mail.key[:32]}-000000",
            "reportingMTA": "dsn; a0-1.smtp-out.eu-west-2.amazonses.com",
        },
        "mail": {
            "timestamp": at,
            "messageId": mail.message_id,
            "source": "events@events.psmn.test",
            "destination": [mail.to_address],
            "tags": {"intent": [mail.key], "kind": [mail.mail_kind]},
        },
    }


def stream_record(item: dict[str, Any], at: datetime) -> dict[str, Any]:
    """What the table's stream says when an item is written at a moment."""
    serialize = TypeSerializer().serialize
    return {
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "dynamodb": {
            "ApproximateCreationDateTime": at.timestamp(),
            "NewImage": {name: serialize(value) for name, value in item.items()},
            "SequenceNumber": "100000000000000000001",
        },
    }
