"""What may come of a mail to our own address: the rules for answers from calendars, and how much of a mail is read.

Anybody can write to this address, and anything may be in what they write. So a mail is read without trust, and an
answer counts only if everything about it is as it should be (RFC 5546 section 6, "Security considerations"). Whatever
is read here can change whether one member is coming, and nothing else.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from typing import Any

from functions.invites.model import Arrival, Letter, Outcome, Reply
from functions.sessions.model import Answer, AnswerValue, Session, Source

LARGEST = 100_000
"""Bytes that are read of a mail. No calendar needs more to say yes (the rest of a longer mail is not looked at)."""
MOST_PARTS = 50
LONGEST_EXCERPT = 4_000
"""Characters of somebody's message that are passed on."""

# A mail that passes them on has a limit too, and a character may need 12 of its bytes. Most need one.
_LARGEST_EXCERPT = 12_000
_LONGEST_LINE = 200

_VALUES = {"ACCEPTED": AnswerValue.YES, "TENTATIVE": AnswerValue.MAYBE, "DECLINED": AnswerValue.NO}
_METHOD = re.compile(rb"^METHOD:[ \t]*([A-Z-]{1,20})", re.IGNORECASE | re.MULTILINE)
_METHODS = {
    "REPLY": Outcome.ANSWERED,
    "COUNTER": Outcome.COUNTER,
    "REFRESH": Outcome.REFRESH,
}
"""What calendars send to an organiser. Anything else with a calendar in it is a message from a person."""

_SIGNER = re.compile(r"(?:^|;)\s*d\s*=\s*([^;\s]+)")
_SESSION_NAME = re.compile(r"[A-Za-z0-9-]{1,100}")
_STOP_TOKEN = re.compile(r"[0-9a-f]{64}\.[A-Za-z0-9_-]{43}")
_UNSEEN_MARKUP = re.compile(r"(?is)<(style|script|head|title)\b.*?</\1\s*>|<!--.*?-->")
_LINE_MARKUP = re.compile(r"(?i)<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^>]*>")
_MARKUP = re.compile(r"<[^<>]*>")
_BULK = frozenset({"auto_reply", "bulk", "junk", "list"})


class Dropped(Exception):
    """The mail changes nothing. ``outcome`` says why."""

    def __init__(self, outcome: Outcome) -> None:
        """Keep the reason."""
        super().__init__(outcome.value)
        self.outcome = outcome


def read(raw: bytes) -> Letter:
    """Take a mail apart, as far as we look.

    Raises ``Dropped`` when it cannot be read.
    """
    return _carefully(_read, raw)


def _carefully[T](reading: Callable[..., T], *given: Any) -> T:
    """Read what a stranger wrote. The libraries raise whatever they meet, down to recursion that goes too deep."""
    try:
        return reading(*given)
    except Dropped:
        raise
    except Exception as fault:
        raise Dropped(Outcome.UNREADABLE) from fault


def _read(raw: bytes) -> Letter:
    # The modern policy of the library reads headers as it parses, and broken ones break it.
    message = message_from_bytes(raw, policy=policy.compat32)
    senders = {address for _, address in getaddresses(_headers(message, "from")) if address}
    parts = list(_parts(message))
    return Letter(
        sender=senders.pop() if len(senders) == len(_headers(message, "from")) == 1 else None,
        signers=tuple(
            found[1].lower() for each in _headers(message, "dkim-signature") if (found := _SIGNER.search(each))
        ),
        unsigned=sum(not _SIGNER.search(each) for each in _headers(message, "dkim-signature")),
        subject=_in_words(next(iter(_headers(message, "subject")), "")),
        automatic=_is_automatic(message),
        calendars=tuple(_content(part) for part in parts if part.get_content_type() == "text/calendar"),
        text=_text(parts),
    )


def _headers(message: Message, name: str) -> list[str]:
    return [str(value) for value in message.get_all(name, [])]


def _parts(message: Message) -> Iterator[Message]:
    """The parts that hold something, without those of another mail that this one carries."""
    waiting, found = [message], 0
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += reversed(part.get_payload())  # type: ignore[arg-type] # A part with parts has a list of them.
        elif not part.is_multipart():
            found += 1
            if found > MOST_PARTS:
                raise Dropped(Outcome.UNREADABLE)
            yield part


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _in_words(header: str) -> str:
    line = " ".join(str(make_header(decode_header(header))).split())
    return line.encode(errors="replace").decode()[:_LONGEST_LINE]


def _is_automatic(message: Message) -> bool:
    """Whether no person wrote it: RFC 3834 section 5, and what was usual before it and beside it."""
    submitted = next(iter(_headers(message, "auto-submitted")), "no").partition(";")[0].strip().lower()
    precedence = {value.strip().lower() for value in _headers(message, "precedence")}
    return submitted != "no" or bool(precedence & _BULK) or "x-auto-response-suppress" in message


def _text(parts: Iterable[Message]) -> str:
    """The beginning of what was written, as plain text."""
    shown = [part for part in parts if part.get_content_disposition() != "attachment"]
    for kind in ("text/plain", "text/html"):
        part = next((part for part in shown if part.get_content_type() == kind), None)
        if part is not None:
            words = _decoded(part)
            return _excerpt(words if kind == "text/plain" else _without_markup(words))
    return ""


def _decoded(part: Message) -> str:
    content = _content(part)
    try:
        return content.decode(part.get_content_charset("utf-8"), errors="replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", errors="replace")


def _without_markup(page: str) -> str:
    seen = _UNSEEN_MARKUP.sub("", page[: 5 * LONGEST_EXCERPT])
    return html.unescape(_MARKUP.sub("", _LINE_MARKUP.sub("\n", seen)))


def _excerpt(words: str) -> str:
    lines = (" ".join(line.split()) for line in words.splitlines())
    text = "\n".join(line for line in lines if line)[:LONGEST_EXCERPT]
    return text.encode(errors="replace")[:_LARGEST_EXCERPT].decode(errors="ignore")


def stop_token(subject: str) -> str | None:
    """The token of a "stop" link in the subject of a mail that a mail program sent by itself."""
    found = _STOP_TOKEN.search("".join(subject.split()))
    return found[0] if found else None


def proven(arrival: Arrival, letter: Letter) -> bool:
    """Whether the mail really comes from the domain that it says it comes from.

    The mail service has checked and tells us beside the mail. What the mail says of itself counts for nothing, but for
    the name of a signer, where the service found that the signature is theirs. A domain that has no policy (DMARC) is
    believed if the envelope or every signature is of the same domain (RFC 7489 section 3.1).
    """
    if letter.sender is None or arrival.dmarc == "FAIL":
        return False
    if arrival.dmarc == "PASS":
        return True
    domain = domain_of(letter.sender)
    signers = letter.signers if not letter.unsigned else ()
    return (arrival.spf == "PASS" and _aligned(domain_of(arrival.return_path), domain)) or (
        arrival.dkim == "PASS" and bool(signers) and all(_aligned(signer, domain) for signer in signers)
    )


def domain_of(address: str) -> str:
    """What comes after the @ sign, in lower case."""
    return address.rpartition("@")[2].strip("<> ").lower()


def _aligned(one: str, other: str) -> bool:
    return within(one, other) or within(other, one)


def within(domain: str, parent: str) -> bool:
    """Whether a domain is another or below it. A single label, such as ``uk``, is nobody's."""
    return "." in parent and (domain == parent or domain.endswith(f".{parent}"))


def reply_in(letter: Letter) -> Reply | None:
    """The answer that a calendar sent; ``None`` for any other mail.

    Raises ``Dropped`` when there is something wrong with it.
    """
    return _carefully(_reply_in, letter.calendars)


def _reply_in(calendars: tuple[bytes, ...]) -> Reply | None:
    methods = {found[1].decode().upper() for content in calendars for found in _METHOD.finditer(content)}
    if not methods & _METHODS.keys():
        return None
    if len(calendars) > 1 or len(methods) > 1:
        raise Dropped(Outcome.TWO_ENTRIES)
    (method,) = methods
    if method != "REPLY":
        raise Dropped(_METHODS[method])
    return _reply(calendars[0])


def _reply(content: bytes) -> Reply:
    from icalendar import Calendar, vCalAddress  # noqa: PLC0415 - only an answer pays for loading the library.

    calendar = Calendar.from_ical(content)
    events = calendar.walk("VEVENT")
    if len(events) != 1:
        raise Dropped(Outcome.TWO_ENTRIES if events else Outcome.UNREADABLE)
    (event,) = events
    attendee = event.get("ATTENDEE")
    if not isinstance(attendee, vCalAddress):
        raise Dropped(Outcome.NO_ATTENDEE if attendee is None else Outcome.TWO_ATTENDEES)
    value = _VALUES.get(str(attendee.params.get("PARTSTAT", "")).upper())
    if value is None:
        raise Dropped(Outcome.NO_ANSWER)
    stamp = event.get("DTSTAMP")
    moment = getattr(stamp, "dt", None)
    return Reply(
        uid=str(event["UID"]),
        attendee=re.sub(r"(?i)^mailto:", "", str(attendee).strip()),
        sequence=max(0, int(event.get("SEQUENCE", 0))),
        stamp=moment.astimezone(UTC) if isinstance(moment, datetime) and moment.tzinfo else None,
        value=value,
    )


def sessions_named(uid: str, domain: str) -> list[tuple[str, int]]:
    """The sessions that the name of an entry may stand for: an id, and how often that session had been put back.

    It is ``Session.uid`` the other way round. An id may itself end in a number, so there can be two.
    """
    name, _, place = uid.rpartition("@")
    if place.lower() != domain or not _SESSION_NAME.fullmatch(name):
        return []
    base, _, number = name.rpartition("-")
    put_back = [(base, int(number))] if base and number.isdecimal() else []
    return [(name, 0), *put_back]


def answer_to(session: Session, put_back: int, reply: Reply, at: datetime) -> Answer:
    """What a reply to one entry of a session says about coming, as it arrives at a moment.

    Some calendars raise the number of an entry that is not theirs, and some clocks are ahead. Neither may make an
    answer newer than anything the member says later. An entry that was called off is never the present one, even if
    its session was put back.
    """
    newest = session.sequence - (put_back < session.revivals)
    return Answer(
        value=reply.value,
        sequence=max(0, min(reply.sequence, newest)),
        stamp=min(reply.stamp or at, at),
        source=Source.CALENDAR,
    )
