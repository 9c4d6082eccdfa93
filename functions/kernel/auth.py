"""Who is asking: cookies, sign-ins, access rules, and the check that a form came from a page of ours."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from functions.kernel import clock, keys, tokens
from functions.kernel.errors import Clash, Forbidden, Unavailable
from functions.kernel.table import Attr, Table, Write, change, delete, put_new

SIGN_IN_COOKIE = "__Host-member"
_ID_LENGTH = 32


class Access(StrEnum):
    """Who may use a route. Every route carries one (security requirement 12)."""

    ANYONE = "anyone"
    HOLDER = "whoever holds the secret in the address"
    PROGRAM = "other programs"
    MEMBER = "members"
    APPOINTED = "coordinators, before their second factor"
    COORDINATOR = "coordinators"
    FRESH = "coordinators who proved a moment ago that it is them"


SIGNED_IN = frozenset({Access.MEMBER, Access.APPOINTED, Access.COORDINATOR, Access.FRESH})
"""The rules that let nobody in without a sign-in."""


class Role(StrEnum):
    """What a member may do beyond being a member."""

    COORDINATOR = "coordinator"


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a sign-in lasts: without use, and at most."""

    idle: timedelta
    absolute: timedelta


# A coordinator sees other people's applications, so their sign-in lasts a working day and not a season.
LIFETIMES = {
    Access.MEMBER: Lifetime(idle=timedelta(days=30), absolute=timedelta(days=90)),
    Access.COORDINATOR: Lifetime(idle=timedelta(hours=2), absolute=timedelta(hours=12)),
}

# The time of last use is written when it is this share of the idle lifetime old, and not at each request.
_TOUCH_SHARE = 8

FRESH = timedelta(minutes=15)
"""A proof tells who sits at a device for so long: as long as a code from a mail is good."""

GRACE = timedelta(days=7)
"""How long a new coordinator may do without a second factor, so that a phone left at home keeps nobody from Friday."""

SIGN_IN, SECOND_STEP, SET_UP = "/sign-in", "/sign-in/second", "/account/second-factor"
"""Where people prove what a page asks for and their sign-in lacks."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in member, as the present request knows them."""

    member_id: str
    name: str
    address: str
    address_digest: str
    """What their mailbox is known by in keys."""
    is_coordinator: bool
    """Whether they have the role. What it allows, they may do only if they also ``coordinates``."""
    sign_in: keys.Key
    standing: str
    signed_in_at: datetime
    seen_at: datetime
    active_in: str
    """The last month in which they are known to have done something here."""
    second_factor: str | None
    """Which second factor they have set up."""
    proven_at: datetime | None
    """When they proved that one on this device."""
    grace_until: datetime | None
    """Until when a coordinator who has set none up may do without. ``None`` for everybody else, and once it is over."""

    @property
    def coordinates(self) -> bool:
        """Whether they may do a coordinator's work on this device now (security requirement 10)."""
        return self.is_coordinator and (self.proven_at is not None or self.grace_until is not None)

    @property
    def lifetime(self) -> Lifetime:
        """How long this sign-in lasts."""
        return LIFETIMES[Access.COORDINATOR if self.is_coordinator else Access.MEMBER]


def standing(member: Mapping[str, Any]) -> str:
    """What a sign-in was granted to. When it changes, every sign-in ends (security requirement 9)."""
    return tokens.digest(member["status"], member["address_digest"], *sorted(member.get("roles", [])))


def is_fresh(proven_at: datetime | None, now: datetime) -> bool:
    """Whether a proof is recent enough for what a sign-in alone does not allow (security requirements 10 and 11)."""
    return proven_at is not None and now - proven_at < FRESH


def new_sign_in(member: Mapping[str, Any], now: datetime) -> tuple[Write, str]:
    """The item of a new sign-in, and the cookie that goes with it."""
    secret = tokens.new_secret()
    coordinator = Role.COORDINATOR in member.get("roles", [])
    absolute = LIFETIMES[Access.COORDINATOR if coordinator else Access.MEMBER].absolute
    item = {
        "standing": standing(member),
        "signed_in_at": clock.stamp(now),
        "seen_at": clock.stamp(now),
        "expires_at": clock.epoch(now + absolute),
    }
    write = put_new("sign-in", keys.sign_in(member["id"], tokens.digest(secret)), item)
    return write, cookie(SIGN_IN_COOKIE, f"{member['id']}.{secret}", lasts=absolute)


def proven_sign_in(visitor: Visitor, second_factor: str, now: datetime) -> tuple[list[Write], str]:
    """The writes that put a sign-in with a proven second factor in the place of the visitor's own, and its cookie.

    Its value is a new one, because it opens more (security requirement 7), and it ends when the one before would have.
    The first write fails when the visitor has signed out meanwhile.
    """
    secret = tokens.new_secret()
    ends_at = visitor.signed_in_at + visitor.lifetime.absolute
    item = {
        "standing": visitor.standing,
        "signed_in_at": clock.stamp(visitor.signed_in_at),
        "seen_at": clock.stamp(now),
        "second_factor": second_factor,
        "proven_at": clock.stamp(now),
        "expires_at": clock.epoch(ends_at),
    }
    writes = [
        delete(visitor.sign_in, where=Attr("pk").exists()),
        put_new("sign-in", keys.sign_in(visitor.member_id, tokens.digest(secret)), item),
    ]
    return writes, cookie(SIGN_IN_COOKIE, f"{visitor.member_id}.{secret}", lasts=ends_at - now)


def lacks(visitor: Visitor, access: Access, now: datetime) -> str | None:
    """The page where a coordinator proves what a route asks for beyond the role. ``None`` when nothing is missing.

    A change of a factor asks for both of them anew (ASVS 7.5.1).
    """
    match access:
        case Access.COORDINATOR if not visitor.coordinates:
            return SECOND_STEP if visitor.second_factor else SET_UP
        case Access.FRESH if not is_fresh(visitor.signed_in_at, now):
            return SIGN_IN
        case Access.FRESH if visitor.second_factor and not is_fresh(visitor.proven_at, now):
            return SECOND_STEP
        case _:
            return None


def who_is(cookies: Mapping[str, str], table: Table, now: datetime) -> Visitor | None:
    """The member whose cookie this is, in one round trip, or ``None`` when nobody is signed in."""
    member_id, _, secret = cookies.get(SIGN_IN_COOKIE, "").partition(".")
    if len(member_id) != _ID_LENGTH or not secret:
        return None
    key = keys.sign_in(member_id, tokens.digest(secret))
    member, sign_in = table.get_many([keys.member(member_id), key])
    if member is None or sign_in is None or not tokens.same(sign_in["standing"], standing(member)):
        return None
    is_coordinator = Role.COORDINATOR in member.get("roles", [])
    second_factor = member.get("second_factor")
    # A proof is of one factor. Whoever replaces it, or has it taken off, has proven nothing anywhere.
    proven = second_factor is not None and sign_in.get("second_factor") == second_factor
    # Coordinators of before second factors have no such moment until they sign in again, within half a day.
    grace_until = datetime.fromisoformat(member.get("appointed_at") or sign_in["signed_in_at"]) + GRACE
    in_grace = is_coordinator and second_factor is None and now < grace_until
    visitor = Visitor(
        member_id=member_id,
        name=member["name"],
        address=member["address"],
        address_digest=member["address_digest"],
        is_coordinator=is_coordinator,
        sign_in=key,
        standing=sign_in["standing"],
        signed_in_at=datetime.fromisoformat(sign_in["signed_in_at"]),
        seen_at=datetime.fromisoformat(sign_in["seen_at"]),
        active_in=member.get("active_in", member["joined_at"][:7]),
        second_factor=second_factor,
        proven_at=datetime.fromisoformat(sign_in["proven_at"]) if proven else None,
        grace_until=grace_until if in_grace else None,
    )
    return visitor if now < visitor.seen_at + visitor.lifetime.idle else None


def touch(visitor: Visitor, table: Table, now: datetime) -> None:
    """Remember that the sign-in is in use, now and then, and once a month that the member is.

    This is upkeep and not an effect of a page: nothing that anybody can see changes by it. The page may have ended the
    sign-in, and then there is nothing to keep up. A page that is done is not spoilt for it either.
    """
    month = clock.stamp(now)[:7]
    if visitor.active_in < month:
        here = change(keys.member(visitor.member_id), set={"active_in": month}, where=Attr("status").eq("member"))
        with suppress(Clash, Unavailable):
            table.write(here)
    if now - visitor.seen_at > visitor.lifetime.idle / _TOUCH_SHARE:
        with suppress(Clash, Unavailable):
            table.write(change(visitor.sign_in, set={"seen_at": clock.stamp(now)}, where=Attr("pk").exists()))


def cookie(name: str, value: str, *, lasts: timedelta) -> str:
    """A ``Set-Cookie`` value that only our own pages ever get (security requirement 7; RFC 6265bis section 4.1.3.2)."""
    return f"{name}={value}; Path=/; Max-Age={int(lasts.total_seconds())}; Secure; HttpOnly; SameSite=Lax"


def cookies_of(event: Mapping[str, Any]) -> dict[str, str]:
    """The cookies that a browser sent."""
    pairs = (pair.partition("=") for pair in event.get("cookies", []))
    return {name.strip(): value for name, _, value in pairs}


def no_cookie(name: str) -> str:
    """A ``Set-Cookie`` value that makes the browser forget a cookie."""
    return cookie(name, "", lasts=timedelta(0))


def must_come_from_us(headers: Mapping[str, str], site_origin: str) -> None:
    """Refuse a form that a page of another site sent (security requirement 26).

    Browsers say in ``Sec-Fetch-Site`` where a request started, and no script can forge it (W3C Fetch Metadata).
    An older browser says it in ``Origin``, which has to be ours as a whole. It is compared with the origin that
    we are configured with and never with ``Host``, which a proxy may change.

    Raises ``Forbidden``.
    """
    if (site := headers.get("sec-fetch-site")) is not None:
        if site not in {"same-origin", "none"}:
            raise Forbidden
    elif headers.get("origin") != site_origin:
        raise Forbidden
