"""What made-up members share on this machine: it comes in as a browser sends it, and waits for the coordinator."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from cli.stack import Stack
from functions.kernel import tokens
from functions.kernel.errors import NotFound
from functions.kernel.table import Table
from functions.membership.model import Member
from functions.resources import share
from functions.resources.model import Permission, Resource, Stage, Words
from functions.resources.store import Library


@dataclass(frozen=True, slots=True)
class Share:
    """One thing that somebody shares."""

    title: str
    summary: str
    name: str
    """Of its file."""
    text: str
    topics: tuple[str, ...]
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def words(self, source: str, today: date) -> Words:
        """What its sharer says about it."""
        return Words(
            title=self.title,
            summary=self.summary,
            topics=self.topics,
            source=source,
            permission=Permission.CHANGE,
            review_on=today + timedelta(days=365),
            nations=self.places.get("nations", ()),
            settings=self.places.get("settings", ()),
            organisations=self.places.get("organisations", ()),
        )


SHARED = (
    Share(
        title="Swarm huddles: a card for the ward",
        summary="One side of A4 for the first hour after an event: who comes, what is asked, what is written down.",
        name="swarm-huddle-card.md",
        text=(
            "# Swarm huddle\n\nMeet within the hour, where it happened.\n\n## What we ask\n\n"
            "- What did each of us see and do?\n- What made it easy, and what made it hard?\n"
            "- Is anybody at risk now?\n\n## What we write down\n\nWhat we learned. No names, and no blame.\n"
        ),
        topics=("investigation", "psirf"),
        places={"nations": ("england",), "settings": ("acute",), "organisations": ("trust",)},
    ),
    Share(
        title="After action reviews for a hospice",
        summary="How a hospice of 12 beds runs after action reviews without a patient safety team.",
        name="after-action-reviews.txt",
        text=(
            "After action reviews\n\nWe ask four questions: what did we expect, what happened, why was there a "
            "difference, and what did we learn? Two people lead, and neither was there on the day.\n"
        ),
        topics=("investigation", "safety-culture"),
        places={"nations": ("wales",), "settings": ("hospice",), "organisations": ("hospice",)},
    ),
    Share(
        title="Thematic review of falls",
        summary="How we read a year of falls together, with the form that we used.",
        name="falls-form.txt",
        # The number is of the range that is given to nobody, so that the coordinator has something to look at.
        text="Form for one fall\n\nNHS number: 999 000 0018\nWard:\nWhat was the person doing?\n",
        topics=("falls", "measurement"),
        places={"nations": ("scotland",), "settings": ("community",)},
    ),
)


def share_all(stack: Stack, table: Table, sharers: Sequence[Member], now: datetime) -> None:
    """Let each of a few members share one thing. What was shared before stays as it is."""
    library, s3 = Library(table), stack.client("s3")
    for each, sharer in zip(SHARED, sharers, strict=False):
        # After a start that was cut off, whoever has this address is somebody else by id, and shares nothing more.
        with suppress(NotFound):
            item = _described(each, sharer, library, now)
            if item.offer is not None and item.offer.stage is Stage.AWAITED:
                s3.put_object(
                    Bucket=stack.buckets["quarantine"],
                    Key=item.offer.key,
                    Body=each.text.encode(),
                    Metadata={"name": each.name},
                )


def _described(each: Share, sharer: Member, library: Library, now: datetime) -> Resource:
    asked = tokens.digest("made up", each.title)[:32]
    item = share.begin(sharer.id, asked=asked, library=library, now=now)
    if item.words is not None:
        return item
    return share.describe(item, each.words(sharer.organisation, now.date()), by=sharer.id, library=library, now=now)
