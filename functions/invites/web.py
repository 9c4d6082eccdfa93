"""What coordinators see of the emails to members: what is coming, what went, and how it ended."""

from functools import cache
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from functions.invites import report
from functions.invites.plan import Planner
from functions.invites.report import Coming, Sent
from functions.invites.settings import InvitesSettings
from functions.kernel.auth import Access
from functions.kernel.errors import Invalid, NotFound
from functions.kernel.forms import FormModel, read_form
from functions.kernel.http import Answer, Request, Routes, see_other
from functions.kernel.table import Table
from functions.mail.model import RunState
from functions.membership.model import Member
from functions.membership.store import Members

EMAILS = "/coordinate/emails"
OVERTAKEN = "This send changed while you had it open, so nothing was done. Open the page again to see what happened."


@cache
def settings() -> InvitesSettings:
    """The environment, read once."""
    return InvitesSettings.from_environment()


@cache
def table() -> Table:
    """The table, connected once."""
    return Table.connect(settings().table_name)


routes = Routes("invites", settings, table)


class SendForm(FormModel):
    """What to do with a send."""

    action: Literal["test", "stop", "go-on"]

    sentences: ClassVar = {"action": "Choose what to do with these emails"}


class MessageForm(FormModel):
    """What to do with a message of which nobody knows whether it arrived."""

    mail: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    action: Literal["again", "leave"]

    sentences: ClassVar = {"mail": "Open the page again before you choose", "action": "Choose what to do with it"}


@routes.get(EMAILS, Access.COORDINATOR)
def show_sends(request: Request) -> Answer:
    """What goes out next, and what went out last."""
    planner = _planner(request)
    sent = (report.sent(run, planner) for run in planner.runs.newest(report.NEWEST))
    return request.page(
        "invites/pages/sends.jinja",
        coming=list(report.coming(planner, request.now)),
        to_see_to=list(planner.ledger.to_see_to()),
        notice=_NOTICES.get(request.query.get("done", [""])[0]) if request.method == "GET" else None,
        # A reminder of a session to which nobody said yes is nothing to look at.
        sent=[send for send in sent if send.people.planned or not send.is_over],
        back="/coordinate",
    )


@routes.post(EMAILS, Access.COORDINATOR)
def see_to_message(request: Request) -> Answer:
    """Decide about a message whose fate nobody knows. A second press finds it decided."""
    form = read_form(MessageForm, request.fields)
    if form.value is None:
        raise Invalid(dict(form.errors))
    planner, wanted = _planner(request), form.value
    mail = next((each for each in planner.ledger.to_see_to() if each.key == wanted.mail), None)
    again = wanted.action == "again"
    if mail is None or not report.see_to(
        mail, again=again, by=request.member.member_id, planner=planner, now=request.now
    ):
        raise Invalid({"form": OVERTAKEN})
    return see_other(f"{EMAILS}?done={wanted.action}")


@routes.get(EMAILS + "/{id}", Access.COORDINATOR)
def show_send(request: Request) -> Answer:
    """One send: how it reads, how many it goes or went to, and how each message ended."""
    planner, send = _planner(request), _send(request)
    words = None
    session = planner.programme.get(send.run.thing) if send.run.about.name in report.ABOUT_SESSIONS else None
    if session is not None:
        words = report.in_words(report.example(_me(request), session, planner, request.now), settings().site_origin)
    number, whole = report.how_many(send, planner, request.now) if isinstance(send, Coming) else (0, True)
    return request.page(
        "invites/pages/send.jinja",
        send=send,
        run=send.run,
        begun=isinstance(send, Sent),
        number=number,
        whole=whole,
        words=words,
        may_stop=send.run.state is not RunState.STOPPED and not (isinstance(send, Sent) and send.is_over),
        notice=_NOTICES.get(request.query.get("done", [""])[0]) if request.method == "GET" else None,
        back=EMAILS,
    )


_NOTICES = {
    "test": "We have sent you a test.",
    "stop": "It is stopped. Nothing more of it goes out.",
    "again": "It is sent again.",
    "leave": "It is left as it is.",
    "go-on": "It goes on. Messages that waited go out within 15 minutes.",
}
"""The sentence after each action. The address only picks one of them."""


@routes.post(EMAILS + "/{id}", Access.COORDINATOR)
def change_send(request: Request) -> Answer:
    """Send the coordinator a test, stop the send, or let it go on."""
    form = read_form(SendForm, request.fields)
    if form.value is None:
        raise Invalid(dict(form.errors))
    planner, send, by = _planner(request), _send(request), request.member.member_id
    match form.value.action:
        case "test":
            session = planner.programme.get(send.run.thing)
            if session is None:
                raise NotFound
            me = _me(request)
            report.try_out(me, report.example(me, session, planner, request.now), planner, request.now)
            done = True
        case "stop":
            done = report.stop(send, by=by, planner=planner, now=request.now)
        case "go-on":
            done = isinstance(send, Sent) and report.go_on(send, by=by, planner=planner, now=request.now)
    if not done:
        raise Invalid({"form": OVERTAKEN})
    return see_other(f"{request.path}?done={form.value.action}")


def _planner(request: Request) -> Planner:
    return Planner.on(request.table, settings())


def _send(request: Request) -> Sent | Coming:
    planner, wanted = _planner(request), request.parameters["id"]
    run = planner.runs.get(wanted)
    if run is not None:
        return report.sent(run, planner)
    for send in report.coming(planner, request.now):
        if send.run.id == wanted:
            return send
    raise NotFound


def _me(request: Request) -> Member:
    me = Members(request.table).get(request.member.member_id)
    if me is None:
        raise NotFound
    return me


handler = routes.handler
