"""A member's private calendar address, and what calendars read there."""

from datetime import UTC, timedelta
from urllib.parse import urlsplit

import pytest
import vobject
from icalendar import Calendar

from functions.kernel import keys
from functions.kernel.table import change, delete
from functions.kernel.when import LONDON
from functions.sessions.model import Session, Status
from functions.sessions.store import Programme
from tests.network import Network
from tests.people import ANN, CORA
from tests.web import Browser, Page


def address_on(page: Page) -> str:
    """The private address that the page shows, as a path."""
    shown = next(each for each in page.tree.iter() if each.get("id") == "address")
    return urlsplit("".join(shown.itertext())).path


def make(browser: Browser) -> str:
    """Make a private address, and read it from the next page."""
    page = browser.post("/account/calendar", action="make")
    assert (page.status, page.location) == (303, "/account/calendar")
    return address_on(browser.get("/account/calendar"))


def test_a_calendar_reads_the_whole_term_at_the_private_address(
    network: Network, ann: Browser, programme: Programme, friday: Session
) -> None:
    page = network.browser().get(make(ann))
    assert page.status == 200
    assert page.headers["content-type"] == "text/calendar; charset=utf-8"
    assert page.headers["cache-control"] == "private, max-age=900"
    calendar = Calendar.from_ical(page.body)
    assert calendar["method"] == "PUBLISH"
    events = calendar.events
    assert len(events) == 26
    assert events[0]["uid"] == f"{friday.id}@events.psmn.test"
    assert {event["dtstart"].dt.astimezone(LONDON).hour for event in events} == {12}
    assert {event["dtstart"].dt.astimezone(UTC).hour for event in events} == {11, 12}
    assert not [event for event in events if "attendee" in event]
    assert ANN["name"] not in page.text
    assert ANN["email"] not in page.text


def test_another_reader_of_calendars_agrees_on_every_friday(
    network: Network, ann: Browser, programme: Programme
) -> None:
    page = network.browser().get(make(ann))
    read = vobject.readOne(page.text).vevent_list
    assert [event.dtstart.value.astimezone(UTC) for event in read] == [
        session.start for session in programme.between(network.clock.now())
    ]


def test_the_meeting_link_is_in_no_calendar(network: Network, ann: Browser, friday: Session) -> None:
    network.table.write(change(keys.session(friday.id), set={"meeting_url": "https://meet.example.org/secret"}))
    for page in (network.browser().get(make(ann)), ann.get(f"/sessions/{friday.id}.ics")):
        assert b"meet.example.org" not in page.body.replace(b"\r\n ", b"")
        assert f"/sessions/{friday.id}/door" in page.body.replace(b"\r\n ", b"").decode()


def test_a_calendar_follows_a_session_that_is_called_off(
    network: Network, ann: Browser, programme: Programme, friday: Session
) -> None:
    network.table.write(change(keys.session(friday.id), set={"status": Status.CANCELLED, "sequence": 1}))
    event = Calendar.from_ical(network.browser().get(make(ann)).body).events[0]
    assert (event["status"], event["sequence"]) == ("CANCELLED", 1)


def test_a_calendar_shows_what_may_be_a_break_as_not_certain(
    network: Network, ann: Browser, programme: Programme
) -> None:
    events = Calendar.from_ical(network.browser().get(make(ann)).body).events
    assert [event["dtstart"].dt.date().isoformat() for event in events if event["status"] == "TENTATIVE"] == [
        "2026-12-25",
        "2027-01-01",
        "2027-03-26",
    ]
    assert {str(event["status"]) for event in events} == {"TENTATIVE", "CONFIRMED"}


@pytest.mark.parametrize(("status", "shown"), [(Status.PROPOSED_BREAK, "TENTATIVE"), (Status.CANCELLED, "CANCELLED")])
def test_the_file_of_one_session_says_whether_it_is_on(
    network: Network, ann: Browser, friday: Session, status: Status, shown: str
) -> None:
    network.table.write(change(keys.session(friday.id), set={"status": status, "sequence": 1}))
    (event,) = Calendar.from_ical(ann.get(f"/sessions/{friday.id}.ics").body).events
    assert (event["status"], event["sequence"]) == (shown, 1)
    assert ANN["email"] not in event.to_ical().decode()


def test_last_week_stays_in_the_calendar_and_last_season_does_not(
    network: Network, ann: Browser, programme: Programme, friday: Session
) -> None:
    path = make(ann)
    network.clock.moment = friday.start + timedelta(weeks=4, days=-1)
    assert len(Calendar.from_ical(network.browser().get(path).body).events) == 26
    network.clock.moment = friday.start + timedelta(weeks=4, days=1)
    assert len(Calendar.from_ical(network.browser().get(path).body).events) == 25


def test_requirement_3_the_table_knows_the_address_by_its_fingerprint_alone(network: Network, ann: Browser) -> None:
    secret = make(ann).rpartition(".")[0].rpartition(".")[2]
    assert len(secret) == 43
    assert secret not in str(network.table.client.scan(TableName=network.table.name)["Items"])


def test_the_address_is_shown_to_the_browser_that_made_it_and_to_no_other(network: Network, ann: Browser) -> None:
    make(ann)
    elsewhere = network.signed_in(ANN["email"])
    page = elsewhere.get("/account/calendar")
    assert "We keep no copy of it, so we cannot show it again." in page.words
    assert "/calendar/" not in page.words


def test_the_cookie_that_carries_the_address_is_guarded_and_short(ann: Browser) -> None:
    """Requirement 7 asks the same of every cookie."""
    (cookie,) = ann.post("/account/calendar", action="make").cookies
    assert cookie.startswith("__Host-calendar=")
    assert cookie.endswith("; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax")


def test_another_members_cookie_shows_nothing(network: Network, ann: Browser, cora: Browser) -> None:
    make(ann)
    cora.cookies["__Host-calendar"] = ann.cookies["__Host-calendar"]
    assert "/calendar/" not in cora.get("/account/calendar").words


def test_a_new_address_voids_the_old_one(network: Network, ann: Browser) -> None:
    old = make(ann)
    new = make(ann)
    assert old != new
    assert network.browser().get(old).status == 404
    assert network.browser().get(new).status == 200


def test_a_member_stops_the_address_and_it_is_gone_at_once(network: Network, ann: Browser) -> None:
    path = make(ann)
    assert ann.post("/account/calendar", action="stop").status == 303
    assert network.browser().get(path).status == 404
    assert "Make my calendar address" in ann.get("/account/calendar").words
    assert ann.post("/account/calendar", action="stop").status == 303


def test_somebody_who_has_left_has_no_calendar(network: Network, ann: Browser) -> None:
    path = make(ann)
    member_id = path.removeprefix("/calendar/").partition(".")[0]
    network.table.write(delete(keys.member(member_id)))
    assert network.browser().get(path).status == 404


def test_requirement_50_an_address_cannot_be_guessed_and_all_wrong_ones_look_alike(
    network: Network, ann: Browser
) -> None:
    path = make(ann)
    member_id = path.removeprefix("/calendar/").partition(".")[0]
    wrong = [
        path.removesuffix(".ics"),
        f"/calendar/{member_id}.{'x' * 43}.ics",
        f"/calendar/{'0' * 32}.{'x' * 43}.ics",
        f"/calendar/{member_id}.ics",
        "/calendar/.ics",
        "/calendar/x",
    ]
    answers = {(page.status, page.body, *page.headers.items()) for page in map(network.browser().get, wrong)}
    assert {answer[0] for answer in answers} == {404}
    assert len({answer[1:] for answer in answers}) == 1


@pytest.mark.parametrize("fields", [{}, {"action": "other"}, {"action": "make", "owner": "x"}])
def test_a_press_of_no_button_of_ours_makes_nothing(ann: Browser, fields: dict[str, str]) -> None:
    assert ann.post("/account/calendar", fields).status == 422
    assert "Make my calendar address" in ann.get("/account/calendar").words


def test_one_session_can_be_taken_into_a_calendar_by_hand(ann: Browser, friday: Session) -> None:
    page = ann.get(f"/sessions/{friday.id}.ics")
    assert page.status == 200
    assert page.headers["content-disposition"] == 'attachment; filename="session-2026-11-27.ics"'
    assert page.headers["cache-control"] == "no-store"
    (event,) = Calendar.from_ical(page.body).events
    assert event["uid"] == f"{friday.id}@events.psmn.test"
    assert CORA["name"] not in page.text
