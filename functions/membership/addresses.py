"""Email addresses: one canonical form to write to, and one key to tell whether two people are the same.

Two people must never become one, and one person must never become two because of a capital letter, a full-width
character, a tag after a plus sign or, at Gmail alone, a dot. So what was typed is read once, here, and everything
after it (the register, the store, the mail) sees only an ``Address``.
"""

import re
import unicodedata
from typing import Final

import idna
from pydantic import BaseModel, ConfigDict

LONGEST_ADDRESS: Final = 254
"""Characters in a whole address: RFC 5321 allows a path of 256, which includes its two angle brackets."""

LONGEST_LOCAL: Final = 64
"""Characters before the @ sign (RFC 5321, 4.5.3.1.1)."""

# Unquoted local parts only. Quoted ones ("jo bloggs"@...) are legal, unknown in health services, and a way to
# smuggle spaces and @ signs past the next reader; letters beyond ASCII cannot be delivered by our mail service.
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.IGNORECASE | re.ASCII)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)

# Google ignores dots in its own personal mailboxes and gives each of them both names. Nobody else may be assumed to.
_GMAIL: Final = frozenset({"gmail.com", "googlemail.com"})


class NotAnAddress(ValueError):
    """What was typed is not an email address. The message is a sentence for the person who typed it."""


class Address(BaseModel):
    """An email address that can exist. Made by ``parse``, never by hand."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    local: str
    """What comes before the @ sign, as typed: some mail systems still tell capitals apart, and a tag is kept."""

    domain: str
    """What comes after it: lower case, ASCII (``xn--`` where it was not), without a trailing dot."""

    key: str
    """The same for every spelling of one mailbox. For comparing only: mail sent to it may not arrive."""

    def __str__(self) -> str:
        """The address to deliver to."""
        return f"{self.local}@{self.domain}"


def parse(typed: str) -> Address:
    """Read an address as typed, or raise ``NotAnAddress``.

    Full-width and other compatibility characters become the plain ones they stand for (NFKC) before anything is
    looked at, so that no later step can be shown a different @ sign or dot from the one checked here.
    """
    text = unicodedata.normalize("NFKC", typed).strip(" ")
    if any(unicodedata.category(character)[0] in "CZ" for character in text):
        raise NotAnAddress("An email address has no spaces, line breaks or hidden characters in it.")
    if len(text) > LONGEST_ADDRESS:
        raise NotAnAddress(f"An email address has at most {LONGEST_ADDRESS} characters.")
    if text.count("@") != 1:
        raise NotAnAddress("An email address has one @ sign, for example name@nhs.net.")
    local, _, domain = text.partition("@")
    if len(local) > LONGEST_LOCAL or not _LOCAL.fullmatch(local):
        raise NotAnAddress("The part before the @ sign is not one that we can send email to.")
    domain = _canonical(domain)
    if len(local) + 1 + len(domain) > LONGEST_ADDRESS:
        raise NotAnAddress(f"An email address has at most {LONGEST_ADDRESS} characters.")
    return Address(local=local, domain=domain, key=_key(local, domain))


def _canonical(domain: str) -> str:
    """The one form of a domain that the DNS would look up. Raises ``NotAnAddress``.

    IDNA runs only where there is something to convert. A name already written as ``xn--`` is left undecoded, because
    the rules refer every such name to a person and a badly made one deserves the same look, not a spelling hint.
    """
    domain = domain.lower()
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")
        except idna.IDNAError:
            domain = ""
    domain = domain.removesuffix(".")
    labels = domain.split(".")
    if len(labels) == 1 or labels[-1].isdigit() or not all(_LABEL.fullmatch(label) for label in labels):
        raise NotAnAddress("The part after the @ sign is not the name of a mail system, for example nhs.net.")
    return domain


def _key(local: str, domain: str) -> str:
    mailbox = local.lower()
    # An address that is nothing but a tag ("+jo@") is a mailbox of that name.
    mailbox = mailbox.partition("+")[0] or mailbox
    if domain in _GMAIL:
        return f"{mailbox.replace('.', '')}@gmail.com"
    return f"{mailbox}@{domain}"
