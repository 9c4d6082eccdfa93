"""The values of the library: an item, its words, the file that members get, and a file that is offered for it."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from functions.kernel.text import LongText, PlainLine
from functions.kernel.value import Value
from functions.resources.inspected import FileKind, Finding, Hint, Reason

FILES = "files/"
"""How the names of the library's files begin, in its bucket."""
TEXTS = "text/"
"""How the names of the words of those files begin."""

LONGEST_TITLE = 120
Title = Annotated[PlainLine, Field(max_length=LONGEST_TITLE)]
Name = Annotated[str, Field(max_length=200)]
"""What a file is called on its sharer's computer. It is a label and never a path."""


class Permission(StrEnum):
    """What others may do with an item, said by whoever shares it. The values are the form's."""

    CHANGE = "change"
    USE = "use"
    READ = "read"


class Words(Value):
    """What the sharer says about an item. The values of the lists are those of ``topics.py``."""

    title: Title
    summary: LongText
    topics: tuple[str, ...]
    source: PlainLine
    """Who made it: an organisation, or a body that issues policies."""
    permission: Permission
    review_on: date
    """When somebody has to look whether it still holds."""
    issued_on: date | None = None
    nations: tuple[str, ...] = ()
    """Where it applies. None named means everywhere."""
    settings: tuple[str, ...] = ()
    """The kind of place where it has been used: "mental-health"."""
    organisations: tuple[str, ...] = ()
    """The kind of organisation that it was made for: "hospice"."""


class File(Value):
    """A file that has passed every check, in the bucket of the library."""

    key: str
    """What it is called there, below ``FILES``; its words have the same name below ``TEXTS``. Random."""
    name: Name
    kind: FileKind
    size: Annotated[int, Field(ge=1)]
    """Bytes."""
    checksum: str
    """SHA-256 of the very bytes that were inspected, in hexadecimal."""
    title: str = ""
    """The title that the file gives itself."""
    people: tuple[str, ...] = ()
    """The names in its properties, for the sharer and the coordinator to see before it is published."""
    hints: tuple[Hint, ...] = ()


class Stage(StrEnum):
    """How far an offered file has come."""

    AWAITED = "awaited"
    """It has not come yet."""
    CHECKING = "checking"
    """It has come, and nobody has said yet whether it is harmful."""
    UNCHECKED = "unchecked"
    """Nobody could say whether it is harmful, so it goes no further. Nothing of it has been read."""
    REFUSED = "refused"
    """It is harmful, or of no kind that the library takes."""
    HELD = "held"
    """A person looks at what was found in it before anything else."""
    READY = "ready"
    """Nothing was found. A coordinator looks at it, and publishes it."""
    RETURNED = "returned"
    """A coordinator gave it back with a note."""


IN_REVIEW = frozenset({Stage.HELD, Stage.READY})
"""The stages in which a file waits for a coordinator."""


class Offer(Value):
    """A file that somebody offers for an item, from the moment they are asked for it."""

    key: str
    """What it is called in quarantine: the item's id, a slash, and the name that it keeps in the library."""
    stage: Stage = Stage.AWAITED
    asked_at: AwareDatetime
    version: str | None = None
    """The bucket's name for the one version of the object that this is about. The first that comes counts."""
    arrived_at: AwareDatetime | None = None
    file: File | None = None
    """The copy in the library's bucket, once it has passed."""
    reason: Reason | None = None
    findings: tuple[Finding, ...] = ()
    judged_at: AwareDatetime | None = None
    note: LongText = ""
    """What the coordinator wrote when they gave it back."""

    @property
    def random_name(self) -> str:
        """The part of the key that nobody can guess."""
        return self.key.partition("/")[2]


class Status(StrEnum):
    """Where an item stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    """Its owner took it back."""
    REMOVED = "removed"
    """A coordinator took it out."""


class Resource(Value):
    """An item of the library."""

    id: str
    owner: str | None = None
    """The member who shared it, or ``None`` once they have left."""
    status: Status = Status.DRAFT
    words: Words | None = None
    """``None`` until the first form is sent."""
    agreed_at: AwareDatetime | None = None
    """When its owner last said what others may do with it."""
    agreed_to: str | None = None
    """The wording by which they said so (``kernel/consents.py``)."""
    file: File | None = None
    """What members get."""
    offer: Offer | None = None
    """What has been offered and is not published yet, perhaps in place of ``file``."""
    discarded: tuple[str, ...] = ()
    """The names of files that are still to be deleted from the library's bucket."""
    version: Annotated[int, Field(ge=1)] = 1
    """One more at each change."""
    made_at: AwareDatetime
    changed_at: AwareDatetime
    published_at: AwareDatetime | None = None
    note: LongText = ""
    """Why a coordinator removed it."""
    owner_asked_at: AwareDatetime | None = None
    """When its owner was asked whether it still holds, for the present review date."""

    @property
    def is_published(self) -> bool:
        """Whether members can find it and get its file."""
        return self.status is Status.PUBLISHED and self.file is not None

    @property
    def is_over(self) -> bool:
        """Whether nothing more can happen to it."""
        return self.status in {Status.WITHDRAWN, Status.REMOVED}

    def needs_review(self, today: date) -> bool:
        """Whether its review date has come: "check before use"."""
        return self.words is not None and self.words.review_on <= today
