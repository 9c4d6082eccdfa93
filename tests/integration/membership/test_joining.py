"""Joining by the pages, from the first address to the outcome."""

import pytest

from functions.kernel import keys
from functions.membership import join
from functions.membership.addresses import parse
from functions.membership.store import Applications, address_digest
from tests.network import Network, code_in, text_of
from tests.people import ANN, PAT, SAM, VERA


def _told(person: dict[str, str], **more: str) -> dict[str, str]:
    return {name: value for name, value in {**person, **more}.items() if name != "email"}


def test_ann_joins_with_her_work_address_and_is_a_member_at_once(network: Network) -> None:
    browser = network.join(ANN)

    outcome = browser.get("/join/outcome")

    assert outcome.reason == "A01"
    assert "You are a member" in outcome.title
    assert "you used a work address from a UK health, care or public organisation we know" in outcome.words
    assert browser.get("/home").status == 200
    welcome = network.inbox(ANN["email"])[-1]
    assert welcome["subject"] == "You are a member of the Patient Safety Management Network"


def test_the_code_is_in_the_subject_and_on_a_line_of_its_own(network: Network) -> None:
    network.browser().post("/join", email=ANN["email"])

    (message,) = network.inbox(ANN["email"])

    assert message["subject"].endswith(f"Network: {code_in(message)}")
    assert text_of(message).startswith("Your code is:")


@pytest.mark.parametrize("typed", ["{code}", "{code} ", " {close}", "{close}"])
def test_a_code_is_taken_with_or_without_spaces(network: Network, typed: str) -> None:
    browser = network.browser()
    browser.post("/join", email=ANN["email"])
    code = network.code_for(ANN["email"])

    answer = browser.post("/join/code", code=typed.format(code=code, close=code.replace(" ", "")))

    assert (answer.status, answer.location) == (303, "/join/about-you")


def test_a_wrong_code_gets_a_sentence_beside_the_field_and_keeps_the_page(network: Network) -> None:
    browser = network.browser()
    browser.post("/join", email=ANN["email"])

    answer = browser.post("/join/code", code="0000 0000")

    assert answer.status == 422
    assert answer.title.startswith("Error: ")
    assert answer.error_beside("code") == "That is not the code we sent. Check it, and type it again"


def test_nothing_is_kept_about_an_unproven_address_after_a_day(network: Network) -> None:
    network.browser().post("/join", email=ANN["email"])
    network.deliver()

    for item in network.everything():
        assert item["expires_at"] <= network.clock.moment.timestamp() + 25 * 3600, item["kind"]
        if item["kind"] not in {"draft", "mail"}:
            assert ANN["email"] not in str(item)


def test_each_step_taken_too_early_leads_back_to_the_one_before(network: Network) -> None:
    browser = network.browser()

    assert browser.get("/join/code").location == "/join"
    assert browser.get("/join/about-you").location == "/join/code"
    assert browser.get("/join/check").location == "/join/code"
    assert browser.post("/join/check").location == "/join/code"
    assert browser.get("/join/outcome").location == "/join"

    browser = network.begin(ANN)
    assert browser.get("/join/check").location == "/join/about-you"
    assert browser.post("/join/check").location == "/join/about-you"


def test_a_form_with_gaps_says_what_to_do_beside_each_field_and_keeps_the_rest(network: Network) -> None:
    browser = network.begin(ANN)

    answer = browser.post("/join/about-you", name="Wyn Ŵr", organisation=" ", nation="atlantis")

    assert answer.status == 422
    assert answer.value_of("name") == "Wyn Ŵr"
    assert answer.error_beside("name") is None
    assert answer.error_beside("role") == "Choose what best describes your work"
    assert answer.error_beside("nation") == "Choose where you work"
    assert answer.error_beside("organisation") == "Enter the organisation you work for or with"
    assert answer.error_beside("agree") == "Tick the box if you agree to how we keep this a safe space"


def test_pressing_send_twice_makes_one_member_and_one_welcome(network: Network) -> None:
    browser = network.join(ANN)

    again = browser.post("/join/check")

    assert again.location == "/join/outcome"
    assert [item["kind"] for item in network.everything()].count("member") == 1
    welcomes = [mail for mail in network.inbox(ANN["email"]) if "You are a member" in mail["subject"]]
    assert len(welcomes) == 1


def test_two_presses_at_the_same_moment_make_one_member(network: Network) -> None:
    browser = network.begin(ANN)
    browser.post("/join/about-you", _told(ANN))
    applications = Applications(network.table)
    draft = network.draft_of(browser)

    first = join.submit(draft, applications=applications, now=network.clock.now())
    second = join.submit(draft, applications=applications, now=network.clock.now())

    assert first.application.id == second.application.id
    assert second.cookie is None


def test_a_member_who_joins_again_sees_the_same_pages_and_learns_it_by_mail(network: Network) -> None:
    network.member("Ann Example", ANN["email"])
    known, unknown = network.browser(), network.browser()

    for browser, address in ((known, "ann.example@nhs.net"), (unknown, "bob.example@nhs.net")):
        assert browser.post("/join", email=address).location == "/join/code"
    pages = [browser.get("/join/code").text for browser in (known, unknown)]

    assert pages[0].replace("ann.example", "bob.example") == pages[1]
    (message,) = network.inbox(ANN["email"])
    assert message["subject"] == "You are already a member of the Patient Safety Management Network"


def test_the_same_person_in_another_spelling_is_the_same_person(network: Network) -> None:
    network.join(ANN)

    network.browser().post("/join", email="Ann.Example+psmn@NHS.net")

    assert network.inbox("Ann.Example+psmn@nhs.net")[-1]["subject"].startswith("You are already a member")


def test_a_supplier_waits_for_a_person_and_is_told_so(network: Network) -> None:
    browser = network.join(SAM)

    outcome = browser.get("/join/outcome")

    assert outcome.reason == "E11"
    assert "Members are never sold to" in outcome.words
    assert browser.get("/home").status == 303
    (waiting,) = Applications(network.table).waiting()
    assert waiting.answers.name == "Sam Seller"
    assert "within 2 working days" in text_of(network.inbox(SAM["email"])[-1])


def test_pat_without_a_contact_is_asked_for_one_and_can_add_it_later(network: Network) -> None:
    browser = network.join(PAT)
    assert browser.get("/join/outcome").reason == "E13"

    network.clock.move(hours=30)
    browser = network.begin(PAT)
    shown = browser.get("/join/about-you")
    assert shown.value_of("name") == PAT["name"]
    browser.post("/join/about-you", _told(PAT, voucher_name=VERA["name"], voucher_email=VERA["email"]))
    browser.post("/join/check")

    assert "Vera Example" in browser.get("/join/outcome").words
    assert [item["kind"] for item in network.everything()].count("application") == 1


@pytest.mark.parametrize(
    ("contact", "sentence"),
    [
        ("vera@gmail.com", "Enter a work address of an NHS, public or other organisation that we know"),
        ("pat.example+vera@gmail.com", "Enter the email address of somebody you work with, not your own"),
        ("vera@@nhs.net", "That does not look like an email address"),
    ],
)
def test_a_contact_who_cannot_count_is_explained_at_once(network: Network, contact: str, sentence: str) -> None:
    browser = network.begin(PAT)

    answer = browser.post("/join/about-you", _told(PAT, voucher_name="Vera Example", voucher_email=contact))

    assert answer.status == 422
    assert str(answer.error_beside("voucher_email")).startswith(sentence)


def test_half_a_contact_is_asked_for_the_other_half(network: Network) -> None:
    browser = network.begin(PAT)

    nameless = browser.post("/join/about-you", _told(PAT, voucher_email=VERA["email"]))
    unreachable = browser.post("/join/about-you", _told(PAT, voucher_name=VERA["name"]))

    assert nameless.error_beside("voucher_name") == "Enter the full name of your contact"
    assert str(unreachable.error_beside("voucher_email")).startswith("Enter your contact's email address")


def test_an_address_removed_for_conduct_goes_to_a_person(network: Network) -> None:
    digest = address_digest(parse(ANN["email"]).key)
    network.put("address", keys.address(digest), {"removed_at": "2026-01-01T00:00:00Z"})

    browser = network.join(ANN)

    assert browser.get("/join/outcome").reason == "E05"


def test_a_code_of_another_browser_opens_nothing(network: Network) -> None:
    mine, theirs = network.browser(), network.browser()
    mine.post("/join", email=ANN["email"])
    code = network.code_for(ANN["email"])
    theirs.post("/join", email="other.example@nhs.net")

    assert theirs.post("/join/code", code=code).status == 422
    assert mine.post("/join/code", code=code).status == 303


def test_requirement_44_a_wrong_code_gets_the_same_answer_whether_or_not_a_code_was_sent(network: Network) -> None:
    network.member("Ann Example", ANN["email"])
    known, unknown = network.browser(), network.browser()
    known.post("/join", email="ann.example@nhs.net")
    unknown.post("/join", email="bob.example@nhs.net")
    network.deliver()

    for _ in range(6):
        answers = [browser.post("/join/code", code="0000 0000") for browser in (known, unknown)]
        assert answers[0].error_beside("code") == answers[1].error_beside("code")
        assert [answer.status for answer in answers] == [422, 422]
