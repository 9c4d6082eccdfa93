"""The words of an email, written once and sent twice."""

import re
from types import SimpleNamespace
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import ChoiceLoader, DictLoader, UndefinedError

from functions.kernel.pages import message
from functions.kernel.pages.engine import Engine, source_loader

TEMPLATE = """
{% block subject %}
Your code to join, {{ name }}:
  {{ code }}
{% endblock %}
{% block body %}
Your code is:

    {{ code }}

It works for 15 minutes
on the page that asked. {{ name }} can read [the help page](https://psmn.test/help?a=1&b=2) too.

- never recorded
{% for point in points %}
- {{ point }}
{% endfor %}

[Open the join page]({{ url }})
{% endblock %}
{% block why %}You get this because somebody typed your address on our join page.{% endblock %}
"""
ENGINE = Engine(ChoiceLoader([DictLoader({"test/pages/emails/code.jinja": TEMPLATE}), source_loader()]))
HOSTILE = (
    "Bob\r\nBcc: all@psmn.test\u2028<script>x</script> [press](https://evil.test)\n\n- one\n\n    1234 \x00{{ code }}"
)


def code_email(name: str = "Jo", **context: object) -> message.Email:
    given_to_it = {"code": "3812 0457", "url": "https://psmn.test/join", "points": ["no tools"], "name": name}
    return ENGINE.render_email("test/pages/emails/code.jinja", **{**given_to_it, **context})


def read(html: str) -> Element:
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False, strict=True)
    tree: Element = parser.parse(html)
    return tree


def links_of(email: message.Email) -> tuple[list[str], list[str]]:
    in_text = re.findall(r"https://[^\s>]+", email.text)
    return in_text, [link.get("href", "") for link in read(email.html).iter("a")]


def test_the_author_writes_the_words_once() -> None:
    email = code_email(stop_url="https://psmn.test/stop/abc")
    assert email.subject == "Your code to join, Jo: 3812 0457"
    assert email.text == (
        "Your code is:\n\n"
        "3812 0457\n\n"
        "It works for 15 minutes on the page that asked. "
        "Jo can read the help page <https://psmn.test/help?a=1&b=2> too.\n\n"
        "- never recorded\n- no tools\n\n"
        "Open the join page:\nhttps://psmn.test/join\n\n"
        "--\n\n"
        "You get this because somebody typed your address on our join page.\n\n"
        "Stop receiving these emails <https://psmn.test/stop/abc>. "
        "It takes one press, and your membership stays as it is.\n\n"
        "Patient Safety Management Network. A free, voluntary network. Not an NHS or government service.\n"
    )
    tree = read(email.html)
    assert [item.text for item in tree.iter("li")] == ["never recorded", "no tools"]
    assert tree.findtext(".//title") == email.subject


@pytest.mark.parametrize("stop_url", [None, "https://psmn.test/stop/abc"])
def test_both_parts_carry_the_same_links_in_the_same_order(stop_url: str | None) -> None:
    in_text, in_html = links_of(code_email(stop_url=stop_url))
    assert in_text == in_html
    assert len(in_text) == (3 if stop_url else 2)


def test_only_mail_that_can_be_stopped_says_how() -> None:
    assert "Stop receiving these emails" not in code_email().text
    assert "Stop receiving these emails" not in code_email().html


def test_a_code_stands_on_a_line_of_its_own() -> None:
    assert "\n3812 0457\n" in code_email().text


def test_requirement_40_what_people_type_is_shown_as_typed_and_makes_no_structure() -> None:
    plain, hostile = code_email(), code_email(HOSTILE, points=[HOSTILE])
    typed = " ".join(HOSTILE.replace("\x00", "").split())
    assert hostile.subject == f"Your code to join, {typed}: 3812 0457"
    assert hostile.text == plain.text.replace("Jo can", f"{typed} can").replace("no tools", typed)
    tree = read(hostile.html)
    assert [element.tag for element in tree.iter()] == [element.tag for element in read(plain.html).iter()]
    assert typed in "".join(tree.itertext())


@given(st.text())
def test_requirement_51_a_subject_is_one_line_whatever_stands_in_it(name: str) -> None:
    assert len(code_email(name).subject.splitlines()) == 1


@given(st.text(st.characters(exclude_categories=["Cs", "Cn"])))
def test_no_name_adds_or_takes_away_a_line_or_a_link(name: str) -> None:
    email = code_email(f"x{name}")
    assert email.text.count("\n") == code_email().text.count("\n")
    _, links = links_of(email)
    assert links == ["https://psmn.test/help?a=1&b=2", "https://psmn.test/join"]


def test_a_name_nobody_gave_is_an_error_and_not_a_gap_in_the_email() -> None:
    with pytest.raises(UndefinedError):
        ENGINE.render_email("test/pages/emails/code.jinja", code="3812 0457")


def test_an_email_fetches_nothing_and_sets_no_page_colour() -> None:
    html = code_email().html
    assert "<img" not in html
    assert "url(" not in html
    body = read(html).find("body")
    assert body is not None
    assert "color" not in (body.get("style") or "")


@pytest.mark.parametrize("typed", [SimpleNamespace(), 27, None])
def test_a_value_of_any_kind_is_one_line(typed: object) -> None:
    assert "\n" not in message.as_typed(typed)
