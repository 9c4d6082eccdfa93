"""What happens to the programme without anybody asking."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from functions.kernel.table import Table
from functions.kernel.when import in_uk
from functions.sessions import breaks
from functions.sessions import programme as rules
from functions.sessions.model import DROP_IN
from functions.sessions.settings import SessionsSettings
from functions.sessions.store import Programme

log = Logger(service="sessions")


@cache
def table() -> Table:
    """The table, connected once."""
    return Table.connect(SessionsSettings.from_environment().table_name)


def programme(event: dict[str, Any], context: Any) -> dict[str, int]:  # noqa: ARG001 - Lambda passes it.
    """Make the sessions that each series is to have ahead of the moment in the event.

    Those on a bank holiday are proposed as breaks, months before anybody is invited. A network that has no series yet
    gets its own. A second run makes nothing.
    """
    at = datetime.fromisoformat(event["at"])
    store = Programme(table())
    series = store.series()
    if not series:
        store.begin(DROP_IN)
        series = [DROP_IN]
    today = in_uk(at).date()
    holidays = breaks.bank_holidays(today, today + timedelta(weeks=max(each.weeks_ahead for each in series)))
    made = sum(store.add_missing(rules.ahead(each, at, holidays)) for each in series)
    counts = {"series": len(series), "made": made}
    log.info("programme", extra=counts)
    return counts
