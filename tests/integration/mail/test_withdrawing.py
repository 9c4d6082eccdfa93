"""Taking the sessions that are coming out of a member's calendar: when they stop, and when they leave."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from functions.kernel import clock, keys
from functions.kernel.entry import Entry
from functions.kernel.table import Table, Write, change
from functions.mail.kinds import Choice
from functions.mail.model import CalendarPart, Guard, Mail, Run, State, mail_key, new_mail
from functions.mail.store import Choices, Ledger, Runs, planned, run_begun, wants
from functions.membership import erasures, jobs
from functions.membership.holdings import Holdings
from functions.membership.model import Member
from tests.attendee import Attendee
from tests.network import Network, link_in
from tests.people import ANN

TICK = "Also take future sessions out of my calendar"
BUTTON = "Take future sessions out of my calendar"


@pytest.fixture
def ann(network: Network) -> Member:
    return network.member(ANN["name"], ANN["email"])


def entry(network: Network, uid: str, starts_in: timedelta) -> Entry:
    """The entry of a session that lasts an hour."""
    now = network.clock.now()
    return Entry(
        uid=f"{uid}@events.psmn.test",
        sequence=0,
        stamp=now,
        start=now + starts_in,
        end=now + starts_in + timedelta(hours=1),
        summary="Friday drop-in, Patient Safety Management Network",
        description="",
        location="Online",
        url=f"https://psmn.test/sessions/{uid}",
        organizer_name="Patient Safety Management Network",
        organizer_address="events@events.psmn.test",
    )


def invite(network: Network, member: Member, uid: str, starts_in: timedelta, *, run: str | None = None) -> Mail:
    """Plan an invitation with an entry, as the network does."""
    profile = keys.member(member.id)
    mail = new_mail(
        "invite",
        key=mail_key("session", uid, member.address_digest, 0),
        to_address=member.address,
        to_name=member.name,
        address_digest=member.address_digest,
        owner=member.id,
        context={
            "subject": "Friday",
            "title": "Friday drop-in",
            "when": "Friday",
            "summary": "",
            "page": "https://psmn.test/",
        },
        guards=(
            Guard(pk=profile.pk, sk=profile.sk, equals={"status": "member"}),
            wants(Choice.INVITES, member.id),
        ),
        calendar=CalendarPart(method="REQUEST", entry=entry(network, uid, starts_in).model_dump(mode="json")),
        run=run,
        now=network.clock.now(),
        not_after=network.clock.now() + starts_in,
    )
    network.table.write(planned(mail))
    return mail


def calendar_of(network: Network, member: Member) -> dict[str, bool]:
    """Which entries the member's calendar shows, by the name of the session."""
    attendee = Attendee(member.address)
    for message in network.inbox(member.address):
        attendee.receive(message.as_bytes())
    return {uid.partition("@")[0]: not shown.cancelled for uid, shown in attendee.shows().items()}


def withdrawn(network: Network, member: Member) -> list[str]:
    """The subjects of the messages that took something out."""
    subjects = [str(message["subject"]) for message in network.inbox(member.address)]
    return [subject for subject in subjects if subject.startswith("Out of your calendar")]


SOON, LATER = timedelta(days=2), timedelta(days=9)


def test_ann_stops_and_takes_what_is_coming_out_of_her_calendar(network: Network, ann: Member) -> None:
    invite(network, ann, "over", timedelta(hours=1))
    invite(network, ann, "soon", SOON)
    invite(network, ann, "later", LATER)
    assert calendar_of(network, ann) == {"over": True, "soon": True, "later": True}
    network.clock.move(hours=3)
    browser = network.signed_in(ann.address)
    assert TICK in browser.get("/account/emails").words

    browser.post("/account/emails", invites="stop", withdraw="yes")

    assert calendar_of(network, ann) == {"over": True, "soon": False, "later": False}
    page = browser.get("/account/emails")
    assert page.words.count("A session taken out of your calendar") == 2
    assert TICK not in page.words
    assert BUTTON not in page.words
    message = [each for each in network.inbox(ann.address) if each.get_content_type() == "multipart/mixed"][-1]
    assert message["from"].addresses[0].addr_spec == "events@events.psmn.test"
    assert message["list-unsubscribe"] is None


def test_who_stops_without_the_tick_keeps_their_calendar_and_can_change_their_mind(
    network: Network, ann: Member
) -> None:
    invite(network, ann, "soon", SOON)
    browser = network.signed_in(ann.address)
    browser.post("/account/emails", invites="stop")
    assert calendar_of(network, ann) == {"soon": True}
    assert BUTTON in browser.get("/account/emails").words

    for _ in range(2):
        browser.post("/account/emails", withdraw="yes")
        network.clock.move(seconds=2)

    assert calendar_of(network, ann) == {"soon": False}
    assert len(withdrawn(network, ann)) == 1


def test_the_link_in_an_invitation_does_both_with_one_press(network: Network, ann: Member) -> None:
    invite(network, ann, "soon", SOON)
    link = link_in(network.inbox(ann.address)[-1], "/unsubscribe/").partition("?")[0]
    browser = network.browser()
    assert TICK in browser.get(link).words

    assert browser.post(link, invites="stop", withdraw="yes").status == 303

    assert Choice.INVITES not in Choices(network.table).of(ann.id)
    assert calendar_of(network, ann) == {"soon": False}
    assert BUTTON not in browser.get(link).words


def test_requirement_49_a_mail_program_that_presses_takes_nothing_out(network: Network, ann: Member) -> None:
    invite(network, ann, "soon", SOON)
    link = link_in(network.inbox(ann.address)[-1], "/unsubscribe/").partition("?")[0]
    headers = {"content-type": "application/x-www-form-urlencoded"}
    network.browser().send("POST", link, body="List-Unsubscribe=One-Click", headers=headers)
    assert calendar_of(network, ann) == {"soon": True}
    assert BUTTON in network.browser().get(link).words


def test_requirement_49_taking_out_touches_nobody_else(network: Network, ann: Member) -> None:
    bob = network.member("Bob Example", "bob.example@nhs.net")
    for member in (ann, bob):
        invite(network, member, "soon", SOON)
    network.deliver()
    network.signed_in(ann.address).post("/account/emails", invites="stop", withdraw="yes")
    assert calendar_of(network, ann) == {"soon": False}
    assert calendar_of(network, bob) == {"soon": True}


def test_what_the_mail_service_never_answered_for_is_taken_out_too(network: Network, ann: Member) -> None:
    for uid, state in (("asking", State.SENDING), ("nobody-knows", State.UNKNOWN), ("refused", State.REJECTED)):
        mail = invite(network, ann, uid, SOON)
        network.table.write(change(keys.mail(mail.key), set={"state": state}))
    network.signed_in(ann.address).post("/account/emails", invites="stop", withdraw="yes")
    assert calendar_of(network, ann) == {"asking": False, "nobody-knows": False}


def test_requirement_80_an_invitation_that_still_waits_ends_with_the_stop_and_needs_no_taking_out(
    network: Network, ann: Member
) -> None:
    browser = network.signed_in(ann.address)
    mail = invite(network, ann, "soon", SOON)
    browser.post("/account/emails", invites="stop", withdraw="yes")
    assert calendar_of(network, ann) == {}
    row = Ledger(network.table).get(mail.key)
    assert row is not None
    assert row.state is State.STALE


def settle(network: Network) -> dict[str, int]:
    return jobs.settle({"network": "psmn", "at": clock.stamp(network.clock.now())}, None)


def mail_rows(network: Network) -> list[dict[str, Any]]:
    return [item for item in network.everything() if item["kind"] == "mail"]


def test_who_leaves_finds_the_sessions_gone_from_their_calendar(network: Network, ann: Member) -> None:
    invite(network, ann, "soon", SOON)
    network.deliver()
    network.clock.move(hours=1)

    network.signed_in(ann.address).post("/account/leave")

    assert calendar_of(network, ann) == {"soon": False}
    network.clock.move(minutes=20)
    settle(network)
    network.clock.move(hours=1)
    assert {row["mail_kind"] for row in mail_rows(network)} <= {"left", "sign-in-code"}


def test_who_takes_out_and_leaves_in_the_same_minute_finds_them_gone_too(network: Network, ann: Member) -> None:
    invite(network, ann, "soon", SOON)
    network.deliver()
    browser = network.signed_in(ann.address)
    browser.post("/account/emails", invites="stop", withdraw="yes")

    browser.post("/account/leave")

    (row,) = [row for row in mail_rows(network) if row["mail_kind"] == "withdrawn"]
    assert "owner" not in row
    assert list(Ledger(network.table).of(ann.id)) == []
    assert calendar_of(network, ann) == {"soon": False}
    assert len(withdrawn(network, ann)) == 1


def begun(network: Network) -> Run:
    run = Run(id="r1", mail_kind="invite", words="Friday", thing="soon", at=network.clock.now())
    network.table.write(run_begun(run, network.clock.now()))
    return run


def test_the_counts_of_a_run_add_up_when_somebody_leaves_before_their_message_went(
    network: Network, ann: Member
) -> None:
    run, bob = begun(network), network.member("Bob Example", "bob.example@nhs.net")
    invite(network, bob, "soon", SOON, run=run.id)
    network.deliver()
    started = invite(network, ann, "asking", SOON, run=run.id)
    invite(network, ann, "soon", SOON, run=run.id)
    network.table.write(change(keys.mail(started.key), set={"state": State.SENDING}))

    erasures.leave(ann, holdings=Holdings(network.table), now=network.clock.now())

    counts = {state: count for state, count in Runs(network.table).counts(run.id).items() if count}
    assert counts == {State.SENT: 1, State.STALE: 1, State.UNKNOWN: 1}
    assert [mail.mail_kind for mail in Ledger(network.table).of(ann.id)] == ["withdrawn"]
    network.clock.move(minutes=20)
    settle(network)
    assert {state: count for state, count in Runs(network.table).counts(run.id).items() if count} == counts


class Crash(BaseException):
    """The process ends here."""


class Fragile(Table):
    """A table whose process ends at one of its writes."""

    left = 0

    def _count(self) -> None:
        Fragile.left -= 1
        if Fragile.left < 0:
            raise Crash

    def transact(self, writes: Any) -> None:
        """End, or write."""
        self._count()
        super().transact(writes)

    def write(self, write: Write) -> None:
        """End, or write."""
        self._count()
        super().write(write)


@pytest.mark.parametrize("survives", range(6))
def test_requirement_72_a_crash_half_way_through_leaving_leaves_no_entry_and_no_gap_in_the_counts(
    network: Network, ann: Member, survives: int
) -> None:
    run = begun(network)
    invite(network, ann, "soon", SOON, run=run.id)
    invite(network, ann, "later", LATER, run=run.id)
    network.deliver()
    invite(network, ann, "waiting", SOON, run=run.id)
    fragile = Fragile(network.table.name, network.table.client)
    Fragile.left = survives
    with suppress(Crash):
        erasures.leave(ann, holdings=Holdings(fragile), now=network.clock.now())
    if survives == 0:
        erasures.leave(ann, holdings=Holdings(network.table), now=network.clock.now())

    network.clock.move(minutes=16)
    settle(network)

    assert calendar_of(network, ann) == {"soon": False, "later": False}
    assert len(withdrawn(network, ann)) == 2
    counts = {state: count for state, count in Runs(network.table).counts(run.id).items() if count}
    assert counts == {State.SENT: 2, State.STALE: 1}
