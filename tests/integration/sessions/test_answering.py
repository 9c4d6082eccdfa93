"""Members say whether they are coming, on the session's page or from a mail. Saying nothing is normal."""

from datetime import timedelta

import pytest

from functions.invites import jobs as invites_jobs
from functions.kernel import keys
from functions.kernel.table import change
from functions.sessions.model import AnswerValue, Session, Source, Status
from functions.sessions.programme import Changes, decided, edited
from functions.sessions.store import Answers, Programme
from tests.network import Network, link_in
from tests.people import ANN, CORA
from tests.web import Browser, Page


def member_id(network: Network, address: str = ANN["email"]) -> str:
    """The id of the member with an address."""
    return next(item["id"] for item in network.everything() if item.get("address") == address)


def answer_of(network: Network, session: Session) -> tuple[AnswerValue, int, Source] | None:
    """What Ann has said."""
    found = Answers(network.table).get(member_id(network), session.id)
    return (found.value, found.sequence, found.source) if found else None


def chosen(page: Page) -> str | None:
    """The answer that is marked on the form."""
    radios = [each for each in page.tree.iter() if each.get("name") == "answer" and each.get("type") == "radio"]
    return next((each.get("value") for each in radios if each.get("checked") is not None), None)


def move(network: Network, session: Session) -> Session:
    """Let the session be an hour later."""
    hour = timedelta(hours=1)
    wanted = Changes(session.title, session.summary, session.start + hour, session.end + hour, session.meeting_url)
    after = edited(session, wanted, network.clock.now())
    network.table.write(change(keys.session(session.id), set={"sequence": after.sequence}))
    return after


@pytest.fixture
def link(network: Network, ann: Browser, programme: Programme) -> str:
    """The link to answer in Ann's invitation, without what it chooses."""
    invites_jobs.planner().week(network.clock.now())
    return link_in(network.inbox(ANN["email"])[-1], "/reply/").partition("?")[0]


def test_a_member_says_yes_and_changes_their_mind(network: Network, ann: Browser, friday: Session) -> None:
    path = f"/sessions/{friday.id}"
    page = ann.get(path)
    assert "Are you coming?" in page.words
    assert "You do not have to answer." in page.words
    assert "Your answer" not in page.words
    said = ann.post(f"{path}/reply", answer="yes", sequence=page.value_of("sequence") or "")
    assert (said.status, said.location) == (303, f"{path}?done=answered")
    page = ann.get(said.location)
    assert "Thank you. Your answer is saved" in page.words
    assert "Your answer: Yes" in page.words
    network.clock.move(seconds=0.2)
    ann.post(f"{path}/reply", answer="no")
    assert "Your answer: No" in ann.get(path).words
    assert answer_of(network, friday) == (AnswerValue.NO, 0, Source.SITE)


def test_requirement_77_a_double_click_a_press_after_going_back_and_a_retry_make_one_answer(
    network: Network, ann: Browser, friday: Session
) -> None:
    path = f"/sessions/{friday.id}/reply"
    for answer in ("yes", "yes", "maybe", "maybe"):
        assert ann.post(path, answer=answer, sequence="0").status == 303
        network.clock.move(seconds=0.1)
    kept = [item for item in network.everything() if item["kind"] == "answer"]
    assert len(kept) == 1
    assert answer_of(network, friday) == (AnswerValue.MAYBE, 0, Source.SITE)


@pytest.mark.parametrize("answer", ["", "perhaps", "YES", "yes no"])
def test_what_is_no_answer_is_refused(network: Network, ann: Browser, friday: Session, answer: str) -> None:
    page = ann.post(f"/sessions/{friday.id}/reply", answer=answer)
    assert page.status == 422
    assert "Choose yes, maybe or no" in page.words
    assert answer_of(network, friday) is None


def test_an_answer_is_for_the_time_that_the_member_saw(network: Network, ann: Browser, friday: Session) -> None:
    path = f"/sessions/{friday.id}"
    ann.post(f"{path}/reply", answer="yes", sequence="0")
    move(network, friday)
    assert "You answered for the old time: Yes The session has changed since." in ann.get(path).words
    network.clock.move(seconds=1)
    ann.post(f"{path}/reply", answer="no", sequence="0")
    assert "You answered for the old time: No The" in ann.get(path).words
    ann.post(f"{path}/reply", answer="maybe", sequence="1")
    assert "Your answer: Maybe" in ann.get(path).words
    network.clock.move(seconds=1)
    ann.post(f"{path}/reply", answer="no", sequence="0")
    ann.post(f"{path}/reply", answer="yes", sequence="7")
    assert answer_of(network, friday) == (AnswerValue.YES, 1, Source.SITE)


def test_there_is_nothing_to_answer_when_a_session_is_off_in_doubt_or_over(
    network: Network, ann: Browser, cora: Browser, programme: Programme, friday: Session, link: str
) -> None:
    path = f"/sessions/{friday.id}"
    for status, words in ((Status.CANCELLED, "called off"), (Status.PROPOSED_BREAK, "Perhaps")):
        network.table.write(change(keys.session(friday.id), set={"status": status}))
        assert "Are you coming?" not in ann.get(path).words
        assert words in ann.get(link).words
        assert "Save my answer" not in ann.get(link).words
        assert ann.post(f"{path}/reply", answer="yes").status == 303
        assert ann.post(link, answer="yes").status == 303
    assert answer_of(network, friday) is None
    network.table.write(change(keys.session(friday.id), set={"status": Status.CONFIRMED}))
    network.clock.moment = friday.end
    assert "This session is over" in ann.get(link).words
    ann.post(link, answer="yes")
    assert answer_of(network, friday) is None
    assert decided(friday, Status.CONFIRMED, friday.start) is friday


def test_from_the_mail_the_answer_is_chosen_and_a_press_saves_it_signed_in_or_not(
    network: Network, link: str, friday: Session
) -> None:
    for browser in (network.browser(), network.signed_in(ANN["email"])):
        network.clock.move(seconds=1)
        page = browser.get(f"{link}?answer=yes")
        assert page.status == 200
        assert chosen(page) == "yes"
        assert friday.when in page.words
        saved = browser.post(link, answer="yes", sequence=page.value_of("sequence") or "")
        assert (saved.status, saved.location) == (303, f"{link}?done=answered")
        page = browser.get(saved.location)
        assert "Thank you. Your answer is saved" in page.words
        assert "Your answer: Yes" in page.words
        assert chosen(page) == "yes"
        assert answer_of(network, friday) == (AnswerValue.YES, 0, Source.MAIL)


def test_requirement_77_the_link_in_a_mail_can_be_used_again_and_there_is_one_answer(
    network: Network, link: str, friday: Session
) -> None:
    browser = network.browser()
    for answer in ("no", "no", "yes"):
        browser.post(link, answer=answer)
        network.clock.move(seconds=0.1)
    assert answer_of(network, friday) == (AnswerValue.YES, 0, Source.MAIL)
    assert chosen(browser.get(link)) == "yes"
    assert chosen(browser.get(f"{link}?answer=no")) == "no"
    assert chosen(browser.get(f"{link}?answer=everything")) == "yes"


def test_requirement_2_a_scanner_that_opens_every_link_answers_nothing(
    network: Network, link: str, friday: Session
) -> None:
    before = network.everything()
    for method in ("GET", "HEAD"):
        for query in ("", "?answer=yes", "?answer=no&answer=yes", "?done=answered"):
            assert network.browser().send(method, link + query).status == 200
    assert network.everything() == before


def test_a_form_on_the_reply_page_without_an_answer_says_what_to_do(network: Network, link: str) -> None:
    page = network.browser().post(link)
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert page.error_beside("answer") == "Choose yes, maybe or no"


def test_the_page_from_a_mail_says_nothing_about_whose_mail_it_was(network: Network, link: str) -> None:
    page = network.browser().get(link)
    assert ANN["name"] not in page.text
    assert ANN["email"] not in page.text


def test_whoever_is_signed_in_the_answer_is_that_of_the_mails_owner(
    network: Network, cora: Browser, link: str, friday: Session
) -> None:
    cora.post(link, answer="yes")
    assert answer_of(network, friday) == (AnswerValue.YES, 0, Source.MAIL)
    assert Answers(network.table).get(member_id(network, CORA["email"]), friday.id) is None


def test_requirement_50_a_link_that_we_never_made_or_whose_owner_has_left_leads_nowhere(
    network: Network, ann: Browser, link: str
) -> None:
    key, _, secret = link.removeprefix("/reply/").partition(".")
    stop = link_in(network.inbox(ANN["email"])[-1], "/unsubscribe/").partition("?")[0]
    other = stop.removeprefix("/unsubscribe/").partition(".")[2]
    wrong = ["/reply/x", f"/reply/{key}", f"/reply/{key}.", f"/reply/{key}.{'x' * 43}", f"/reply/.{secret}"]
    wrong += [f"/reply/{key}.{other}"]
    for path in wrong:
        assert network.browser().get(path).status == 404
        assert network.browser().post(path, answer="yes").status == 404
    network.table.write(change(keys.member(member_id(network)), set={"status": "left"}))
    assert network.browser().get(link).status == 404
    assert network.browser().post(link, answer="yes").status == 404
    network.table.write(change(keys.member(member_id(network)), set={"status": "member"}))
    ann.post("/account/leave", leave="yes")
    assert network.browser().get(link).status == 404
    assert not [item for item in network.everything() if item["kind"] == "answer"]


def test_requirement_26_another_site_cannot_answer_for_somebody(
    network: Network, ann: Browser, link: str, friday: Session
) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "cross-site"}
    for path in (f"/sessions/{friday.id}/reply", link):
        assert ann.send("POST", path, body="answer=yes", headers=headers).status == 403
    assert answer_of(network, friday) is None
