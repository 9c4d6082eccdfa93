"""Every kind of message, sent to people with names of every kind, and read back as raw bytes."""

import email
import email.policy
import mailbox
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import html5lib
import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses import ses_backends

from functions.kernel import keys, tokens
from functions.kernel.pages import render_email
from functions.kernel.pages.engine import FUNCTIONS
from functions.kernel.table import put
from functions.mail.kinds import KINDS, MailKind, Secret, Stream
from functions.mail.model import CalendarPart, Mail, mail_key, new_mail
from functions.mail.store import Ledger, planned
from tests.debian import needs
from tests.network import ENVIRONMENT, REGION, TABLE, Network, text_of
from tests.unit.golden.examples import ON
from tests.web import ORIGIN

LONGEST_SUBJECT = 70
LIKE_SPAM = 0.5
"""More points than this from SpamAssassin are too many. It holds mail back from 5 on."""
ORDINARY = {
    "advice": "Open it, choose Save As, and save a new copy. Then send that copy.",
    "agreement": "0123456789abcdef0123456789abcdef",
    "applicant": "Pat Example",
    "again": False,
    "backups_kept": 35,
    "files_kept": 30,
    "is_one": True,
    "is_you": False,
    "answer": "yes",
    "ask_again_by": "Monday 21 December 2026",
    "asked_at": "10am",
    "asked_on": "Monday 23 November 2026",
    "called_off": ["Friday drop-in: Friday 25 December 2026, midday to 1pm (UK time)"],
    "change": "second factor replaced",
    "changed_at": "Monday 23 November 2026 at 10am",
    "codes_left": 9,
    "coming": ["Friday drop-in: Friday 27 November 2026, midday to 1pm (UK time)"],
    "made_on": "Monday 23 November 2026",
    "answer_by": "Tuesday 22 December 2026",
    "reference": "01234567",
    "erased_on": "Sunday 21 February 2027",
    "is_coordinator": False,
    "lapsed": False,
    "member": "0123456789abcdef0123456789abcdef",
    "day": "Friday 27 November 2026",
    "found": ["A number that looks like an NHS number, on slide 3"],
    "given_up": "",
    "goes_ahead": True,
    "is_new": False,
    "lines": ["Can I bring a colleague?", "Wyn Ŵr"],
    "note": "Please tell us the name of your trust.",
    "off": "We do not remind you of the sessions that you said yes to.",
    "organisation": "Bwrdd Iechyd Enghraifft",
    "outcome": "REFER",
    "proven": False,
    "page": f"{ORIGIN}/sessions/s1",
    "programme": f"{ORIGIN}/sessions",
    "reason": "Somebody who knows your work has confirmed it.",
    "resource": "0123456789abcdef0123456789abcdef",
    "session": "0123456789abcdef",
    "told_at": "10:10am",
    "sender": "ann.example@nhs.net",
    "subject": "Friday drop-in: Friday 27 November, midday (UK time)",
    "summary": "Bring a question.",
    "title": "A person will look at this",
    "voucher": "Vera Example",
    "vouch": "0123456789abcdef0123456789abcdef",
    "waiting_for": "",
    "wanted": "bring in 1,100 people of the hub's list 01234567, and write to each who is new",
    "was": "Friday 20 November 2026, midday to 1pm (UK time)",
    "what": "the reminders on the day",
    "when": "Friday 27 November 2026, midday to 1pm (UK time)",
}
"""What the words of some message need, with what people ordinarily are called and write."""

TYPED = ("applicant", "note", "organisation", "reason", "subject", "summary", "title", "voucher", "waiting_for")
"""Those of them that a person may have typed."""

NAMES = {
    "long": "Wolfeschlegelsteinhausenbergerdorff " * 5,
    "apostrophe": "Pat O'Neill-D’Arcy",
    "welsh": "Wyn Ŵr o'r Bŵth",
    "right to left": "علي \u202eabc\u202c",
    "line breaks": "Ann\r\nBcc: all@psmn.test\r\n\r\nHello\u2028Cc: x@evil.test\u2029there\u0085you\rBcc: x\nCc: y",
    "calendar": "END:VEVENT\r\nBEGIN:VEVENT\u2028ATTENDEE:mailto:x@evil.test\u0085BEGIN:VALARM\r\nEND:VEVENT",
    "markup": '<script>alert(1)</script><a href="https://evil.test">x</a>',
    "encoded word": "=?utf-8?q?=0d=0aBcc:_x@evil.test?=",
    "link": "[Press here](https://evil.test) <https://evil.test>",
    "template": "{{ 11111111*3 }}{% include 'x' %}{# #}${x}",
    "structure": "\n\n    1234 5678\n\n- one\n\n--\n\n.",
}

ANN = "ann.example@nhs.net"


class Contexts(dict[str, Any]):
    """What a template may ask for, with the same words in every place that somebody may have typed."""

    def __init__(self, typed: str | None = None) -> None:
        super().__init__(ORDINARY if typed is None else ORDINARY | dict.fromkeys(TYPED, typed))


def entry_for(kind: MailKind, typed: str) -> CalendarPart:
    """A calendar entry from the sender of a kind, in which people have typed all that they can."""
    organizer = ENVIRONMENT[f"{kind.stream.upper()}_SENDER"]
    entry = ON.model_copy(
        update={"organizer_address": organizer} | dict.fromkeys(("summary", "description", "location"), typed)
    )
    return CalendarPart(method="REQUEST", entry=entry.model_dump(mode="json"))


def mail_of(kind: MailKind, network: Network, to_name: str, typed: str | None) -> Mail:
    place = keys.draft(tokens.new_id()) if Secret.CODE in kind.secrets else None
    mail = new_mail(
        kind.name,
        key=mail_key(kind.name, tokens.new_id(), "ann"),
        to_address=ANN,
        to_name=to_name,
        address_digest="ann",
        context=Contexts(typed),
        secrets_in=place,
        # What is not about sessions has no entry, and what is may have one.
        calendar=entry_for(kind, typed or "Friday drop-in") if kind.stream is Stream.EVENTS else None,
        now=network.clock.now(),
    )
    writes = [planned(mail)]
    if place is not None:
        writes.append(put("draft", place, {"mail": mail.key}))
    network.table.transact(writes)
    return mail


def sent(network: Network, kind: str, to_name: str = "Ann Example", typed: str | None = None) -> bytes:
    """One message of a kind, as the mail service got it for one reader and no other (security requirement 52)."""
    mail = mail_of(KINDS[kind], network, to_name, typed)
    network.deliver()
    row = Ledger(network.table).get(mail.key)
    assert row is not None
    assert row.state == "sent", kind
    # moto copies the whole table for each transaction, so nothing is left for the next message to wait for.
    for item in network.everything():
        network.table.client.delete_item(TableName=TABLE, Key={"pk": {"S": item["pk"]}, "sk": {"S": item["sk"]}})
    newest = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages[-1]
    # moto lists the mailbox of the header beside the address of the envelope.
    assert newest.destinations[0] == ANN
    assert all(ANN in place for place in newest.destinations)
    return str(newest.raw_data).encode()


def raw_of(network: Network, kind: str, to_name: str = "Ann Example", typed: str | None = None) -> EmailMessage:
    """One message of a kind as it left. A header takes no line break, so a name comes without them."""
    raw = sent(network, kind, to_name, typed)
    return email.message_from_bytes(raw, policy=email.policy.default)  # type: ignore[return-value] # The policy makes it one.


def html_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def tree_of(message: EmailMessage) -> Any:
    return html5lib.HTMLParser(namespaceHTMLElements=False, strict=True).parse(html_of(message))


def links_in_html(message: EmailMessage) -> list[str]:
    return [link.get("href", "") for link in tree_of(message).iter("a")]


def elements_of(message: EmailMessage) -> list[tuple[str, list[str]]]:
    """The structure of the HTML, without its words."""
    return [(str(element.tag), sorted(element.attrib)) for element in tree_of(message).iter()]


def words_of(text: str) -> list[str]:
    """The words, without addresses and the marks that stand for structure in one part and not in the other."""
    plain = re.sub(r"<?https://[^\s>]+>?", " ", text)
    return [word for word in re.split(r"[\s:.]+", plain) if word.strip("-")]


def lines_of_calendar(message: EmailMessage) -> list[str]:
    """The entry's lines, unfolded, or none when the message has no entry. The file to open is the same."""
    bodies = [
        part.get_payload(decode=True) for part in message.walk() if part.get_content_subtype() in {"calendar", "ics"}
    ]
    assert bodies[1:] == bodies[:1]
    return [line for body in bodies[:1] for line in body.decode().replace("\r\n ", "").split("\r\n")]


def links_in_text(text: str) -> list[str]:
    return re.findall(rf"{re.escape(ORIGIN)}[^\s>]*", text)


def without_soft_space(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_mail_reads_well_for_an_ordinary_person(shared_network: Network, kind: str) -> None:
    message = raw_of(shared_network, kind)
    subject = str(message["subject"])
    assert len(subject) <= LONGEST_SUBJECT, subject
    text = text_of(message)
    assert not re.search(r"\{\{|\{%|None|undefined", text)
    assert "!" not in text
    assert links_in_html(message) == links_in_text(text)
    assert links_in_text(text) or kind in {"application-declined", "application-received", "forwarded", "vouch-thanks"}


@pytest.mark.parametrize("kind", KINDS)
def test_requirement_53_both_parts_of_every_kind_say_the_same_words(shared_network: Network, kind: str) -> None:
    says_the_same_twice(raw_of(shared_network, kind))


# A header has no line breaks, and moto cannot read a name that is folded: test_mime.py has longer ones.
READERS = {name: " ".join(" ".join(typed.split())[:60].split()) for name, typed in NAMES.items()}
CHANGES_EACH_TIME = {"subject", "to", "message-id", "list-unsubscribe"}


@pytest.mark.parametrize("kind", KINDS)
def test_requirements_40_51_and_53_nothing_that_people_typed_is_anything_but_words(
    shared_network: Network, kind: str
) -> None:
    ordinary = raw_of(shared_network, kind, typed="Words.")
    for name, to_name in READERS.items():
        message = raw_of(shared_network, kind, to_name, typed=NAMES[name])
        same_shape(message, ordinary)
        (reader,) = message["to"].addresses
        assert reader.addr_spec == ANN
        assert without_soft_space(reader.display_name) == to_name
        assert message["subject"] == " ".join(str(message["subject"]).split())
        says_the_same_twice(message)
        assert all(_is_ours(link) for link in links_in_html(message))
        assert "33333333" not in text_of(message)


def same_shape(message: EmailMessage, ordinary: EmailMessage) -> None:
    """Two messages of one kind differ in their words, and in no header, part, element of HTML or line of the entry."""
    assert message.keys() == ordinary.keys()
    fixed = [header for header in message if header.lower() not in CHANGES_EACH_TIME]
    assert [message[header] for header in fixed] == [ordinary[header] for header in fixed]
    assert [part.get_content_type() for part in message.walk()] == [part.get_content_type() for part in ordinary.walk()]
    assert elements_of(message) == elements_of(ordinary)
    entry = lines_of_calendar(message)
    assert names_of(entry) == names_of(lines_of_calendar(ordinary))
    assert [line.rpartition("mailto:")[2] for line in entry if line.startswith("ATTENDEE")] == [ANN] * bool(entry)


def says_the_same_twice(message: EmailMessage) -> None:
    """The HTML has the words of the text, in their order."""
    shown = " ".join(tree_of(message).find(".//body").itertext())
    assert words_of(shown) == words_of(text_of(message))


def names_of(lines: list[str]) -> list[str]:
    """The names of an entry's properties."""
    return [re.split("[;:]", line)[0] for line in lines]


@pytest.mark.parametrize("kind", KINDS)
def test_requirement_52_each_kind_names_its_one_reader_and_nobody_else(shared_network: Network, kind: str) -> None:
    message = raw_of(shared_network, kind)
    assert not {"cc", "bcc", "resent-to"} & {header.lower() for header in message}
    headers = [str(value) for header, value in message.items() if header.lower() != "message-id"]
    everything = "\n".join([*headers, text_of(message), html_of(message), *lines_of_calendar(message)])
    found = set(re.findall(r"[\w.+-]+@[\w.-]+\w", everything))
    ours = {ENVIRONMENT[name] for name in ("ACCOUNT_SENDER", "EVENTS_SENDER", "REPLY_TO")}
    ours.add("unsubscribe@events.psmn.test")
    assert ANN in found
    assert found - ours - {ANN, ON.uid} == set()


def _is_ours(link: str) -> bool:
    parts = urlsplit(link)
    return f"{parts.scheme}://{parts.netloc}" == ORIGIN


SPAM = b"""\
Date: Mon, 23 Nov 2026 10:00:00 +0000
Subject: Every filter takes this line for spam, so one that looks at nothing does not pass.

XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X
"""


def test_a_filter_of_mail_finds_next_to_nothing_to_say_against_any_kind(
    shared_network: Network, tmp_path: Path
) -> None:
    needs("spamassassin", found=shutil.which("spamassassin") is not None)
    raw = {kind: sent(shared_network, kind) for kind in KINDS} | {"spam": SPAM}
    scores = scored(raw, tmp_path)
    assert scores.keys() == raw.keys()
    assert {kind for kind, (points, _) in scores.items() if points > LIKE_SPAM} == {"spam"}, scores


def scored(raw: Mapping[str, bytes], folder: Path) -> dict[str, tuple[float, str]]:
    """What SpamAssassin makes of messages: a sum of points, and the names of the rules that gave them.

    It asks nobody, has learned nothing, and uses the rules of its package. It sees each message as a hospital's server
    would, come straight from the mail service. Without that line it would take it for one of its own people's.
    """
    given, judged = folder / "given", folder / "judged"
    with closing(mailbox.mbox(given)) as box:
        for kind, message in raw.items():
            host = "c180-66.smtp-out.eu-west-2.amazonses.com"
            date = email.message_from_bytes(message)["Date"]
            line = f"Received: from {host} ({host} [76.223.180.66]) by mx.nhs.net with ESMTPS; {date}\nX-Kind: {kind}\n"
            box.add(line.encode() + message.replace(b"\r\n", b"\n"))
    preferences = folder / "preferences"
    preferences.write_text("use_bayes 0\nreport_safe 0\n")
    rules = ["--local", "--configpath=/usr/share/spamassassin", f"--prefspath={preferences}"]
    command = ["spamassassin", "--test-mode", "--mbox", *rules]
    home = os.environ | {"HOME": str(folder)}
    judgement = subprocess.run(command, input=given.read_bytes(), stdout=subprocess.PIPE, check=True, env=home)
    judged.write_bytes(judgement.stdout)
    with closing(mailbox.mbox(judged)) as box:
        return {message["X-Kind"]: _points(message["X-Spam-Status"]) for message in box}


def _points(status: str) -> tuple[float, str]:
    found = re.search(r"score=(\S+) .*tests=(.*?) autolearn", " ".join(status.split()))
    assert found is not None, status
    return float(found[1]), found[2]


def every_template() -> Iterator[str]:
    for kind in KINDS.values():
        yield f"{kind.template}.jinja"


def test_every_template_of_a_mail_belongs_to_a_kind() -> None:
    there = {path.relative_to(FUNCTIONS).as_posix() for path in FUNCTIONS.glob("*/pages/emails/*.jinja")}
    assert there - {"kernel/pages/emails/footer.jinja"} == set(every_template())


def test_a_template_asks_for_nothing_that_the_code_does_not_give() -> None:
    """Rendering with what is listed above proves it for these words; the journeys prove it for the code."""
    for template in every_template():
        words = render_email(
            template,
            site=ORIGIN,
            to_name="Ann",
            code="3812 0457",
            token="t",
            stop_url=None,
            reply_url="r",
            **Contexts(),
        )
        assert all(words)
