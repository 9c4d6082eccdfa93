"""A coordinator's second factor: an app that is set up, asked for, replaced and lost."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from functions.kernel import clock, keys
from functions.kernel.errors import Clash
from functions.kernel.table import change
from functions.membership import second_factor
from functions.membership.factors import Factors
from functions.membership.model import Member
from functions.membership.store import Members
from tests.coordinators import app_for, set_up, what_was_written
from tests.library import Sharing
from tests.network import Network, text_of
from tests.people import ANN, CORA
from tests.shelves import describe, send
from tests.web import Browser

PAGE, KEY, CODES = "/account/second-factor", "/account/second-factor/key", "/account/second-factor/codes"
STEP, RECOVERY = "/sign-in/second", "/sign-in/recovery"


@pytest.fixture
def cora(network: Network) -> Member:
    return network.member(CORA["name"], CORA["email"], coordinator=True)


@pytest.fixture
def browser(network: Network, cora: Member) -> Browser:
    return network.signed_in(cora.address)


def subjects(network: Network, member: Member) -> list[str]:
    """What she was told about her second factor, oldest first."""
    told = [str(mail["subject"]) for mail in network.inbox(member.address)]
    return [each for each in told if "code to sign in" not in each]


def another_day(network: Network, member: Member) -> Browser:
    """A browser in which she has signed in by mail on the next day."""
    network.clock.move(days=1)
    return network.signed_in(member.address)


def test_cora_sets_an_app_up_and_it_is_asked_for_on_the_next_day(
    network: Network, cora: Member, browser: Browser
) -> None:
    assert "It takes about 5 minutes, and you need your phone." in browser.get(PAGE).words
    app, codes = set_up(network, browser)
    assert (len(codes), len(set(codes))) == (10, 10)
    assert browser.get("/coordinate").status == 200

    desk = another_day(network, cora)
    assert desk.get("/home").status == 200
    asked = desk.get("/coordinate/sessions?done=saved")
    assert asked.location == f"{STEP}?next=%2Fcoordinate%2Fsessions%3Fdone%3Dsaved"
    page = desk.get(asked.location)
    assert page.value_of("next") == "/coordinate/sessions?done=saved"
    answer = desk.post(STEP, code=f" {app.code()[:3]} {app.code()[3:]} ", next="/coordinate/sessions")

    assert answer.location == "/coordinate/sessions"
    assert desk.get(answer.location).status == 200


def test_requirement_10_without_the_code_a_coordinator_is_a_member_and_no_more(
    network: Network, cora: Member, browser: Browser
) -> None:
    app, _ = set_up(network, browser)
    thief = another_day(network, cora)
    network.join({**ANN, "role": "supplier", "email": "sam.seller@safer-software.co.uk"})
    assert [thief.get(path).status for path in ("/home", "/library", "/account")] == [200, 200, 200]
    assert thief.post("/coordinate/members", email=ANN["email"]).location == f"{STEP}?next=%2Fcoordinate"
    assert what_was_written(network, cora.id) == ["second factor set up"]
    assert thief.post(PAGE).location == f"{STEP}?next=%2Faccount%2Fsecond-factor"
    assert thief.post(CODES).location == f"{STEP}?next=%2Faccount%2Fsecond-factor"
    assert thief.get(KEY).location == PAGE
    assert thief.get(CODES).location == PAGE
    assert thief.post(STEP, code=app.code()).status == 303
    assert thief.get("/coordinate").status == 200


def test_a_proof_holds_for_the_sign_in_on_that_device_and_for_no_longer(
    network: Network, cora: Member, browser: Browser
) -> None:
    app, _ = set_up(network, browser)
    desk, phone = another_day(network, cora), network.signed_in(cora.address)
    desk.post(STEP, code=app.code())
    assert phone.get("/coordinate").location.startswith(STEP)
    for _ in range(11):
        network.clock.move(hours=1)
        assert desk.get("/coordinate").status == 200
    network.clock.move(minutes=61)
    assert desk.get("/coordinate").location.startswith("/sign-in?next=")


def test_requirement_7_a_proof_gives_a_new_cookie_and_the_old_one_is_dead(
    network: Network, cora: Member, browser: Browser
) -> None:
    app, _ = set_up(network, browser)
    desk = another_day(network, cora)
    stolen = network.browser()
    stolen.cookies.update(desk.cookies)
    desk.post(STEP, code=app.code())
    assert desk.cookies["__Host-member"] != stolen.cookies["__Host-member"]
    assert stolen.get("/home").status == 303
    assert len(Members(network.table).sign_ins(cora.id)) == 1


def test_requirement_10_a_code_works_once_on_whatever_device(network: Network, cora: Member, browser: Browser) -> None:
    app, _ = set_up(network, browser)
    desk, other = another_day(network, cora), network.signed_in(cora.address)
    code = app.code()
    assert desk.post(STEP, code=code).status == 303
    assert other.post(STEP, code=code).error_beside("code") == second_factor.USED
    assert other.post(STEP, code=app.code(steps=-1)).error_beside("code") == second_factor.USED
    assert other.get("/coordinate").status == 303
    assert other.post(STEP, code=app.next_code()).status == 303


def test_requirement_5_of_two_who_were_both_about_to_use_one_code_one_gets_in(
    network: Network, cora: Member, browser: Browser
) -> None:
    set_up(network, browser)
    step, factors = clock.epoch(network.clock.now()) // 30 + 1, Factors(network.table)
    first, second = (factors.one_try(cora.id, network.clock.now()) for _ in range(2))
    factors.use_code(first, step, [])
    with pytest.raises(Clash):
        factors.use_code(second, step, [])
    factors.use_recovery_code(first, first.recovery_digests[0], [])
    with pytest.raises(Clash):
        factors.use_recovery_code(second, second.recovery_digests[0], [])


def test_the_code_that_set_the_app_up_is_used_up_too(network: Network, cora: Member, browser: Browser) -> None:
    app, _ = set_up(network, browser)
    other = network.signed_in(cora.address)
    assert other.post(STEP, code=app.code()).error_beside("code") == second_factor.USED


def test_requirement_1_after_five_wrong_codes_none_is_looked_at_for_a_quarter_of_an_hour_on_any_device(
    network: Network, cora: Member, browser: Browser
) -> None:
    app, codes = set_up(network, browser)
    desk, other = another_day(network, cora), network.signed_in(cora.address)
    wrong = app.code(steps=900)
    for device in (desk, other, desk, other, desk):
        assert device.post(STEP, code=wrong).error_beside("code") == second_factor.WRONG
        network.clock.move(minutes=1)
    for _ in range(2):
        assert other.post(STEP, code=app.code()).error_beside("code") == second_factor.LOCKED
        assert other.post(RECOVERY, recovery_code=codes[0]).error_beside("recovery_code") == second_factor.LOCKED
    network.clock.move(minutes=13)
    assert desk.post(STEP, code=app.code()).error_beside("code") == second_factor.LOCKED
    network.clock.move(minutes=1)
    assert desk.post(STEP, code=app.code()).status == 303
    for _ in range(4):
        assert other.post(STEP, code=wrong).error_beside("code") == second_factor.WRONG
    assert other.post(STEP, code=app.next_code()).status == 303


def test_what_is_no_code_is_told_beside_the_field(network: Network, cora: Member, browser: Browser) -> None:
    set_up(network, browser)
    desk, missing = another_day(network, cora), "Enter the 6-digit code that your app shows"
    for typed, sentence in (
        ("", missing),
        ("9" * 41, missing),
        ("12345", second_factor.WRONG),
        ("abcdef", second_factor.WRONG),
        ("١٢٣٤٥٦", second_factor.WRONG),
    ):
        page = desk.post(STEP, code=typed, next="/coordinate/library")
        assert (page.status, page.error_beside("code")) == (422, sentence)
        assert page.value_of("next") == "/coordinate/library"
        assert page.title.startswith("Error: ")


def test_requirement_43_a_proof_leads_to_pages_of_ours_alone(network: Network, cora: Member, browser: Browser) -> None:
    app, _ = set_up(network, browser)
    desk = another_day(network, cora)
    assert desk.get(f"{STEP}?next=https://evil.test").value_of("next") == "/coordinate"
    assert desk.post(STEP, code=app.code(), next="//evil.test").location == "/coordinate"


def test_a_phone_left_at_home_is_a_recovery_code_and_each_works_once(
    network: Network, cora: Member, browser: Browser
) -> None:
    _, codes = set_up(network, browser)
    desk = another_day(network, cora)
    assert f'href="{RECOVERY}?next=%2Fcoordinate%2Flibrary"' in desk.get(f"{STEP}?next=/coordinate/library").text
    assert desk.get(f"{RECOVERY}?next=/coordinate/library").value_of("next") == "/coordinate/library"
    typed = codes[3].lower().replace(" ", "-")
    assert desk.post(RECOVERY, recovery_code=typed, next="/coordinate/library").location == "/coordinate/library"
    assert desk.get("/coordinate/library").status == 200
    assert "Recovery codes left 9" in desk.get(PAGE).words

    network.clock.move(minutes=1)
    other = network.signed_in(cora.address)
    for wrong in (codes[3], "A" * 24, "nothing"):
        page = other.post(RECOVERY, recovery_code=wrong)
        assert page.error_beside("recovery_code") == second_factor.WRONG_RECOVERY
    assert other.post(RECOVERY, recovery_code=codes[4]).status == 303
    assert subjects(network, cora)[1:] == ["One of your recovery codes was used"] * 2
    assert "You have 8 left." in text_of(network.inbox(cora.address)[-1])
    assert what_was_written(network, cora.id)[1:] == ["recovery code used"] * 2


def test_new_recovery_codes_void_the_old_ones(network: Network, cora: Member, browser: Browser) -> None:
    _, codes = set_up(network, browser)
    answer = browser.post(CODES)
    new = re.findall(r'<li class="reference">([A-Z2-7 ]+)</li>', browser.get(answer.location).text)
    assert len(new) == 10
    assert not set(new) & set(codes)
    desk = another_day(network, cora)
    assert desk.post(RECOVERY, recovery_code=codes[0]).status == 422
    assert desk.post(RECOVERY, recovery_code=new[0]).status == 303
    assert subjects(network, cora)[1] == "You have new recovery codes"


def test_the_recovery_codes_are_shown_for_minutes_to_whoever_they_belong_to(
    network: Network, cora: Member, browser: Browser
) -> None:
    set_up(network, browser)
    assert browser.get(CODES).status == 200
    shown = browser.cookies.pop("__Host-recovery")
    assert browser.get(CODES).location == PAGE
    dev = network.member("Dev Example", "dev.example@nhs.net", coordinator=True)
    other = network.signed_in(dev.address)
    other.cookies["__Host-recovery"] = shown
    assert other.get(CODES).location == PAGE
    browser.cookies["__Host-recovery"] = "<b>.%.A"
    assert browser.get(CODES).location == PAGE


def test_requirement_10_changing_the_app_takes_a_fresh_sign_in_and_a_fresh_code(
    network: Network, cora: Member, browser: Browser
) -> None:
    app, _ = set_up(network, browser)
    network.clock.move(minutes=15)
    assert "you sign in again first" in browser.get(PAGE).words
    for path in (PAGE, CODES):
        assert browser.post(path).location == "/sign-in?next=%2Faccount%2Fsecond-factor"
    browser.post("/sign-in", email=cora.address, next=PAGE)
    assert browser.post("/sign-in/code", code=network.code_for(cora.address)).location == PAGE
    assert browser.post(PAGE).location == f"{STEP}?next=%2Faccount%2Fsecond-factor"
    assert browser.post(STEP, code=app.code(), next=PAGE).location == PAGE
    assert browser.post(PAGE).location == KEY


def test_a_proof_of_a_while_ago_is_no_fresh_one_and_can_be_made_anew(
    network: Network, cora: Member, browser: Browser
) -> None:
    app, _ = set_up(network, browser)
    desk = another_day(network, cora)
    desk.post(STEP, code=app.code())
    network.clock.move(minutes=14)
    assert desk.post(CODES).location == CODES
    long_ago = (network.clock.now() - timedelta(minutes=15)).isoformat()
    for key in Members(network.table).sign_ins(cora.id):
        network.table.write(change(key, set={"proven_at": long_ago}))
    assert desk.get("/coordinate").status == 200
    assert desk.post(CODES).location == f"{STEP}?next=%2Faccount%2Fsecond-factor"
    assert desk.post(STEP, code=app.code(), next=PAGE).location == PAGE
    assert desk.post(CODES).location == CODES


def test_a_new_app_takes_the_place_of_the_old_one_and_every_proof_of_that_is_void(
    network: Network, cora: Member, browser: Browser
) -> None:
    old, old_codes = set_up(network, browser)
    other = network.signed_in(cora.address)
    assert other.post(STEP, code=old.next_code()).status == 303
    new, codes = set_up(network, browser)
    assert new.key != old.key
    assert browser.get("/coordinate").status == 200
    assert other.get("/coordinate").location.startswith(STEP)
    network.clock.move(minutes=1)
    for wrong in (old.code(), old.next_code()):
        assert other.post(STEP, code=wrong).status == 422
    assert other.post(RECOVERY, recovery_code=old_codes[0]).status == 422
    assert other.post(RECOVERY, recovery_code=codes[0]).status == 303
    assert subjects(network, cora)[:2] == [
        "You have set up an authenticator app",
        "You have replaced your authenticator app",
    ]
    assert what_was_written(network, cora.id)[:2] == ["second factor set up", "second factor replaced"]


def test_a_wrong_first_code_sets_nothing_up_and_the_key_stays(network: Network, cora: Member, browser: Browser) -> None:
    app = app_for(network, browser)
    page = browser.post(KEY, code=app.code(steps=5))
    assert (page.status, page.error_beside("code")) == (422, second_factor.WRONG)
    assert app.key in page.text.replace(" ", "")
    assert subjects(network, cora) == []
    assert browser.post(KEY, code=app.code()).location == CODES


def test_a_key_waits_half_an_hour_on_the_device_that_asked(network: Network, cora: Member, browser: Browser) -> None:
    other = network.signed_in(cora.address)
    app = app_for(network, browser)
    assert other.get(KEY).location == PAGE
    assert other.post(KEY, code=app.code()).location == PAGE
    network.clock.move(minutes=30)
    assert browser.post(KEY, code=app.code()).location == PAGE
    assert browser.get("/coordinate").status == 200


def test_of_two_apps_that_are_set_up_at_once_one_counts(network: Network, cora: Member, browser: Browser) -> None:
    other = network.signed_in(cora.address)
    first, second = app_for(network, browser), app_for(network, other)
    assert browser.post(KEY, code=first.code()).location == CODES
    assert other.post(KEY, code=second.code()).error_beside("code") == second_factor.OVERTAKEN
    assert what_was_written(network, cora.id) == ["second factor set up"]


def test_the_page_shows_the_key_as_text_and_as_a_picture_of_the_same(
    network: Network, cora: Member, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []
    monkeypatch.setattr(
        "functions.membership.time_codes.picture", lambda address: drawn.append(address) or "<svg></svg>"
    )
    app = app_for(network, browser)
    (address,) = set(drawn)
    assert address.startswith("otpauth://totp/Patient%20Safety%20Management%20Network:cora.example%40nhs.net?")
    assert f"secret={app.key}&" in address
    assert len(app.key) * 5 == 160


def test_requirements_3_and_61_neither_key_nor_recovery_code_is_in_a_log_or_any_page_but_their_own(
    network: Network, cora: Member, browser: Browser, logged: Callable[[], str]
) -> None:
    logged()
    app, codes = set_up(network, browser)
    pending = app_for(network, browser)
    browser.post(STEP, code=app.code())
    browser.post(RECOVERY, recovery_code=codes[0])
    told = logged()
    assert "mail" in told
    assert not [secret for secret in (app.key, pending.key, *codes) if secret.replace(" ", "") in told]
    for page in ("/account/data", "/account/data?as=json", PAGE):
        text = browser.get(page).text.replace(" ", "")
        for secret in (app.key, pending.key, *codes):
            assert secret.replace(" ", "") not in text
    held = {each["kind"]: each["items"] for each in browser.get("/account/data?as=json").json}
    assert [each["secret"] for each in held["second-factor"] + held["new-second-factor"]] == ["Kept secret"] * 2
    assert held["second-factor"][0]["recovery_fingerprints"] == ["Kept as a fingerprint"] * 9
    kept = repr(network.everything())
    assert not [code for code in codes if code.replace(" ", "") in kept]


def test_who_coordinates_nothing_finds_no_second_factor_to_set_up(network: Network) -> None:
    network.member(ANN["name"], ANN["email"])
    ann = network.signed_in(ANN["email"])
    for path in (PAGE, KEY, CODES, STEP, RECOVERY):
        assert (ann.get(path).status, ann.post(path, code="1").status) == (404, 404)
    assert PAGE not in ann.get("/account").text


def test_who_has_none_set_up_is_not_asked_for_a_code(network: Network, cora: Member, browser: Browser) -> None:
    for path, name in ((STEP, "code"), (RECOVERY, "recovery_code")):
        assert browser.get(path).location == PAGE
        assert browser.post(path, {name: "123456"}).location == PAGE
    assert PAGE in browser.get("/account").text


def test_a_member_who_becomes_a_coordinator_again_is_asked_for_the_app_that_they_have(
    network: Network, cora: Member, browser: Browser
) -> None:
    app, _ = set_up(network, browser)
    network.table.write(change(keys.member(cora.id), set={"roles": []}))
    desk = another_day(network, cora)
    assert [desk.get("/coordinate").status, desk.get(PAGE).status] == [404, 404]
    network.table.write(change(keys.member(cora.id), set={"roles": ["coordinator"]}))
    desk = another_day(network, cora)
    assert desk.get("/coordinate").location.startswith(STEP)
    assert desk.post(STEP, code=app.code()).status == 303


def test_what_is_not_published_is_hidden_from_a_coordinator_who_has_not_proven_their_app(
    network: Network, cora: Member, browser: Browser
) -> None:
    app, _ = set_up(network, browser)
    network.member(ANN["name"], ANN["email"])
    shared = describe(network.signed_in(ANN["email"]))
    send(Sharing(network), shared)
    desk = another_day(network, cora)
    assert desk.get(f"/library/{shared}").status == 404
    assert desk.post(f"/library/{shared}/file?offered=1").status == 404
    desk.post(STEP, code=app.code())
    assert desk.get(f"/library/{shared}").status == 200
    assert desk.post(f"/library/{shared}/file?offered=1").status == 303
