"""Complaining: anybody may, hears at once that we have it, and is answered by a person within 30 days."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from functions.kernel import clock, keys, tokens
from functions.membership import complaining
from functions.membership.complaints import KEPT, Complaints
from functions.membership.model import Complaint
from functions.membership.web_complaints import LIST
from tests.coordinators import DEV, cora, settle, what_was_written
from tests.network import Network, text_of
from tests.people import ANN, COMPLAINT, CORA
from tests.web import Browser, Page

OLA = COMPLAINT["email"]
FOUND = "A colleague of yours typed it.\nWe have deleted it, and we are sorry."


def complain(network: Network, client: str = "192.0.2.1", **other: str) -> Page:
    return network.browser(client).post("/complaints", {**COMPLAINT, **other})


def waiting(network: Network) -> list[Complaint]:
    return list(Complaints(network.table).waiting())


def answer(browser: Browser, complaint: Complaint, outcome: str = FOUND) -> Page:
    return browser.post(f"{LIST}/{complaint.id}", outcome=outcome)


def test_a_stranger_complains_and_hears_at_once_that_we_have_it_and_until_when_we_answer(network: Network) -> None:
    page = complain(network)

    assert (page.status, page.location) == (303, "/complaints/received")
    assert "answers you within 30 days" in network.browser().get(page.location).words
    (complaint,) = waiting(network)
    assert (complaint.name, complaint.happened, complaint.wanted) == tuple(
        COMPLAINT[name] for name in ("name", "happened", "wanted")
    )
    (letter,) = network.inbox(OLA)
    assert letter["subject"] == "We have your complaint"
    assert complaint.reference in text_of(letter)
    # The day on which it came is the first of the 30.
    assert "answers you by Tuesday 22 December 2026 at the latest" in text_of(letter)


def test_requirement_45_nobody_can_have_us_mail_their_own_words_to_a_stranger(network: Network) -> None:
    complain(network, name="Win A Prize", happened="Call 0900 123", wanted="Call now")
    (letter,) = network.inbox(OLA)
    assert "Prize" not in str(letter)
    assert "Call" not in str(letter)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Enter your full name"),
        ("email", "ola", "Check that the email address is complete"),
        ("happened", " ", "Tell us what happened, in 4,000 characters or fewer"),
        ("happened", "a" * 4_001, "Tell us what happened, in 4,000 characters or fewer"),
        ("wanted", "a" * 4_001, "Tell us what would put it right, in 4,000 characters or fewer"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_that_was_typed_is_lost(
    network: Network, field: str, value: str, sentence: str
) -> None:
    page = complain(network, **{field: value})
    assert page.status == 422
    beside = page.error_beside(field)
    assert beside is not None
    assert beside == sentence or field == "email"
    assert field == "name" or page.value_of("name") == COMPLAINT["name"]
    assert not waiting(network)
    assert not network.inbox(OLA)


def test_requirement_77_a_form_that_is_sent_twice_makes_one_complaint(network: Network) -> None:
    asked = network.browser().get("/complaints").value_of("asked")
    assert asked is not None
    for _ in range(2):
        assert complain(network, asked=asked).location == "/complaints/received"
    assert len(waiting(network)) == 1
    assert len(network.inbox(OLA)) == 1


def test_requirement_45_one_address_is_mailed_three_times_a_day_and_is_told_where_else_to_turn(
    network: Network,
) -> None:
    for _ in range(3):
        assert complain(network).status == 303
    page = complain(network, client="198.51.100.7")
    assert page.status == 429
    assert complaining.ENOUGH in page.words
    assert len(network.inbox(OLA)) == 3
    network.clock.move(days=1)
    assert complain(network).status == 303


def test_requirement_46_one_network_cannot_fill_the_list(network: Network) -> None:
    statuses = [complain(network, email=f"ola{number}@outside.example.org").status for number in range(21)]
    assert statuses == [303] * 20 + [429]
    assert len(waiting(network)) == 20


def test_a_coordinator_sees_the_days_that_are_left_answers_and_the_person_reads_it(network: Network) -> None:
    complain(network)
    (complaint,) = waiting(network)
    browser = cora(network)
    assert "Monday 23 November 2026 29 days left" in browser.get(LIST).words
    assert "Answer by Tuesday 22 December 2026" in browser.get(f"{LIST}/{complaint.id}").words

    page = answer(browser, complaint)

    assert page.location == f"{LIST}?done=answered"
    assert "No complaint is waiting." in browser.get(page.location).words
    letter = network.inbox(OLA)[-1]
    assert letter["subject"] == "Our answer to your complaint"
    assert FOUND.splitlines()[1] in text_of(letter)
    assert "another person looks at it again" in text_of(letter)
    assert FOUND.splitlines()[0] in browser.get(f"{LIST}/{complaint.id}").words
    assert what_was_written(network, complaint.id) == ["answered a complaint"]


def test_nothing_is_answered_without_words_and_nothing_twice(network: Network) -> None:
    complain(network)
    (complaint,) = waiting(network)
    browser = cora(network)
    assert answer(browser, complaint, "").error_beside("outcome") is not None
    answer(browser, complaint)
    assert answer(browser, complaint, "Something else.").location == f"{LIST}/{complaint.id}"
    assert len(network.inbox(OLA)) == 2


def test_two_coordinators_in_one_moment_send_one_answer(network: Network) -> None:
    complain(network)
    (complaint,) = waiting(network)
    browser = cora(network)
    complaints, now = Complaints(network.table), network.clock.now()
    by = network.member(DEV["name"], DEV["email"], coordinator=True).id
    answer(browser, complaint)
    with pytest.raises(complaining.Invalid, match="Check what you entered"):
        complaining.answer(complaint, "Mine.", by=by, complaints=complaints, now=now)
    assert len(network.inbox(OLA)) == 2


def test_requirement_18_who_is_no_coordinator_any_more_answers_nothing(network: Network) -> None:
    complain(network)
    (complaint,) = waiting(network)
    ann = network.member(ANN["name"], ANN["email"])
    with pytest.raises(complaining.Invalid):
        complaining.answer(complaint, "Mine.", by=ann.id, complaints=Complaints(network.table), now=network.clock.now())
    assert waiting(network) == [complaint]


def letters_to(network: Network, address: str) -> list[EmailMessage]:
    """What a coordinator was told of complaints."""
    return [letter for letter in network.inbox(address) if "complaint" in str(letter["subject"])]


def test_coordinators_are_told_at_once_and_again_before_the_30_days_are_over(network: Network) -> None:
    complain(network)
    for person in (CORA, DEV):
        network.member(person["name"], person["email"], coordinator=True)
    network.member(ANN["name"], ANN["email"])
    told = []
    for days in (0, 0, 19, 1, 6, 1, 30):
        network.clock.move(days=days)
        told.append(settle(network)["complaints"])
        network.deliver()
    assert told == [1, 0, 0, 1, 0, 1, 0]
    for person in (CORA, DEV):
        first, *later = letters_to(network, person["email"])
        assert first["subject"] == "A complaint waits for an answer by Tuesday 22 December 2026"
        assert "A complaint came in on Monday 23 November 2026" in text_of(first)
        assert ["Nobody has answered" in text_of(letter) for letter in later] == [True, True]
        assert not any(word in str(letter) for letter in (first, *later) for word in (COMPLAINT["name"], OLA))
    assert not letters_to(network, ANN["email"])


def test_a_letter_that_was_waiting_when_the_answer_went_is_not_sent(network: Network) -> None:
    complain(network)
    (complaint,) = waiting(network)
    browser = cora(network)
    settle(network)
    (complaint,) = waiting(network)
    answer(browser, complaint)
    assert not letters_to(network, CORA["email"])


def test_a_network_without_coordinators_tells_the_first_one_that_it_gets(network: Network) -> None:
    complain(network)
    assert settle(network)["complaints"] == 0
    network.member(CORA["name"], CORA["email"], coordinator=True)
    assert settle(network)["complaints"] == 1


def test_a_complaint_is_late_after_its_last_day(network: Network) -> None:
    complain(network)
    network.clock.move(days=29)
    browser = cora(network)
    assert "Today is the last day" in browser.get(LIST).words
    network.clock.move(days=1)
    assert "Late" in network.signed_in(CORA["email"]).get(LIST).words


def test_requirement_64_a_complaint_stays_until_it_is_answered_and_for_6_years(network: Network) -> None:
    complain(network)
    (complaint,) = waiting(network)
    network.clock.move(days=10 * 365)
    assert waiting(network) == [complaint]
    answer(cora(network), complaint)
    item = network.table.get(keys.complaint(complaint.id))
    assert item is not None
    assert item["expires_at"] == clock.epoch(network.clock.now() + KEPT)
    network.clock.move(days=6 * 366 + 1)
    assert network.table.get(keys.complaint(complaint.id)) is None


def test_requirement_62_a_member_reads_their_complaint_in_what_we_hold_and_it_outlasts_their_leaving(
    network: Network,
) -> None:
    browser = network.join(ANN)
    complain(network, email=ANN["email"], asked=tokens.new_id())
    page = browser.get("/account/data")
    assert COMPLAINT["happened"] in page.words
    assert "We have your complaint" in page.words
    browser.post("/account/leave")
    network.clock.move(minutes=20)
    settle(network)
    assert len(waiting(network)) == 1
    assert timedelta(days=6 * 365) < KEPT
