"""One message to one person, as the bytes that leave.

The shape is the one that Outlook, Gmail and Apple all read: the words as plain text, the same in HTML and,
for a session, the calendar entry twice, as the alternative that draws the buttons and as a file to open.

The standard library encodes all of it, but does not put it together. Its ``EmailMessage`` decodes whatever looks
like an encoded word (RFC 2047) in a value it is given, so a title typed as ``=?utf-8?q?Free?=`` would leave as
``Free``, and how it folds a header has changed between patch releases of Python. Its older ``Message`` makes the bytes
that are made here, which ``tests/unit/mail/test_mime_bytes.py`` tries, and takes ten times as long: it looks through
every header and line for what we know not to be there.
"""

import base64
import quopri
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime, quote
from functools import lru_cache
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

MAX_BYTES = 100_000
"""The largest message that we send. Filters and phones deal badly with more."""

_HEADERS = 16
"""So many encoded headers a process remembers."""
_LINES = 1024
"""So many encoded lines of text a process remembers: those that all readers of a few messages have in common."""
_LINE = 76
"""Characters of the longest line of a header that Python does not fold (RFC 5322 section 2.1.1 asks for 78 at most)."""

_LONGEST_ADDRESS = 254  # RFC 5321 section 4.5.3.1.3, without its two angle brackets.

# Halves of characters (\ud800 to \udfff) are here because UTF-8 has no place for them.
_BREAK_OR_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_PLAIN_WORDS = re.compile(r"[!-~]{1,60}( [!-~]{1,60})*")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_METHOD = re.compile(rb"^METHOD:(REQUEST|CANCEL)\r$", re.MULTILINE)
_AS_FILE = ("Content-Disposition", "attachment; filename=invite.ics")
_CALENDAR_USER = re.compile(rb"\n(ORGANIZER|ATTENDEE)[;:][^\n]*mailto:([^\r\n]*)")


def _on_one_line(text: str) -> str:
    """Refuse what could begin another header or end them all (security requirement 51)."""
    if _BREAK_OR_CONTROL.search(text):
        raise ValueError("The header of a message has no line breaks or control characters.")
    return text


# The sender and the address for answers are the same in all messages.
@lru_cache(maxsize=_HEADERS)
def _plain_address(address: str) -> str:
    """Refuse an address that a mail system on the way could not carry. Accented domains come as ``xn--``."""
    local, _, domain = address.rpartition("@")
    if not local.isascii():
        raise ValueError("We cannot send to an address with accented letters before the @.")
    # An address that looks like an encoded word is legal, and some readers would decode it into another one.
    real = _LOCAL_PART.fullmatch(local) and _DOMAIN.fullmatch(domain) and "=?" not in local
    if not real or len(address) > _LONGEST_ADDRESS:
        raise ValueError("This is not an email address that we can send to.")
    return address


type Line = Annotated[str, AfterValidator(_on_one_line)]
type Address = Annotated[str, AfterValidator(_plain_address)]
type Tag = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,256}$")]


class Subscription(BaseModel):
    """What lets a mail program offer to stop mail of this kind with one press (RFC 2369, 2919 and 8058).

    Mail that a member cannot stop has none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    list_id: Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]
    unsubscribe_url: Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9._~:/?=&%+-]+$", max_length=900)]
    """It takes the one-click POST, and is another address than the link in the text."""
    unsubscribe_address: Address | None = None
    unsubscribe_subject: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,200}$")] | None = None
    """What a mail to that address has to say to be understood: no address is long enough for a secret."""

    @model_validator(mode="after")
    def _is_safe_on_the_way(self) -> Self:
        # RFC 8058 demands https. The local cloud has none, and only this machine answers to .localhost.
        host = self.unsubscribe_url.split("/")[2].partition(":")[0]
        if not self.unsubscribe_url.startswith("https:") and not host.endswith(".localhost"):
            raise ValueError("The address that stops a subscription begins with https.")
        return self


class Message(BaseModel):
    """Everything that one mail says. It has no place for a second recipient (security requirement 52)."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    """The opaque name of the mail in the ledger, from which its Message-ID is made."""
    date: AwareDatetime
    from_name: Line
    from_address: Address
    to_name: Line = ""
    to_address: Address
    reply_to: Address
    subject: Annotated[Line, Field(min_length=1)]
    text: Annotated[str, Field(min_length=1)]
    html: Annotated[str, Field(min_length=1)]
    calendar: bytes | None = None
    """A REQUEST or CANCEL made by ``functions.kernel.ical``, for this reader and from this sender."""
    subscription: Subscription | None = None
    references: Annotated[str, Field(pattern=r"^<[A-Za-z0-9._%+=-]+@[A-Za-z0-9.-]+>$")] | None = None
    """The Message-ID of the mail that this one follows, so that mail programs show the two together."""
    tags: Mapping[Tag, Tag] = Field(default_factory=dict)
    """For the mail service, which takes them beside the bytes and reports them with each event."""
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en-GB"

    @model_validator(mode="after")
    def _calendar_is_between_these_two(self) -> Self:
        """Keep an entry from anybody but the person it names, and from naming anybody else."""
        if self.calendar is not None:
            _method(self.calendar)
            named = sorted(_CALENDAR_USER.findall(self.calendar.replace(b"\r\n ", b"")))
            reader, sender = self.to_address.encode(), self.from_address.encode()
            if named != [(b"ATTENDEE", reader), (b"ORGANIZER", sender)]:
                raise ValueError("The calendar entry has another sender or another reader than the mail.")
        return self


def build(message: Message) -> bytes:
    """The raw message (RFC 5322): 7-bit clean, CRLF line ends, and the same bytes whenever it is built again.

    Raises ``ValueError`` when it would be larger than ``MAX_BYTES``.
    """
    words = [_text("plain", message.text), _text("html", message.html)]
    if message.calendar is None:
        raw = _multipart("alternative", words, _headers(message))
    else:
        entry = base64.encodebytes(message.calendar).rstrip()
        buttons = _leaf(f"text/calendar; charset=utf-8; method={_method(message.calendar)}", "base64", entry)
        file = _leaf("application/ics; name=invite.ics", "base64", entry, _AS_FILE)
        raw = _multipart("mixed", [_multipart("alternative", [*words, buttons]), file], _headers(message))
    if len(raw) > MAX_BYTES:
        raise ValueError(f"This message has {len(raw):,} bytes, and we send at most {MAX_BYTES:,}.")
    return raw


def _method(calendar: bytes) -> str:
    """What the entry asks of a calendar, which the label on its part must repeat.

    Raises ``ValueError`` for anything that Outlook would show as raw text.
    """
    stated = _METHOD.search(calendar)
    if stated is None:
        raise ValueError("Only an invitation or a cancellation travels by mail.")
    return stated[1].decode()


def _headers(message: Message) -> Iterable[tuple[str, str]]:
    yield "From", _mailbox("From", message.from_name, message.from_address)
    yield "To", _mailbox("To", message.to_name, message.to_address)
    yield "Reply-To", message.reply_to
    yield "Subject", _subject(message.subject)
    yield "Date", _moment(message.date.replace(microsecond=0))
    yield "Message-ID", f"<{message.key}@{message.from_address.rpartition('@')[2]}>"
    if message.references:
        yield "References", message.references
    if message.subscription:
        yield from _list_headers(message.subscription)
    # These keep out-of-office answers away: the first is RFC 3834, the second is what Exchange reads.
    yield "Auto-Submitted", "auto-generated"
    yield "X-Auto-Response-Suppress", "OOF, AutoReply"
    yield "Content-Language", message.language
    yield "MIME-Version", "1.0"


def _list_headers(subscription: Subscription) -> Iterable[tuple[str, str]]:
    ways = [subscription.unsubscribe_url]
    if subscription.unsubscribe_address:
        subject = f"?subject={subscription.unsubscribe_subject}" if subscription.unsubscribe_subject else ""
        ways.append(f"mailto:{subscription.unsubscribe_address}{subject}")
    yield "List-Id", f"<{subscription.list_id}>"
    yield "List-Unsubscribe", ",\n ".join(f"<{way}>" for way in ways)
    yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


@lru_cache(maxsize=_HEADERS)
def _moment(date: datetime) -> str:
    return format_datetime(date.astimezone(UTC))


# The sender and the subject are the same for all the readers of a session's mail.
@lru_cache(maxsize=_HEADERS)
def _mailbox(header: str, name: str, address: str) -> str:
    """A name and an address (RFC 5322 section 3.4), the name quoted or encoded so that it is only a name."""
    if not name:
        return address
    mailbox = Header(header_name=header)
    if _is_plain(name):
        plain = f'"{quote(name)}" <{address}>'
        if len(f"{header}: {plain}") <= _LINE:
            # It would come out as it goes in, and most do.
            return plain
        mailbox.append(plain)
    else:
        mailbox.append(name, "utf-8")
        mailbox.append(f"<{address}>", "us-ascii")
    return mailbox.encode()


@lru_cache(maxsize=_HEADERS)
def _subject(words: str) -> str:
    return Header(words, "us-ascii" if _is_plain(words) else "utf-8", header_name="Subject").encode()


def _is_plain(words: str) -> bool:
    """Whether words can stand in a header as they are, and not as encoded words (RFC 2047).

    They cannot if a reader would take them for an encoded word, nor if folding would lose a space or could
    not keep the lines short.
    """
    return "=?" not in words and _PLAIN_WORDS.fullmatch(words) is not None


def _text(subtype: str, text: str) -> bytes:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode(errors="replace").split(b"\n")
    return _leaf(f"text/{subtype}; charset=utf-8", "quoted-printable", b"\n".join(map(_quoted, lines)))


@lru_cache(maxsize=_LINES)
def _quoted(line: bytes) -> bytes:
    """A line in quoted-printable, in which each stands for itself (RFC 2045 section 6.7)."""
    return quopri.encodestring(line)


def _leaf(content_type: str, encoding: str, encoded: bytes, *more: tuple[str, str]) -> bytes:
    headers = [("Content-Type", content_type), ("Content-Transfer-Encoding", encoding), *more]
    return _part(headers, encoded.replace(b"\n", b"\r\n"))


def _multipart(subtype: str, parts: Iterable[bytes], headers: Iterable[tuple[str, str]] = ()) -> bytes:
    """Parts in one, with a line between them that none of them can hold.

    ``=_`` occurs neither in quoted-printable nor in base64 (RFC 2045 section 6.7), so nothing need be random.
    """
    line = f"--=_{subtype}".encode()
    content = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"
    return _part([*headers, ("Content-Type", f'multipart/{subtype}; boundary="=_{subtype}"')], content)


def _part(headers: Iterable[tuple[str, str]], content: bytes) -> bytes:
    """Headers, which come folded, and what they are about."""
    lines = "".join(f"{name}: {value}\n" for name, value in headers)
    return lines.replace("\n", "\r\n").encode("ascii") + b"\r\n" + content
