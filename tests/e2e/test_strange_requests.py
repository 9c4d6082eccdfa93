"""What is broken, forged or too much gets the right refusal, in our own shell, over the real gateway."""

import pytest

from tests.e2e.cloud import Cloud
from tests.e2e.visitor import FORM, Visitor

OURS = {"content-type": FORM, "sec-fetch-site": "same-origin"}
SHELL = "Skip to main content"


@pytest.fixture
def stranger(local_cloud: Cloud) -> Visitor:
    """Somebody with bad intentions or a bad browser."""
    return local_cloud.visitor()


@pytest.mark.parametrize(
    "path",
    [
        "/nothing-here",
        "/nothing/here/at/all",
        "/wp-login.php",
        "/sessions/no-such-session",
        "/assets/no-such-file.css",
        "/assets/..%2f..%2fetc%2fpasswd",
        "/unsubscribe/0000.1111",
        "/vouch/0000.1111",
        "/calendar/0000.1111.ics",
        "/join/%00",
        "/%ff%fe",
        "/" + "a" * 2_000,
        "/sessions/" + "a" * 500,
    ],
)
def test_an_unknown_page_is_our_own_404(stranger: Visitor, path: str) -> None:
    answer = stranger.get(path)

    assert answer.status == 404
    assert SHELL in answer.text
    assert answer.title.startswith("Page not found")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/join", "/home", "/account/leave"])
def test_a_method_that_a_page_does_not_have_is_refused(stranger: Visitor, method: str, path: str) -> None:
    answer = stranger.send(method, path)

    assert answer.status == 405
    assert "GET" in answer.headers["allow"]
    assert SHELL in answer.text


def test_a_page_cannot_be_sent_to_that_has_no_form(stranger: Visitor) -> None:
    answer = stranger.send("POST", "/about", "email=a%40nhs.net", OURS)

    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_a_program_that_asks_for_the_head_of_a_page_gets_no_body(stranger: Visitor) -> None:
    answer = stranger.send("HEAD", "/about")

    assert (answer.status, answer.body) == (200, b"")


def test_a_form_of_120_kilobytes_is_too_long(stranger: Visitor) -> None:
    answer = stranger.send("POST", "/join", "email=" + "a" * 120_000, OURS)

    assert answer.status == 413
    assert SHELL in answer.text


@pytest.mark.parametrize("body", [b"email=\xff\xfe%40nhs.net", b"email=%FF%FE", b"email=%E4%40nhs.net"])
def test_a_form_that_is_not_utf_8_is_refused(stranger: Visitor, body: bytes) -> None:
    answer = stranger.send("POST", "/join", body, OURS)

    assert answer.status == 400
    assert SHELL in answer.text


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_a_form_in_another_form_is_refused(stranger: Visitor, content_type: str) -> None:
    answer = stranger.send("POST", "/join", '{"email": "a@nhs.net"}', {**OURS, "content-type": content_type})

    assert answer.status == 415


@pytest.mark.parametrize(
    "origin",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"referer": "http://psmn.localhost/join"},
        {},
    ],
)
def test_requirement_26_a_form_from_another_site_is_refused(stranger: Visitor, origin: dict[str, str]) -> None:
    answer = stranger.send("POST", "/join", "email=victim%40nhs.net", {"content-type": FORM, **origin})

    assert answer.status == 403
    assert SHELL in answer.text


@pytest.mark.parametrize(
    "cookie",
    [
        "__Host-member=x",
        "__Host-member=" + "a" * 3_000,
        "__Host-join=%00; __Host-ask=..",
        "=; ;;",
        "a=b=c; __Host-join",
    ],
)
def test_a_forged_cookie_opens_nothing(stranger: Visitor, cookie: str) -> None:
    answer = stranger.get("/home", cookie=cookie)

    assert (answer.status, answer.location) == (303, "/sign-in?next=%2Fhome")


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/%0d%0aset-cookie:a=b"],
)
def test_requirement_43_the_way_back_after_signing_in_leads_nowhere_else(stranger: Visitor, wanted: str) -> None:
    answer = stranger.get("/sign-in?next=" + wanted)

    kept = answer.value_of("next") or ""
    assert kept.startswith("/")
    assert not kept.startswith(("//", "/\\"))
    assert "set-cookie" not in answer.headers


def test_words_that_look_like_markup_stay_words(stranger: Visitor) -> None:
    typed = '"><script>alert(1)</script>@nhs.net'

    answer = stranger.post("/join", email=typed)

    assert answer.status == 422
    assert "<script>" not in answer.text
    assert answer.value_of("email") == typed


def test_a_fault_of_the_address_names_no_machine_of_ours(stranger: Visitor) -> None:
    answer = stranger.get("/nothing-here")

    assert not {"server", "x-powered-by"} & set(answer.headers)
    assert "Traceback" not in answer.text
