"""The one set of routes that every page about sessions registers on, and what several of them need."""

from datetime import datetime, timedelta
from functools import cache

from functions.kernel.errors import NotFound
from functions.kernel.http import Request, Routes
from functions.kernel.table import Table
from functions.kernel.when import clock_in_words, day_in_words, in_uk
from functions.sessions import PATHS
from functions.sessions.model import Session
from functions.sessions.settings import SessionsSettings
from functions.sessions.store import Programme

LONGEST_SESSION = timedelta(days=1)


@cache
def settings() -> SessionsSettings:
    """The environment, read once."""
    return SessionsSettings.from_environment()


@cache
def table() -> Table:
    """The table, connected once."""
    return Table.connect(settings().table_name)


routes = Routes("sessions", settings, table, PATHS)


def coming(request: Request) -> list[Session]:
    """The sessions that are not over, in order of time."""
    since = request.now - LONGEST_SESSION
    return [session for session in Programme(request.table).between(since) if request.now < session.end]


def found(request: Request, session_id: str) -> Session:
    """The session of this id. Raises ``NotFound``."""
    session = Programme(request.table).get(session_id)
    if session is None:
        raise NotFound
    return session


def session_of(request: Request) -> Session:
    """The session that the address names. Raises ``NotFound``."""
    return found(request, request.parameters["id"])


def done(request: Request, sentences: dict[str, str]) -> str | None:
    """What to say was just done. The address only picks one of our own sentences."""
    (what,) = request.query.get("done", [""])[:1]
    return sentences.get(what) if request.method == "GET" else None


def moment_in_words(moment: datetime) -> str:
    """A moment by UK clocks: "11:30am on Friday 27 November 2026 (UK time)"."""
    local = in_uk(moment)
    return f"{clock_in_words(local.time())} on {day_in_words(local.date())} (UK time)"
