"""Going in is counted, and whoever chairs the session follows the count on a phone."""

from datetime import timedelta

import pytest

from functions.kernel.errors import Clash, Unavailable
from functions.kernel.table import Table
from functions.sessions import edit
from functions.sessions.model import Session
from functions.sessions.programme import Changes, edited
from functions.sessions.store import Attendance, Programme
from tests.integration.sessions.test_coordinate_sessions import lines_about
from tests.network import Network
from tests.people import ANN, CORA
from tests.web import Browser, Page

MEETING = "https://us02web.zoom.us/j/123?pwd=secret"


@pytest.fixture
def path(network: Network, programme: Programme, friday: Session) -> str:
    """The chair's page. It is Friday, the door is open, and the meeting has a link."""
    edit.link(friday, MEETING, by="test", programme=programme, now=network.clock.now())
    network.clock.moment = friday.start - timedelta(minutes=5)
    return f"/coordinate/sessions/{friday.id}/door"


@pytest.fixture
def chair(network: Network, path: str, cora: Browser) -> Browser:
    """Cora, signed in on Friday."""
    return network.signed_in(CORA["email"])


def go_in(browser: Browser, friday: Session) -> Page:
    """Agree, and go in."""
    return browser.post(f"/sessions/{friday.id}/door", agree="yes")


def test_the_chair_sees_how_many_went_in_each_counted_once(
    network: Network, ann: Browser, chair: Browser, path: str, friday: Session
) -> None:
    assert "0 people went in" in chair.get(path).words
    for _ in range(3):
        assert go_in(ann, friday).location == MEETING
    assert "1 person went in" in chair.get(path).words
    go_in(chair, friday)
    page = chair.get(path)
    assert "2 people went in" in page.words
    assert ANN["name"] not in page.text


def test_200_people_go_in_within_a_minute_and_each_is_counted_once(
    network: Network, chair: Browser, path: str, friday: Session
) -> None:
    """Acceptance of "around 90 join us", twice over."""
    attendance = Attendance(network.table)
    people = [network.member(f"Member {place}", f"member{place}@nhs.net").id for place in range(200)]
    for member_id in (*people, *people[:50]):
        attendance.go_in(member_id, friday.id, network.clock.now())
        network.clock.move(seconds=0.2)
    assert "200 people went in" in chair.get(path).words
    assert sorted(attendance.came(friday.id)) == sorted(people)


def test_who_does_not_agree_is_not_counted(
    network: Network, ann: Browser, chair: Browser, path: str, friday: Session
) -> None:
    assert ann.post(f"/sessions/{friday.id}/door").status == 422
    assert "0 people went in" in chair.get(path).words


def test_nobody_is_kept_out_when_counting_fails(
    network: Network,
    ann: Browser,
    path: str,
    friday: Session,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def no_answer(_table: Table, _writes: object) -> None:
        raise Unavailable

    monkeypatch.setattr(Table, "transact", no_answer)
    assert go_in(ann, friday).location == MEETING
    assert "not counted" in caplog.messages
    assert Attendance(network.table).count(friday.id) == 0


def test_the_count_follows_by_itself_until_the_chair_asks_for_rest(chair: Browser, path: str) -> None:
    following = chair.get(path)
    assert following.headers["refresh"] == f"10;url={path}"
    assert "We count again every 10 seconds." in following.words
    still = chair.get(f"{path}?still=yes")
    assert "refresh" not in still.headers
    assert "This page stays as it is." in still.words


def test_the_chair_reads_out_the_words_that_members_agreed_to(
    ann: Browser, chair: Browser, path: str, friday: Session
) -> None:
    for page in (chair.get(path), ann.get(f"/sessions/{friday.id}/door")):
        assert "We never record, and neither do you." in page.words
        assert "No details that could tell anybody who a patient is." in page.words


def test_a_new_link_works_at_once_and_nobody_gets_a_mail(
    network: Network, ann: Browser, chair: Browser, programme: Programme, path: str, friday: Session
) -> None:
    before = len(list(network.mail()))
    page = chair.get(f"{path}?still=yes")
    assert page.value_of("meeting_url") == MEETING
    changed = chair.post(path, meeting_url="https://other.example.org/2")
    assert (changed.status, changed.location) == (303, f"{path}?done=linked")
    page = chair.get(changed.location)
    assert "The meeting link is changed. It works at the door now." in page.words
    assert page.headers["refresh"] == f"10;url={path}"
    assert go_in(ann, friday).location == "https://other.example.org/2"
    after = programme.get(friday.id)
    assert after is not None
    assert (after.edition, after.sequence, after.announce_at) == (0, 0, None)
    network.deliver()
    assert len(list(network.mail())) == before
    assert lines_about(network, friday.id)[-1] == ("session changed", {"fields": "meeting_url", "version": 3})


@pytest.mark.parametrize("link", ["", "http://meet.example.org", "javascript:alert(1)", "meet"])
def test_a_link_that_is_none_is_refused_and_the_page_waits_for_another(
    ann: Browser, chair: Browser, path: str, friday: Session, link: str
) -> None:
    page = chair.post(path, meeting_url=link)
    assert page.status == 422
    assert page.error_beside("meeting_url") == "Enter the whole meeting link, starting with https://"
    assert "refresh" not in page.headers
    assert go_in(ann, friday).location == MEETING


def test_a_link_is_changed_even_while_somebody_else_changes_the_session(
    network: Network, programme: Programme, friday: Session
) -> None:
    wanted = Changes("A talk", friday.summary, friday.start, friday.end, friday.meeting_url)
    theirs = edited(friday, wanted, network.clock.now())
    programme.save_all([(friday, theirs)], [])
    edit.link(friday, MEETING, by="test", programme=programme, now=network.clock.now())
    after = programme.get(friday.id)
    assert after is not None
    assert (after.title, after.meeting_url) == ("A talk", MEETING)


def test_a_link_that_can_never_be_changed_is_a_fault_that_passes(
    network: Network, programme: Programme, friday: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def always_overtaken(*_anything: object) -> None:
        raise Clash(0)

    monkeypatch.setattr(Programme, "save", always_overtaken)
    with pytest.raises(Unavailable):
        edit.link(friday, MEETING, by="test", programme=programme, now=network.clock.now())


def test_the_page_says_when_nobody_can_go_in(network: Network, cora: Browser, friday: Session) -> None:
    where = f"/coordinate/sessions/{friday.id}/door"
    page = cora.get(where)
    assert "The door opens at 11:30am on Friday 27 November 2026 (UK time). The meeting has no link yet." in page.words
    network.clock.moment = friday.start
    chair = network.signed_in(CORA["email"])
    assert "Nobody can go in, because the meeting has no link yet." in chair.get(where).words
    network.clock.moment = friday.end
    over = chair.get(where)
    assert "The session is over." in over.words
    assert "refresh" not in over.headers


def test_requirement_13_the_chairs_page_is_for_coordinators(network: Network, ann: Browser, path: str) -> None:
    assert ann.get(path).status == 404
    assert ann.post(path, meeting_url="https://evil.example.org/1").status == 404
    assert network.browser().get(path).location.startswith("/sign-in?next=")
