"""What coordinators see of the emails to members, and how they stop one."""

import re
from datetime import datetime, timedelta

import pytest

from functions.invites import warm_up
from functions.invites.plan import Planner
from functions.invites.settings import InvitesSettings
from functions.kernel import keys
from functions.mail.model import Run, RunState, State, mail_key, new_mail
from functions.mail.store import Ledger, Runs, planned
from functions.membership.model import Member
from functions.sessions.model import Session, Status
from functions.sessions.store import Programme
from tests.integration.invites.conftest import MONDAY_NINE, Plan, Tick, edit
from tests.network import Network
from tests.people import CORA, PAT
from tests.web import Browser, Page

EMAILS = "/coordinate/emails"


@pytest.fixture
def coordinator(network: Network, programme: Programme) -> Browser:
    """A browser in which Cora, a coordinator, has signed in, an hour before the invitations go."""
    network.clock.moment = datetime.fromisoformat(MONDAY_NINE) - timedelta(hours=1)
    network.member(CORA["name"], CORA["email"], coordinator=True)
    return network.signed_in(CORA["email"])


def opened(coordinator: Browser, page: Page | None = None) -> Page:
    """The page of the first send that is listed."""
    listed = page or coordinator.get(EMAILS)
    found = re.search(rf'href="({EMAILS}/[0-9a-f]{{32}})"', listed.text)
    assert found is not None
    return coordinator.get(found[1])


def path_of(coordinator: Browser) -> str:
    """The address of the first send that is listed."""
    found = re.search(rf'href="({EMAILS}/[0-9a-f]{{32}})"', coordinator.get(EMAILS).text)
    assert found is not None
    return found[1]


def run_of(network: Network) -> Run:
    """The newest run."""
    return Runs(network.table).newest(1)[0]


def test_a_coordinator_sees_what_goes_out_next_how_it_reads_and_to_how_many(
    network: Network, ann: Member, pat: Member, coordinator: Browser
) -> None:
    listed = coordinator.get(EMAILS)
    assert "Friday drop-in, Friday 27 November 2026, midday to 1pm (UK time)" in listed.words
    assert "Monday 23 November 2026, 9am" in listed.words
    page = opened(coordinator)
    assert "It goes out by itself at Monday 23 November 2026, 9am (UK time), to 3 members" in page.words
    assert f"Dear {CORA['name']}," in page.words
    assert "safe space, never recorded" in page.words
    assert "/unsubscribe/" not in page.text


def test_a_test_comes_to_the_coordinator_alone_and_counts_in_no_report(
    network: Network, ann: Member, coordinator: Browser, plan: Plan
) -> None:
    path = path_of(coordinator)
    before = len(network.inbox(CORA["email"]))
    assert coordinator.post(path, action="test").location == f"{path}?done=test"
    test = network.inbox(CORA["email"])[before]
    assert test["subject"] == "Test: Friday drop-in: Friday 27 November, midday (UK time)"
    assert network.inbox(ann.address) == []
    plan()
    network.clock.move(hours=1)
    assert sorted(network.deliver()) == ["sent", "sent"]
    assert Runs(network.table).counts(run_of(network).id)[State.SENT] == 2


def test_a_send_that_is_stopped_beforehand_never_begins(
    network: Network, ann: Member, coordinator: Browser, plan: Plan
) -> None:
    path = path_of(coordinator)
    assert coordinator.post(path, action="stop").status == 303
    assert "This send is stopped. A coordinator stopped it." in coordinator.get(path).words
    report = plan()
    assert report["sessions"] == []
    assert report["skipped"][-1]["why"] == "A coordinator stopped it."
    assert network.inbox(ann.address) == []
    lines = network.table.children(keys.audit(run_of(network).id, "", "").pk)
    assert [line["what"] for line in lines] == ["send stopped"]


def test_a_send_that_is_stopped_half_way_sends_nothing_more_and_its_numbers_add_up(
    network: Network, ann: Member, pat: Member, coordinator: Browser, plan: Plan
) -> None:
    plan()
    network.clock.move(hours=1)
    coordinator.post(f"{EMAILS}/{run_of(network).id}", action="stop")
    assert network.deliver() == ["stopped"] * 3
    page = coordinator.get(f"{EMAILS}/{run_of(network).id}")
    assert "Not sent: stopped by a coordinator 3" in page.words
    assert "Not yet gone 0" in page.words
    assert "Together: planned 3" in page.words


def test_the_report_of_a_send_adds_up(
    network: Network, ann: Member, pat: Member, coordinator: Browser, plan: Plan
) -> None:
    plan()
    (row,) = [mail for mail in Ledger(network.table).of(ann.id) if mail.mail_kind == "invite"]
    network.put("suppressed", keys.suppressed(ann.address_digest), {"reason": "bounce", "since": MONDAY_NINE})
    network.clock.move(hours=1)
    network.deliver()
    page = coordinator.get(f"{EMAILS}/{run_of(network).id}")
    assert "Taken by the mail service 2" in page.words
    assert "Not sent: mail to the address fails 1" in page.words
    assert "Together: planned 3" in page.words
    assert row.run == run_of(network).id


def test_a_paused_send_says_why_and_only_a_person_lets_it_go_on(
    network: Network, ann: Member, coordinator: Browser, plan: Plan
) -> None:
    plan()
    runs = Runs(network.table)
    assert runs.move(run_of(network), RunState.PAUSED, "Too many addresses fail.")
    network.clock.move(hours=1)
    network.deliver()
    assert network.inbox(ann.address) == []
    page = coordinator.get(f"{EMAILS}/{run_of(network).id}")
    assert "This send is paused. Too many addresses fail." in page.words
    coordinator.post(f"{EMAILS}/{run_of(network).id}", action="go-on")
    assert run_of(network).state is RunState.GOING
    network.clock.move(minutes=16)
    network.deliver()
    assert len(network.inbox(ann.address)) == 1


def test_a_second_press_on_stop_does_nothing_and_says_so(
    network: Network, ann: Member, coordinator: Browser, plan: Plan
) -> None:
    plan()
    path = f"{EMAILS}/{run_of(network).id}"
    first, second = coordinator.post(path, action="stop"), coordinator.post(path, action="stop")
    assert (first.status, second.status) == (303, 303)
    assert "Nothing more of it goes out" in coordinator.get(f"{path}?done=stop").words
    assert coordinator.post(path, action="go-on").status == 422


def test_a_change_that_waits_is_listed_with_the_time_it_goes(
    network: Network, ann: Member, programme: Programme, friday: Session, coordinator: Browser, plan: Plan
) -> None:
    plan()
    network.clock.move(minutes=100)
    network.deliver()
    edit(programme, friday, network.clock.now(), status=Status.CANCELLED)
    listed = coordinator.get(EMAILS)
    assert "A change" in listed.words
    assert "Monday 23 November 2026, 9:50am" in listed.words
    page = opened(coordinator, listed)
    assert "Cancelled: Friday drop-in" in page.words
    assert "To take the change back, open the session" in page.words


@pytest.mark.parametrize("action", ["", "delete", "go-on"])
def test_what_no_button_does_is_refused(network: Network, ann: Member, coordinator: Browser, action: str) -> None:
    assert coordinator.post(path_of(coordinator), action=action).status == 422


def test_a_send_that_there_is_not_is_a_page_that_does_not_exist(coordinator: Browser) -> None:
    assert coordinator.get(f"{EMAILS}/{'0' * 32}").status == 404
    assert coordinator.post(f"{EMAILS}/{'0' * 32}", action="stop").status == 404


def test_the_first_send_of_a_network_goes_out_in_waves_and_a_later_one_at_once(
    network: Network, friday: Session, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm_up, "FIRST_WAVE", 5)
    monkeypatch.setattr(warm_up, "SECOND_WAVE", 10)
    members = [network.member(f"Member {place}", f"member{place}@nhs.net") for place in range(20)]
    settings = InvitesSettings.from_environment().model_copy(update={"warm_up": True})
    planner = Planner.on(network.table, settings)
    waves = []
    planner.week(network.clock.now())
    for _ in range(3):
        waves.append(network.deliver().count("sent"))
        network.clock.move(minutes=30)
    assert waves == [5, 10, 5]
    planner.week(network.clock.now() + timedelta(days=7))
    network.clock.move(days=7)
    assert network.deliver().count("sent") == 20
    assert all(len(network.inbox(member.address)) == 2 for member in members[:3])


def test_requirement_86_nobody_is_invited_to_what_may_be_a_break(
    network: Network, ann: Member, programme: Programme, friday: Session, plan: Plan, tick: Tick
) -> None:
    edit(programme, friday, network.clock.now(), status=Status.PROPOSED_BREAK)
    network.clock.move(minutes=11)
    tick()
    report = plan("2026-11-23T10:12:00Z")
    assert report["sessions"] == []
    assert "It may be a break, and nobody has said yet that it goes ahead." in [
        each["why"] for each in report["skipped"]
    ]
    assert network.inbox(ann.address) == []


@pytest.mark.parametrize(("action", "copies"), [("again", 1), ("leave", 0)])
def test_a_person_decides_about_a_message_whose_fate_nobody_knows(
    network: Network, coordinator: Browser, action: str, copies: int
) -> None:
    no = new_mail(
        "application-declined",
        key=mail_key("application-declined", "a1", "1"),
        to_address=PAT["email"],
        to_name=PAT["name"],
        address_digest="pat",
        context={"reason": "We could not see a link to the UK.", "note": "", "ask_again_by": "Monday"},
        now=network.clock.now(),
    )
    network.table.transact([planned(no)])
    ledger = Ledger(network.table)
    started = ledger.start(no, {}, network.clock.now())
    ledger.end(started, State.UNKNOWN, network.clock.now())
    listed = coordinator.get(EMAILS).words
    assert "Messages that need a person" in listed
    assert f"to {PAT['name']}" in listed
    assert coordinator.post(EMAILS, mail=no.key, action=action).location == f"{EMAILS}?done={action}"
    assert coordinator.post(EMAILS, mail=no.key, action=action).status == 422
    assert "Messages that need a person" not in coordinator.get(EMAILS).words
    assert len(network.inbox(PAT["email"])) == copies
    lines = network.table.children(keys.audit(no.key, "", "").pk)
    assert [line["what"].partition(",")[0] for line in lines] == [f"message {'sent again' if copies else 'left'}"]
