"""Series, sessions and private calendar addresses, in the table."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from functions.kernel import clock, keys, tokens
from functions.kernel.errors import Clash
from functions.kernel.table import Attr, Item, Table, Write, check, delete, put, put_new
from functions.sessions.model import Series, Session


@dataclass(frozen=True, slots=True)
class Programme:
    """The series, and the sessions that they made or that a coordinator added."""

    table: Table

    def series(self) -> list[Series]:
        """Every series."""
        return [Series.model_validate(item) for item in self.table.every(keys.LISTS, keys.SERIES)]

    def begin(self, series: Series) -> bool:
        """Keep a new series. ``False`` when there is one of this id, which stays as it is."""
        listed = {f"{keys.LISTS}pk": keys.SERIES, f"{keys.LISTS}sk": series.id}
        return self._add(put_new("series", keys.series(series.id), series.model_dump(mode="json") | listed))

    def get(self, session_id: str) -> Session | None:
        """The session as it is now."""
        item = self.table.get(keys.session(session_id))
        return Session.model_validate(item) if item else None

    def between(self, since: datetime, until: datetime | None = None) -> Iterator[Session]:
        """The sessions that start from ``since`` on and before ``until``, in order of time."""
        last = clock.stamp(until) if until else ""
        return map(
            Session.model_validate,
            self.table.every(keys.LISTS, keys.SESSIONS, since=clock.stamp(since), until=last),
        )

    def now_of(self, sessions: Iterable[Session]) -> list[Session]:
        """The same sessions, as they are now and not as the index may still remember them."""
        items = self.table.get_many([keys.session(session.id) for session in sessions])
        return [Session.model_validate(item) for item in items if item is not None]

    def add_missing(self, sessions: list[Session]) -> int:
        """Keep those of the sessions that are not there yet, and say how many they were."""
        there = self.table.get_many([keys.session(session.id) for session in sessions])
        missing = [session for session, item in zip(sessions, there, strict=True) if item is None]
        return sum(self._add(_new(session)) for session in missing)

    def add(self, session: Session, line: Write) -> None:
        """Keep a new session, and the line about it.

        Raises ``Clash`` when it has been added before.
        """
        self.table.transact([_new(session), line])

    def save(self, before: Session, after: Session, line: Write) -> None:
        """Keep a changed session, and the line about the change.

        Raises ``Clash`` when somebody else changed it since ``before`` was read.
        """
        unchanged = Attr("version").eq(before.version)
        self.table.transact([put("session", keys.session(after.id), _item(after), where=unchanged), line])

    def _add(self, write: Write) -> bool:
        try:
            self.table.write(write)
        except Clash:
            return False
        return True


def _new(session: Session) -> Write:
    return put_new("session", keys.session(session.id), _item(session))


def _item(session: Session) -> Item:
    listed = {f"{keys.LISTS}pk": keys.SESSIONS, f"{keys.LISTS}sk": clock.stamp(session.start)}
    return session.model_dump(mode="json", exclude_none=True) | listed


@dataclass(frozen=True, slots=True)
class Feeds:
    """Members' private calendar addresses. The table knows each by its digest alone."""

    table: Table

    def made_at(self, member_id: str) -> datetime | None:
        """When the member's present address was made; ``None`` when they have none."""
        item = self.table.get(keys.feed(member_id))
        return datetime.fromisoformat(item["made_at"]) if item else None

    def put(self, member_id: str, secret_digest: str, now: datetime) -> None:
        """Make this the member's address. The one before is void from now on.

        Raises ``Clash`` when they are no longer a member, so that nothing is written about somebody who left.
        """
        item = {"secret_digest": secret_digest, "made_at": clock.stamp(now)}
        still_here = check(keys.member(member_id), Attr("pk").exists())
        self.table.transact([still_here, put("feed", keys.feed(member_id), item)])

    def remove(self, member_id: str) -> None:
        """Void the member's address."""
        self.table.write(delete(keys.feed(member_id)))

    def opens(self, member_id: str, secret_digest: str) -> bool:
        """Whether this is the present address of somebody who is still a member."""
        member, feed = self.table.get_many([keys.member(member_id), keys.feed(member_id)])
        if member is None or feed is None or member["status"] != "member":
            return False
        return tokens.same(feed["secret_digest"], secret_digest)
