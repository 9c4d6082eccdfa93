"""What goes out: headers on every answer, errors that tell nothing, and people sent only to places of ours."""

import base64
from dataclasses import replace
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.auth import Access
from functions.kernel.client import THROUGH_CLOUDFRONT, VIEWER
from functions.kernel.headers import FOR_STRANGERS, SECURITY_HEADERS
from functions.kernel.http import FORM, Answer, Request, own_path
from tests.small_site import FAULTS, FROM_US, SITE, no_routes, post
from tests.web import event

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
FOR_EVERYBODY = [("GET", "/page"), ("HEAD", "/page"), ("GET", "/bytes"), ("GET", "/thing/1")]
"""Those of them that are no fault and no form, and that anybody may read."""


@pytest.mark.parametrize(("method", "path"), EVERYWHERE)
def test_requirement_38_every_answer_carries_the_security_headers(method: str, path: str) -> None:
    page = SITE.send(method, path, headers=FROM_US, body="name=Ann")
    strangers = FOR_STRANGERS if (method, path) in FOR_EVERYBODY else {}
    assert (SECURITY_HEADERS | strangers).items() <= page.headers.items()


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
def test_requirement_41_a_fault_shows_a_reference_and_nothing_else(
    path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = SITE.get(path)
    assert "JKJaXmPLvHcESHA=" in page.text
    logged = "".join(capsys.readouterr())
    for telling in ("Traceback", "RuntimeError", "Clash", ".py", "psmn-production-table", "MEMBER#", "nhs.net", "3812"):
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
    assert path.startswith("/")
    assert not path.startswith("//")
    assert not parts.netloc
    assert not parts.scheme
    assert path.isascii()
    assert path.isprintable()
    assert " " not in path
    assert "\\" not in path
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


def test_requirement_46_a_client_is_who_the_gateway_saw_or_cloudfront_in_front_of_it() -> None:
    seen: list[str] = []
    routes = no_routes()

    @routes.get("/me", Access.ANYONE)
    def me(request: Request) -> Answer:
        seen.append(request.client)
        return Answer("")

    claims = {"x-forwarded-for": "203.0.113.9", "forwarded": "for=203.0.113.9", "x-real-ip": "203.0.113.9"}
    replace(SITE, serve=routes.handler).get("/me", **claims)
    viewer = {VIEWER: "198.51.100.7:46532"}
    replace(SITE, serve=routes.handler).get("/me", **claims, **viewer)
    assert seen == ["192.0.2.1", "192.0.2.1"]
    passed_on = event("GET", "/me", headers={**claims, **viewer}, client="203.0.113.80")
    passed_on["requestContext"]["authorizer"] = {"lambda": THROUGH_CLOUDFRONT}
    routes.handler(passed_on, None)
    assert seen[-1] == "198.51.100.7"
