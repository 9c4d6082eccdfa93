"""An item as people read it: every fact as words, so that templates hold no rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from functions.kernel.when import day_in_words, in_uk
from functions.resources import words
from functions.resources.life import in_review
from functions.resources.model import File, Offer, Resource, Stage, Status, Words
from functions.resources.topics import NATIONS, ORGANISATIONS, SETTINGS, TOPICS

UNNAMED = "Something that you have begun to share"
"""What an item is called before it has words. Only its owner ever sees it."""

CAN_BE_REPLACED = frozenset({Stage.UNCHECKED, Stage.REFUSED, Stage.HELD, Stage.READY, Stage.RETURNED})
"""The stages in which another file may be the answer."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One item on one day, as somebody looks at it."""

    resource: Resource
    today: date
    is_own: bool = False

    @property
    def id(self) -> str:
        """What the address of its page ends in."""
        return self.resource.id

    @property
    def title(self) -> str:
        """What it is called."""
        return self.resource.words.title if self.resource.words else UNNAMED

    @property
    def told(self) -> Words | None:
        """What its sharer says of it."""
        return self.resource.words

    @property
    def offer(self) -> Offer | None:
        """The file that is offered for it."""
        return self.resource.offer

    @property
    def topics(self) -> str:
        """What it is about."""
        return _named(TOPICS, self.resource.words.topics) if self.resource.words else ""

    @property
    def nations(self) -> str:
        """Where it applies."""
        named = _named(NATIONS, self.resource.words.nations) if self.resource.words else ""
        return named or "Anywhere in the UK"

    @property
    def settings(self) -> str:
        """The kind of place where it has been used."""
        named = _named(SETTINGS, self.resource.words.settings) if self.resource.words else ""
        return named or "Not said"

    @property
    def is_overdue(self) -> bool:
        """Whether it has to be checked before anybody uses it."""
        return self.resource.needs_review(self.today)

    @property
    def is_in_review(self) -> bool:
        """Whether it waits for a coordinator."""
        return in_review(self.resource)

    @property
    def state(self) -> words.StageWords:
        """The one thing to know about it, for its owner."""
        return words.standing(self.resource)

    @property
    def status(self) -> words.StageWords:
        """Where it stands, whatever is offered for it."""
        return words.status(self.resource.status)

    @property
    def tags(self) -> list[words.StageWords]:
        """Where it stands and how far its offered file has come, the first only where that says more."""
        offered = [self.stage] if self.stage else []
        return offered if offered and self.resource.status is Status.DRAFT else [self.status, *offered]

    @property
    def stage(self) -> words.StageWords | None:
        """How far the offered file has come."""
        return words.stage(self.resource.offer.stage) if self.resource.offer else None

    @property
    def refusal(self) -> words.Refusal | None:
        """Why the offered file is refused."""
        offer = self.resource.offer
        return words.refusal(offer.reason) if offer and offer.reason else None

    @property
    def findings(self) -> list[str]:
        """What was found in the offered file, and where."""
        return [words.found(each) for each in self.resource.offer.findings] if self.resource.offer else []

    @property
    def advice(self) -> list[str]:
        """What to do about what was found, each advice once."""
        offer = self.resource.offer
        return _once(words.advice(each.sign) for each in offer.findings) if offer else []

    @property
    def newest_file(self) -> File | None:
        """The file that its owner looks at: what is offered now, or else what is published."""
        offered = self.resource.offer.file if self.resource.offer else None
        return offered or self.resource.file

    @property
    def hints(self) -> list[str]:
        """What would make the file easier to use."""
        return [words.hint(each) for each in self.newest_file.hints] if self.newest_file else []

    @property
    def people(self) -> tuple[str, ...]:
        """The names in the file's properties."""
        return self.newest_file.people if self.newest_file else ()

    @property
    def can_be_replaced(self) -> bool:
        """Whether its owner can send another file now."""
        offer = self.resource.offer
        stage = offer.stage if offer else None
        return self.resource.words is not None and (stage in CAN_BE_REPLACED or (offer is None and not self.is_over))

    @property
    def is_awaited(self) -> bool:
        """Whether the form for the file is open."""
        return self.resource.offer is not None and self.resource.offer.stage is Stage.AWAITED

    @property
    def is_over(self) -> bool:
        """Whether nothing more can happen to it."""
        return self.resource.is_over

    @property
    def file_in_words(self) -> str:
        """What members get: "Word document, 640 KB"."""
        return file_in_words(self.resource.file) if self.resource.file else "No file yet"

    @property
    def offered_in_words(self) -> str | None:
        """What is offered: "PowerPoint slides, 10.2 MB"."""
        offered = self.resource.offer.file if self.resource.offer else None
        return file_in_words(offered) if offered else None

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What is known of it, for whoever may see it, as rows of a list."""
        told = self.resource.words
        if told is None:
            return []
        rows = [
            ("Who made it", told.source),
            ("What you may do with it", words.permission(told.permission)),
            ("About", self.topics or "Not said"),
            ("Where it applies", self.nations),
            ("Where it has been used", self.settings),
            ("Made for", _named(ORGANISATIONS, told.organisations) or "Any organisation"),
        ]
        if told.issued_on:
            rows.append(("Issued on", day_in_words(told.issued_on)))
        rows.append(("To be checked by", day_in_words(told.review_on)))
        if self.resource.published_at:
            rows.append(("In the library since", day_in_words(in_uk(self.resource.published_at).date())))
        return rows


def file_in_words(file: File) -> str:
    """What a file is, and how large."""
    return f"{words.kind(file.kind)}, {words.size(file.size)}"


def _named(names: Mapping[str, str], chosen: Iterable[str]) -> str:
    return ", ".join(names[each] for each in chosen if each in names)


def _once(sentences: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(sentences))
