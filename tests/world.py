"""A network with somebody in every situation, and a real address for every route."""

from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from importlib import import_module
from pathlib import Path

from functions.kernel import keys, tokens
from functions.kernel.auth import Access
from functions.kernel.http import Route, Routes
from functions.kernel.pages.assets import asset
from functions.kernel.table import change
from functions.mail.store import Runs
from functions.membership import agreeing, retention
from functions.membership.agreements import Agreements
from functions.membership.clocks import Clocks, Known
from functions.membership.lapsing import Step
from functions.membership.model import Member
from functions.sessions import jobs as session_jobs
from functions.sessions.model import Answer, AnswerValue, Source
from functions.sessions.store import Answers, Attendance, Programme
from tests.calls import Calls, listen
from tests.coordinators import set_up
from tests.library import Sharing
from tests.network import Network, link_in
from tests.people import ANN, COMPLAINT, CORA, IDA, PAT, SAM, VERA
from tests.shelves import describe, share
from tests.web import Browser

FUNCTIONS = Path(__file__).parents[1] / "functions"
ITS_OWNERS = {"/library/share/{id}/details", "/library/share/{id}/file"}
"""Members' pages that are only for the one whose item it is. The member of the world is that one."""

DOMAINS = tuple(sorted(path.parent.name for path in FUNCTIONS.glob("*/web.py")))


def routes_of(domain: str) -> Routes:
    """The routes of one domain."""
    found: Routes = import_module(f"functions.{domain}.web").routes
    return found


def every_route() -> dict[str, dict[str, Route]]:
    """Every route of every domain by its path, without the pages that do not exist."""
    return {
        path: methods for domain in DOMAINS for path, methods in routes_of(domain).by_path.items() if path != "$default"
    }


def paths_with(method: str, *access: Access) -> list[str]:
    """The paths on which a method is for somebody."""
    return sorted(
        path for path, methods in every_route().items() if method in methods and methods[method].access in access
    )


@dataclass(frozen=True, slots=True)
class World:
    """Somebody in every situation."""

    network: Network
    calls: Calls
    ann: Member
    visitor: Browser
    member: Browser
    coordinator: Browser
    joining: Browser
    asking: Browser
    real: dict[str, str]
    """An address that exists for each path with a parameter."""

    def address(self, path: str) -> str:
        """A real address for a path."""
        return self.real.get(path, path)

    def everybody(self) -> dict[str, Browser]:
        """The browsers, by who sits there."""
        return {
            "visitor": self.visitor,
            "joining": self.joining,
            "asking": self.asking,
            "member": self.member,
            "coordinator": self.coordinator,
        }


def populate(network: Network) -> World:
    """Let everything happen once."""
    calls = listen()
    session_jobs.programme({"network": "psmn", "at": network.clock.now().isoformat()}, None)
    session = next(Programme(network.table).between(network.clock.now()))
    ann = network.member(ANN["name"], ANN["email"])
    network.member(CORA["name"], CORA["email"], coordinator=True)
    network.join(SAM)
    network.join({**PAT, "voucher_name": VERA["name"], "voucher_email": VERA["email"]})
    vouch = link_in(network.inbox(VERA["email"])[-1], "/vouch/")
    invitation = _invited(network, ann)
    member, coordinator = network.signed_in(ANN["email"]), network.signed_in(CORA["email"])
    member.post("/account/calendar", action="make")
    for browser, address in ((member, "ann.new@nhs.net"), (coordinator, "cora.new@nhs.net")):
        browser.post("/account/address", email=address)
    now = network.clock.now()
    answer = Answer(value=AnswerValue.YES, sequence=session.sequence, stamp=now, source=Source.CALENDAR)
    Answers(network.table).record(ann.id, session.id, answer)
    Attendance(network.table).go_in(ann.id, session.id, now)
    quiet = network.member(IDA["name"], IDA["email"])
    clocks = Clocks(network.table)
    retention.ask(Known(quiet, None, quiet.seen_in, None), Step.ASK, network.clock.now(), clocks)
    still_you = link_in(network.inbox(quiet.address)[-1], "/still-you/")
    complaint = tokens.new_id()
    network.browser().post("/complaints", {**COMPLAINT, "asked": complaint})
    agreement = agreeing.ask("take everything out", "We move", agreements=Agreements(network.table), now=now)
    asking = network.browser()
    asking.post("/sign-in", email=ANN["email"])
    queue = coordinator.get("/coordinate/applications").text
    application = queue.partition("/coordinate/applications/")[2][:32]
    real = {
        "/sessions/{id}": f"/sessions/{session.id}",
        "/sessions/{id}/door": f"/sessions/{session.id}/door",
        "/sessions/{id}/reply": f"/sessions/{session.id}/reply",
        "/coordinate/sessions/{id}": f"/coordinate/sessions/{session.id}",
        "/coordinate/sessions/{id}/door": f"/coordinate/sessions/{session.id}/door",
        "/coordinate/sessions/{id}/swap": f"/coordinate/sessions/{session.id}/swap",
        "/coordinate/applications/{id}": f"/coordinate/applications/{application}",
        "/coordinate/emails/{id}": f"/coordinate/emails/{Runs(network.table).newest(1)[0].id}",
        "/coordinate/complaints/{id}": f"/coordinate/complaints/{complaint}",
        "/coordinate/agreements/{id}": f"/coordinate/agreements/{agreement.id}",
        "/still-you/{token}": still_you,
        "/vouch/{token}": vouch,
        "/unsubscribe/{token}": link_in(invitation, "/unsubscribe/").partition("?")[0],
        "/reply/{token}": link_in(invitation, "/reply/").partition("?")[0],
        "/calendar/{secret}": f"/calendar/{member.cookies['__Host-calendar']}.ics",
        "/assets/{name}": asset("main.css"),
    }
    published, begun = share(Sharing(network), member), describe(member)
    real |= {
        "/library/{id}": f"/library/{published}",
        "/library/{id}/file": f"/library/{published}/file",
        "/library/share/{id}/details": f"/library/share/{begun}/details",
        "/library/share/{id}/file": f"/library/share/{begun}/file",
        "/coordinate/library/{id}": f"/coordinate/library/{published}",
    }
    joining = network.begin({**ANN, "email": "bob.example@nhs.net"})
    calls.forget()
    return World(network, calls, ann, network.browser(), member, coordinator, joining, asking, real)


def _invited(network: Network, member: Member) -> EmailMessage:
    jobs = import_module("functions.invites.jobs")
    jobs.planner().week(network.clock.now())
    return network.inbox(member.address)[-1]


def coordinators(network: Network) -> dict[str, Browser]:
    """The browsers of coordinators, by how each stands with their second factor."""
    late = network.member("Lee Example", "lee.example@nhs.net", coordinator=True)
    eve = network.member("Eve Example", "eve.example@nhs.net", coordinator=True)
    a_week_ago = (network.clock.now() - timedelta(days=7)).isoformat()
    network.table.write(change(keys.member(late.id), set={"appointed_at": a_week_ago}))
    proven = network.signed_in(eve.address)
    set_up(network, proven)
    return {
        "late": network.signed_in(late.address),
        "proven": proven,
        "not proven": network.signed_in(eve.address),
    }
