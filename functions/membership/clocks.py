"""What is known of each member for deciding whether they are still there, in the table."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from functions.kernel import clock, keys, kinds
from functions.kernel.auth import Role
from functions.kernel.table import Attr, ConditionBase, Item, Table, Write, change, check, put
from functions.membership.lapsing import Standing, month_of
from functions.membership.model import Member, StillYou

_A_PAGE = 100
_SIGNS = frozenset({"answer", "attendance", "feed", "mail-choices", "share", "sign-in"})
"""The kinds of a member's own items that are made or changed by something they did."""
_MOMENTS = ("_at", "_since", "stamp")
"""How the attributes of those items end that say when."""


@dataclass(frozen=True, slots=True)
class Known:
    """A member as they are now, what they were asked, and the last month in which they gave a sign."""

    member: Member
    asked: StillYou | None
    active_in: str
    failing_since: datetime | None

    @property
    def standing(self) -> Standing:
        """The same for the rule."""
        return Standing(
            active_in=self.active_in,
            failing_since=self.failing_since,
            is_coordinator=Role.COORDINATOR in self.member.roles,
            asked_at=self.asked.asked_at if self.asked else None,
            reminded_at=self.asked.reminded_at if self.asked else None,
        )


@dataclass(frozen=True, slots=True)
class Clocks:
    """The members and their clocks."""

    table: Table

    def pages(self, shard: str) -> Iterator[list[Known]]:
        """The members of one shard, a page at a time, as the index has them: nothing is known yet of what they did
        without signing in, nor of what they were asked.
        """
        listed = self.table.every(keys.LISTS, keys.members_of(shard))
        for page in batched(listed, _A_PAGE, strict=False):
            members = [Member.model_validate(item) for item in page]
            failing = self._failing(members)
            yield [Known(member, None, member.seen_in, since) for member, since in zip(members, failing, strict=True)]

    def now_of(self, known: Known) -> Known | None:
        """The same member as the table has them now, with all that they did. ``None`` when they have left."""
        place = keys.member(known.member.id)
        own = self.table.children(place.pk)
        profile = next((item for item in own if item["sk"] == place.sk), None)
        if profile is None or profile["status"] != "member":
            return None
        member = Member.model_validate(profile)
        asked = next((StillYou.model_validate(item) for item in own if item["kind"] == "still-you"), None)
        (failing_since,) = self._failing([member])
        return Known(member, asked, max([member.seen_in, *_months(own)]), failing_since)

    def _failing(self, members: Sequence[Member]) -> list[datetime | None]:
        items = self.table.get_many([keys.suppressed(member.address_digest) for member in members])
        return [datetime.fromisoformat(item["since"]) if item else None for item in items]

    def seen(self, known: Known) -> None:
        """Remember the month of a sign that was found among a member's items.

        Raises ``Clash`` when they have left.
        """
        self.table.write(_active(known.member.id, known.active_in))

    def keep(self, asked: StillYou, also: Sequence[Write]) -> None:
        """Keep what a member was asked, and what goes with it.

        Raises ``Clash`` when they have left, or have been asked by another run.
        """
        item = asked.model_dump(mode="json", exclude_none=True)
        kept = put("still-you", keys.still_you(asked.member_id), item)
        self.table.transact([kept, check(keys.member(asked.member_id), Attr("status").eq("member")), *also])

    def asked(self, member_id: str) -> StillYou | None:
        """What a member was asked last."""
        item = self.table.get(keys.still_you(member_id))
        return StillYou.model_validate(item) if item else None

    def answer(self, asked: StillYou, now: datetime) -> None:
        """Record that a member is still there.

        Raises ``Clash`` when they have left, or were asked again meanwhile.
        """
        answered = change(
            keys.still_you(asked.member_id),
            set={"answered_at": clock.stamp(now)},
            where=Attr("mail").eq(asked.mail),
        )
        self.table.transact([answered, _active(asked.member_id, month_of(now))])


def unchanged(known: Known) -> ConditionBase:
    """Holds as long as a member has not been here since ``known`` was read, and has the same roles."""
    seen, member = Attr("active_in"), known.member
    same = seen.eq(member.active_in) if member.active_in else seen.not_exists()
    return same & Attr("roles").eq(list(member.roles))


def kept_until(asked_at: datetime) -> int:
    """The epoch second until which what somebody was asked is kept. Whoever is not erased by then is asked again."""
    lifetime = kinds.KIND["still-you"].lifetime
    assert lifetime is not None
    return clock.epoch(asked_at + lifetime)


def _active(member_id: str, month: str) -> Write:
    return change(keys.member(member_id), set={"active_in": month}, where=Attr("status").eq("member"))


def _months(items: Iterable[Item]) -> Iterator[str]:
    """The months in which a member did something, by their own items."""
    for item in items:
        if item["kind"] in _SIGNS:
            for name, value in item.items():
                if name.endswith(_MOMENTS) and isinstance(value, str):
                    yield month_of(datetime.fromisoformat(value))
