"""A coordinator's change waits ten minutes: it is undone, told at once, or made on both sides of a swap."""

from datetime import timedelta

import pytest

from functions.kernel import keys
from functions.sessions.model import Answer, AnswerValue, Session, Source, Status, Told
from functions.sessions.store import Answers, Programme
from tests.coordinators import DEV
from tests.integration.sessions.test_coordinate_sessions import form_of, lines_about
from tests.network import Network, text_of
from tests.people import ANN, CORA
from tests.web import Browser, Page


def page_of(session: Session) -> str:
    """Where a coordinator changes the session."""
    return f"/coordinate/sessions/{session.id}"


def now_of(programme: Programme, session: Session) -> Session:
    """The session as it has become."""
    after = programme.get(session.id)
    assert after is not None
    return after


def change(browser: Browser, session: Session, **instead: str) -> Page:
    """Save the form with something else in it, and read the next page."""
    path = page_of(session)
    saved = browser.post(path, form_of(browser.get(path)) | instead)
    assert saved.location == f"{path}?done=saved"
    return browser.get(saved.location)


def press(browser: Browser, session: Session, action: str, **more: str) -> Page:
    """Press a button of the page, as it is now."""
    path = page_of(session)
    return browser.post(path, {"version": str(browser.get(path).value_of("version")), "action": action, **more})


@pytest.fixture
def later(programme: Programme, friday: Session) -> Session:
    """The Friday after."""
    _, second, *_ = programme.between(friday.start)
    return second


def test_after_saving_the_page_says_when_members_are_told(
    network: Network, cora: Browser, programme: Programme, friday: Session
) -> None:
    programme.mark_invited(friday.id)
    page = change(cora, friday, start="11:30")
    assert "Members who have it in their calendar are told of your change at 10:10am." in page.words
    assert now_of(programme, friday).announce_at == network.clock.now() + timedelta(minutes=10)
    network.clock.move(minutes=10)
    assert "Members are being told of the last change." in cora.get(page_of(friday)).words
    assert "Undo the change" not in cora.get(page_of(friday)).words


def test_the_page_says_so_when_nobody_has_been_invited(cora: Browser, programme: Programme, friday: Session) -> None:
    page = change(cora, friday, start="11:30")
    assert "No invitation to it has gone out yet." in page.words


def test_new_words_alone_are_told_only_when_the_box_is_ticked(
    cora: Browser, programme: Programme, friday: Session
) -> None:
    change(cora, friday, title="Learning from excellence")
    assert now_of(programme, friday).announce_at is None
    change(cora, friday, title="Learning from what goes well", tell="yes")
    after = now_of(programme, friday)
    assert (after.edition, after.sequence) == (1, 0)
    assert after.announce_at is not None


def test_a_change_is_undone_and_nobody_is_told(
    network: Network, cora: Browser, programme: Programme, friday: Session
) -> None:
    change(cora, friday, date="2026-11-26", title="A talk", meeting_url="https://meet.example.org/1")
    undone = press(cora, friday, "undo")
    assert undone.location == f"{page_of(friday)}?done=undone"
    assert "The change is undone. Nobody was told of it." in cora.get(undone.location).words
    after = now_of(programme, friday)
    assert (Told.of(after), after.announce_at) == (Told.of(friday), None)
    assert after.meeting_url == "https://meet.example.org/1"
    assert [what for what, _ in lines_about(network, friday.id)] == ["session changed", "session changed"]


def test_requirement_77_a_second_press_on_undo_undoes_nothing_more(
    cora: Browser, programme: Programme, friday: Session
) -> None:
    change(cora, friday, start="11:30")
    pressed = {"version": str(cora.get(page_of(friday)).value_of("version")), "action": "undo"}
    assert cora.post(page_of(friday), pressed).location.endswith("done=undone")
    after = now_of(programme, friday)
    again = cora.post(page_of(friday), pressed)
    assert "There was nothing to undo." in cora.get(again.location).words
    assert now_of(programme, friday) == after


def test_it_is_too_late_to_undo_by_the_clock_and_not_by_the_job(
    network: Network, cora: Browser, programme: Programme, friday: Session
) -> None:
    change(cora, friday, start="11:30")
    moved = now_of(programme, friday)
    network.clock.move(minutes=10)
    late = cora.post(page_of(friday), action="undo", version="2")
    assert late.status == 422
    assert "It is too late to undo the change. Members are being told of it." in late.words
    assert now_of(programme, friday) == moved
    programme.announced(moved)
    assert cora.post(page_of(friday), action="undo", version="2").location.endswith("done=not-undone")
    assert now_of(programme, friday).start == moved.start


def test_nobody_undoes_what_somebody_else_has_changed_since(
    cora: Browser, programme: Programme, friday: Session
) -> None:
    change(cora, friday, start="11:30")
    seen = str(cora.get(page_of(friday)).value_of("version"))
    change(cora, friday, start="11:45")
    late = cora.post(page_of(friday), action="undo", version=seen)
    assert late.status == 422
    assert "Somebody else changed this session" in late.words


def test_members_are_told_now_and_a_second_press_does_no_more(
    network: Network, cora: Browser, programme: Programme, friday: Session
) -> None:
    change(cora, friday, start="11:30")
    network.clock.move(minutes=1)
    told = press(cora, friday, "tell")
    assert "Members are told now." in cora.get(told.location).words
    after = now_of(programme, friday)
    assert after.announce_at == network.clock.now()
    assert list(programme.announcements(network.clock.now())) == [after]
    assert press(cora, friday, "tell").location.endswith("done=told")
    assert now_of(programme, friday) == after


@pytest.mark.parametrize("action", ["", "erase", "save"])
def test_a_press_of_no_button_of_ours_changes_nothing(
    cora: Browser, programme: Programme, friday: Session, action: str
) -> None:
    page = cora.post(page_of(friday), action=action, version="1")
    assert page.status == 422
    assert "Choose what to do with the session" in page.words
    assert now_of(programme, friday) == friday


def test_two_sessions_swap_what_they_are_about_and_keep_their_dates(
    network: Network, cora: Browser, programme: Programme, friday: Session, later: Session
) -> None:
    change(
        cora, friday, title="Learning from excellence", summary="Two talks.", meeting_url="https://meet.example.org/1"
    )
    ann = network.member(ANN["name"], ANN["email"])
    said = Answer(value=AnswerValue.YES, sequence=0, stamp=network.clock.now(), source=Source.SITE)
    Answers(network.table).record(ann.id, friday.id, said)
    page = cora.get(f"{page_of(friday)}/swap")
    assert "Friday 4 December, midday (UK time): Friday drop-in" in page.words
    fields = {"version": str(page.value_of("version")), "swap_with": later.id}
    swapped = cora.post(f"{page_of(friday)}/swap", fields)
    assert "The two sessions have changed places." in cora.get(swapped.location).words
    one, two = now_of(programme, friday), now_of(programme, later)
    assert (one.title, one.summary) == (later.title, later.summary)
    assert (two.title, two.summary) == ("Learning from excellence", "Two talks.")
    assert (one.start, two.start) == (friday.start, later.start)
    assert (one.meeting_url, two.meeting_url) == ("https://meet.example.org/1", None)
    assert (one.sequence, two.sequence) == (0, 0)
    assert (one.edition, two.edition) == (1, 1)
    assert one.announce_at == two.announce_at == network.clock.now() + timedelta(minutes=10)
    kept = Answers(network.table).get(ann.id, friday.id)
    assert kept is not None
    assert kept.holds_for(one)
    assert lines_about(network, later.id)[-1] == ("session changed", {"fields": "title summary", "version": 2})


@pytest.mark.parametrize("which", ["first", "second"])
def test_undoing_a_swap_on_either_side_undoes_both(
    cora: Browser, programme: Programme, friday: Session, later: Session, which: str
) -> None:
    change(cora, friday, title="A talk")
    cora.post(f"{page_of(friday)}/swap", swap_with=later.id)
    side = friday if which == "first" else later
    assert "It changed places with" in cora.get(page_of(side)).words
    assert press(cora, side, "undo").location.endswith("done=undone")
    one, two = now_of(programme, friday), now_of(programme, later)
    assert (one.title, two.title) == ("A talk", later.title)
    assert {one.announce_at, two.announce_at, one.swapped_with, two.swapped_with} == {None}


def test_swapping_again_takes_the_first_swap_back(
    cora: Browser, programme: Programme, friday: Session, later: Session
) -> None:
    change(cora, friday, title="A talk")
    for _ in range(2):
        assert cora.post(f"{page_of(friday)}/swap", swap_with=later.id).status == 303
    one, two = now_of(programme, friday), now_of(programme, later)
    assert (one.title, two.title) == ("A talk", later.title)
    assert {one.announce_at, two.announce_at, one.swapped_with, two.swapped_with} == {None}


def test_members_are_told_of_both_sides_at_once_when_one_is_near(
    network: Network, cora: Browser, programme: Programme, friday: Session, later: Session
) -> None:
    change(cora, friday, title="A talk")
    network.clock.moment = friday.start - timedelta(hours=2)
    cora = network.signed_in(CORA["email"])
    cora.post(f"{page_of(friday)}/swap", swap_with=later.id)
    now = network.clock.now()
    assert [each.announce_at for each in (now_of(programme, friday), now_of(programme, later))] == [now, now]


@pytest.mark.parametrize(
    ("swap_with", "sentence"),
    [
        ("", "Choose the session to swap with"),
        ("../x", "Choose the session to swap with"),
        ("0" * 32, "Choose another session that goes ahead and has not begun"),
        ("itself", "Choose another session that goes ahead and has not begun"),
        ("later", "Choose another session. These two have the same title and the same summary"),
    ],
)
def test_a_swap_that_cannot_be_is_explained(
    cora: Browser, programme: Programme, friday: Session, later: Session, swap_with: str, sentence: str
) -> None:
    chosen = {"itself": friday.id, "later": later.id}.get(swap_with, swap_with)
    page = cora.post(f"{page_of(friday)}/swap", swap_with=chosen)
    assert page.status == 422
    assert page.error_beside("swap_with") == sentence


def test_of_two_swaps_at_once_the_second_is_refused(
    cora: Browser, programme: Programme, friday: Session, later: Session
) -> None:
    change(cora, friday, title="A talk")
    page = cora.post(f"{page_of(friday)}/swap", swap_with=later.id, version="1")
    assert page.status == 422
    assert "Somebody else changed this session" in page.words
    assert now_of(programme, later) == later


def test_a_break_is_proposed_months_ahead_and_decided_with_one_press(
    network: Network, cora: Browser, programme: Programme
) -> None:
    christmas, new_year, good_friday = [
        each for each in programme.between(network.clock.now()) if each.status is Status.PROPOSED_BREAK
    ]
    page = cora.get("/coordinate/sessions")
    assert "Perhaps a break: Christmas Day" in page.words
    assert "Perhaps a break: Good Friday" in page.words
    assert network.browser().get("/sessions").words.count("Perhaps a break") == 3
    assert "Perhaps a break: Christmas Day" in network.browser().get(f"/sessions/{christmas.id}").words
    off = cora.post(page_of(christmas), action="call-off", version="1")
    assert "The session is called off." in cora.get(off.location).words
    on = cora.post(page_of(good_friday), action="go-ahead", version="1")
    assert "The session goes ahead." in cora.get(on.location).words
    assert "This day is a bank holiday: Good Friday." in cora.get(page_of(good_friday)).words
    statuses = [now_of(programme, each).status for each in (christmas, new_year, good_friday)]
    assert statuses == [Status.CANCELLED, Status.PROPOSED_BREAK, Status.CONFIRMED]
    assert now_of(programme, good_friday).revivals == 0
    again = cora.post(page_of(christmas), action="go-ahead", version="1")
    assert again.status == 303
    assert now_of(programme, christmas).status is Status.CANCELLED


def test_a_break_is_decided_on_the_page_of_the_session_too(
    network: Network, cora: Browser, programme: Programme, friday: Session
) -> None:
    christmas = next(each for each in programme.between(network.clock.now()) if each.holiday == "Christmas Day")
    fields = form_of(cora.get(page_of(christmas)))
    assert fields["status"] == "proposed-break"
    assert "This session may be a break: Christmas Day." in cora.get(page_of(christmas)).words
    cora.post(page_of(christmas), fields | {"status": "confirmed"})
    assert now_of(programme, christmas).goes_ahead
    refused = cora.post(page_of(friday), form_of(cora.get(page_of(friday))) | {"status": "proposed-break"})
    assert refused.error_beside("status") == "Choose whether the session goes ahead"


def test_a_session_that_moves_to_or_from_a_bank_holiday_is_known_by_it(
    cora: Browser, programme: Programme, friday: Session
) -> None:
    page = change(cora, friday, date="2026-11-30")
    assert "This day is a bank holiday: Saint Andrew's Day (Scotland)." in page.words
    press(cora, friday, "undo")
    assert now_of(programme, friday).holiday is None


def test_the_coordinator_sees_how_many_are_coming_and_no_names(
    network: Network, cora: Browser, programme: Programme, friday: Session
) -> None:
    answers = Answers(network.table)
    given = [(AnswerValue.YES, 0), (AnswerValue.YES, 0), (AnswerValue.MAYBE, 0), (AnswerValue.NO, 1)]
    for place, (value, sequence) in enumerate(given):
        member = network.member("Ruth Roomgoer", f"ruth{place}@nhs.net")
        said = Answer(value=value, sequence=sequence, stamp=network.clock.now(), source=Source.MAIL)
        answers.record(member.id, friday.id, said)
    words = cora.get(page_of(friday)).words
    assert "Yes 2 Maybe 1 No 0" in words
    assert "Roomgoer" not in words
    assert network.table.get(keys.session(friday.id)) is not None


def test_the_other_coordinators_hear_at_once_of_a_change_that_goes_to_members(
    network: Network, cora: Browser, programme: Programme, friday: Session
) -> None:
    network.member(DEV["name"], DEV["email"], coordinator=True)
    programme.mark_invited(friday.id)
    change(cora, friday, start="11:30")

    (told,) = network.inbox(DEV["email"])
    assert told["subject"] == "Another coordinator changed a session"
    words = text_of(told)
    assert "Friday 27 November 2026, 11:30am to 1pm (UK time)" in words
    assert "Members are told at 10:10am (UK time). Until then, you can undo the change." in words
    assert not any(told["subject"] == mail["subject"] for mail in network.inbox(CORA["email"]))
    assert CORA["name"] not in words

    dev = network.signed_in(DEV["email"])
    assert "The change is undone." in dev.get(press(dev, friday, "undo").location).words
    assert now_of(programme, friday).start == friday.start
    assert len([mail for mail in network.inbox(DEV["email"]) if mail["subject"] == told["subject"]]) == 1


def test_the_other_coordinators_hear_nothing_of_what_members_are_not_told(
    network: Network, cora: Browser, programme: Programme, friday: Session, later: Session
) -> None:
    network.member(DEV["name"], DEV["email"], coordinator=True)
    programme.mark_invited(friday.id)
    change(cora, friday, summary="New words, of which nobody is told.")
    change(cora, later, start="11:30")
    assert network.inbox(DEV["email"]) == []


def test_of_a_session_that_is_near_they_hear_that_members_are_told_now(
    network: Network, cora: Browser, programme: Programme, friday: Session
) -> None:
    network.member(DEV["name"], DEV["email"], coordinator=True)
    programme.mark_invited(friday.id)
    network.clock.moment = friday.start - timedelta(minutes=20)
    near = network.signed_in(CORA["email"])
    change(near, friday, status="cancelled")
    (told,) = network.inbox(DEV["email"])
    assert "It is called off. It was to be Friday 27 November 2026" in text_of(told)
    assert "Members are being told now." in text_of(told)
