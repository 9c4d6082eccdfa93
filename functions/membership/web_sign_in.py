"""The pages of signing in and out."""

from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from functions.kernel import auth, tokens
from functions.kernel.auth import Access
from functions.kernel.errors import Invalid
from functions.kernel.forms import Form, FormModel, read_form
from functions.kernel.http import Answer, Request, own_path, see_other
from functions.membership import sign_in
from functions.membership.addresses import parse
from functions.membership.forms import CodeForm, real_address
from functions.membership.routes import routes
from functions.membership.store import Applications, Codes, Members

COOKIE = "__Host-ask"
COOKIE_LASTS = timedelta(hours=1)
HOME = "/home"


class SignInForm(FormModel):
    """The address of somebody who wants to sign in, and where they were going."""

    email: Annotated[str, Field(max_length=320), AfterValidator(real_address)]
    next: Annotated[str, Field(max_length=500)] = HOME

    sentences: ClassVar = {
        "email": "Enter your email address, for example name@nhs.net",
        "next": "Open the page you came from again",
    }


@routes.get("/sign-in", Access.ANYONE)
def show_sign_in(request: Request) -> Answer:
    """Ask for the address."""
    wanted = own_path(request.query.get("next", [HOME])[0], HOME)
    return request.page("membership/pages/sign_in.jinja", form=Form(None, {"next": wanted}))


@routes.post("/sign-in", Access.ANYONE)
def ask_for_code(request: Request) -> Answer:
    """Send a code. The answer is the same whether or not we know the address."""
    form = read_form(SignInForm, request.fields)
    if form.value is None:
        return request.page("membership/pages/sign_in.jinja", form=form)
    secret = sign_in.ask(
        parse(form.value.email),
        own_path(form.value.next, HOME),
        codes=Codes(request.table),
        applications=Applications(request.table),
        client=request.client,
        now=request.now,
    )
    return see_other("/sign-in/code", cookies=(auth.cookie(COOKIE, secret, lasts=COOKIE_LASTS),))


@routes.get("/sign-in/code", Access.ANYONE)
def show_code(request: Request) -> Answer:
    """Where the code goes. It says the same to every browser, known or not."""
    if COOKIE not in request.cookies:
        return see_other("/sign-in")
    return request.page("membership/pages/sign_in_code.jinja", form=Form(), back="/sign-in")


@routes.post("/sign-in/code", Access.ANYONE)
def enter_code(request: Request) -> Answer:
    """Sign in with a right code, and go on to where the person was going."""
    secret = request.cookies.get(COOKIE)
    if secret is None:
        return see_other("/sign-in")
    form = read_form(CodeForm, request.fields)
    if form.value is not None:
        try:
            cookie, wanted = sign_in.enter_code(
                form.value.code,
                tokens.digest(secret),
                codes=Codes(request.table),
                members=Members(request.table),
                now=request.now,
            )
        except Invalid as refused:
            form = form.refused(refused.fields)
        else:
            return see_other(wanted, cookies=(cookie, auth.no_cookie(COOKIE)))
    return request.page("membership/pages/sign_in_code.jinja", form=form, back="/sign-in")


@routes.post("/sign-out", Access.ANYONE)
def sign_out(request: Request) -> Answer:
    """End this sign-in at once, here and in the table."""
    if request.visitor is not None:
        Members(request.table).sign_out(request.visitor.sign_in)
    return see_other("/", cookies=(auth.no_cookie(auth.SIGN_IN_COOKIE),))
