"""Members, applications, drafts and questions to contacts, in the table."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.kernel import audit, auth, clock, keys, tokens
from functions.kernel.keys import Key
from functions.kernel.table import Attr, ConditionBase, Item, Table, Write, change, check, delete, put, put_new
from functions.mail.model import Mail
from functions.mail.store import planned
from functions.membership import addresses
from functions.membership.model import Answers, Application, Ask, Draft, Member, NewAddress, Status, Vouch

type Wish = Draft | Ask | NewAddress

MOST_TRIES = 5
"""Wrong codes before a code is void (security requirement 1)."""

FIRST_EXTRA = 3
"""The position, in the transaction of ``Applications.submit``, of the first write that comes with the application."""

_WAITING = frozenset({Status.WAITING})
_KEPT = {
    Status.ASKED: timedelta(days=90),
    Status.DECLINED: timedelta(days=90),
    Status.ABROAD: timedelta(days=366),
}
"""How long an application is kept after its last change, where it does not end in membership or wait for us."""


def address_digest(address_key: str) -> str:
    """How an address is known in keys: never as itself."""
    return tokens.digest("address", address_key)


def mailbox_digest(typed: str) -> str | None:
    """The digest of the mailbox that an address leads to, however it is spelt; ``None`` for what is no address."""
    try:
        return address_digest(addresses.parse(typed).key)
    except addresses.NotAnAddress:
        return None


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may be asked in a window of time."""

    what: str
    whom: str
    window: timedelta
    most: int

    def one_more(self, now: datetime) -> Write:
        """The write that counts one, and fails when the window is full."""
        start = clock.epoch(now) // int(self.window.total_seconds())
        key = keys.limit(self.what, self.whom, f"{int(self.window.total_seconds())}.{start}")
        room = Attr("count").not_exists() | Attr("count").lt(self.most)
        kept = {"kind": "limit", "expires_at": clock.epoch(now + self.window + timedelta(hours=1))}
        return change(key, set=kept, add={"count": 1}, where=room)


@dataclass(frozen=True, slots=True)
class Codes:
    """Drafts, wishes to sign in and new addresses: whatever waits for a code to be typed into one browser."""

    table: Table

    def draft(self, browser: str) -> Draft | None:
        """The draft that belongs to a browser."""
        item = self.table.get(keys.draft(browser))
        return Draft.model_validate(item) if item else None

    def ask(self, browser: str) -> Ask | None:
        """The wish to sign in that belongs to a browser."""
        item = self.table.get(keys.ask(browser))
        return Ask.model_validate(item) if item else None

    def begin(self, wish: Wish, mail: Mail, limits: Sequence[Limit], now: datetime) -> None:
        """Keep the wish, plan the mail that answers it and count both.

        Raises ``Clash`` with the positions of the limits that are reached.
        """
        counts = [limit.one_more(now) for limit in limits]
        self.table.transact([*counts, planned(mail), _kept(wish)])

    def begin_without_mail(self, wish: Wish) -> None:
        """Keep the wish alone, for an address that has been sent enough mail."""
        self.table.transact([_kept(wish)])

    def one_try(self, key: Key, *, most: int = MOST_TRIES) -> Item:
        """Count a try before looking at the code, so that tries made at once are all counted.

        Whether a code was sent at all is not looked at here, or a wrong code would get another answer where none was.
        Raises ``Clash`` when there is nothing to open, or it has been tried too often, or it has been opened.
        """
        room = Attr("pk").exists() & Attr("tries").lt(most) & Attr("proven_at").not_exists()
        return self.table.update(change(key, add={"tries": 1}, where=room))

    def prove(self, draft: Draft, now: datetime) -> None:
        """Record that the mailbox has been proven. The code is void from then on.

        It is a transaction of one, because the SDK knows such a one again when it has to repeat it. A lone write whose
        answer got lost would meet its own work (security requirement 82). Raises ``Clash`` when another request proved
        it first.
        """
        proven = change(
            keys.draft(draft.browser),
            set={"proven_at": clock.stamp(now)},
            remove=("code_digest",),
            where=Attr("code_digest").eq(draft.code_digest),
        )
        self.table.transact([proven])

    def save_answers(self, draft: Draft, answers: Answers) -> None:
        """Keep what a person told us, until they send it."""
        self.table.write(
            change(
                keys.draft(draft.browser),
                set={"answers": answers.model_dump(mode="json")},
                remove=("sent",),
                where=Attr("proven_at").exists(),
            )
        )

    def open_sign_in(self, ask: Ask, member: Member, now: datetime) -> str:
        """Turn a wish to sign in into a sign-in, once. Gives the cookie.

        Coordinators of before second factors have the days of grace from here on, as new ones have from their
        appointment. Raises ``Clash`` when another request got there first.
        """
        sign_in, cookie = auth.new_sign_in(member.model_dump(mode="json"), now)
        used = delete(keys.ask(ask.browser), where=Attr("code_digest").eq(ask.code_digest))
        warned = auth.Role.COORDINATOR not in member.roles or member.appointed_at is not None
        self.table.transact([used, sign_in, *([] if warned else [_warned(member, now)])])
        return cookie


def _warned(coordinator: Member, now: datetime) -> Write:
    still = Attr("status").eq("member")
    return change(keys.member(coordinator.id), set={"appointed_at": clock.stamp(now)}, where=still)


def _kept(wish: Wish) -> Write:
    item = wish.model_dump(mode="json", exclude_none=True)
    # In the order in which their codes end, and each code is good for as long as any other.
    ends = clock.stamp(wish.code_expires_at)
    listed = {f"{keys.LISTS}pk": keys.wishes_of(wish.address_digest), f"{keys.LISTS}sk": ends}
    match wish:
        case Draft():
            return put_new("draft", keys.draft(wish.browser), item | listed)
        case Ask():
            return put_new("ask", keys.ask(wish.browser), item | listed)
        case NewAddress():
            return put("new-address", wish.key, item)


@dataclass(frozen=True, slots=True)
class Applications:
    """Applications, and the questions to contacts that belong to them."""

    table: Table

    def get(self, application_id: str) -> Application | None:
        """The application as it is now."""
        item = self.table.get(keys.application(application_id))
        return Application.model_validate(item) if item else None

    def waiting(self) -> Iterator[Application]:
        """The applications that a person has to look at, oldest first."""
        return map(Application.model_validate, self.table.every(keys.WAITING, keys.APPLICATIONS_WAITING))

    def settling(self, until: datetime) -> Iterator[str]:
        """The ids of the applications whose decision takes effect before ``until``."""
        due = self.table.every(keys.WAITING, keys.DECISIONS_DUE, until=clock.stamp(until))
        return (item["id"] for item in due)

    def undoable(self) -> Iterator[Application]:
        """The applications whose decision has not taken effect, oldest decision first."""
        return map(Application.model_validate, self.table.every(keys.WAITING, keys.DECISIONS_DUE))

    def now_of(self, applications: Iterable[Application]) -> list[Application]:
        """The same applications, as they are now and not as an index may still remember them."""
        items = self.table.get_many([keys.application(application.id) for application in applications])
        return [Application.model_validate(item) for item in items if item is not None]

    def decided(self, status: Status, since: datetime) -> Iterator[Application]:
        """The applications that were decided in one way since a moment, oldest first."""
        listed = self.table.every(keys.LISTS, keys.applications_of(status), since=clock.stamp(since))
        return map(Application.model_validate, listed)

    def submit(
        self,
        draft: Draft,
        before: Application | None,
        after: Application,
        also: Sequence[Write],
        now: datetime,
    ) -> None:
        """Put an application in, from the draft of one browser.

        Raises ``Clash`` with position 0 when this draft has been sent already, and with 1 or 2 when the application
        changed meanwhile.
        """
        sent = change(
            keys.draft(draft.browser),
            set={"application_id": after.id, "sent": True},
            where=Attr("proven_at").exists() & Attr("sent").not_exists(),
        )
        # An item whose time is over may still be there, and so may the word that somebody was removed.
        over = Attr("expires_at").lte(clock.epoch(now))
        free = (Attr("member_id").not_exists() & Attr("application_id").not_exists()) | over
        claim = _claimed(after, free if before is None else Attr("application_id").eq(before.id), now)
        self.table.transact([sent, self.saved(before, after, now), claim, *also])

    def saved(self, before: Application | None, after: Application, now: datetime) -> Write:
        """The write that keeps an application, if nobody changed it since ``before`` was read."""
        item = after.model_dump(mode="json", exclude_none=True)
        if after.decision is not None and after.decision.effective_at > now:
            due = clock.stamp(after.decision.effective_at)
            item |= {f"{keys.WAITING}pk": keys.DECISIONS_DUE, f"{keys.WAITING}sk": due}
        elif after.status in _WAITING:
            since = clock.stamp(after.submitted_at)
            item |= {f"{keys.WAITING}pk": keys.APPLICATIONS_WAITING, f"{keys.WAITING}sk": since}
        item["expires_at"] = _kept_until(after, now)
        item |= {f"{keys.LISTS}pk": keys.applications_of(after.status), f"{keys.LISTS}sk": clock.stamp(now)}
        unchanged = Attr("pk").not_exists() if before is None else Attr("version").eq(before.version)
        return put("application", keys.application(after.id), item, where=unchanged)

    def save(self, before: Application, after: Application, also: Sequence[Write], now: datetime) -> None:
        """Keep a changed application, and what changes with it.

        Raises ``Clash`` with position 0 when somebody else changed it first.
        """
        self.table.transact([self.saved(before, after, now), *also])

    def save_reviewed(self, before: Application, after: Application, line: Write, by: str, now: datetime) -> None:
        """Keep what a coordinator did with an application, as long as they are a coordinator.

        Raises ``Clash`` with position 0 when somebody else changed the application first.
        """
        self.save(before, after, [line, still_coordinates(by)], now)

    def of_address(self, digest: str) -> Item | None:
        """Whom an address belongs to: ``member_id``, ``application_id`` or ``removed_at``."""
        return self.table.get(keys.address(digest))

    def vouch(self, vouch_id: str) -> Vouch | None:
        """The question as it is now."""
        item = self.table.get(keys.vouch(vouch_id))
        return Vouch.model_validate(item) if item else None

    def vouches_due(self, until: datetime) -> Iterator[Vouch]:
        """The questions that have had no answer for so long that somebody has to hear of it."""
        due = self.table.every(keys.WAITING, keys.VOUCHES_DUE, until=clock.stamp(until))
        return map(Vouch.model_validate, due)


def vouch_kept(vouch: Vouch, due: datetime | None, *, before: Vouch | None = None) -> Write:
    """The write that keeps a question to a contact, and when it is looked at again."""
    item = vouch.model_dump(mode="json", exclude_none=True)
    item |= {
        f"{keys.LISTS}pk": keys.vouches_by(vouch.voucher_digest),
        f"{keys.LISTS}sk": clock.stamp(vouch.asked_at),
    }
    if due is not None:
        item |= {f"{keys.WAITING}pk": keys.VOUCHES_DUE, f"{keys.WAITING}sk": clock.stamp(due)}
    if before is None:
        return put_new("vouch", keys.vouch(vouch.id), item)
    unanswered = Attr("answer").not_exists() & Attr("reminded").eq(before.reminded)
    return put("vouch", keys.vouch(vouch.id), item, where=unanswered)


@dataclass(frozen=True, slots=True)
class Members:
    """The members."""

    table: Table

    def get(self, member_id: str) -> Member | None:
        """The member as they are now. ``None`` also while the last of what was held about them is being deleted."""
        item = self.table.get(keys.member(member_id))
        return Member.model_validate(item) if item and item["status"] == "member" else None

    def at(self, digest: str) -> Member | None:
        """The member whose mailbox it is, by its digest."""
        owner = self.table.get(keys.address(digest)) or {}
        item = self.table.get(keys.member(owner["member_id"])) if "member_id" in owner else None
        return Member.model_validate(item) if item and item["status"] == "member" else None

    def every(self) -> Iterator[Member]:
        """Each member, in no order that means anything."""
        for shard in keys.SHARDS:
            yield from map(Member.model_validate, self.table.every(keys.LISTS, keys.members_of(shard)))

    def coordinators(self) -> list[Member]:
        """The members who coordinate, the longest appointed first."""
        listed = self.table.get(keys.coordinators())
        items = self.table.get_many([keys.member(member_id) for member_id in listed["members"]]) if listed else []
        return [Member.model_validate(item) for item in items if item is not None and item["status"] == "member"]

    def names_of(self, member_ids: Iterable[str]) -> dict[str, str]:
        """The names of those of the ids who are members now."""
        items = self.table.get_many([keys.member(member_id) for member_id in sorted(set(member_ids))])
        return {item["id"]: item["name"] for item in items if item is not None and item["status"] == "member"}

    def note_look_up(self, member_id: str, by: str, now: datetime) -> None:
        """Write down that a coordinator looked a member up (security requirement 69).

        Raises ``Clash`` when they are no longer a coordinator.
        """
        self.table.transact([audit.line(member_id, LOOKED_UP, by=by, now=now), still_coordinates(by)])

    def sign_out(self, sign_in: Key) -> None:
        """End one sign-in, at once."""
        self.table.write(delete(sign_in))

    def sign_ins(self, member_id: str) -> list[Key]:
        """Each device on which a member is, or was lately, signed in."""
        items = self.table.children(keys.member(member_id).pk, keys.SIGN_INS)
        return [Key(item["pk"], item["sk"]) for item in items]

    def sign_out_everywhere(self, member_id: str) -> None:
        """End every sign-in of a member, at once."""
        for sign_in in self.sign_ins(member_id):
            self.sign_out(sign_in)


def member_kept(member: Member) -> Write:
    """The write that makes somebody a member."""
    listed = {f"{keys.LISTS}pk": keys.members_of(member.id[0]), f"{keys.LISTS}sk": member.id}
    return put_new("member", keys.member(member.id), member.model_dump(mode="json", exclude_none=True) | listed)


def joined(member: Member, *, by: str, now: datetime) -> list[Write]:
    """The writes that make an applicant a member: the profile and the line about it."""
    reason = member.verdict.reason
    return [member_kept(member), audit.line(member.id, "joined", by=by, now=now, reason=reason)]


LOOKED_UP = "looked up"


def lines_about(subject: str, table: Table) -> list[Item]:
    """What was written down about an application or a member, oldest first."""
    return table.children(keys.audit(subject, "", "").pk)


def still_coordinates(member_id: str) -> Write:
    """The check, inside a transaction, that somebody is a coordinator at this moment (security requirement 18)."""
    is_one = Attr("status").eq("member") & Attr("roles").contains(auth.Role.COORDINATOR)
    return check(keys.member(member_id), is_one)


def _kept_until(application: Application, now: datetime) -> int | None:
    """The epoch second until which an application that changes now is kept, if time alone decides."""
    kept = _KEPT.get(application.status)
    return clock.epoch(now + kept) if kept is not None else None


def address_now_of(application: Application, now: datetime) -> Write:
    """The write that says whom the application's address belongs to after the application changed."""
    return _claimed(application, Attr("application_id").eq(application.id), now)


def _claimed(application: Application, where: ConditionBase, now: datetime) -> Write:
    owner = {
        "kind": "address",
        "application_id": application.id,
        "member_id": application.member_id,
        "expires_at": _kept_until(application, now),
    }
    return change(
        keys.address(application.address_digest),
        set={name: value for name, value in owner.items() if value is not None},
        remove=[name for name, value in owner.items() if value is None],
        where=where,
    )
