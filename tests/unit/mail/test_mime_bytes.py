"""The bytes of a message are those that the standard library's own message makes of its headers and parts."""

import base64
import quopri
from collections.abc import Iterable
from email.message import Message as Part
from email.policy import compat32

from hypothesis import given
from hypothesis import strategies as st

from functions.kernel import ical
from functions.mail import mime
from tests.unit.golden.examples import FILES, INVITE, MAILS, ON, PLAIN
from tests.unit.mail.test_mime import BODY, ONE_LINE, changed

# Headers are folded as they are made, where it is known what may be divided.
WIRE = compat32.clone(linesep="\r\n", max_line_length=None)
ADDRESSES = st.from_regex(r"\A[a-z0-9.+'_-]{1,60}@[a-z0-9-]{1,60}\.nhs\.uk\Z").filter(
    lambda address: not any(dots in f".{address}".replace("@", ".@") for dots in ("..", ".@."))
)
TOKENS = st.from_regex(r"\A[A-Za-z0-9_-]{1,150}\Z")


def obvious(message: mime.Message) -> bytes:
    """The message, put together by the standard library."""
    words = [text("plain", message.text), text("html", message.html)]
    if message.calendar is None:
        return multipart("alternative", words, mime._headers(message)).as_bytes(policy=WIRE)
    entry = base64.encodebytes(message.calendar).rstrip()
    buttons = leaf(f"text/calendar; charset=utf-8; method={mime._method(message.calendar)}", "base64", entry)
    file = leaf("application/ics; name=invite.ics", "base64", entry)
    file["Content-Disposition"] = "attachment; filename=invite.ics"
    parts = [multipart("alternative", [*words, buttons]), file]
    return multipart("mixed", parts, mime._headers(message)).as_bytes(policy=WIRE)


def text(subtype: str, words: str) -> Part:
    lines = words.replace("\r\n", "\n").replace("\r", "\n").encode(errors="replace")
    return leaf(f"text/{subtype}; charset=utf-8", "quoted-printable", quopri.encodestring(lines))


def leaf(content_type: str, encoding: str, encoded: bytes) -> Part:
    made = Part()
    made["Content-Type"] = content_type
    made["Content-Transfer-Encoding"] = encoding
    made.set_payload(encoded.decode("ascii"))
    return made


def multipart(subtype: str, parts: Iterable[Part], headers: Iterable[tuple[str, str]] = ()) -> Part:
    whole = Part()
    for name, value in headers:
        whole[name] = value
    whole["Content-Type"] = f'multipart/{subtype}; boundary="=_{subtype}"'
    for part in parts:
        whole.attach(part)
    return whole


def test_the_messages_that_were_agreed_are_what_the_standard_library_makes() -> None:
    for kind, message in {**MAILS, "plain": PLAIN}.items():
        assert obvious(message) == FILES[f"{kind}.eml"]


@given(to_name=ONE_LINE, address=ADDRESSES, token=TOKENS, subject=ONE_LINE, text=BODY, html=BODY)
def test_whatever_people_are_called_and_write_the_bytes_are_the_standard_librarys(
    to_name: str, address: str, token: str, subject: str, text: str, html: str
) -> None:
    stop = mime.Subscription(
        list_id="invites.psmn.test",
        unsubscribe_url=f"https://psmn.test/unsubscribe/{token}",
        unsubscribe_address="unsubscribe@events.psmn.test",
        unsubscribe_subject=token,
    )
    message = changed(
        INVITE,
        to_name=to_name,
        to_address=address,
        subject=subject,
        text=text,
        html=html,
        calendar=ical.request(ON, to_name, address),
        subscription=stop,
        references=f"<{token.strip('-_')}@eu-west-2.amazonses.com>" if token.strip("-_") else None,
    )
    assert mime.build(message) == obvious(message)
    plain = changed(PLAIN, to_name=to_name, to_address=address, subject=subject, text=text, html=html)
    assert mime.build(plain) == obvious(plain)


def test_a_name_that_somebody_shares_with_the_sender_is_written_for_each_header_by_itself() -> None:
    both = changed(INVITE, to_name=INVITE.from_name)
    assert mime.build(both) == obvious(both)
