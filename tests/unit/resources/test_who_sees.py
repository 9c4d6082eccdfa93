"""Who may know of an item at each step of its life (security requirements 13 and 14)."""

from datetime import UTC, date, datetime

import pytest

from functions.resources import life
from functions.resources.inspected import FileKind, Inspected
from functions.resources.model import File, Permission, Resource, Status, Words
from functions.resources.routes import may_see

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
WORDS = Words(
    title="Falls",
    summary="One page.",
    topics=("falls",),
    source="A",
    permission=Permission.USE,
    review_on=date(2027, 11, 23),
)
FILE = File(key="k", name="a.docx", kind=FileKind.WORD, size=1, checksum="0")

BEGUN = life.begun("r", "ann", NOW)
DESCRIBED = life.described(BEGUN, WORDS, NOW)
AWAITED = life.asked_for(DESCRIBED, "k", NOW)
READY = life.passed(life.arrived(AWAITED, "r/k", "v", NOW), FILE, Inspected(kind=FileKind.WORD), NOW)
PUBLISHED = life.published(READY, NOW)


@pytest.mark.parametrize(
    ("resource", "member", "coordinator"),
    [
        (BEGUN, False, False),
        (DESCRIBED, False, True),
        (READY, False, True),
        (life.returned(READY, "No.", NOW), False, True),
        (PUBLISHED, True, True),
        (life.asked_for(PUBLISHED, "l", NOW), True, True),
        (life.ended(PUBLISHED, Status.WITHDRAWN, NOW), False, False),
        (life.ended(PUBLISHED, Status.REMOVED, NOW, note="No."), False, False),
        (life.ended(READY, Status.REMOVED, NOW, note="No."), False, False),
    ],
)
def test_an_item_is_seen_by_those_it_concerns(resource: Resource, *, member: bool, coordinator: bool) -> None:
    assert may_see(resource, "ben", is_coordinator=False) is member
    assert may_see(resource, "cora", is_coordinator=True) is coordinator
    assert may_see(resource, "ann", is_coordinator=False)


def test_what_somebody_left_behind_belongs_to_nobody() -> None:
    left = READY.model_copy(update={"owner": None})
    assert not may_see(left, "", is_coordinator=False)
