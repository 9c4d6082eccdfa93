"""The words of an email, written once and sent as text and as HTML.

A message is one template, ``<domain>/pages/emails/<message>.jinja``, with three blocks: ``subject``, ``body``
and ``why`` (one sentence that says why a person gets it). The body is written as it reads:

    Your code is:

        {{ code }}

    It works for 15 minutes. We never:

    - ask for it by phone
    - record a session

    [Open the join page]({{ url }})

An empty line ends a paragraph; four spaces make a line of its own, for a code; a dash makes a list; a link
alone in its paragraph is the one thing to press. What people typed never makes structure: each value is one
line, and any character in it that would mean something here travels in disguise until the structure is read.

So what stands for a value cannot change the structure either, which is why a message to many is rendered once, with
a stand-in for each thing that differs from reader to reader: see ``engine.render_to_one``.
"""

import re
from collections.abc import Mapping
from functools import cache
from html import escape
from secrets import token_hex
from typing import Literal, NamedTuple

from markupsafe import Markup

from functions.kernel.pages.brand import BRAND

_MEANS_SOMETHING = "[]()-"
_DISGUISE = {ord(character): 0xE000 + place for place, character in enumerate(_MEANS_SOMETHING)}
_CONTROLS = "".join(chr(code) for code in (*range(32), *range(0x7F, 0xA0)) if not chr(code).isspace())
_NEVER_SHOWN = re.compile(f"[{re.escape(_CONTROLS)}{''.join(map(chr, _DISGUISE.values()))}]")

_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_BLOCK_END = re.compile(r"\n[ \t]*\n")

_BUTTON = (
    "display:inline-block;padding:10px 16px;font-weight:bold;text-decoration:none;"
    f"background-color:{BRAND.light.action};color:{BRAND.light.on_action}"
)
_CODE = "font-size:28px;font-weight:bold;letter-spacing:2px"


class Email(NamedTuple):
    """An email without its addresses."""

    subject: str
    text: str
    html: str

    def filled_in(self, values: Mapping[str, str]) -> "Email":
        """The same with each value, as ``shown`` leaves it, in the places where its stand-in is."""
        subject, text, html = self
        for name, shown in values.items():
            there = stand_in(name)
            subject, text, html = (
                subject.replace(there, shown),
                text.replace(there, shown),
                html.replace(there, escape(shown)),
            )
        return Email(subject, text, html)


@cache
def stand_in(name: str) -> str:  # noqa: ARG001 - each name has its own.
    """What stands for a value that differs from reader to reader.

    It is one word of letters and digits, so it is written alike in text and in HTML. Nobody can type it: it is random,
    and leaves with no message.
    """
    return token_hex(16)


class Block(NamedTuple):
    """A piece of a message. A link to press has two lines, its words and its address."""

    kind: Literal["paragraph", "code", "press", "list"]
    lines: tuple[str, ...]


def shown(value: object) -> str:
    """A value as a message shows it: on one line, without what nobody can see."""
    return " ".join(_NEVER_SHOWN.sub("", str(value)).split())


def as_typed(value: object) -> str:
    """A value for a message's template: as it is shown, and unable to look like structure."""
    return shown(value).translate(_DISGUISE)


def _unmasked(text: str) -> str:
    # ``str.translate`` looks up each character of a text that is not all ASCII: thirty times as slow.
    for character, disguised in _DISGUISE.items():
        text = text.replace(chr(disguised), chr(character))
    return text


def one_line(text: str) -> str:
    """A subject: no line break can reach the header."""
    return _unmasked(" ".join(text.split()))


def read(body: str) -> list[Block]:
    """The structure of a rendered body."""
    return [_block(part.strip("\n")) for part in _BLOCK_END.split(body) if part.strip()]


def _block(part: str) -> Block:
    lines = part.split("\n")
    if all(line.startswith("    ") for line in lines):
        return Block("code", tuple(line.strip() for line in lines))
    lines = [line.strip() for line in lines if line.strip()]
    if lines[0].startswith("- "):
        return Block("list", tuple(item.replace("\n", " ") for item in "\n".join(lines)[2:].split("\n- ")))
    paragraph = " ".join(lines)
    link = _LINK.fullmatch(paragraph)
    return Block("press", (link[1], link[2])) if link else Block("paragraph", (paragraph,))


def as_text(body: list[Block], footer: list[Block]) -> str:
    """The plain text of a message and its footer."""
    return _unmasked("\n\n".join([*map(_text, body), "--", *map(_text, footer)])) + "\n"


def _text(block: Block) -> str:
    if block.kind == "press":
        words, address = block.lines
        return f"{words}:\n{address}"
    mark = "- " if block.kind == "list" else ""
    return "\n".join(mark + _LINK.sub(r"\1 <\2>", line) for line in block.lines)


def as_title(subject: str) -> Markup:
    """The subject for the shell, escaped as the rest of the message is."""
    return Markup(escape(subject))  # noqa: S704 - it has just been escaped.


def as_html(blocks: list[Block]) -> Markup:
    """The same as HTML, for the shell in ``email.jinja``."""
    html = _unmasked("\n".join(map(_html, blocks)))
    return Markup(html)  # noqa: S704 - every line of it is escaped below.


def _html(block: Block) -> str:
    lines = [_LINK.sub(r'<a href="\2">\1</a>', escape(line)) for line in block.lines]
    match block.kind:
        case "press":
            words, address = map(escape, block.lines)
            return f'<p><a href="{address}" style="{_BUTTON}">{words}</a></p>'
        case "code":
            return f'<p style="{_CODE}">{"<br>".join(lines)}</p>'
        case "list":
            return f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>"
        case "paragraph":
            return f"<p>{lines[0]}</p>"
