"""What other services report of files in quarantine, as EventBridge brings it.

Sources: Amazon S3 User Guide, "EventBridge event message structure"; Amazon GuardDuty User Guide, "Monitoring S3 object
scans with Amazon EventBridge".
"""

import json

from functions.kernel.value import Value
from functions.resources.life import Scan

CREATED = ("aws.s3", "Object Created")
SCANNED = ("aws.guardduty", "GuardDuty Malware Protection Object Scan Result")
"""Source and kind of the two events. Nobody but AWS can name a source that begins with "aws."."""


class NotAReport(ValueError):
    """An event of a kind or a shape that we do not know."""


class Report(Value):
    """One version of one object in a bucket: it has come, or it has been scanned."""

    bucket: str
    key: str
    version: str
    scan: Scan | None = None
    """What the malware scanner says of it. ``None`` when this only says that it has come."""

    @property
    def resource_id(self) -> str:
        """The item that the object was sent for."""
        return self.key.partition("/")[0]


def read(text: str) -> Report:
    """The report in an event. Raises ``NotAReport`` when it holds none."""
    try:
        event = json.loads(text)
        detail = event["detail"]
        match (event["source"], event["detail-type"]):
            case kind if kind == CREATED:
                found = detail["object"]
                return Report(bucket=detail["bucket"]["name"], key=found["key"], version=found["version-id"])
            case kind if kind == SCANNED:
                found = detail["s3ObjectDetails"]
                return Report(
                    bucket=found["bucketName"],
                    key=found["objectKey"],
                    version=found["versionId"],
                    scan=detail["scanResultDetails"]["scanResultStatus"],
                )
    except (KeyError, TypeError, ValueError) as error:
        raise NotAReport from error
    raise NotAReport
