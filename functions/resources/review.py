"""Review: what a coordinator decides on a file that somebody shared. All that members share is looked at."""

from collections.abc import Sequence
from datetime import datetime

from functions.kernel import audit
from functions.kernel.errors import Clash, Invalid, NotFound
from functions.kernel.table import Write
from functions.membership.model import Member
from functions.resources import emails, life
from functions.resources.model import Resource, Stage, Status
from functions.resources.share import OVERTAKEN
from functions.resources.store import Library

OWN = "You shared this yourself, so another coordinator looks at it"
NOTHING_TO_DECIDE = "There is no file to decide on. Open the page again to see how it stands"
LOOK_FIRST = "Look at each place that was found, then tick the box to say that none is about a patient"
SAY_WHY = "Write a note. The person who shared it will read it"


def publish(
    resource: Resource,
    *,
    seen: int | None,
    looked: bool,
    by: str,
    owner: Member | None,
    library: Library,
    now: datetime,
) -> bool:
    """Let members find an item and get its file. ``False`` when it was published already.

    ``looked`` says that the coordinator has looked at whatever was found in it. Raises ``Invalid``.
    """
    if resource.offer is None and resource.is_published:
        return False
    _must_be_decidable(resource, seen, by)
    assert resource.offer is not None
    if resource.offer.stage is Stage.HELD and not looked:
        raise Invalid({"looked": LOOK_FIRST})
    after = life.published(resource, now)
    found = sum(finding.count for finding in resource.offer.findings)
    line = audit.line(after.id, "published", by=by, now=now, found=found)
    _save(resource, after, line, emails.told(emails.published, after, owner, now), library)
    return True


def give_back(
    resource: Resource,
    note: str,
    *,
    seen: int | None,
    by: str,
    owner: Member | None,
    library: Library,
    now: datetime,
) -> None:
    """Give a file back to its sharer with a note. What was published before stays. Raises ``Invalid``."""
    _must_be_decidable(resource, seen, by)
    _must_say_why(note)
    after = life.returned(resource, note, now)
    line = audit.line(after.id, "given back", by=by, now=now)
    _save(resource, after, line, emails.told(emails.returned, after, owner, now), library)


def remove(
    resource: Resource,
    note: str,
    *,
    seen: int | None,
    by: str,
    owner: Member | None,
    library: Library,
    now: datetime,
) -> None:
    """Take an item out of the library with every file of it. Removing twice changes nothing more.

    Raises ``Invalid``, and ``NotFound`` when its owner has withdrawn it.
    """
    if resource.status is Status.REMOVED:
        return
    if resource.status is Status.WITHDRAWN:
        raise NotFound
    _must_be_as_seen(resource, seen)
    _must_say_why(note)
    after = life.ended(resource, Status.REMOVED, now, note=note)
    line = audit.line(after.id, "removed", by=by, now=now)
    _save(resource, after, line, emails.told(emails.removed, after, owner, now), library)


def _must_be_decidable(resource: Resource, seen: int | None, by: str) -> None:
    if resource.owner == by:
        raise Invalid({"decision": OWN})
    _must_be_as_seen(resource, seen)
    if not life.in_review(resource):
        raise Invalid({"decision": NOTHING_TO_DECIDE})


def _must_be_as_seen(resource: Resource, seen: int | None) -> None:
    if seen not in {None, resource.version}:
        raise Invalid({"decision": OVERTAKEN})


def _must_say_why(note: str) -> None:
    if not note:
        raise Invalid({"note": SAY_WHY})


def _save(before: Resource, after: Resource, line: Write, mail: Sequence[Write], library: Library) -> None:
    try:
        library.save(before, after, [line, *mail])
    except Clash as clash:
        raise Invalid({"decision": OVERTAKEN}) from clash
