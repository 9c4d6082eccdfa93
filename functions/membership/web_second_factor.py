"""The pages of a coordinator's second factor: proving it, setting it up, and its recovery codes."""

from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import Field

from functions.kernel import auth, tokens
from functions.kernel.auth import Access
from functions.kernel.errors import Invalid
from functions.kernel.forms import Form, FormModel, read_form
from functions.kernel.http import Answer, Request, own_path, see_other
from functions.membership import second_factor
from functions.membership.factors import Factors
from functions.membership.routes import routes
from functions.membership.web_account import member_of

COORDINATE = "/coordinate"
RECOVERY = "/sign-in/recovery"
KEY, CODES = "/account/second-factor/key", "/account/second-factor/codes"
CODES_COOKIE = "__Host-recovery"
CODES_SHOWN_FOR = timedelta(minutes=10)
"""How long new recovery codes can be read again in the browser that made them."""

_GO_BACK = "Open the page you came from again"


class AppCodeForm(FormModel):
    """The code that an authenticator app shows."""

    code: Annotated[str, Field(max_length=40)]

    sentences: ClassVar = {"code": "Enter the 6-digit code that your app shows"}


class SecondStepForm(AppCodeForm):
    """That code, and where the coordinator was going."""

    next: Annotated[str, Field(max_length=500)] = COORDINATE

    sentences: ClassVar = {**AppCodeForm.sentences, "next": _GO_BACK}


class RecoveryForm(FormModel):
    """A recovery code in its place."""

    recovery_code: Annotated[str, Field(max_length=100)]
    next: Annotated[str, Field(max_length=500)] = COORDINATE

    sentences: ClassVar = {"recovery_code": "Enter one of your recovery codes", "next": _GO_BACK}


def _wanted(request: Request) -> str:
    return own_path(request.query.get("next", [COORDINATE])[0], COORDINATE)


@routes.get(auth.SECOND_STEP, Access.APPOINTED)
def show_second_step(request: Request) -> Answer:
    """Ask for the code that the app shows, on the way to a coordinator's page."""
    return _step_page(request, "second_step", Form(None, {"next": _wanted(request)}))


@routes.post(auth.SECOND_STEP, Access.APPOINTED)
def prove_by_app(request: Request) -> Answer:
    """Let this sign-in count for coordinators' pages, if the code is right."""
    form = read_form(SecondStepForm, request.fields)
    if form.value is not None:
        wanted = own_path(form.value.next, COORDINATE)
        try:
            cookie = second_factor.prove(
                form.value.code, visitor=request.member, factors=Factors(request.table), now=request.now
            )
        except Invalid as refused:
            form = form.refused(refused.fields)
        else:
            return see_other(wanted, cookies=(cookie,))
    return _step_page(request, "second_step", form)


@routes.get(RECOVERY, Access.APPOINTED)
def show_recovery(request: Request) -> Answer:
    """Ask a coordinator without their phone for a recovery code."""
    return _step_page(request, "recovery", Form(None, {"next": _wanted(request)}))


@routes.post(RECOVERY, Access.APPOINTED)
def prove_by_recovery_code(request: Request) -> Answer:
    """Let this sign-in count for coordinators' pages, for a recovery code that works no more afterwards."""
    form = read_form(RecoveryForm, request.fields)
    if form.value is not None:
        wanted = own_path(form.value.next, COORDINATE)
        try:
            cookie = second_factor.recover(
                form.value.recovery_code,
                member_of(request),
                visitor=request.member,
                factors=Factors(request.table),
                now=request.now,
            )
        except Invalid as refused:
            form = form.refused(refused.fields)
        else:
            return see_other(wanted, cookies=(cookie,))
    return _step_page(request, "recovery", form)


def _step_page[M: FormModel](request: Request, page: str, form: Form[M]) -> Answer:
    if request.member.second_factor is None:
        return see_other(auth.SET_UP)
    return request.page(f"membership/pages/{page}.jinja", form=form)


@routes.get(auth.SET_UP, Access.APPOINTED)
def show_second_factor(request: Request) -> Answer:
    """Whether an app is set up, how many recovery codes are left, and the ways to change either."""
    return request.page(
        "membership/pages/second_factor.jinja",
        factor=Factors(request.table).get(request.member.member_id),
        fresh=auth.lacks(request.member, Access.FRESH, request.now) is None,
        back="/account",
    )


@routes.post(auth.SET_UP, Access.FRESH)
def begin_second_factor(request: Request) -> Answer:
    """Make a key for an app."""
    second_factor.begin(member_of(request), visitor=request.member, factors=Factors(request.table), now=request.now)
    return see_other(KEY)


@routes.get(KEY, Access.APPOINTED)
def show_key(request: Request) -> Answer:
    """The key, as text and as a picture, and a field for the first code."""
    return _key_page(request, Form())


@routes.post(KEY, Access.APPOINTED)
def confirm_key(request: Request) -> Answer:
    """Set the app up, if it shows the right code, and go on to the recovery codes."""
    factors, form = Factors(request.table), read_form(AppCodeForm, request.fields)
    new = factors.being_set_up(request.member.member_id, request.member.sign_in)
    if form.value is not None and new is not None:
        try:
            cookie, codes = second_factor.confirm(
                form.value.code, member_of(request), new, visitor=request.member, factors=factors, now=request.now
            )
        except Invalid as refused:
            form = form.refused(refused.fields)
        else:
            return see_other(CODES, cookies=(cookie, _codes_cookie(codes)))
    return _key_page(request, form)


def _key_page(request: Request, form: Form[AppCodeForm]) -> Answer:
    new = Factors(request.table).being_set_up(request.member.member_id, request.member.sign_in)
    if new is None:
        return see_other(auth.SET_UP)
    offer = second_factor.offer(new, request.member.address)
    return request.page("membership/pages/second_factor_key.jinja", offer=offer, form=form, back=auth.SET_UP)


@routes.get(CODES, Access.APPOINTED)
def show_recovery_codes(request: Request) -> Answer:
    """The recovery codes that were made in this browser a moment ago."""
    made = request.cookies.get(CODES_COOKIE, "").split(".")
    codes = second_factor.still_good(made, request.member.member_id, factors=Factors(request.table))
    if not codes:
        return see_other(auth.SET_UP)
    return request.page("membership/pages/recovery_codes.jinja", codes=[*map(tokens.in_fours, codes)])


@routes.post(CODES, Access.FRESH)
def renew_recovery_codes(request: Request) -> Answer:
    """Make other recovery codes."""
    codes = second_factor.renew_recovery_codes(member_of(request), factors=Factors(request.table), now=request.now)
    return see_other(CODES, cookies=(_codes_cookie(codes),))


def _codes_cookie(codes: list[str]) -> str:
    # The table keeps digests, so the codes travel to the next page in a cookie that soon runs out.
    return auth.cookie(CODES_COOKIE, ".".join(codes), lasts=CODES_SHOWN_FOR)
