"""Seals: what they hold of the audit lines, and how each stands on the one before.

A seal holds no key and no word of a line but two digests, which cannot be undone, since each line has a random id of
128 bits. So it can be kept for good, and nobody has to be erased from it (security requirement 71).
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, Field

from functions.kernel import keys, tokens
from functions.kernel.value import Value

NONE_BEFORE = ""
"""What the first seal says of the one before it."""
LOOKS_BACK = timedelta(hours=1)
"""How long before the newest sealed line a run begins to look, for a line that the index was late to show."""

_END_OF_TIME = 253_402_300_799
"""The last second that a date in Python can be in."""

type Line = Mapping[str, Any]
"""An audit line, with all of its attributes."""


def canonical(value: Any) -> str:
    """The one way of writing a value down as JSON.

    For what the table keeps (texts, whole numbers, lists, and mappings with names in ASCII) it is that of RFC 8785,
    so that anybody can check a seal with a tool of their own.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def written_at(line: Line) -> datetime | None:
    """When a line was written, or ``None`` when it has no place in the list of all lines."""
    try:
        return datetime.fromisoformat(str(line.get(f"{keys.LISTS}sk"))).astimezone(UTC)
    except ValueError:
        return None


def key_of(line: Line) -> str:
    """A digest of a line's key."""
    return tokens.digest("key", line["pk"], line["sk"])


def digest_of(line: Line) -> str:
    """A digest of all that a line says."""
    return tokens.digest("line", canonical(line))


class SealedLine(Value):
    """What a seal remembers of one line."""

    key: str
    """A digest of its key: which line it is."""
    digest: str
    """A digest of all its attributes: what it says, and until when."""
    expires_at: Annotated[int, Field(ge=0, le=_END_OF_TIME)]
    """When it may be gone, in whole seconds since 1970."""

    @classmethod
    def of(cls, line: Line) -> Self:
        """What is remembered of a line."""
        return cls(key=key_of(line), digest=digest_of(line), expires_at=line["expires_at"])

    def may_be_gone(self, at: datetime) -> bool:
        """Whether its time is over, so that the table deletes it within days."""
        return datetime.fromtimestamp(self.expires_at, UTC) <= at


class Seal(Value):
    """The lines that were written since the seal before, as digests."""

    number: Annotated[int, Field(ge=1)]
    """The first is 1, and none is left out."""
    previous: str
    """The digest of the seal before."""
    at: AwareDatetime
    """The moment of the run that made it."""
    up_to: AwareDatetime
    """When the newest line in this seal or any before it was written."""
    lines: tuple[SealedLine, ...]
    """In the order in which they were written."""

    @classmethod
    def after(cls, before: "Seal | None", lines: Sequence[Line], at: datetime) -> Self:
        """The seal that comes after another, or the first, on lines in the order in which they were written."""
        newest = written_at(lines[-1])
        assert newest is not None, "It is by its place in the list that a line is found."
        return cls(
            number=before.number + 1 if before else 1,
            previous=before.digest if before else NONE_BEFORE,
            at=at,
            up_to=max(newest, before.up_to) if before else newest,
            lines=tuple(map(SealedLine.of, lines)),
        )

    @property
    def looks_back_to(self) -> datetime:
        """Where the next run begins to look. What was written before can be sealed no more."""
        return self.up_to - LOOKS_BACK

    @property
    def digest(self) -> str:
        """A digest of all that the seal says, and by ``previous`` of all that was sealed before."""
        return tokens.digest("seal", self.text)

    @property
    def text(self) -> str:
        """The seal as its copy holds it."""
        return canonical(self.model_dump(mode="json"))

    @property
    def copy_name(self) -> str:
        """What its copy is called. The name alone says which seal it is and what it says."""
        return f"{self.number:08}-{self.digest}.json"


class Copy(Value):
    """What the name of a copy says."""

    number: int
    digest: str

    @classmethod
    def named(cls, name: str) -> Self:
        """Read a name. Raises ``ValueError`` when no copy of a seal would be called that."""
        number, _, digest = name.removesuffix(".json").partition("-")
        return cls(number=int(number), digest=digest)
