"""What happens to the audit log without anybody asking, once an hour."""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from pydantic import AwareDatetime, BaseModel, ConfigDict

from functions.audit import sealing
from functions.audit.safe import Safe
from functions.audit.settings import AuditSettings
from functions.audit.store import AuditLog
from functions.kernel.table import Table

log = Logger(service="audit")


class Tick(BaseModel):
    """What the schedule sends. The moment is the schedule's, so that a late or repeated run does the same work."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    network: str
    at: AwareDatetime


@cache
def settings() -> AuditSettings:
    """The environment, read once."""
    return AuditSettings.from_environment()


@cache
def table() -> Table:
    """The table, connected once."""
    return Table.connect(settings().table_name)


@cache
def safe() -> Safe:
    """The bucket, connected once."""
    return Safe.connect(settings().seals_bucket)


def seal(event: dict[str, Any], context: Any) -> dict[str, int]:  # noqa: ARG001 - Lambda passes it.
    """Seal the audit lines that nobody has sealed yet.

    The log keeps the number and the digest of each seal for a month, a third place where a seal can be looked up.
    Raises pydantic's ``ValidationError`` when the event is not the schedule's.
    """
    made = sealing.seal(log=AuditLog(table()), safe=safe(), at=Tick.model_validate(event).at)
    for each in made:
        log.info("sealed", extra={"seal": each.number, "digest": each.digest, "lines": len(each.lines)})
    return {"seals": len(made), "lines": sum(len(each.lines) for each in made)}
