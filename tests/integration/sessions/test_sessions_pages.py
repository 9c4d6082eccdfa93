"""What people see of the programme, and how a member goes in."""

from datetime import datetime, timedelta

import pytest

from functions.kernel import keys
from functions.kernel.table import change
from functions.sessions.model import Session
from functions.sessions.store import Programme
from tests.network import Network
from tests.web import Browser

MEETING = "https://us02web.zoom.us/j/123?pwd=secret"


@pytest.fixture
def meeting(network: Network, friday: Session) -> str:
    """Where Friday's session meets."""
    network.table.write(change(keys.session(friday.id), set={"meeting_url": MEETING}))
    return MEETING


def to_the_door(network: Network, friday: Session, **later: float) -> datetime:
    """Let it be Friday, so long after the start."""
    network.clock.moment = friday.start + timedelta(**later)
    return network.clock.moment


def test_anybody_sees_titles_and_dates(network: Network, programme: Programme) -> None:
    page = network.browser().get("/sessions")
    assert page.status == 200
    assert page.words.count("Friday drop-in") == 26
    assert "Friday 27 November 2026, midday to 1pm (UK time)" in page.words
    assert "Join the network" in page.words


def test_a_visitor_sees_the_title_and_the_time_of_a_session_and_no_more(
    network: Network, friday: Session, meeting: str
) -> None:
    page = network.browser().get(f"/sessions/{friday.id}")
    assert page.status == 200
    assert friday.when in page.words
    assert friday.summary not in page.words
    assert "door" not in page.words
    assert meeting not in page.text


def test_a_member_reads_what_it_is_about_and_finds_the_door(ann: Browser, friday: Session, meeting: str) -> None:
    page = ann.get(f"/sessions/{friday.id}")
    assert friday.summary in page.words
    assert f'href="/sessions/{friday.id}/door"' in page.text
    assert f'href="/sessions/{friday.id}.ics"' in page.text
    assert meeting not in page.text


def test_a_network_without_dates_says_so(network: Network) -> None:
    assert "No date is set yet." in network.browser().get("/sessions").words


def test_a_session_that_is_over_is_not_in_the_programme_and_its_page_remains(
    network: Network, ann: Browser, friday: Session
) -> None:
    to_the_door(network, friday, hours=1)
    assert friday.when not in ann.get("/sessions").words
    assert "This session is over." in ann.get(f"/sessions/{friday.id}").words


@pytest.mark.parametrize("name", ["0" * 32, "x", "..%2f", "%F0%9F%9A%AA"])
def test_requirement_14_a_session_that_does_not_exist_is_not_found(
    ann: Browser, programme: Programme, name: str
) -> None:
    assert ann.get(f"/sessions/{name}").status == 404
    assert ann.get(f"/sessions/{name}/door").status == 404
    assert ann.get(f"/sessions/{name}.ics").status == 404


@pytest.mark.parametrize("what", ["/door", ".ics"])
def test_requirement_12_the_door_and_the_file_send_a_visitor_to_sign_in_and_back(
    network: Network, friday: Session, what: str
) -> None:
    for name in (friday.id, "0" * 32):
        page = network.browser().get(f"/sessions/{name}{what}")
        assert (page.status, page.location) == (
            303,
            f"/sign-in?next=%2Fsessions%2F{name}{what.replace('/', '%2F')}",
        )


def test_other_programs_read_titles_and_times(network: Network, friday: Session, meeting: str) -> None:
    page = network.browser().get("/api/sessions")
    assert page.status == 200
    assert page.json["sessions"][0] == {
        "id": friday.id,
        "title": "Friday drop-in",
        "start": "2026-11-27T12:00:00Z",
        "end": "2026-11-27T13:00:00Z",
        "when": "Friday 27 November 2026, midday to 1pm (UK time)",
        "status": "confirmed",
        "url": f"https://psmn.test/sessions/{friday.id}",
    }
    assert meeting not in page.text


def test_before_it_opens_the_door_says_when(ann: Browser, friday: Session, meeting: str) -> None:
    page = ann.get(f"/sessions/{friday.id}/door")
    assert "The door is not open yet" in page.words
    assert "It opens at 11:30am on Friday 27 November 2026 (UK time), 30 minutes before the start." in page.words
    knocked = ann.post(f"/sessions/{friday.id}/door", agree="yes")
    assert (knocked.status, knocked.location) == (303, f"/sessions/{friday.id}/door")
    assert meeting not in page.text


def test_a_member_agrees_each_time_and_goes_in(network: Network, ann: Browser, friday: Session, meeting: str) -> None:
    for minutes in (-30, -1, 30):
        to_the_door(network, friday, minutes=minutes)
        page = ann.get(f"/sessions/{friday.id}/door")
        assert "We never record, and neither do you." in page.words
        assert page.value_of("agree") == "yes"
        assert 'value="yes" checked' not in page.text
        assert meeting not in page.text
        went = ann.post(f"/sessions/{friday.id}/door", agree="yes")
        assert (went.status, went.location) == (303, meeting)


def test_nobody_goes_in_without_agreeing(network: Network, ann: Browser, friday: Session, meeting: str) -> None:
    to_the_door(network, friday)
    page = ann.post(f"/sessions/{friday.id}/door")
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert page.error_beside("agree") == "Tick the box to say that you agree"
    assert meeting not in page.text


def test_requirement_38_the_door_alone_lets_a_form_lead_to_another_site(
    network: Network, ann: Browser, friday: Session, meeting: str
) -> None:
    """Chromium holds a form to ``form-action`` wherever its answer leads, so the meeting would not open."""
    to_the_door(network, friday)
    door = ann.get(f"/sessions/{friday.id}/door").headers["content-security-policy"]
    refused = ann.post(f"/sessions/{friday.id}/door").headers["content-security-policy"]
    usual = ann.get(f"/sessions/{friday.id}").headers["content-security-policy"]
    assert door == refused == usual.replace("form-action 'self'", "form-action 'self' https:")
    assert "form-action 'self';" in usual


def test_a_meeting_without_a_link_says_what_to_do(network: Network, ann: Browser, friday: Session) -> None:
    to_the_door(network, friday)
    assert "Nobody has told us yet where this meeting is." in ann.get(f"/sessions/{friday.id}/door").words
    assert ann.post(f"/sessions/{friday.id}/door", agree="yes").location == f"/sessions/{friday.id}/door"


def test_a_new_link_works_at_the_door_at_once(network: Network, ann: Browser, friday: Session, meeting: str) -> None:
    to_the_door(network, friday, minutes=-5)
    network.table.write(change(keys.session(friday.id), set={"meeting_url": "https://other.example.org/2"}))
    assert ann.post(f"/sessions/{friday.id}/door", agree="yes").location == "https://other.example.org/2"


def test_the_door_is_shut_when_the_session_is_over(
    network: Network, ann: Browser, friday: Session, meeting: str
) -> None:
    to_the_door(network, friday, hours=1)
    assert "This session is over" in ann.get(f"/sessions/{friday.id}/door").words
    assert ann.post(f"/sessions/{friday.id}/door", agree="yes").location == f"/sessions/{friday.id}/door"


def test_requirement_26_another_site_cannot_send_somebody_in(
    network: Network, ann: Browser, friday: Session, meeting: str
) -> None:
    to_the_door(network, friday)
    page = ann.send(
        "POST",
        f"/sessions/{friday.id}/door",
        body="agree=yes",
        headers={"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "cross-site"},
    )
    assert page.status == 403


def test_requirement_2_looking_changes_nothing(network: Network, ann: Browser, cora: Browser, friday: Session) -> None:
    before = network.table.client.scan(TableName=network.table.name)["Items"]
    for browser in (network.browser(), ann, cora):
        for path in (
            "/sessions", "/api/sessions", f"/sessions/{friday.id}", f"/sessions/{friday.id}.ics",
            f"/sessions/{friday.id}/door", "/account/calendar", "/calendar/x.ics", "/coordinate/sessions",
            f"/coordinate/sessions/{friday.id}", f"/coordinate/sessions/{friday.id}/swap",
            f"/coordinate/sessions/{friday.id}/door", f"/sessions/{friday.id}/reply", "/reply/x.y",
        ):  # fmt: skip
            browser.get(path)
            browser.send("HEAD", path)
    assert network.table.client.scan(TableName=network.table.name)["Items"] == before
