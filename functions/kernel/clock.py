"""The one place that asks what time it is, so that tests and jobs can say what time it is instead."""

from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """The present moment, aware and in UTC."""
    return datetime.now(UTC)


def epoch(moment: datetime) -> int:
    """Whole seconds since 1970, the unit of DynamoDB's time to live."""
    return int(moment.timestamp())


def stamp(moment: datetime) -> str:
    """A moment as text that sorts in order of time, for keys and indexes: ``2026-11-27T11:00:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def in_days(days: int, moment: datetime) -> int:
    """The epoch second that lies ``days`` days after ``moment``, for an item's ``expires_at``."""
    return epoch(moment + timedelta(days=days))
