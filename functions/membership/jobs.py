"""What happens without anybody asking: to applications, leavers and complaints each minute, to members each morning."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from aws_lambda_powertools import Logger
from pydantic import AwareDatetime, BaseModel, ConfigDict

from functions.kernel.errors import Clash
from functions.kernel.table import Table
from functions.membership import complaining, erasures, retention, review, vouching
from functions.membership.clocks import Clocks
from functions.membership.complaints import Complaints
from functions.membership.erasure_list import ErasureList
from functions.membership.holdings import Holdings
from functions.membership.model import Erasure
from functions.membership.settings import MembershipSettings
from functions.membership.store import Applications

log = Logger(service="membership")

ENOUGH_TIME = timedelta(seconds=30)
"""A run stops before a page of members that it may not be able to finish."""


class Tick(BaseModel):
    """What the schedule sends. The moment is the schedule's, so that a late or repeated run does the same work."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    network: str
    at: AwareDatetime


class Keeping(Tick):
    """What the schedule sends each morning, and what ``psmn retention run`` sends in its place."""

    dry_run: bool = False


@cache
def settings() -> MembershipSettings:
    """The environment, read once."""
    return MembershipSettings.from_environment()


@cache
def table() -> Table:
    """The table, connected once."""
    return Table.connect(settings().table_name)


@cache
def erasure_list() -> ErasureList:
    """The list of who was erased, connected once, and not before somebody is."""
    return ErasureList.connect(settings().library_bucket)


def settle(event: dict[str, Any], context: Any) -> dict[str, int]:  # noqa: ARG001 - Lambda passes it.
    """Let decisions take effect whose time to undo is over, finish erasures, follow up questions to contacts, and tell
    coordinators of complaints.

    Each piece of work stands alone: one that fails is logged, counted and tried again a minute later, and keeps
    nobody else waiting. Raises pydantic's ``ValidationError`` when the event is not the schedule's.
    """
    at = Tick.model_validate(event).at
    applications, holdings = Applications(table()), Holdings(table())
    # The index is read up to the second before its bound.
    until = at + timedelta(seconds=1)
    decisions = [
        _tried(partial(review.settle, each, applications=applications, at=at))
        for each in list(applications.settling(until))
    ]
    leavers = [_tried(partial(_finish, each, holdings, at)) for each in list(holdings.waiting(until))]
    questions = [_tried(partial(vouching.follow_up, applications, at))]
    complaints = [_tried(partial(complaining.tell_coordinators, Complaints(table()), at))]
    counts = {
        "decisions": sum(each or 0 for each in decisions),
        "leavers": sum(each or 0 for each in leavers),
        "questions": sum(each or 0 for each in questions),
        "complaints": sum(each or 0 for each in complaints),
        "failed": [*decisions, *leavers, *questions, *complaints].count(None),
    }
    log.info("settled", extra=counts)
    return counts


def retain(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Ask, remind and forget the members of whom nothing was heard for a year, or whose address fails.

    Raises pydantic's ``ValidationError`` when the event is not the schedule's.
    """
    keeping = Keeping.model_validate(event)
    report = retention.run(
        keeping.at,
        clocks=Clocks(table()),
        has_time=lambda: timedelta(milliseconds=context.get_remaining_time_in_millis()) > ENOUGH_TIME,
        noted=_note,
        dry_run=keeping.dry_run,
    )
    facts = {"dry_run": keeping.dry_run, **asdict(report)}
    log.info("retained", extra=facts)
    return facts


def _finish(erasure: Erasure, holdings: Holdings, at: datetime) -> int:
    return erasures.finish(erasure, holdings=holdings, erasures=erasure_list(), now=at)


def _tried(work: Callable[[], int]) -> int | None:
    """How much a piece of work did: nothing when somebody else was first, ``None`` when it failed."""
    try:
        return int(work())
    except Clash:
        return 0
    except Exception as error:  # noqa: BLE001 - the one catch at this edge.
        _note(error)
        return None


def _note(error: Exception) -> None:
    # The message and the trace may quote what a person typed, so only the kind of the fault is kept.
    log.error("failed", fault=type(error).__name__)
