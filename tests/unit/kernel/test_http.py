"""What comes in: a request that is broken in any way is refused at once, and never our fault."""

import base64
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.forms import MAX_BODY
from functions.kernel.http import FORM
from tests.small_site import FROM_US, SITE, post
from tests.web import event


def test_a_page_answers_and_so_does_its_head_without_a_body() -> None:
    page, head = SITE.get("/page"), SITE.send("HEAD", "/page")
    assert (page.status, head.status) == (200, 200)
    assert page.body
    assert not head.body
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
@pytest.mark.parametrize(
    "path", ["/nothing", "/", "/thing/", "/thing/1/2", "/page/", "/PAGE", "//page", "/..", "/.env"]
)
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


@pytest.mark.parametrize(
    "body", ["name=Ann&name=Bob", "name=Ann&role=coordinator", "", "name", "name=" + "a" * 21, "=;&%"]
)
def test_requirement_22_a_form_with_too_much_or_too_little_is_refused(body: str) -> None:
    assert post("/page", body).status == 422


@pytest.mark.parametrize(
    "body", ["{", "NaN", "[1e999]", '{"a":1,"a":2}', '"\\ud800"', "[" * 50_000, "[" * 900 + "]" * 900]
)
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
