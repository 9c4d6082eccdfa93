"""The pages on which a member changes their address."""

from functions.kernel import auth
from functions.kernel.auth import Access
from functions.kernel.errors import Invalid
from functions.kernel.forms import Form, read_form
from functions.kernel.http import Answer, Request, see_other
from functions.membership import new_address
from functions.membership.addresses import parse
from functions.membership.forms import CodeForm, JoinForm
from functions.membership.model import NewAddress
from functions.membership.moves import Moves
from functions.membership.routes import routes
from functions.membership.store import Codes
from functions.membership.web_account import member_of

PAGE, CODE = "/account/address", "/account/address/code"


def _is_fresh(request: Request) -> bool:
    return auth.is_fresh(request.member.signed_in_at, request.now)


def _wish(request: Request) -> NewAddress | None:
    return Moves(request.table).wish(request.member.member_id, request.member.sign_in)


@routes.get(PAGE, Access.MEMBER)
def show_address(request: Request) -> Answer:
    """Ask for the new address, or first for a fresh sign-in."""
    return _address_page(request, Form())


@routes.post(PAGE, Access.MEMBER)
def ask_for_address(request: Request) -> Answer:
    """Send a code to the new address. The answer is the same whoever it belongs to."""
    if not _is_fresh(request):
        return see_other(PAGE)
    form = read_form(JoinForm, request.fields)
    if form.value is not None:
        try:
            new_address.ask(
                member_of(request),
                parse(form.value.email),
                sign_in=request.member.sign_in,
                codes=Codes(request.table),
                client=request.client,
                now=request.now,
            )
        except Invalid as refused:
            form = form.refused(refused.fields)
        else:
            return see_other(CODE)
    return _address_page(request, form)


def _address_page(request: Request, form: Form[JoinForm]) -> Answer:
    return request.page("membership/pages/address.jinja", form=form, fresh=_is_fresh(request), back="/account")


@routes.get(CODE, Access.MEMBER)
def show_address_code(request: Request) -> Answer:
    """Where the code from the new mailbox goes."""
    return _code_page(request, Form())


@routes.post(CODE, Access.MEMBER)
def enter_address_code(request: Request) -> Answer:
    """Change the address. Every sign-in ends, and this browser gets a new one."""
    form, wish = read_form(CodeForm, request.fields), _wish(request)
    if form.value is not None and wish is not None:
        try:
            cookie = new_address.enter_code(
                form.value.code, member_of(request), wish, codes=Codes(request.table), now=request.now
            )
        except Invalid as refused:
            form = form.refused(refused.fields)
        else:
            return see_other("/account?done=address", cookies=(cookie,))
    return _code_page(request, form)


def _code_page(request: Request, form: Form[CodeForm]) -> Answer:
    wish = _wish(request)
    if wish is None:
        return see_other(PAGE)
    return request.page("membership/pages/address_code.jinja", form=form, address=wish.address, back=PAGE)
