"""The pages of a member's own account: what they told us, everything we hold, signing out everywhere, leaving."""

import json

from functions.kernel import auth, kinds
from functions.kernel.auth import Access
from functions.kernel.errors import NotFound
from functions.kernel.http import JSON, Answer, Request, see_other
from functions.membership import account, erasures
from functions.membership.coordinators import LastCoordinator
from functions.membership.holdings import Holdings
from functions.membership.model import NETWORKS, Member
from functions.membership.register import register
from functions.membership.routes import routes
from functions.membership.store import Members

ADDRESS_CHANGED = "Your email address has changed. Every other device is signed out."


def member_of(request: Request) -> Member:
    """The signed-in member, as they are now.

    Raises ``NotFound`` when they left in this moment.
    """
    member = Members(request.table).get(request.member.member_id)
    if member is None:
        raise NotFound
    return member


@routes.get("/account", Access.MEMBER)
def show_account(request: Request) -> Answer:
    """What a member told us, and the way to everything they can do with their membership."""
    member, known = member_of(request), register()
    return request.page(
        "membership/pages/account.jinja",
        member=member,
        role=known.roles[member.role].label,
        nation=known.nations[member.nation].label,
        networks=[NETWORKS.get(code, code) for code in member.networks],
        notice=ADDRESS_CHANGED if request.query.get("done") == ["address"] else None,
    )


@routes.post("/account/sign-out-everywhere", Access.MEMBER)
def sign_out_everywhere(request: Request) -> Answer:
    """End every sign-in of the member, this one too."""
    Members(request.table).sign_out_everywhere(request.member.member_id)
    return see_other("/sign-in", cookies=(auth.no_cookie(auth.SIGN_IN_COOKIE),))


@routes.get("/account/data", Access.MEMBER)
def show_data(request: Request) -> Answer:
    """Everything we hold about the member, to read here or to keep as a file."""
    held = account.everything(member_of(request).person, Holdings(request.table))
    if request.query.get("as") == ["json"]:
        file = json.dumps(account.as_json(held), ensure_ascii=False, indent=2)
        named = {"content-disposition": 'attachment; filename="what-we-hold-about-you.json"'}
        return Answer(file, content_type=JSON, headers=named)
    return request.page(
        "membership/pages/account_data.jinja",
        held=[(each, [account.in_words(item) for item in each.items]) for each in held],
        wordings=account.wordings_in(item for each in held for item in each.items),
        back="/account",
    )


@routes.get("/account/leave", Access.MEMBER)
def show_leave(request: Request) -> Answer:
    """What leaving deletes, and one button."""
    return _leave_page(request)


@routes.post("/account/leave", Access.MEMBER)
def leave(request: Request) -> Answer:
    """Leave, at once and for good. The browser is signed out, because no sign-in is left."""
    try:
        erasures.leave(member_of(request), holdings=Holdings(request.table), now=request.now)
    except LastCoordinator:
        return _leave_page(request, is_last=True)
    return see_other("/left", cookies=(auth.no_cookie(auth.SIGN_IN_COOKIE),))


def _leave_page(request: Request, *, is_last: bool = False) -> Answer:
    return request.page(
        "membership/pages/leave.jinja",
        status=422 if is_last else 200,
        is_last=is_last,
        backups_kept=kinds.BACKUPS_KEPT.days,
        back="/account",
    )


@routes.get("/left", Access.ANYONE)
def show_left(request: Request) -> Answer:
    """Where somebody arrives who has just left. It says nothing about anybody, so anybody can read it."""
    return request.page("membership/pages/left.jinja")
