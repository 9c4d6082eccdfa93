"""The pages about mail: stopping from a mail, and a member's own choices with the mail we sent them."""

from functools import cache
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from functions.kernel.auth import Access
from functions.kernel.errors import NotFound
from functions.kernel.forms import CHANGED, Form, FormModel, read_form
from functions.kernel.http import Answer, Request, Routes, see_other
from functions.kernel.table import Table
from functions.mail import stop
from functions.mail.kinds import Choice
from functions.mail.model import Mail
from functions.mail.settings import MailSettings
from functions.mail.store import Addresses, Choices, Ledger
from functions.mail.words import CHOICE_WORDS, STATE_WORDS


@cache
def settings() -> MailSettings:
    """The environment, read once."""
    return MailSettings.from_environment()


@cache
def table() -> Table:
    """The table, connected once."""
    return Table.connect(settings().table_name)


routes = Routes("mail", settings, table)

Press = Literal["stop", "start"]
PRESS_ONE = "Press one of the buttons on this page"


class ChoiceForm(FormModel):
    """One press: on the button of one kind of mail, or on another of the same page."""

    invites: Press | None = None
    reminders: Press | None = None
    follow_ups: Press | None = Field(None, alias="follow-ups")
    digest: Press | None = None
    withdraw: Literal["yes"] | None = None
    """Take the sessions that are coming out of the calendar: with the invitations, or after them."""
    address: Literal["again"] | None = None
    """Send to the address again, although mail to it fails."""

    sentences: ClassVar = dict.fromkeys(
        ("invites", "reminders", "follow_ups", "digest", "withdraw", "address"), PRESS_ONE
    )

    @model_validator(mode="after")
    def _is_one_press(self) -> Self:
        pressed = [*self.choices, *(["address"] if self.address else [])]
        alone = self.withdraw is not None and not pressed
        with_the_invitations = self.withdraw is None or self.choices == {Choice.INVITES: "stop"}
        if not alone and not (len(pressed) == 1 and with_the_invitations):
            raise ValueError(PRESS_ONE)
        return self

    @property
    def choices(self) -> dict[Choice, Press]:
        """Which kind of mail the press stops or starts."""
        pressed = {choice: getattr(self, choice.replace("-", "_")) for choice in Choice}
        return {choice: press for choice, press in pressed.items() if press is not None}


def _make(request: Request, form: ChoiceForm, member_id: str) -> None:
    """Do what was pressed, at once."""
    choices, now = Choices(request.table), request.now
    for choice, press in form.choices.items():
        (stop.stop if press == "stop" else stop.start)(choice, member_id, choices=choices, now=now)
    if form.withdraw:
        stop.take_out(member_id, choices=choices, ledger=Ledger(request.table), now=now)


@routes.get("/unsubscribe/{token}", Access.HOLDER)
def show_stop(request: Request) -> Answer:
    """Show the present state and one button. Opening the link changes nothing: mail scanners open links."""
    return _stop_page(request, Form(), *_followed(request))


@routes.post("/unsubscribe/{token}", Access.HOLDER)
def press_stop(request: Request) -> Answer:
    """Stop at once, or start again. A used link goes on working, and a second press changes nothing."""
    mail, choice = _followed(request)
    member_id = mail.owner or ""
    if request.is_one_click:
        stop.stop(choice, member_id, choices=Choices(request.table), now=request.now)
        words = f"You have stopped {CHOICE_WORDS[choice].name}.\n"
        return Answer(words, content_type="text/plain; charset=utf-8")
    form = read_form(ChoiceForm, request.fields)
    if form.value is not None and (form.value.address or set(form.value.choices) - {choice}):
        # The link is good for the kind of mail that it came with, and for nothing else of the member's.
        form = form.refused({"form": CHANGED})
    if form.value is None:
        return _stop_page(request, form, mail, choice)
    _make(request, form.value, member_id)
    return see_other(request.path)


def _followed(request: Request) -> tuple[Mail, Choice]:
    """The message whose link was followed, and the kind of mail that it is good for."""
    mail = stop.mail_of_token(request.parameters["token"], Ledger(request.table))
    if mail.about.choice is None:
        raise NotFound
    return mail, mail.about.choice


def _stop_page(request: Request, form: Form[ChoiceForm], mail: Mail, choice: Choice) -> Answer:
    member_id = mail.owner or ""
    return request.page(
        "mail/pages/stop.jinja",
        form=form,
        choice=choice,
        words=CHOICE_WORDS[choice],
        stopped=choice not in Choices(request.table).of(member_id),
        in_calendar=choice is Choice.INVITES and _in_calendar(request, member_id),
    )


def _in_calendar(request: Request, member_id: str) -> bool:
    """Whether a session that is coming may be in the member's calendar because of us."""
    reader = Choices(request.table).reader(member_id)
    return reader is not None and bool(Ledger(request.table).withdrawals(member_id, reader.address_digest, request.now))


@routes.get("/account/emails", Access.MEMBER)
def show_emails(request: Request) -> Answer:
    """What a member receives, how mail fares at their address, and every message we sent them."""
    return _emails_page(request, Form())


@routes.post("/account/emails", Access.MEMBER)
def change_emails(request: Request) -> Answer:
    """Stop or start one kind of mail, take sessions out of the calendar, or try a failing address again."""
    form = read_form(ChoiceForm, request.fields)
    if form.value is None:
        return _emails_page(request, form)
    member_id = request.member.member_id
    if form.value.address and (reader := Choices(request.table).reader(member_id)):
        Addresses(request.table).try_again(reader.address_digest)
    _make(request, form.value, member_id)
    return see_other("/account/emails")


def _emails_page(request: Request, form: Form[ChoiceForm]) -> Answer:
    member_id, addresses, choices = request.member.member_id, Addresses(request.table), Choices(request.table)
    reader = choices.reader(member_id)
    if reader is None:
        raise NotFound
    got = choices.of(member_id)
    return request.page(
        "mail/pages/emails.jinja",
        form=form,
        choices=[(choice, CHOICE_WORDS[choice], choice in got) for choice in Choice],
        states=STATE_WORDS,
        sent=sorted(Ledger(request.table).of(member_id), key=lambda mail: mail.planned_at, reverse=True),
        in_calendar=_in_calendar(request, member_id),
        reader=reader,
        fails_since=addresses.fails(reader.address_digest),
        comes_back=addresses.trouble(reader.address_digest).is_there(request.now),
        back="/account",
    )


handler = routes.handler
