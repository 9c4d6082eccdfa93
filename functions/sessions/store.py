"""Series, sessions, what members answered, who went in, and private calendar addresses, in the table."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from functions.kernel import clock, keys, kinds, tokens
from functions.kernel.consents import DOOR
from functions.kernel.errors import Clash
from functions.kernel.table import Attr, ConditionBase, Item, Table, Write, change, check, delete, put, put_new
from functions.sessions.model import FROM_ELSEWHERE, Answer, Series, Session


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

    def for_member(self, session_id: str, member_id: str) -> Session | None:
        """The session as it is now, or ``None`` when there is none or this is no longer a member, in one read."""
        member, item = self.table.get_many([keys.member(member_id), keys.session(session_id)])
        if member is None or member["status"] != "member" or item is None:
            return None
        return Session.model_validate(item)

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
        self.save_all([(before, after)], [line])

    def save_all(self, changes: Iterable[tuple[Session, Session]], lines: Iterable[Write]) -> None:
        """Keep several changed sessions and the lines about them, or none.

        Raises ``Clash`` when somebody else changed one of them since it was read.
        """
        kept = [
            put("session", keys.session(after.id), _item(after), where=_as_read(before)) for before, after in changes
        ]
        self.table.transact([*kept, *lines])

    def announcements(self, until: datetime) -> Iterator[Session]:
        """The sessions with a change that members are to be told of by ``until``, the longest overdue first."""
        ends = clock.stamp(until + timedelta(seconds=1))
        return map(Session.model_validate, self.table.every(keys.WAITING, keys.ANNOUNCEMENTS, until=ends))

    def announced(self, session: Session) -> bool:
        """Note that members have been told of the change. ``False`` when there has been another since it was read."""
        waiting = (f"{keys.WAITING}pk", f"{keys.WAITING}sk")
        done = change(
            keys.session(session.id),
            remove=("announce_at", "before", "swapped_with", *waiting),
            where=Attr("version").eq(session.version),
        )
        return self._add(done)

    def mark_invited(self, session_id: str) -> None:
        """Note that the invitations to a session have begun to go."""
        self._add(change(keys.session(session_id), set={"invited": True}, where=Attr("pk").exists()))

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
    if session.announce_at is not None:
        listed |= {f"{keys.WAITING}pk": keys.ANNOUNCEMENTS, f"{keys.WAITING}sk": clock.stamp(session.announce_at)}
    return session.model_dump(mode="json", exclude_none=True) | listed


def _as_read(session: Session) -> ConditionBase:
    """Holds while nobody has written to a session: no coordinator, and nobody who tells members of it."""
    invited, announce_at = Attr("invited"), Attr("announce_at")
    told = session.model_dump(mode="json")["announce_at"]
    return (
        Attr("version").eq(session.version)
        & (invited.eq(True) if session.invited else invited.not_exists() | invited.eq(False))
        & (announce_at.eq(told) if told else announce_at.not_exists())
    )


@dataclass(frozen=True, slots=True)
class Answers:
    """What members said about coming. Each has one answer to a session at most."""

    table: Table

    def get(self, member_id: str, session_id: str) -> Answer | None:
        """The member's answer to a session."""
        return self.of_members(session_id, [member_id]).get(member_id)

    def record(self, member_id: str, session_id: str, answer: Answer) -> bool:
        """Keep an answer unless there is a newer one. ``False`` when there is, or when they are no longer a member.

        Answers may arrive late, twice and in any order: the newest stays.
        """
        item = answer.model_dump(mode="json") | {
            "session": session_id,
            "stamp": _exactly(answer.stamp),
            f"{keys.LISTS}pk": keys.answers_to(session_id),
            f"{keys.LISTS}sk": member_id,
        }
        sequence, stamp = Attr("sequence"), Attr("stamp")
        newer = sequence.lt(answer.sequence) | (sequence.eq(answer.sequence) & stamp.lt(item["stamp"]))
        kept = put("answer", keys.answer(member_id, session_id), item, where=Attr("pk").not_exists() | newer)
        try:
            self.table.transact([_is_member(member_id), kept])
        except Clash:
            return False
        return True

    def from_elsewhere(self, member_id: str, session_id: str) -> datetime | None:
        """When a mail from another address last answered a session for a member. It changed nothing."""
        heard = self.table.every(keys.LISTS, keys.heard_of(member_id))
        times = [
            item["at"] for item in heard if item["outcome"] == FROM_ELSEWHERE and item.get("session_id") == session_id
        ]
        return datetime.fromisoformat(max(times)) if times else None

    def of_session(self, session_id: str) -> Iterator[tuple[str, Answer]]:
        """The answers to a session, each with the id of the member who gave it."""
        for item in self.table.every(keys.LISTS, keys.answers_to(session_id)):
            yield item[f"{keys.LISTS}sk"], Answer.model_validate(item)

    def of_members(self, session_id: str, member_ids: Sequence[str]) -> dict[str, Answer]:
        """The answers that some members gave to a session, by member. Those who have not answered are left out."""
        items = self.table.get_many([keys.answer(member_id, session_id) for member_id in member_ids])
        found = zip(member_ids, items, strict=True)
        return {member_id: Answer.model_validate(item) for member_id, item in found if item is not None}


def _is_member(member_id: str) -> Write:
    """Lets nothing be written about somebody who has left."""
    return check(keys.member(member_id), Attr("status").eq("member"))


def _exactly(moment: datetime) -> str:
    """A moment as text that sorts in order of time, to the microsecond: two presses may share a second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


_SHARDS = 8
"""Counters of one door. A single item takes about a thousand writes a second, and fewer while transactions meet."""


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who went in to a session, for 30 days, and how many did, for good."""

    table: Table

    def go_in(self, member_id: str, session_id: str, now: datetime) -> None:
        """Count a member in. Going in again, on another device or after a break, counts nothing.

        Raises ``Unavailable`` when the table does not answer.
        """
        lifetime = kinds.KIND["attendance"].lifetime
        assert lifetime is not None
        row = {
            "session": session_id,
            "went_in_at": clock.stamp(now),
            "agreed_to": DOOR.reference,
            "expires_at": clock.epoch(now + lifetime),
            f"{keys.LISTS}pk": keys.attendance_of(session_id),
            f"{keys.LISTS}sk": member_id,
        }
        counter = keys.door_count(session_id, int(tokens.digest(member_id), 16) % _SHARDS)
        writes = [
            put_new("attendance", keys.attendance(member_id, session_id), row),
            change(counter, set={"kind": "door-count"}, add={"people": 1}),
            _is_member(member_id),
        ]
        with suppress(Clash):
            self.table.transact(writes)

    def count(self, session_id: str) -> int:
        """How many people went in."""
        counters = self.table.get_many([keys.door_count(session_id, shard) for shard in range(_SHARDS)])
        return sum(item["people"] for item in counters if item is not None)

    def came(self, session_id: str) -> Iterator[str]:
        """The ids of the members who went in, as long as that is known."""
        for item in self.table.every(keys.LISTS, keys.attendance_of(session_id)):
            yield item[f"{keys.LISTS}sk"]


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
        self.table.transact([_is_member(member_id), put("feed", keys.feed(member_id), item)])

    def remove(self, member_id: str) -> None:
        """Void the member's address."""
        self.table.write(delete(keys.feed(member_id)))

    def opens(self, member_id: str, secret_digest: str) -> bool:
        """Whether this is the present address of somebody who is still a member."""
        member, feed = self.table.get_many([keys.member(member_id), keys.feed(member_id)])
        if member is None or feed is None or member["status"] != "member":
            return False
        return tokens.same(feed["secret_digest"], secret_digest)
