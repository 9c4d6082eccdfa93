"""The pages about mail: stopping from a mail, and a member's own choices with the mail we sent them."""

from functools import cache
from typing import ClassVar, Literal

from functions.kernel import keys
from functions.kernel.auth import Access
from functions.kernel.errors import NotFound
from functions.kernel.forms import FormModel, read_form
from functions.kernel.http import Answer, Request, Routes, see_other
from functions.kernel.table import Table
from functions.mail import stop
from functions.mail.model import Choice
from functions.mail.settings import MailSettings
from functions.mail.store import Choices, Ledger


@cache
def settings() -> MailSettings:
    """The environment, read once."""
    return MailSettings.from_environment()


@cache
def table() -> Table:
    """The table, connected once."""
    return Table.connect(settings().table_name)


routes = Routes("mail", settings, table)


class ChoiceForm(FormModel):
    """Whether a member wants the weekly invitations."""

    invites: Literal["stop", "start"]

    sentences: ClassVar = {"invites": "Choose whether you want the weekly invitations"}


@routes.get("/unsubscribe/{token}", Access.HOLDER)
def show_stop(request: Request) -> Answer:
    """Show the present state and one button. Opening the link changes nothing: mail scanners open links."""
    mail = stop.mail_of_token(request.parameters["token"], Ledger(request.table))
    owner = mail.owner or ""
    stopped = Choice.INVITES not in Choices(request.table).of(owner)
    return request.page("mail/pages/stop.jinja", stopped=stopped)


@routes.post("/unsubscribe/{token}", Access.HOLDER)
def press_stop(request: Request) -> Answer:
    """Stop at once, or start again. A used link goes on working, and a second press changes nothing."""
    mail = stop.mail_of_token(request.parameters["token"], Ledger(request.table))
    choices, owner = Choices(request.table), mail.owner or ""
    if request.is_one_click:
        stop.stop_invites(owner, mail.to_address, mail.address_digest, choices=choices, now=request.now)
        return Answer("You have stopped the weekly invitations.\n", content_type="text/plain; charset=utf-8")
    form = read_form(ChoiceForm, request.fields)
    if form.value is None:
        return request.page("mail/pages/stop.jinja", form=form, stopped=Choice.INVITES not in choices.of(owner))
    if form.value.invites == "stop":
        stop.stop_invites(owner, mail.to_address, mail.address_digest, choices=choices, now=request.now)
    else:
        choices.start(Choice.INVITES, owner, request.now)
    return see_other(request.path)


@routes.get("/account/emails", Access.MEMBER)
def show_emails(request: Request) -> Answer:
    """What a member receives, and every message we sent them."""
    member_id = request.member.member_id
    sent = sorted(Ledger(request.table).of(member_id), key=lambda mail: mail.planned_at, reverse=True)
    stopped = Choice.INVITES not in Choices(request.table).of(member_id)
    return request.page("mail/pages/emails.jinja", stopped=stopped, sent=sent, back="/account")


@routes.post("/account/emails", Access.MEMBER)
def change_emails(request: Request) -> Answer:
    """Stop or start the weekly invitations."""
    form = read_form(ChoiceForm, request.fields)
    choices, member_id = Choices(request.table), request.member.member_id
    if form.value is not None and form.value.invites == "stop":
        member = request.table.get(keys.member(member_id))
        if member is None:
            raise NotFound
        stop.stop_invites(member_id, member["address"], member["address_digest"], choices=choices, now=request.now)
    elif form.value is not None:
        choices.start(Choice.INVITES, member_id, request.now)
    return see_other("/account/emails")


handler = routes.handler
