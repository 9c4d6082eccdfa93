"""Every kind of message, sent to people with names of every kind, and read back as raw bytes."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
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
from functions.mail.model import KINDS, Mail, Secret, mail_key, new_mail
from functions.mail.store import Ledger, planned
from tests.network import REGION, Network, text_of
from tests.web import ORIGIN

LONGEST_SUBJECT = 70
ORDINARY = {
    "applicant": "Pat Example",
    "again": False,
    "answer": "yes",
    "ask_again_by": "Monday 21 December 2026",
    "asked_at": "10am",
    "asked_on": "Monday 23 November 2026",
    "given_up": "",
    "note": "Please tell us the name of your trust.",
    "organisation": "Bwrdd Iechyd Enghraifft",
    "outcome": "REFER",
    "proven": False,
    "page": f"{ORIGIN}/sessions/s1",
    "reason": "Somebody who knows your work has confirmed it.",
    "sender": "wyn@trust.example",
    "subject": "Friday drop-in: Friday 27 November, midday (UK time)",
    "summary": "Bring a question.",
    "title": "A person will look at this",
    "voucher": "Vera Example",
    "vouch": "0123456789abcdef0123456789abcdef",
    "waiting_for": "",
    "when": "Friday 27 November 2026, midday to 1pm (UK time)",
}
"""What the words of some message need, with what people ordinarily are called and write."""

TYPED = ("applicant", "note", "organisation", "reason", "subject", "summary", "title", "voucher", "waiting_for")
"""Those of them that a person may have typed."""

NAMES = {
    "long": "Wolfeschlegelsteinhausenbergerdorff " * 5,
    "apostrophe": "Pat O'Neill-D’Arcy",
    "welsh": "Wyn Ŵr o'r Bŵth",
    "right to left": "محمد بن علي \u202eabc\u202c",
    "line breaks": "Ann\r\nBcc: all@psmn.test\r\n\r\nHello\u2028there\u0085you",
    "calendar": "BEGIN:VEVENT\r\nATTENDEE:mailto:x@evil.test\r\nEND:VEVENT",
    "markup": '<script>alert(1)</script><a href="https://evil.test">x</a>',
    "encoded word": "=?utf-8?q?=0d=0aBcc:_x@evil.test?=",
    "link": "[Press here](https://evil.test) <https://evil.test>",
    "template": "{{ 1111*3 }}{% include 'x' %}{# #}${x}",
    "structure": "\n\n    1234 5678\n\n- one\n\n--\n\n.",
}


STRUCTURAL = ("line breaks", "calendar", "structure", "long")
TYPED_SO = [NAMES[name] for name in STRUCTURAL] + [" ".join(NAMES[name] for name in NAMES if name not in STRUCTURAL)]
"""Texts for a body: those that try to make structure each alone, and the rest on one line."""


class Contexts(dict[str, Any]):
    """What a template may ask for, with the same words in every place that somebody may have typed."""

    def __init__(self, typed: str | None = None) -> None:
        super().__init__(ORDINARY if typed is None else ORDINARY | dict.fromkeys(TYPED, typed))


def mail_of(kind: str, network: Network, to_name: str, typed: str | None) -> Mail:
    place = keys.draft(tokens.new_id()) if KINDS[kind].secrets and Secret.CODE in KINDS[kind].secrets else None
    mail = new_mail(
        kind,
        key=mail_key(kind, tokens.new_id(), "ann"),
        to_address="ann.example@nhs.net",
        to_name=to_name,
        address_digest="ann",
        context=Contexts(typed),
        secrets_in=place,
        now=network.clock.now(),
    )
    writes = [planned(mail)]
    if place is not None:
        writes.append(put("draft", place, {"mail": mail.key}))
    network.table.transact(writes)
    return mail


def raw_of(network: Network, kind: str, to_name: str = "Ann Example", typed: str | None = None) -> EmailMessage:
    """One message of a kind as it left. A header takes no line break, so a name comes without them."""
    mail = mail_of(kind, network, to_name, typed)
    network.deliver()
    row = Ledger(network.table).get(mail.key)
    assert row is not None
    assert row.state == "sent", kind
    newest = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages[-1]
    return email.message_from_string(newest.raw_data, policy=email.policy.default)  # type: ignore[return-value] # The policy makes it one.


def html_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def links_in_html(html: str) -> list[str]:
    tree = html5lib.HTMLParser(namespaceHTMLElements=False, strict=True).parse(html)
    return [link.get("href", "") for link in tree.iter("a")]


def links_in_text(text: str) -> list[str]:
    return re.findall(rf"{re.escape(ORIGIN)}[^\s>]*", text)


def without_soft_space(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_mail_reads_well_for_an_ordinary_person(shared_network: Network, kind: str) -> None:
    message = raw_of(shared_network, kind)
    subject = str(message["subject"])
    assert len(subject) <= LONGEST_SUBJECT, subject
    text, html = text_of(message), html_of(message)
    assert not re.search(r"\{\{|\{%|None|undefined", text)
    assert "!" not in text
    assert links_in_html(html) == links_in_text(text)
    assert links_in_text(text) or kind in {"application-declined", "application-received", "forwarded", "vouch-thanks"}


@pytest.mark.parametrize("kind", KINDS)
def test_requirement_53_both_parts_of_every_kind_say_the_same_words(shared_network: Network, kind: str) -> None:
    message = raw_of(shared_network, kind)
    tree = html5lib.HTMLParser(namespaceHTMLElements=False, strict=True).parse(html_of(message))
    body = tree.find(".//body")
    assert body is not None
    plain = re.sub(r"\s*<?https://[^\s>]+>?", "", text_of(message))
    said = [re.sub(r"[\s:.]+", " ", part).strip(" -") for part in plain.split("\n") if part.strip(" -")]
    shown = re.sub(r"[\s:.]+", " ", " ".join(body.itertext()))
    for line in said:
        assert line in shown


@pytest.mark.parametrize("kind", KINDS)
def test_requirements_40_51_and_53_no_name_or_note_is_anything_but_words(shared_network: Network, kind: str) -> None:
    ordinary = raw_of(shared_network, kind)
    for typed in TYPED_SO:
        message = raw_of(shared_network, kind, typed=typed)
        assert sorted(message.keys()) == sorted(ordinary.keys())
        assert message["to"].addresses[0].addr_spec == "ann.example@nhs.net"
        assert len(message["to"].addresses) == 1
        assert not {"bcc", "cc"} & {name.lower() for name in message}
        assert "\n" not in str(message["subject"])
        assert [part.get_content_type() for part in message.walk()] == [
            part.get_content_type() for part in ordinary.walk()
        ]
        html = html_of(message)
        assert "<script" not in html
        assert all(_is_ours(link) for link in links_in_html(html))
        assert "3333" not in text_of(message)


def _is_ours(link: str) -> bool:
    parts = urlsplit(link)
    return f"{parts.scheme}://{parts.netloc}" == ORIGIN


# A header has no line breaks, and moto cannot read a name that is folded: test_mime.py has longer ones.
NAMES_OF_READERS = {name: " ".join(typed.split())[:60] for name, typed in NAMES.items() if name != "right to left"}


@pytest.mark.parametrize("name", NAMES_OF_READERS)
def test_requirements_51_and_52_a_readers_name_never_adds_a_reader(shared_network: Network, name: str) -> None:
    to_name = NAMES_OF_READERS[name]
    message = raw_of(shared_network, "sign-in-code", to_name=to_name)
    (reader,) = message["to"].addresses
    assert reader.addr_spec == "ann.example@nhs.net"
    assert without_soft_space(reader.display_name) == to_name


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
            template, site=ORIGIN, to_name="Ann", code="3812 0457", token="t", stop_url=None, **Contexts()
        )
        assert all(words)
