"""What a coordinator does with sessions."""

from datetime import timedelta
from xml.etree.ElementTree import Element

import pytest

from functions.kernel import keys
from functions.sessions.model import Session, Status
from functions.sessions.store import Programme
from tests.network import Network
from tests.people import CORA
from tests.web import _HTML, Browser, Page

TALK = {
    "title": "Learning from excellence",
    "summary": "Two short talks.\n\nThen questions.",
    "date": "2026-12-02",
    "start": "15:30",
    "end": "16:30",
    "meeting_url": "https://meet.example.org/1",
}


def form_of(page: Page) -> dict[str, str]:
    """The fields of the page's form about a session, as a browser would send them."""
    (form,) = [each for each in page.tree.iter() if each.tag == f"{_HTML}form" and "title" in names_in(each)]
    fields = {}
    for each in form.iter():
        name, kind = str(each.get("name")), each.get("type")
        if each.tag == f"{_HTML}textarea":
            fields[name] = each.text or ""
        elif each.tag == f"{_HTML}input" and (kind not in {"radio", "checkbox"} or each.get("checked") is not None):
            fields[name] = str(each.get("value") or "")
    return fields


def names_in(form: Element) -> set[str | None]:
    """The names of a form's fields."""
    return {each.get("name") for each in form.iter()}


def lines_about(network: Network, session_id: str) -> list[tuple[str, dict[str, object]]]:
    """What the record of decisions says about a session."""
    return [(item["what"], item["facts"]) for item in network.table.children(keys.audit(session_id, "", "").pk)]


@pytest.mark.parametrize(
    "path", ["/coordinate/sessions", "/coordinate/sessions/{id}", "/coordinate/sessions/{id}/swap"]
)
def test_requirement_13_these_pages_are_for_coordinators(
    network: Network, ann: Browser, cora: Browser, friday: Session, path: str
) -> None:
    where = path.format(id=friday.id)
    assert cora.get(where).status == 200
    for send in (Browser.get, Browser.post):
        assert send(ann, where).status == 404
        assert send(network.browser(), where).location.startswith("/sign-in?next=")


def test_the_list_says_what_each_session_needs(network: Network, cora: Browser, programme: Programme) -> None:
    page = cora.get("/coordinate/sessions")
    assert page.words.count("No meeting link yet") == 23
    assert page.words.count("Call it off") == 3
    assert page.value_of("start") == "12:00"


def test_a_coordinator_adds_a_session(network: Network, cora: Browser, programme: Programme) -> None:
    asked = form_of(cora.get("/coordinate/sessions"))
    added = cora.post("/coordinate/sessions", {**asked, **TALK})
    assert (added.status, added.location) == (303, "/coordinate/sessions?done=added")
    page = cora.get(added.location)
    assert "The session is added." in page.words
    assert "Wednesday 2 December 2026, 3:30pm to 4:30pm (UK time)" in page.words
    (talk,) = [each for each in programme.between(network.clock.now()) if each.title == TALK["title"]]
    assert talk.summary == "Two short talks.\n\nThen questions."
    assert lines_about(network, talk.id) == [("session added", {})]


def test_requirement_77_pressing_add_twice_adds_one_session(
    network: Network, cora: Browser, programme: Programme
) -> None:
    asked = form_of(cora.get("/coordinate/sessions"))
    answers = [cora.post("/coordinate/sessions", {**asked, **TALK}) for _ in range(2)]
    assert {answer.location for answer in answers} == {"/coordinate/sessions?done=added"}
    assert len(list(programme.between(network.clock.now()))) == 27


@pytest.mark.parametrize(
    ("instead", "name", "sentence"),
    [
        ({"date": "2026-11-22"}, "date", "The session must start in the future"),
        ({"end": "15:30"}, "end", "The session must end after it starts"),
        ({"date": ""}, "date", "Enter the date of the session"),
        (
            {"date": "2027-03-28", "start": "01:30", "end": "02:30"},
            "start",
            "There is no 1:30am on Sunday 28 March 2027, because the clocks go forward. Choose another time.",
        ),
    ],
)
def test_a_refused_session_keeps_what_was_typed(
    cora: Browser, programme: Programme, instead: dict[str, str], name: str, sentence: str
) -> None:
    asked = form_of(cora.get("/coordinate/sessions"))
    page = cora.post("/coordinate/sessions", {**asked, **TALK, **instead})
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert page.error_beside(name) == sentence
    assert page.value_of("title") == TALK["title"]
    assert page.value_of("asked") == asked["asked"]


def test_saving_the_form_as_it_is_changes_nothing(
    network: Network, cora: Browser, programme: Programme, friday: Session
) -> None:
    path = f"/coordinate/sessions/{friday.id}"
    saved = cora.post(path, form_of(cora.get(path)))
    assert saved.location == f"{path}?done=saved"
    assert programme.get(friday.id) == friday
    assert lines_about(network, friday.id) == []


def test_a_coordinator_moves_a_session(network: Network, cora: Browser, programme: Programme, friday: Session) -> None:
    path = f"/coordinate/sessions/{friday.id}"
    fields = form_of(cora.get(path)) | {"date": "2026-12-03", "start": "14:00", "end": "15:00"}
    page = cora.get(cora.post(path, fields).location)
    assert "The session is saved." in page.words
    assert "Thursday 3 December 2026, 2pm to 3pm (UK time)" in page.words
    after = programme.get(friday.id)
    assert after is not None
    assert (after.sequence, after.version) == (1, 2)
    assert after.changed_at > friday.changed_at
    assert lines_about(network, friday.id) == [("session changed", {"fields": "start end", "version": 2})]
    assert [each.id for each in programme.between(network.clock.now())].index(friday.id) == 0
    assert friday.when not in network.browser().get("/sessions").words


def test_a_coordinator_calls_a_session_off_and_puts_it_back(
    network: Network, cora: Browser, programme: Programme, friday: Session
) -> None:
    path = f"/coordinate/sessions/{friday.id}"
    cora.post(path, form_of(cora.get(path)) | {"status": "cancelled"})
    assert "Called off" in network.browser().get("/sessions").words
    assert form_of(cora.get(path))["status"] == "cancelled"
    network.clock.move(minutes=10)
    cora.post(path, form_of(cora.get(path)) | {"status": "confirmed"})
    after = programme.get(friday.id)
    assert after is not None
    assert (after.status, after.sequence, after.revivals) == (Status.CONFIRMED, 2, 1)


def test_the_page_says_who_is_told_and_when(cora: Browser, friday: Session) -> None:
    page = cora.get(f"/coordinate/sessions/{friday.id}")
    assert "Members who have it in their calendar are always told of a new day or time" in page.words
    assert "They are told 10 minutes after you save" in page.words


def test_of_two_coordinators_who_edit_at_once_the_second_is_told(
    network: Network, cora: Browser, programme: Programme, friday: Session
) -> None:
    path = f"/coordinate/sessions/{friday.id}"
    seen = form_of(cora.get(path))
    cora.post(path, seen | {"title": "First"})
    late = cora.post(path, seen | {"title": "Second"})
    assert late.status == 422
    assert "Somebody else changed this session while you had it open" in late.words
    assert late.value_of("title") == "Second"
    after = programme.get(friday.id)
    assert after is not None
    assert after.title == "First"


def test_a_save_that_is_overtaken_between_reading_and_writing_is_refused_too(
    network: Network, cora: Browser, programme: Programme, friday: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requirement 18: no gap between the check and the act."""
    path = f"/coordinate/sessions/{friday.id}"
    mine = form_of(cora.get(path)) | {"title": "Mine"}
    cora.post(path, form_of(cora.get(path)) | {"title": "Theirs"})
    monkeypatch.setattr(Programme, "get", lambda _programme, _session_id: friday)
    assert cora.post(path, mine).status == 422
    monkeypatch.undo()
    assert [what for what, _ in lines_about(network, friday.id)] == ["session changed"]


def test_the_title_of_a_session_that_was_can_still_be_put_right(
    network: Network, cora: Browser, programme: Programme, friday: Session
) -> None:
    path = f"/coordinate/sessions/{friday.id}"
    fields = form_of(cora.get(path)) | {"title": "What we learned"}
    network.clock.moment = friday.end + timedelta(days=1)
    cora = network.signed_in(CORA["email"])
    assert cora.post(path, fields).status == 303
    fields |= {"version": "2", "date": "2026-11-26"}
    assert cora.post(path, fields).error_beside("date") == "The session must start in the future"


def test_requirement_40_hostile_text_is_shown_as_typed(
    network: Network, ann: Browser, cora: Browser, friday: Session
) -> None:
    hostile = """<script>alert(1)</script> {{ 7*7 }} "'>"""
    path = f"/coordinate/sessions/{friday.id}"
    cora.post(path, form_of(cora.get(path)) | {"title": hostile, "summary": "BEGIN:VEVENT\n=1+1"})
    for where in ("/sessions", f"/sessions/{friday.id}", f"/sessions/{friday.id}/door"):
        page = ann.get(where)
        assert hostile in page.words
        assert "<script>alert" not in page.text
    assert form_of(cora.get(path))["title"] == hostile
    file = ann.get(f"/sessions/{friday.id}.ics").body
    assert file.count(b"\r\nBEGIN:VEVENT") == 1


@pytest.mark.parametrize("body", ["title=%FF", "title=a&title=b", "x=" * 300, "version=99999999999999999999"])
def test_requirement_21_no_form_however_broken_is_our_fault(cora: Browser, friday: Session, body: str) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
    for path in ("/coordinate/sessions", f"/coordinate/sessions/{friday.id}"):
        assert cora.send("POST", path, body=body, headers=headers).status in {400, 422}
