"""Broken, foreign and unlucky requests to every form and page of the whole site."""

import base64
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.kernel.auth import SET_UP, SIGNED_IN, Access
from functions.kernel.errors import Unavailable
from functions.kernel.table import Table
from tests.network import Network
from tests.web import ORIGIN, Browser
from tests.world import ITS_OWNERS, World, every_route, paths_with, populate

FORM = "application/x-www-form-urlencoded"
FROM_US = {"content-type": FORM, "sec-fetch-site": "same-origin", "origin": ORIGIN}
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def world(shared_network: Network) -> World:
    return populate(shared_network)


BUTTONS = {
    "/account/leave",
    "/account/second-factor",
    "/account/second-factor/codes",
    "/account/sign-out-everywhere",
    "/library/share",
    "/library/share/{id}/file",
    "/library/{id}/file",
    "/sign-out",
    "/still-you/{token}",
}
"""Forms of one button and no field. Whatever comes with the press is not read, and it always does what it says."""


def forms() -> list[str]:
    found = paths_with("POST", *SIGNED_IN, Access.ANYONE, Access.HOLDER)
    return [path for path in found if path not in BUTTONS]


NO_FIELDS = {"/join/check"}

FOR_ITS_OWNER = ITS_OWNERS | {"/library/{id}"}
"""Forms that nobody else may send, not even a coordinator."""


BROKEN: dict[str, tuple[bytes, int | None]] = {
    "not utf-8": (b"email=\xff\xfe", 400),
    "half a surrogate": (b"name=%ED%A0%80", 400),
    "bad percent": (b"name=%FF", 400),
    "too many fields": (b"&".join([b"a=1"] * 300), 400),
    "too large": (b"name=" + b"a" * 100_001, 413),
    "json": (b'{"email": "ann@nhs.net"}', None),
    "null bytes": (b"name=\x00&code=\x00&email=\x00", None),
    "long fields": (b"&".join(name + b"=" + b"a" * 9_000 for name in (b"name", b"email", b"code", b"note")), None),
    "nothing": (b"", None),
}
"""A body, and the status that every form answers it with; ``None`` where forms may differ."""


@pytest.mark.parametrize("case", BROKEN)
def test_requirement_21_no_broken_form_is_our_fault_or_takes_long(world: World, case: str) -> None:
    raw, status = BROKEN[case]
    everybody = {**world.coordinator.cookies, **world.joining.cookies, **world.asking.cookies}
    body = base64.b64encode(raw).decode()
    for path in forms():
        owner = world.member.cookies if path in FOR_ITS_OWNER else {}
        browser = Browser(world.network.serve, everybody | owner)
        began = time.perf_counter()
        page = browser.send("POST", world.address(path), body=body, headers=FROM_US, in_base64=True)
        assert time.perf_counter() - began < 1
        assert page.status < 500, path
        assert status in {None, page.status} or path in NO_FIELDS, path


DEEP = ["[" * 50_000, "[" * 900 + "]" * 900]
STRANGE_JSON = [
    *DEEP,
    "",
    "null",
    "1",
    "[]",
    '"a"',
    "NaN",
    "{",
    "[" * 50_000,
    "[" * 900 + "]" * 900,
    '{"a":1,"a":2}',
    '{"email":1e999}',
]
STRANGE_FIELDS = [
    "null",
    "1",
    "[]",
    "{}",
    "true",
    '"\\ud800"',
    '"\\u0000"',
    "1e308",
    "9" * 400,
    '"' + "a" * 90_000 + '"',
]


def test_requirement_21_no_broken_json_is_a_fault_of_ours_or_takes_long(world: World) -> None:
    bodies = STRANGE_JSON + [
        f'{{"{field}": {value}}}' for field in ("email", "role", "answers", "code", "vouch") for value in STRANGE_FIELDS
    ]
    for path in paths_with("POST", Access.PROGRAM):
        for body in bodies:
            began = time.perf_counter()
            page = world.visitor.send("POST", path, body=body, headers=JSON)
            assert time.perf_counter() - began < 1
            assert 400 <= page.status < 500, (path, body[:40])
            assert page.json["error"]["status"] == page.status
            assert set(page.json["error"]) <= {"status", "message", "reference", "fields"}


TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)
WORDS = """
    email code name role nation organisation networks profile_url voucher_name voucher_email agree answer next zzz
    invites decision reason note version application title summary date start end meeting_url status asked action
    recovery_code
"""
NAMES = st.sampled_from(WORDS.split())


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    fields=st.dictionaries(NAMES, st.one_of(TEXTS, st.lists(TEXTS, max_size=3)), max_size=8),
    place=st.integers(0, 1_000),
)
def test_requirement_21_no_form_filled_in_by_chance_is_our_fault(
    world: World, fields: dict[str, Any], place: int
) -> None:
    path = forms()[place % len(forms())]
    for browser in (world.coordinator, world.joining, world.asking):
        assert browser.post(world.address(path), fields).status < 500


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(parameter=TEXTS, query=TEXTS, place=st.integers(0, 1_000))
def test_requirement_21_no_address_is_our_fault(world: World, parameter: str, query: str, place: int) -> None:
    paths = [path for path, methods in every_route().items() if "{" in path and "GET" in methods]
    path = paths[place % len(paths)]
    quoted = parameter.replace("?", "%3F").replace("#", "%23")
    address = path.partition("{")[0] + quoted + path.partition("}")[2]
    for browser in (world.visitor, world.coordinator):
        assert browser.get(address).status in {200, 303, 404}
    asked = "&".join(f"{name}={quote(query)}" for name in ("said", "show", "member", "done", "next", "q"))
    for page in ("/coordinate/applications", "/coordinate/members", "/coordinate/sessions", "/sign-in"):
        assert world.coordinator.get(f"{page}?{asked}").status in {200, 303}


IDS = (
    "0" * 32,
    "x",
    "a" * 200,
    "a" * 201,
    "..",
    "%2e%2e",
    "MEMBER%231",
    "null",
    "1e999",
    "0" * 32 + ".ics",
    "'--",
    "<b>",
)


def test_requirement_14_an_id_of_nothing_is_a_page_that_does_not_exist(world: World) -> None:
    for path, methods in every_route().items():
        if "{" not in path:
            continue
        begins, ends = path.partition("{")[0], path.partition("}")[2]
        ask = world.coordinator.get if "GET" in methods else world.coordinator.post
        nothing = ask(f"{begins}{'f' * 32}{ends}")
        assert nothing.status == 404, path
        for strange in IDS:
            page = ask(f"{begins}{strange}{ends}")
            assert (page.status, page.headers, page.body) == (404, nothing.headers, nothing.body), (path, strange)


def test_requirement_22_no_form_takes_a_field_it_does_not_have(world: World) -> None:
    before = _items(world.network)
    for path in set(forms()) - NO_FIELDS:
        browser = world.member if path in FOR_ITS_OWNER else world.coordinator
        page = browser.post(world.address(path), {"role": "coordinator", "status": "member", "zzz": "1"})
        assert page.status in {303, 404, 422}, path
        if page.status == 303:
            assert page.location in {
                "/join",
                "/join/code",
                "/sign-in",
                "/account/address",
                SET_UP,
                world.address(path),
            }, path
    assert _items(world.network) == before


FOREIGN = (
    {"content-type": FORM},
    {"content-type": FORM, "origin": "https://evil.test"},
    {"content-type": FORM, "origin": "null"},
    {"content-type": FORM, "origin": ORIGIN, "sec-fetch-site": "cross-site"},
    {"content-type": FORM, "sec-fetch-site": "same-site"},
    {"content-type": FORM, "host": "evil.test", "origin": "https://evil.test"},
    {"content-type": FORM, "referer": f"{ORIGIN}/join"},
)


def test_requirement_26_no_form_is_taken_from_another_site(world: World) -> None:
    before = _items(world.network)
    for path in [*forms(), *BUTTONS]:
        for headers in FOREIGN:
            body = "email=a@nhs.net&code=1&answer=yes&invites=stop&agree=yes"
            page = world.coordinator.send("POST", world.address(path), body=body, headers=headers)
            assert page.status == 403, (path, headers)
        for kind in ("text/plain", "application/json", "multipart/form-data; boundary=b"):
            page = world.coordinator.send(
                "POST", world.address(path), body="", headers={**FROM_US, "content-type": kind}
            )
            assert page.status == 415, (path, kind)
    assert _items(world.network) == before


def _items(network: Network) -> list[Any]:
    return sorted(map(repr, network.table.client.scan(TableName=network.table.name)["Items"]))


@pytest.fixture
def broken_table(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object, **__: object) -> None:
        raise Unavailable

    for name in ("get", "get_many", "listed", "write", "update", "transact"):
        monkeypatch.setattr(Table, name, nothing)


@pytest.mark.usefixtures("broken_table")
def test_requirement_81_when_the_table_does_not_answer_people_are_asked_to_try_again(world: World) -> None:
    told = 0
    for path, methods in every_route().items():
        for method in methods if path not in BUTTONS else ():
            address = world.address(path)
            page = world.coordinator.get(address) if method == "GET" else world.coordinator.post(address)
            assert page.status in {200, 303, 400, 404, 415, 422, 503}, path
            if page.status == 503:
                assert page.headers["retry-after"] == "60"
                told += 1
    assert told > 20


def test_requirement_41_a_fault_of_ours_shows_a_reference_and_nothing_about_us(
    world: World, monkeypatch: pytest.MonkeyPatch, logged: Callable[[], str]
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("psmn MEMBER#1 ann.example@nhs.net arn:aws:dynamodb:eu-west-2")

    for name in ("get", "get_many", "listed", "transact"):
        monkeypatch.setattr(Table, name, breaks)
    seen = set()
    for path, methods in every_route().items():
        for method in methods if path not in BUTTONS else ():
            address = world.address(path)
            page = world.coordinator.get(address) if method == "GET" else world.coordinator.post(address)
            seen.add(page.status)
            for telling in ("Traceback", "RuntimeError", "MEMBER#", "arn:aws", "ann.example", "dynamodb", ".py"):
                assert telling not in page.text, path
    assert 500 in seen
    text = logged()
    assert '"fault":"RuntimeError at breaks' in text
    assert "ann.example" not in text
    assert "arn:aws" not in text
