"""The edge, around a site of a few pages: what comes in broken is refused, and every answer leaves with its headers."""

import base64
import time
from dataclasses import replace
from typing import Annotated, Any, ClassVar
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from functions.kernel.auth import Access
from functions.kernel.errors import Clash, Forbidden, Invalid, NotFound, TooMany, Unavailable
from functions.kernel.forms import MAX_BODY, FormModel, read_form
from functions.kernel.http import (
    FORM,
    SECURITY_HEADERS,
    Answer,
    Request,
    Routes,
    WebSettings,
    json_answer,
    own_path,
    see_other,
)
from functions.kernel.table import Table
from tests.web import ORIGIN, Browser, Page, event

NO_TABLE = Table("none", None)  # type: ignore[arg-type]
FROM_US = {"content-type": FORM, "sec-fetch-site": "same-origin"}
FAULTS = {
    "bug": RuntimeError("psmn-prod-table MEMBER#1 ann@nhs.net 3812 0457"),
    "clash": Clash(0),
    "slow": Unavailable(),
    "often": TooMany(),
    "gone": NotFound(),
    "foreign": Forbidden(),
    "wrong": Invalid({"name": "Enter your name"}),
}


class NameForm(FormModel):
    """A name, short."""

    name: Annotated[str, Field(max_length=20)]

    sentences: ClassVar = {"name": "Enter your name"}


def small_site() -> Browser:
    routes = Routes("small", lambda: WebSettings(table_name="none", site_origin=ORIGIN), lambda: NO_TABLE)

    @routes.get("/page", Access.ANYONE)
    def page(request: Request) -> Answer:
        return request.page("kernel/pages/error.jinja", heading="Hello", sentence="Hello " * 500, reference=None)

    @routes.post("/page", Access.ANYONE)
    def send(request: Request) -> Answer:
        form = read_form(NameForm, request.fields)
        return see_other("/page") if form.value else json_answer(dict(form.errors), 422)

    @routes.get("/thing/{id}", Access.ANYONE)
    def thing(request: Request) -> Answer:
        return Answer(request.parameters["id"], content_type="text/plain; charset=utf-8")

    @routes.post("/held/{secret}", Access.HOLDER)
    def held(request: Request) -> Answer:
        return Answer(request.parameters["secret"], content_type="text/plain; charset=utf-8")

    @routes.get("/members", Access.MEMBER)
    def members(request: Request) -> Answer:
        return Answer(request.member.name)

    @routes.post("/members", Access.MEMBER)
    def members_send(request: Request) -> Answer:
        return Answer(request.member.name)

    @routes.get("/fault/{kind}", Access.ANYONE)
    def fault(request: Request) -> Answer:
        raise FAULTS[request.parameters["kind"]]

    @routes.get("/api/fault/{kind}", Access.PROGRAM)
    def api_fault(request: Request) -> Answer:
        raise FAULTS[request.parameters["kind"]]

    @routes.post("/api/made", Access.PROGRAM)
    def api(request: Request) -> Answer:
        return json_answer({"got": request.json})

    @routes.get("/bytes", Access.ANYONE)
    def some_bytes(request: Request) -> Answer:  # noqa: ARG001 - every route takes the request.
        return Answer(b"\x00\xff", content_type="image/x-icon", headers={"cache-control": "public"})

    return Browser(routes.handler)


SITE = small_site()


def post(path: str, body: str, **headers: str) -> Page:
    return SITE.send("POST", path, body=body, headers={**FROM_US, **{k.replace("_", "-"): v for k, v in headers.items()}})


def test_a_page_answers_and_so_does_its_head_without_a_body() -> None:
    page, head = SITE.get("/page"), SITE.send("HEAD", "/page")
    assert (page.status, head.status) == (200, 200)
    assert page.body and not head.body
    assert head.headers["content-type"] == page.headers["content-type"]


def test_a_page_is_squeezed_for_a_browser_that_takes_it() -> None:
    page = SITE.get("/page", **{"accept-encoding": "gzip, br"})
    assert page.headers["content-encoding"] == "gzip"
    assert page.headers["vary"] == "accept-encoding"
    assert page.text == SITE.get("/page").text
    assert "content-encoding" not in SITE.get("/page").headers


def test_bytes_arrive_as_they_are() -> None:
    assert SITE.get("/bytes").body == b"\x00\xff"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"])
def test_requirement_21_a_page_that_cannot_be_used_so_says_how_it_can(method: str) -> None:
    page = SITE.send(method, "/page")
    assert page.status == 405
    assert page.headers["allow"] == "GET, HEAD, POST"


def test_a_page_without_a_form_takes_no_post_and_a_form_without_a_page_no_get() -> None:
    assert (SITE.post("/thing/1").status, SITE.post("/thing/1").headers["allow"]) == (405, "GET, HEAD")
    assert (SITE.get("/held/1").status, SITE.get("/held/1").headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "", "get "])
@pytest.mark.parametrize("path", ["/nothing", "/", "/thing/", "/thing/1/2", "/page/", "/PAGE", "//page", "/..", "/.env"])
def test_a_page_that_does_not_exist_is_not_found_in_whatever_way_it_is_asked_for(method: str, path: str) -> None:
    page = SITE.send(method, path, headers=FROM_US)
    assert page.status == 404
    if method not in {"HEAD", ""}:
        assert page.title.startswith("Page not found - ")


def test_requirement_21_a_method_that_nobody_knows_is_refused() -> None:
    assert SITE.send("PROPFIND", "/page").status in {404, 405}


def test_requirement_21_a_body_beyond_100_kb_is_too_large_as_text_and_in_base64() -> None:
    just, over = "name=" + "a" * (MAX_BODY - 5), "name=" + "a" * MAX_BODY
    assert post("/page", just).status == 422
    assert post("/page", over).status == 413
    assert post("/page", "name=" + "ŵ" * (MAX_BODY // 2)).status == 413
    coded = base64.b64encode(over.encode()).decode()
    assert SITE.send("POST", "/page", body=coded, headers=FROM_US, in_base64=True).status == 413


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/json", "multipart/form-data; boundary=x", "a/b/c", ";", "\x00"]
)
def test_requirement_26_a_page_takes_forms_and_nothing_else(content_type: str) -> None:
    assert post("/page", "name=Ann", content_type=content_type).status == 415


@pytest.mark.parametrize("content_type", ["", "text/plain", FORM, "multipart/form-data; boundary=x"])
def test_requirement_26_the_interface_for_programs_takes_json_and_nothing_else(content_type: str) -> None:
    page = post("/api/made", "{}", content_type=content_type)
    assert page.status == 415
    assert page.json["error"]["status"] == 415


def test_a_post_without_any_headers_is_refused() -> None:
    assert SITE.send("POST", "/page", body="name=Ann").status == 415


@pytest.mark.parametrize("content_type", [FORM.upper(), f"{FORM}; charset=UTF-8", f" {FORM} ;charset=latin1"])
def test_a_browser_may_add_a_charset(content_type: str) -> None:
    assert post("/page", "name=Ann", content_type=content_type).status == 303


@pytest.mark.parametrize("raw", [b"name=\xff", b"\xfe\xff\x00a", b"name=\xed\xa0\x80", b"\x80"], ids=repr)
def test_requirement_21_a_body_that_is_not_utf8_is_a_bad_request(raw: bytes) -> None:
    coded = base64.b64encode(raw).decode()
    assert SITE.send("POST", "/page", body=coded, headers=FROM_US, in_base64=True).status == 400
    headers = {"content-type": "application/json"}
    assert SITE.send("POST", "/api/made", body=coded, headers=headers, in_base64=True).status == 400


@pytest.mark.parametrize("body", ["=", "not base64!", "a", "name=\ud800"], ids=ascii)
def test_requirement_21_a_body_that_cannot_be_decoded_is_a_bad_request(body: str) -> None:
    assert SITE.send("POST", "/page", body=body, headers=FROM_US, in_base64="\ud800" not in body).status in {400, 422}


@pytest.mark.parametrize("body", ["name=%FF", "name=%ED%A0%80", "&".join(["a=1"] * 300)], ids=lambda body: body[:12])
def test_requirement_21_broken_percent_encoding_is_a_bad_request(body: str) -> None:
    assert post("/page", body).status == 400
    assert SITE.get(f"/page?{body}").status == 400


@pytest.mark.parametrize("body", ["name=Ann&name=Bob", "name=Ann&role=coordinator", "", "name", "name=" + "a" * 21, "=;&%"])
def test_requirement_22_a_form_with_too_much_or_too_little_is_refused(body: str) -> None:
    assert post("/page", body).status == 422


@pytest.mark.parametrize("body", ["{", "NaN", "[1e999]", '{"a":1,"a":2}', '"\\ud800"', "[" * 50_000, "[" * 900 + "]" * 900])
def test_requirement_21_json_that_is_broken_gets_json_that_says_so(body: str) -> None:
    page = post("/api/made", body, content_type="application/json")
    assert page.status == 400
    assert page.headers["content-type"] == "application/json"
    assert page.json["error"]["message"].startswith("The JSON is")


def test_programs_send_json_and_get_json() -> None:
    page = post("/api/made", '{"name": "Wyn Ŵr"}', content_type="application/json; charset=utf-8")
    assert page.json == {"got": {"name": "Wyn Ŵr"}}


@given(
    st.binary(max_size=200),
    st.sampled_from(["/page", "/api/made", "/held/1", "/nothing", "/thing/1"]),
    st.sampled_from([FORM, "application/json", "text/plain", "multipart/form-data", ""]),
    st.booleans(),
)
def test_requirement_21_no_body_is_our_fault(raw: bytes, path: str, content_type: str, coded: bool) -> None:
    body = base64.b64encode(raw).decode() if coded else raw.decode("latin1")
    headers = {**FROM_US, "content-type": content_type}
    page = SITE.send("POST", path, body=body, headers=headers, in_base64=coded)
    assert page.status < 500


@given(st.text(st.characters(codec="utf-8"), max_size=300), st.text(st.characters(codec="utf-8"), max_size=50))
def test_requirement_21_no_address_is_our_fault(path: str, query: str) -> None:
    sent = event("GET", f"/{path}", query=query)
    assert SITE.serve(sent, None)["statusCode"] < 500


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.test"},
        {"host": "psmn.test:99999"},
        {"host": ""},
        {"x-forwarded-host": "evil.test", "forwarded": "for=1;host=evil.test"},
        {"accept-encoding": "\x00,gzip"},
        {"accept": "\r\nx: y"},
        {"cookie": "=;=;;"},
        {"content-length": "-1", "transfer-encoding": "chunked"},
        {"range": "bytes=0-"},
        {"if-none-match": "*", "expect": "100-continue"},
    ],
    ids=str,
)
def test_odd_headers_change_nothing(headers: dict[str, str]) -> None:
    page = SITE.get("/page", **headers)
    assert page.status == 200
    assert page.text == SITE.get("/page").text


def test_a_request_without_headers_query_or_cookies_is_a_request() -> None:
    bare: dict[str, Any] = event("GET", "/page")
    for name in ("headers", "cookies", "rawQueryString"):
        del bare[name]
    assert SITE.serve(bare, None)["statusCode"] == 200


@pytest.mark.parametrize("cookies", [["="], ["a"], ["__Host-member="], ["__Host-member=" + "a" * 4_000], ["\x00=\xff"]])
def test_odd_cookies_sign_nobody_in(cookies: list[str]) -> None:
    answer = SITE.serve(event("GET", "/members", cookies=cookies), None)
    assert answer["statusCode"] == 303


def test_a_parameter_beyond_any_of_ours_is_not_found_at_once() -> None:
    began = time.perf_counter()
    assert SITE.get("/thing/" + "a" * 50_000).status == 404
    assert SITE.get("/thing/" + "a" * 201).status == 404
    assert SITE.get("/thing/" + "a" * 200).status == 200
    assert time.perf_counter() - began < 1


EVERYWHERE = [
    ("GET", "/page"),
    ("HEAD", "/page"),
    ("PUT", "/page"),
    ("POST", "/page"),
    ("GET", "/nothing"),
    ("GET", "/members"),
    ("GET", "/bytes"),
    ("GET", "/thing/1"),
    *(("GET", f"/fault/{kind}") for kind in FAULTS),
    *(("GET", f"/api/fault/{kind}") for kind in FAULTS),
    ("POST", "/api/made"),
]


@pytest.mark.parametrize(("method", "path"), EVERYWHERE)
def test_requirement_38_every_answer_carries_the_security_headers(method: str, path: str) -> None:
    page = SITE.send(method, path, headers=FROM_US, body="name=Ann")
    assert SECURITY_HEADERS.items() <= page.headers.items()


@pytest.mark.parametrize(("method", "path"), [each for each in EVERYWHERE if each[1] != "/bytes"])
def test_requirement_39_nothing_is_kept_unless_a_page_says_so(method: str, path: str) -> None:
    assert SITE.send(method, path, headers=FROM_US, body="name=Ann").headers["cache-control"] == "no-store"
    assert SITE.get("/bytes").headers["cache-control"] == "public"


def test_requirement_38_the_policy_lets_nothing_in_that_we_did_not_write() -> None:
    policy = dict(each.split(" ", 1) for each in SECURITY_HEADERS["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert not any(word in value for value in policy.values() for word in ("unsafe", "*", "http", "data:"))
    seconds, _, more = SECURITY_HEADERS["strict-transport-security"].partition(";")
    assert int(seconds.removeprefix("max-age=")) >= 31_536_000
    assert "includeSubDomains" in more
    assert SECURITY_HEADERS["x-content-type-options"] == "nosniff"
    assert SECURITY_HEADERS["cross-origin-opener-policy"] == "same-origin"
    assert SECURITY_HEADERS["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("kind", "status"),
    [("bug", 500), ("clash", 500), ("slow", 503), ("often", 429), ("gone", 404), ("foreign", 403), ("wrong", 422)],
)
def test_each_thing_that_goes_wrong_has_its_status_for_people_and_for_programs(kind: str, status: int) -> None:
    assert SITE.get(f"/fault/{kind}").status == status
    answer = SITE.get(f"/api/fault/{kind}")
    assert answer.status == answer.json["error"]["status"] == status


def test_a_service_that_does_not_answer_is_worth_another_try() -> None:
    assert SITE.get("/fault/slow").headers["retry-after"] == "60"
    assert "retry-after" not in SITE.get("/fault/bug").headers


def test_programs_learn_which_fields_are_wrong() -> None:
    assert SITE.get("/api/fault/wrong").json["error"]["fields"] == {"name": "Enter your name"}


@pytest.mark.parametrize("path", ["/fault/bug", "/api/fault/bug", "/fault/clash"])
def test_requirement_41_a_fault_shows_a_reference_and_nothing_else(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    page = SITE.get(path)
    assert "JKJaXmPLvHcESHA=" in page.text
    logged = "".join(capsys.readouterr())
    for telling in ("Traceback", "RuntimeError", "Clash", ".py", "psmn-prod-table", "MEMBER#", "nhs.net", "3812"):
        assert telling not in page.text
        if telling not in {"RuntimeError", "Clash"}:
            assert telling not in logged


@pytest.mark.parametrize(
    "wanted",
    ["/", "/home", "/sessions/1?answer=yes&x=1", "/account/calendar", "/sessions/a-b_c.ics", "/a+b%20c", "/a//b"],
)
def test_requirement_43_a_path_of_ours_is_where_people_were_going(wanted: str) -> None:
    assert own_path(wanted, "/home") == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "home",
        "https://evil.test",
        "//evil.test",
        "///evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "/\t/evil.test",
        "/\n/evil.test",
        "\t//evil.test",
        " //evil.test",
        "javascript:alert(1)",
        "/\u2028evil",
        "/é",
        "/\u202e",
        "/home\r\nset-cookie: a=b",
        "data:text/html,x",
        "http:evil.test",
        "//evil.test@psmn.test",
        "/\x00",
        "/\x7f",
    ],
    ids=ascii,
)
def test_requirement_43_anything_else_leads_home(wanted: str) -> None:
    assert own_path(wanted, "/home") == "/home"


@given(st.text())
def test_requirement_43_no_text_leads_to_another_site_or_breaks_a_header(wanted: str) -> None:
    path = own_path(wanted, "/home")
    parts = urlsplit(path)
    assert path.startswith("/") and not path.startswith("//")
    assert not parts.netloc and not parts.scheme
    assert path.isascii() and path.isprintable() and " " not in path and "\\" not in path
    assert wanted.startswith("/") or unquote(path) == "/home"


def test_requirement_12_a_visitor_is_sent_to_sign_in_and_back() -> None:
    page = SITE.get("/members")
    assert (page.status, page.location) == (303, "/sign-in?next=%2Fmembers")


def test_requirement_12_a_visitor_who_sends_a_members_form_comes_back_to_the_home_page() -> None:
    page = SITE.post("/members", name="Ann")
    assert (page.status, page.location) == (303, "/sign-in?next=%2Fhome")


@pytest.mark.parametrize("path", ["/page", "/members"])
@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "null"])
def test_requirement_26_another_site_can_send_no_form_here(path: str, site: str) -> None:
    assert post(path, "name=Ann", sec_fetch_site=site).status == 403


ONE_CLICK = "List-Unsubscribe=One-Click"
IN_PARTS = '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
MULTIPART = "multipart/form-data; boundary=b"


@pytest.mark.parametrize(("content_type", "body"), [(FORM, ONE_CLICK), (MULTIPART, IN_PARTS)])
def test_requirement_49_a_mail_provider_presses_its_one_button_without_being_a_browser(
    content_type: str, body: str
) -> None:
    headers = {"content-type": content_type}
    assert SITE.send("POST", "/held/secret", body=body, headers=headers).status == 200
    coded = base64.b64encode(body.encode()).decode()
    assert SITE.send("POST", "/held/secret", body=coded, headers=headers, in_base64=True).status == 200


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        (FORM, f"{ONE_CLICK}&invites=start", 403),
        (FORM, "invites=stop", 403),
        (FORM, "", 403),
        ("text/plain", ONE_CLICK, 415),
        (MULTIPART, IN_PARTS.replace("One-Click", "Two-Clicks"), 415),
        (MULTIPART, IN_PARTS.replace('"List-Unsubscribe"', '"invites"'), 415),
        (MULTIPART, IN_PARTS.replace("--b--", "--b") + IN_PARTS, 415),
        ("multipart/form-data", IN_PARTS, 415),
        (MULTIPART, "", 415),
    ],
)
def test_requirement_49_and_26_nothing_but_that_one_button_is_taken_from_elsewhere(
    content_type: str, body: str, status: int
) -> None:
    assert SITE.send("POST", "/held/secret", body=body, headers={"content-type": content_type}).status == status


def test_requirement_26_the_one_button_works_where_a_secret_is_held_and_nowhere_else() -> None:
    for path, status in (("/page", 403), ("/members", 403)):
        assert SITE.send("POST", path, body=ONE_CLICK, headers={"content-type": FORM}).status == status


def test_requirement_46_a_client_is_who_the_gateway_saw() -> None:
    seen: list[str] = []
    routes = Routes("seen", lambda: WebSettings(table_name="none", site_origin=ORIGIN), lambda: NO_TABLE)

    @routes.get("/me", Access.ANYONE)
    def me(request: Request) -> Answer:
        seen.append(request.client)
        return Answer("")

    claims = {"x-forwarded-for": "203.0.113.9", "forwarded": "for=203.0.113.9", "x-real-ip": "203.0.113.9"}
    replace(SITE, serve=routes.handler).get("/me", **claims)
    assert seen == ["192.0.2.1"]
