"""Secrets that people or browsers hold, and the digests that we hold.

A secret leaves this process once, in a cookie or a mail. The table keeps only its SHA-256 digest
(security requirement 3), so that reading the table gives nobody a way in.
"""

import hmac
import secrets
from base64 import b32encode
from hashlib import sha256

CODE_DIGITS = 8


def new_id() -> str:
    """A random opaque id of 128 bits, 32 hexadecimal digits."""
    return secrets.token_hex(16)


def new_secret() -> str:
    """A secret of 256 bits, 43 characters that are safe in an address and in a cookie."""
    return secrets.token_urlsafe(32)


def new_key(size: int) -> str:
    """``size`` random bytes as capital letters and digits that a person can type (RFC 4648 section 6, base32).

    Five bytes are eight of them, so a multiple of five needs no padding.
    """
    return b32encode(secrets.token_bytes(size)).decode()


def in_fours(key: str) -> str:
    """A key as people read it: ``K7QX 3MPA``."""
    return " ".join(key[place : place + 4] for place in range(0, len(key), 4))


_MISREAD = str.maketrans("018", "OIB")
"""Digits that base32 leaves out, and the letters that they are read for."""


def typed_key(text: str) -> str:
    """A key as typed or pasted, in small letters or with spaces and hyphens in it."""
    return "".join(letter for letter in text.upper() if letter.isalnum()).translate(_MISREAD)


def new_code() -> str:
    """Eight random digits for a person to type."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def spoken(code: str) -> str:
    """A code as people read it: ``3812 0457``."""
    return f"{code[:4]} {code[4:]}"


def typed(text: str) -> str:
    """The digits of a code as typed, without the white space that people and clipboards put in."""
    return "".join(text.split())


def digest(*parts: str) -> str:
    """The SHA-256 of the parts in hexadecimal, told apart from each other by a separator."""
    return sha256("\x1f".join(parts).encode()).hexdigest()


def code_digest(code: str, place: str) -> str:
    """The digest of a code, mixed with the key of the item that it opens, since there are few codes."""
    return digest("code", code, place)


def same(left: str, right: str) -> bool:
    """Whether two digests are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(left.encode(), right.encode())
