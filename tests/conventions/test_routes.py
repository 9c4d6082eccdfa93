"""Every route is classified, owned and shown to behave as it is classified. A new route is in these tests by itself."""

from collections.abc import Iterator
from importlib import import_module

import pytest

from functions.kernel.auth import SECOND_STEP, SET_UP, SIGNED_IN, Access
from tests.web import Browser, Page
from tests.world import DOMAINS, ITS_OWNERS, World, coordinators, every_route, paths_with, routes_of

PAGES_FOR_ALL = {
    "/",
    "/.well-known/security.txt",
    "/about",
    "/accessibility",
    "/assets/{name}",
    "/complaints",
    "/complaints/received",
    "/contact",
    "/health",
    "/join",
    "/join/about-you",
    "/join/check",
    "/join/code",
    "/join/outcome",
    "/left",
    "/privacy",
    "/robots.txt",
    "/sessions",
    "/sessions/{id}",
    "/sign-in",
    "/sign-in/code",
    "/sign-out",
    "/ways-of-working",
    "/words",
}
"""What answers without a sign-in (security requirement 12). To add a page here is a decision about the public."""

LEADS_ON = {"/library/{id}/file"}
"""Pages that answer with another address, even to those whom they are for."""

SECRET_HELD = {"/calendar/{secret}", "/reply/{token}", "/still-you/{token}", "/unsubscribe/{token}", "/vouch/{token}"}


def test_requirement_12_nothing_but_the_listed_pages_answers_without_a_sign_in() -> None:
    open_to_all = {*paths_with("GET", Access.ANYONE), *paths_with("POST", Access.ANYONE)}
    assert open_to_all == PAGES_FOR_ALL
    assert {*paths_with("GET", Access.HOLDER), *paths_with("POST", Access.HOLDER)} == SECRET_HELD


def test_requirement_13_a_path_says_who_it_is_for() -> None:
    for path, methods in every_route().items():
        for route in methods.values():
            assert (route.access is Access.PROGRAM) == path.startswith("/api/"), path
            if path.startswith("/coordinate"):
                assert route.access in {Access.COORDINATOR, Access.FRESH}, path
            else:
                assert route.access is not Access.COORDINATOR, path
            if path.startswith("/account"):
                own = {Access.APPOINTED, Access.FRESH} if path.startswith(SET_UP) else {Access.MEMBER}
                assert route.access in own, path


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_path_the_gateway_sends_to_a_domain_has_a_route_and_every_route_has_its_path(domain: str) -> None:
    assert set(routes_of(domain).by_path) == {*import_module(f"functions.{domain}").PATHS, "$default"}


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_page_is_in_the_module_that_its_domain_names(domain: str) -> None:
    paths = import_module(f"functions.{domain}").PATHS
    for path, methods in routes_of(domain).by_path.items():
        module = paths[path] if isinstance(paths, dict) and path in paths else "web"
        for route in methods.values():
            assert path == "$default" or route.answer.__module__ == f"functions.{domain}.{module}", path


def test_no_two_domains_own_one_path() -> None:
    paths = [path for domain in DOMAINS for path in import_module(f"functions.{domain}").PATHS]
    assert len(set(paths)) == len(paths)


def test_every_route_says_what_it_is_for() -> None:
    for path, methods in every_route().items():
        assert set(methods) <= {"GET", "POST"}
        for route in methods.values():
            assert (route.answer.__doc__ or "").strip(), path


def every_request(world: World) -> Iterator[tuple[str, str, str, Access]]:
    for path, methods in sorted(every_route().items()):
        for method, route in methods.items():
            yield method, path, world.address(path), route.access


def asked(browser: Browser, method: str, address: str) -> Page:
    return browser.get(address) if method == "GET" else browser.post(address)


def test_requirement_12_a_visitor_is_sent_to_sign_in_and_back(world: World) -> None:
    for method, path, address, access in every_request(world):
        if access in SIGNED_IN:
            page = asked(world.visitor, method, address)
            wanted = address if method == "GET" else "/home"
            assert (page.status, page.location) == (303, f"/sign-in?next={wanted.replace('/', '%2F')}"), path
            assert not page.body, path


def test_requirement_14_to_a_member_a_coordinators_page_is_a_page_that_does_not_exist(world: World) -> None:
    for method, path, address, access in every_request(world):
        if access in SIGNED_IN - {Access.MEMBER}:
            nowhere = world.member.get("/sign-in/nowhere" if path.startswith("/sign-in") else "/no-such-page")
            assert nowhere.status == 404
            page = asked(world.member, method, address)
            assert (page.status, page.headers, page.body) == (404, nowhere.headers, nowhere.body), path


def test_requirement_13_everybody_gets_an_answer_that_is_meant_for_them(world: World) -> None:
    for who, browser in world.everybody().items():
        for method, path, address, access in every_request(world):
            if method == "GET":
                page = browser.get(address)
                may = (
                    access not in SIGNED_IN
                    or (who == "coordinator" and path not in ITS_OWNERS)
                    or (who == "member" and access is Access.MEMBER)
                )
                assert page.status in ({200, 303} if may else {303, 404}), (who, path)
                if may and access in {Access.MEMBER, Access.COORDINATOR}:
                    assert page.status == (303 if path in LEADS_ON else 200), (who, path)


def test_requirements_10_and_13_a_coordinators_page_is_for_whoever_has_proven_their_second_factor_or_has_time(
    world: World,
) -> None:
    found = coordinators(world.network)
    leads_to = {"late": SET_UP, "not proven": SECOND_STEP}
    for who, browser in {"in grace": world.coordinator, **found}.items():
        for method, path, address, access in every_request(world):
            if access is Access.COORDINATOR and who in leads_to:
                wanted = address if method == "GET" else "/coordinate"
                page = asked(browser, method, address)
                assert page.location == f"{leads_to[who]}?next={wanted.replace('/', '%2F')}", (who, path)
            elif access is Access.COORDINATOR and method == "GET":
                assert browser.get(address).status == 200, (who, path)
            elif access is Access.FRESH:
                there = asked(browser, method, address).headers.get("location", "")
                assert there.startswith(SECOND_STEP) == (who == "not proven"), (who, path)
        asks = {"proven": 200, "not proven": 200}.get(who, 303)
        assert [browser.get(path).status for path in (SECOND_STEP, SET_UP, "/home")] == [asks, 200, 200], who
    world.calls.forget()


def test_requirements_2_and_83_no_page_writes_anything_or_reads_the_whole_table_for_anybody(world: World) -> None:
    before = world.network.table.client.scan(TableName=world.network.table.name)["Items"]
    for who, browser in world.everybody().items():
        for path in paths_with("GET", *Access):
            world.calls.forget()
            assert browser.get(f"{world.address(path)}?q=1").status < 500, (who, path)
            assert world.calls.effects == [], (who, path)
            assert "dynamodb.Scan" not in world.calls.names, (who, path)
    assert world.network.table.client.scan(TableName=world.network.table.name)["Items"] == before


def test_requirement_2_a_head_is_its_page_without_the_words_and_writes_as_little(world: World) -> None:
    world.calls.forget()
    for path in paths_with("GET", *Access):
        page, head = (world.coordinator.send(method, world.address(path)) for method in ("GET", "HEAD"))
        assert not head.body
        assert (head.status, head.headers) == (page.status, page.headers), path
    assert world.calls.effects == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_requirement_21_no_page_does_anything_by_another_method(world: World, method: str) -> None:
    for path in every_route():
        page = world.coordinator.send(method, world.address(path))
        assert page.status == 405, path
        assert page.headers["allow"], path
    assert world.calls.effects == []
