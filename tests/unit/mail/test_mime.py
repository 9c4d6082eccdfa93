"""A message, as any mail program takes it apart."""

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from functions.kernel import ical
from functions.mail import mime
from tests.unit.golden.examples import (
    EVENTS,
    FILES,
    FOLDER,
    INVITE,
    LIFE,
    NETWORK,
    ON,
    PLAIN,
    WYN,
    WYN_NAME,
)

TREE = [
    "multipart/mixed",
    "multipart/alternative",
    "text/plain",
    "text/html",
    "text/calendar",
    "application/ics",
]
HEADERS = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
]
ENDS_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
ONE_LINE = (
    st.text(min_size=1)
    | st.sampled_from(
        [
            'Jones, "Wyn" <victim@nhs.net>',
            "=?utf-8?q?victim=40nhs=2Enet?=",
            "a =?utf-8?q?=0D=0ABcc=3A?= b",
            "Wyn Ŵr O'Neil, Bwrdd Iechyd Prifysgol Betsi Cadwaladr " * 4,
            "شكرا على السلامة",
            "two  spaces and an end ",
            " ",
            "\\",
            '"',
            "a" * 300,
            "--=_mixed",
            "👩🏽‍⚕️" * 40,
        ]
    )
).filter(lambda text: not ENDS_A_LINE.search(text))
BODY = st.text(min_size=1) | st.sampled_from(
    [
        "--=_mixed--\n--=_alternative\n",
        ".\n.\r\nFrom nobody\n",
        "Bcc: victim@nhs.net\r\n\r\n",
        "x" * 2000,
        "ŵ" * 500,
        "end without a line break",
        " trailing \t\n",
        "=E2=80=A8=\n",
    ]
)


def parsed(raw: bytes) -> EmailMessage:
    """The message as the standard library's strict reader takes it apart, without a defect in any part."""
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    assert [defect for part in message.walk() for defect in part.defects] == []
    return message


def name_in(raw: bytes, header: str) -> str:
    """The name in a header with one mailbox, read as RFC 2047 section 6.2 says.

    The strict reader of Python 3.13 puts a space into a long encoded name, where there is none.
    """
    mailbox = "".join(message_from_bytes(raw)[header].splitlines())
    name, _, _ = mailbox.rpartition(" <")
    return parseaddr(mailbox)[0] if name.startswith('"') else str(make_header(decode_header(name)))


def changed(message: mime.Message, **values: Any) -> mime.Message:
    """The message with other values, validated again."""
    return mime.Message.model_validate(dict(message) | values)


def text_of(raw: bytes, kind: str) -> str:
    """What one part says, with the line ends that the caller of ``build`` uses."""
    (part,) = (part for part in parsed(raw).walk() if part.get_content_type() == kind)
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".eml")])
def test_the_messages_are_the_bytes_that_were_agreed(name: str) -> None:
    assert FILES[name] == (FOLDER / name).read_bytes()


@pytest.mark.parametrize("message", [INVITE, PLAIN])
def test_a_message_passes_any_relay(message: mime.Message) -> None:
    raw = mime.build(message)
    assert raw.isascii()
    assert b"\x00" not in raw
    assert not re.search(rb"[^\r]\n|\r[^\n]", raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 100
    assert raw == mime.build(message)


def test_an_invitation_has_the_shape_that_outlook_gmail_and_apple_read() -> None:
    message = parsed(FILES["invite.eml"])
    parts = list(message.walk())
    assert [part.get_content_type() for part in parts] == TREE
    encodings = [part["Content-Transfer-Encoding"] for part in parts]
    assert encodings == [None, None, "quoted-printable", "quoted-printable", "base64", "base64"]
    alternative, attached = message.iter_parts()
    assert [part.get_content_type() for part in alternative.iter_parts()] == TREE[2:5]

    buttons = parts[4]
    assert b"\r\nContent-Type: text/calendar; charset=utf-8; method=REQUEST\r\n" in FILES["invite.eml"]
    assert buttons["Content-Disposition"] is None
    assert attached["Content-Type"].params["name"] == attached.get_filename() == "invite.ics"
    assert attached.get_content_disposition() == "attachment"
    assert buttons.get_payload(decode=True) == attached.get_payload(decode=True) == INVITE.calendar


@pytest.mark.parametrize("kind", LIFE)
def test_the_label_says_what_the_entry_asks_of_a_calendar(kind: str) -> None:
    (buttons,) = (part for part in parsed(FILES[f"{kind}.eml"]).walk() if part.get_content_subtype() == "calendar")
    method = "CANCEL" if kind in {"cancelled", "withdrawn"} else "REQUEST"
    assert buttons["Content-Type"].params["method"] == method
    assert f"\r\nMETHOD:{method}\r\n".encode() in buttons.get_payload(decode=True)


def test_mail_that_is_not_about_a_calendar_is_words_and_the_same_words_in_html() -> None:
    message = parsed(FILES["plain.eml"])
    parts = [part.get_content_type() for part in message.walk()]
    assert parts == ["multipart/alternative", "text/plain", "text/html"]
    assert text_of(FILES["plain.eml"], "text/plain") == PLAIN.text
    assert text_of(FILES["plain.eml"], "text/html") == PLAIN.html


def test_the_headers_of_an_invitation() -> None:
    message = parsed(FILES["invite.eml"])
    assert message.keys() == HEADERS
    assert message["From"].addresses == (Address(NETWORK, addr_spec=EVENTS),)
    assert message["To"].addresses == (Address(WYN_NAME, addr_spec=WYN),)
    assert message["Reply-To"] == "hello@psmn.test"
    assert message["Date"].datetime == INVITE.date
    assert message["Message-ID"] == f"<{INVITE.key}@events.psmn.test>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["Content-Language"] == "en-GB"
    assert message["List-Id"] == "<invites.events.psmn.test>"
    assert message["List-Unsubscribe"] == (
        "<https://psmn.test/unsubscribe/3q2yZ8Rk>, <mailto:unsubscribe+3q2yZ8Rk@events.psmn.test>"
    )
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_mail_that_a_member_cannot_stop_carries_no_list_headers() -> None:
    assert not [name for name in list(parsed(FILES["plain.eml"])) if name.startswith("List-")]


def test_a_new_time_hangs_below_the_first_invitation() -> None:
    first = "<0102018f3a-6c1d-4b7e-9f00-000000@eu-west-2.amazonses.com>"
    assert parsed(mime.build(changed(INVITE, references=first)))["References"] == first


@given(from_name=ONE_LINE, to_name=ONE_LINE, subject=ONE_LINE, text=BODY, html=BODY)
@example(from_name="a", to_name="=?utf-8?q?=22?= <x@y>", subject="=?utf-8?b?QmNjOiB4?=", text="a", html="b")
def test_requirement_51_no_text_in_any_field_changes_headers_recipients_or_structure(
    from_name: str, to_name: str, subject: str, text: str, html: str
) -> None:
    raw = mime.build(changed(INVITE, from_name=from_name, to_name=to_name, subject=subject, text=text, html=html))
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 200
    message = parsed(raw)
    assert message.keys() == HEADERS
    assert [part.get_content_type() for part in message.walk()] == TREE
    assert [mailbox.addr_spec for mailbox in message["To"].addresses] == [WYN]
    assert [mailbox.addr_spec for mailbox in message["From"].addresses] == [EVENTS]
    assert name_in(raw, "To") == to_name
    assert name_in(raw, "From") == from_name
    assert message["Subject"] == subject
    assert text_of(raw, "text/plain") == text.replace("\r\n", "\n").replace("\r", "\n")
    assert text_of(raw, "text/html") == html.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("break_", ["\r", "\n", "\r\n", "\x00", "\x0b", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("field", ["from_name", "to_name", "subject"])
def test_requirement_51_a_header_that_would_not_stay_on_one_line_is_refused(field: str, break_: str) -> None:
    with pytest.raises(ValidationError, match="no line breaks or control characters"):
        changed(PLAIN, **{field: f"Falls{break_}Bcc: victim@nhs.net"})


@pytest.mark.parametrize("field", ["from_address", "to_address", "reply_to"])
@pytest.mark.parametrize(
    "address",
    [
        "",
        "wyn",
        "@nhs.net",
        "wyn@",
        "a@nhs.net, b@nhs.net",
        "a@nhs.net\r\nBcc: b@nhs.net",
        "a@nhs.net\n",
        "<a@nhs.net>",
        "a b@nhs.net",
        "=?utf-8?q?a?=@nhs.net",
        "wyn@bwrdd-iechyd-ŵyn.cymru",
        f"{'a' * 250}@nhs.net",
    ],
)
def test_requirement_52_an_address_is_exactly_one_address(field: str, address: str) -> None:
    with pytest.raises(ValidationError, match="not an email address"):
        changed(PLAIN, **{field: address})


def test_an_accented_local_part_is_refused_with_its_own_sentence() -> None:
    with pytest.raises(ValidationError, match="accented letters before the @"):
        changed(PLAIN, to_address="ŵyn@nhs.net")


def test_an_accented_domain_arrives_in_its_ascii_form() -> None:
    raw = mime.build(changed(PLAIN, to_address="wyn@xn--bwrdd-8ta.cymru"))
    assert parsed(raw)["To"].addresses[0].addr_spec == "wyn@xn--bwrdd-8ta.cymru"


@pytest.mark.parametrize(
    "calendar",
    [
        ical.request(ON, "Somebody else", "sam@nhs.net"),
        ical.request(ON.model_copy(update={"organizer_address": "other@psmn.test"}), WYN_NAME, WYN),
        ical.request(ON, WYN_NAME, WYN).replace(b"END:VEVENT", b"ATTENDEE:mailto:sam@nhs.net\r\nEND:VEVENT"),
    ],
)
def test_requirement_52_an_entry_for_somebody_else_is_never_attached(calendar: bytes) -> None:
    with pytest.raises(ValidationError, match="another sender or another reader"):
        changed(INVITE, calendar=calendar)


@pytest.mark.parametrize("calendar", [b"", b"METHOD:REQUEST", ical.publish([ON], name=NETWORK)])
def test_what_outlook_would_show_as_raw_text_is_never_attached(calendar: bytes) -> None:
    with pytest.raises(ValidationError, match="Only an invitation or a cancellation"):
        changed(INVITE, calendar=calendar)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"html": ""},
        {"subject": ""},
        {"key": "a b"},
        {"key": "a>"},
        {"tags": {"kind": "an invite"}},
        {"references": "<a@b>\r\nBcc: c@d"},
        {"references": "a@b"},
        {"language": "en\r\nBcc: c@d"},
        {"cc": "sam@nhs.net"},
        {"bcc": "sam@nhs.net"},
        {"date": INVITE.date.replace(tzinfo=None)},
    ],
)
def test_a_message_that_could_go_wrong_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        changed(INVITE, **wrong)


@pytest.mark.parametrize(
    "url",
    [
        "http://psmn.test/unsubscribe/x",
        "http://psmn.test/.localhost",
        "https://psmn.test/a>,<mailto:x@y",
        "https://psmn.test/\r\nBcc: x@y",
        "ftp://psmn.test/",
    ],
)
def test_the_address_that_stops_a_subscription_is_safe(url: str) -> None:
    with pytest.raises(ValidationError):
        mime.Subscription(list_id="invites.psmn.test", unsubscribe_url=url)


def test_the_local_cloud_may_do_without_https() -> None:
    local = mime.Subscription(
        list_id="invites.psmn.test",
        unsubscribe_url="http://x1.execute-api.localhost:4566/unsubscribe/x",
    )
    message = parsed(mime.build(changed(INVITE, subscription=local)))
    assert message["List-Unsubscribe"] == f"<{local.unsubscribe_url}>"


def test_a_message_that_filters_would_hold_back_is_not_built() -> None:
    with pytest.raises(ValueError, match="we send at most 100,000"):
        mime.build(changed(PLAIN, text="x" * mime.MAX_BYTES))
