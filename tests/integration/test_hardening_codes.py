"""Codes: what they look like from outside, who gets how many, and what two people at once can do with one."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from moto.core.models import botocore_stubber

from functions.kernel import keys, tokens
from functions.kernel.errors import Clash, Invalid
from functions.kernel.table import change
from functions.membership import codes as code_rules
from functions.membership import routes
from functions.membership.store import Codes
from tests.calls import listen
from tests.network import Network
from tests.people import ANN, CORA
from tests.web import Browser, Page

SUSPENDED = {"name": "Sue Example", "email": "sue.example@nhs.net"}
UNKNOWN = "bob.example@nhs.net"
FORMS = ("/join", "/sign-in")


@pytest.fixture(autouse=True)
def people(network: Network) -> None:
    network.member(ANN["name"], ANN["email"])
    network.member(CORA["name"], CORA["email"], coordinator=True)
    sue = network.member(SUSPENDED["name"], SUSPENDED["email"])
    network.table.write(change(keys.member(sue.id), set={"status": "suspended"}))


def seen_from_outside(page: Page) -> tuple[object, ...]:
    """An answer without its random part, whose length is kept."""
    headers = {name: value for name, value in page.headers.items() if name != "date"}
    cookies = [(cookie.partition("=")[0], len(cookie), cookie.partition(";")[2]) for cookie in page.cookies]
    return page.status, headers, cookies, page.body


@pytest.mark.parametrize("form", FORMS)
def test_requirement_44_nobody_can_tell_from_the_answer_or_from_its_work_whom_we_know(
    network: Network, form: str
) -> None:
    calls = listen()
    network.browser().post(form, email="first.example@nhs.net")
    answers, work, sizes = [], [], []
    for address in (ANN["email"], CORA["email"], SUSPENDED["email"], UNKNOWN, "zoe@nowhere.invalid"):
        browser = network.browser()
        calls.forget()
        page = browser.post(form, email=address)
        answers.append(seen_from_outside(page))
        work.append(calls.names)
        (transaction,) = (call for call in calls.made if call.name == "TransactWriteItems")
        sizes.append([next(iter(item)) for item in transaction.parameters["TransactItems"]])
        after = browser.get(page.location)
        answers[-1] += (after.status, after.body.replace(address.encode(), b"address"))
    assert all(answer == answers[0] for answer in answers)
    assert all(each == work[0] for each in work)
    assert all(each == sizes[0] for each in sizes)


@pytest.mark.parametrize("form", FORMS)
def test_requirement_44_a_wrong_code_says_the_same_to_everybody_before_and_after_the_mail_has_left(
    network: Network, form: str
) -> None:
    calls = listen()
    browsers = []
    for address in (ANN["email"], SUSPENDED["email"], UNKNOWN):
        browser = network.browser()
        browser.post(form, email=address)
        browsers.append(browser)
    for moment in range(7):
        if moment == 3:
            network.deliver()
        answers, work = [], []
        for browser, address in zip(browsers, (ANN["email"], SUSPENDED["email"], UNKNOWN), strict=True):
            calls.forget()
            page = browser.post(f"{form}/code", code="0000 0000")
            answers.append((page.status, page.headers, page.cookies, page.body.replace(address.encode(), b"a")))
            work.append(calls.names)
        assert all(answer == answers[0] for answer in answers)
        assert all(each == work[0] for each in work)


def test_requirement_44_somebody_who_is_suspended_learns_it_from_nobody_and_gets_in_nowhere(network: Network) -> None:
    browser = network.browser()
    browser.post("/sign-in", email=SUSPENDED["email"])
    (message,) = network.inbox(SUSPENDED["email"])
    assert "code" not in str(message["subject"]).lower()
    assert browser.post("/sign-in/code", code="0000 0000").status == 422


SPELLINGS = (
    "ann.example@nhs.net",
    "ANN.Example@NHS.net",
    "ann.example+tag@nhs.net",
    "Ann.Example+other@nhs.net.",
    "ann.example@nhs.net ",
    "\uff41nn.example@nhs.net",
)


def test_requirement_45_nobody_is_sent_more_than_three_mails_an_hour_whoever_asks_from_wherever(
    network: Network,
) -> None:
    for n, spelling in enumerate(SPELLINGS * 3):
        browser = network.browser(client=f"198.51.100.{n}")
        assert browser.post(FORMS[n % 2], email=spelling).status == 303
    network.deliver()
    assert len(list(network.mail())) == 3


def test_requirement_45_dots_make_no_difference_where_the_mailbox_ignores_them(network: Network) -> None:
    for n, spelling in enumerate(
        ("pat.example@gmail.com", "patexample@gmail.com", "p.a.t.example+x@googlemail.com") * 3
    ):
        network.browser(client=f"198.51.100.{n}").post("/join", email=spelling)
    network.deliver()
    assert len(list(network.mail())) == 3


def test_requirement_45_the_count_outlives_the_functions_and_a_day_has_an_end_too(network: Network) -> None:
    for _hour in range(6):
        for _ in range(5):
            network.browser().post("/sign-in", email=ANN["email"])
        network.deliver()
        routes.table.cache_clear()
        network.clock.move(hours=1)
    assert len(list(network.mail())) == 10
    network.clock.move(hours=24)
    assert network.browser().post("/sign-in", email=ANN["email"]).status == 303
    network.deliver()
    assert len(list(network.mail())) == 11


def test_requirement_45_a_mailbox_that_has_had_enough_gets_the_same_answer(network: Network) -> None:
    pages = [network.browser().post("/sign-in", email=ANN["email"]) for _ in range(6)]
    assert all(seen_from_outside(page) == seen_from_outside(pages[0]) for page in pages)


def test_requirement_45_one_address_that_is_flooded_leaves_the_others_alone(network: Network) -> None:
    for n in range(30):
        network.browser(client=f"198.51.100.{n}").post("/join", email=UNKNOWN)
    browser = network.browser()
    browser.post("/sign-in", email=ANN["email"])
    assert browser.post("/sign-in/code", code=network.code_for(ANN["email"])).status == 303


CLAIMS = ("x-forwarded-for", "forwarded", "x-real-ip", "true-client-ip", "cf-connecting-ip", "x-client-ip")


def test_requirement_46_one_network_has_an_end_and_no_header_moves_it(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: Callable[[str], list[code_rules.Limit]] = code_rules.limits_of
    few = 4

    def small(client: str) -> list[code_rules.Limit]:
        first, everybody = limits(client)
        return [code_rules.Limit(first.what, first.whom, first.window, few), everybody]

    monkeypatch.setattr(code_rules, "limits_of", small)
    statuses = []
    for n in range(8):
        browser = network.browser(client="203.0.113.7")
        headers = dict.fromkeys(CLAIMS, f"198.51.100.{n}") | {
            "content-type": "application/x-www-form-urlencoded",
            "sec-fetch-site": "same-origin",
        }
        statuses.append(browser.send("POST", "/join", body=f"email=p{n}@nhs.net", headers=headers).status)
    assert statuses == [303] * few + [429] * (8 - few)
    assert network.browser(client="203.0.113.8").post("/join", email="someone@nhs.net").status == 303


def test_requirement_47_a_flood_of_sign_ups_ends_in_a_known_number_of_mails_and_members_do_not_notice(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: Callable[[str], list[code_rules.Limit]] = code_rules.limits_of
    few = 5

    def small(client: str) -> list[code_rules.Limit]:
        first, everybody = limits(client)
        return [first, code_rules.Limit(everybody.what, everybody.whom, everybody.window, few)]

    ann = network.signed_in(ANN["email"])
    network.clock.move(hours=2)
    monkeypatch.setattr(code_rules, "limits_of", small)
    statuses = [
        network.browser(client=f"203.0.113.{n}").post("/join", email=f"p{n}@nhs.net").status for n in range(3 * few)
    ]
    network.deliver()
    assert statuses == [303] * few + [429] * (2 * few)
    assert sum(len(network.inbox(f"p{n}@nhs.net")) for n in range(3 * few)) == few
    assert ann.get("/home").status == 200


def test_requirement_46_the_limits_are_wide_enough_for_a_hospital_and_narrow_enough_for_a_flood() -> None:
    of_client, of_everybody = code_rules.limits_of("192.0.2.1")
    assert (of_client.most, of_everybody.most) == (300, 3_000)
    assert of_client.whom != "192.0.2.1"
    assert code_rules.limits_of("192.0.2.2")[0].whom != of_client.whom


def asking(network: Network) -> tuple[Browser, str]:
    browser = network.browser()
    browser.post("/sign-in", email=ANN["email"])
    return browser, network.code_for(ANN["email"])


def test_requirement_5_of_many_uses_at_once_exactly_one_gets_in(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, code = asking(network)
    one_at_a_time, answer = threading.Lock(), botocore_stubber.process_request

    def alone(request: Any) -> Any:
        # As DynamoDB does, and moto does not: it may copy a table while another thread writes to it.
        with one_at_a_time:
            return answer(request)

    monkeypatch.setattr(botocore_stubber, "process_request", alone)
    together = threading.Barrier(4)
    results: list[Page] = []

    def use() -> None:
        mine = Browser(network.serve, dict(browser.cookies))
        together.wait()
        results.append(mine.post("/sign-in/code", code=code))

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(page.status for page in results) == [303, 422, 422, 422]
    assert sum("__Host-member" in cookie for page in results for cookie in page.cookies) == 1


def test_requirement_5_five_wrong_tries_at_once_are_five_tries(network: Network) -> None:
    browser, code = asking(network)
    key = keys.ask(_digest(browser))
    codes = Codes(network.table)
    for _ in range(5):
        codes.one_try(key)
    with pytest.raises(Clash):
        codes.one_try(key)
    with pytest.raises(Invalid):
        code_rules.right(code, key, codes=codes, now=network.clock.now())


def _digest(browser: Browser) -> str:
    return tokens.digest(browser.cookies["__Host-ask"])


def test_requirement_4_a_code_is_bound_to_the_browser_that_asked(network: Network) -> None:
    mine, code = asking(network)
    theirs = network.browser()
    assert theirs.post("/sign-in/code", code=code).location == "/sign-in"
    theirs.post("/sign-in", email=UNKNOWN)
    assert theirs.post("/sign-in/code", code=code).status == 422
    theirs.post("/sign-in", email=ANN["email"])
    assert theirs.post("/sign-in/code", code=code).status == 422
    assert mine.post("/sign-in/code", code=code).status == 303


def test_requirement_6_a_code_for_joining_opens_no_account_and_one_for_signing_in_joins_nobody(
    network: Network,
) -> None:
    browser, sign_in_code = asking(network)
    browser.post("/join", email=UNKNOWN)
    join_code = network.code_for(UNKNOWN)
    assert browser.post("/join/code", code=sign_in_code).status == 422
    assert browser.post("/sign-in/code", code=join_code).status == 422
    assert browser.post("/join/code", code=join_code).status == 303
    assert browser.post("/sign-in/code", code=sign_in_code).status == 303


@pytest.mark.parametrize("typed", ["", " ", "1", "12345678 12345678", "٣٨١٢٠٤٥٧", "0" * 41, "😀" * 8, "' OR 1=1 --"])
def test_requirement_21_a_code_that_is_none_is_refused_with_a_sentence(network: Network, typed: str) -> None:
    browser, _ = asking(network)
    page = browser.post("/sign-in/code", code=typed)
    assert page.status == 422
    assert page.error_beside("code")
    assert page.title.startswith("Error: ")


def test_requirement_43_a_sign_in_leads_to_places_of_ours_alone(network: Network) -> None:
    for wanted, leads in (
        ("/sessions", "/sessions"),
        ("https://evil.test", "/home"),
        ("//evil.test", "/home"),
        ("/\\evil.test", "/home"),
        ("/%0d%0aset-cookie:a=b", "/%0d%0aset-cookie:a=b"),
    ):
        browser = network.browser()
        browser.post("/sign-in", email=ANN["email"], next=wanted)
        assert browser.post("/sign-in/code", code=network.code_for(ANN["email"])).location == leads
        network.clock.move(minutes=61)
        assert f'value="{leads}"' in network.browser().get(f"/sign-in?next={wanted.replace('%', '%25')}").text
