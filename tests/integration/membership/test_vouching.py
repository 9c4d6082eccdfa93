"""A contact confirms somebody's work, by code and without an account."""

from functions.kernel import kinds
from functions.membership import vouching
from functions.membership.model import Status
from functions.membership.store import Applications
from tests.network import Network, code_in, link_in, text_of
from tests.people import PAT, VERA
from tests.web import Browser, Page

PAT_AND_VERA = PAT | {"voucher_name": VERA["name"], "voucher_email": VERA["email"]}


def _answer(network: Network, given: str, code: str | None = None) -> Page:
    question = network.inbox(VERA["email"])[-1]
    browser, path = network.browser(), link_in(question, "/vouch/")
    browser.get(path)
    return browser.post(path, answer=given, code=code or code_in(question))


def _application(network: Network, browser: Browser) -> Status:
    application = Applications(network.table).get(str(network.draft_of(browser).application_id))
    assert application is not None
    return application.status


def test_vera_is_told_who_asks_and_what_she_is_to_confirm_and_nothing_else(network: Network) -> None:
    network.join(PAT_AND_VERA)

    question = network.inbox(VERA["email"])[-1]

    assert "works for patient safety with Bwrdd Iechyd Enghraifft" in text_of(question)
    assert PAT["email"] not in question.as_string()
    page = network.browser().get(link_in(question, "/vouch/"))
    assert "Pat O'Example" in page.words
    assert PAT["email"] not in page.text


def test_pat_becomes_a_member_when_vera_says_yes_and_both_are_told(network: Network) -> None:
    browser = network.join(PAT_AND_VERA)
    assert browser.get("/join/outcome").reason == "E13"

    answer = _answer(network, "yes")

    assert answer.status == 303
    outcome = browser.get("/join/outcome")
    assert outcome.reason == "A02"
    assert "You are a member" in outcome.title
    assert network.inbox(PAT["email"])[-1]["subject"].startswith("You are a member")
    assert "You confirmed the work of Pat O'Example" in text_of(network.inbox(VERA["email"])[-1])
    assert network.signed_in(PAT["email"]).get("/home").status == 200


def test_opening_the_link_answers_nothing(network: Network) -> None:
    browser = network.join(PAT_AND_VERA)
    path = link_in(network.inbox(VERA["email"])[-1], "/vouch/")

    for _ in range(3):
        assert network.browser().get(path).status == 200

    assert _application(network, browser) is Status.VOUCHING


def test_a_no_goes_to_a_coordinator_and_pat_does_not_hear_what_was_answered(network: Network) -> None:
    browser = network.join(PAT_AND_VERA)

    _answer(network, "no")

    assert _application(network, browser) is Status.WAITING
    told = text_of(network.inbox(PAT["email"])[-1])
    assert "A coordinator will now look at your application" in told
    assert "cannot confirm" not in told
    assert "We do not tell Pat O'Example what you answered" in text_of(network.inbox(VERA["email"])[-1])


def test_somebody_else_s_mailbox_answers_not_me_and_is_left_alone(network: Network) -> None:
    browser = network.join(PAT_AND_VERA)

    _answer(network, "not-me")

    assert _application(network, browser) is Status.WAITING
    network.deliver()
    network.clock.move(days=8)
    vouching.follow_up(Applications(network.table), network.clock.now())
    assert len(network.inbox(VERA["email"])) == 2


def test_a_wrong_code_or_no_answer_gets_a_sentence_and_changes_nothing(network: Network) -> None:
    browser = network.join(PAT_AND_VERA)

    wrong = _answer(network, "yes", code="0000 0000")
    path = link_in(network.inbox(VERA["email"])[-1], "/vouch/")
    empty = network.browser().post(path, code="")

    assert wrong.error_beside("code") == "That is not the code we sent. Check it, and type it again"
    assert empty.error_beside("answer") == "Choose your answer"
    assert _application(network, browser) is Status.VOUCHING


def test_a_second_answer_changes_nothing(network: Network) -> None:
    browser = network.join(PAT_AND_VERA)
    question = network.inbox(VERA["email"])[-1]
    _answer(network, "no")

    again = network.browser().post(link_in(question, "/vouch/"), answer="yes", code=code_in(question))

    assert again.status == 303
    assert _application(network, browser) is Status.WAITING


def test_a_link_that_we_never_made_looks_like_any_page_that_does_not_exist(network: Network) -> None:
    network.join(PAT_AND_VERA)
    path = link_in(network.inbox(VERA["email"])[-1], "/vouch/")

    forged = network.browser().get(path[:-4] + "AAAA")
    missing = network.browser().get("/no-such-page")

    assert forged.status == missing.status == 404
    assert forged.words == missing.words


def test_a_contact_who_does_not_answer_is_reminded_once_and_then_a_coordinator_takes_over(network: Network) -> None:
    network.join(PAT_AND_VERA)
    applications = Applications(network.table)
    first_link = link_in(network.inbox(VERA["email"])[-1], "/vouch/")

    network.clock.move(days=3, seconds=1)
    assert vouching.follow_up(applications, network.clock.now()) == 1
    assert vouching.follow_up(applications, network.clock.now()) == 0
    reminder = network.inbox(VERA["email"])[-1]
    assert "This is the only reminder" in text_of(reminder)
    assert "We have asked once more" in text_of(network.inbox(PAT["email"])[-1])
    assert network.browser().get(first_link).status == 404

    network.clock.move(days=4)
    assert vouching.follow_up(applications, network.clock.now()) == 1
    (waiting,) = applications.waiting()
    assert waiting.answers.name == PAT["name"]
    assert "a coordinator will look at your application" in text_of(network.inbox(PAT["email"])[-1])
    assert len(network.inbox(VERA["email"])) == 2


def test_nobody_confirms_more_than_five_people_a_year(network: Network) -> None:
    for number in range(6):
        person = PAT_AND_VERA | {"email": f"partner{number}@gmail.com", "name": f"Partner {number}"}
        browser = network.join(person)

    assert len(network.inbox(VERA["email"])) == 5
    assert _application(network, browser) is Status.WAITING
    assert "A person will look" in network.inbox("partner5@gmail.com")[-1]["subject"]


def test_the_link_and_the_code_are_kept_as_fingerprints_alone(network: Network) -> None:
    network.join(PAT_AND_VERA)
    question = network.inbox(VERA["email"])[-1]
    code, secret = code_in(question), link_in(question, "/vouch/").rpartition(".")[2]

    held = str(network.everything())

    assert code not in held
    assert code.replace(" ", "") not in held
    assert secret not in held
    assert kinds.KIND["vouch"].personal
