"""What happens to an item of the library, step by step. Each step gives the item as it becomes, and touches nothing.

Events about files may come twice, late, in any order, and about a version that nobody waits for (security requirement
33). A step that such an event does not fit gives the item as it was.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from functions.kernel.consents import SHARING
from functions.resources.inspected import Inspected, Reason
from functions.resources.model import IN_REVIEW, File, Offer, Resource, Stage, Status, Words


class Scan(StrEnum):
    """What the malware scanner says of a file (AWS, "S3 object potential malware scan result status values")."""

    CLEAN = "NO_THREATS_FOUND"
    THREATS = "THREATS_FOUND"
    UNSUPPORTED = "UNSUPPORTED"
    ACCESS_DENIED = "ACCESS_DENIED"
    FAILED = "FAILED"


_PAST_ANY_MONTH = timedelta(days=32)


def next_month(moment: datetime) -> datetime:
    """When the month after begins, in UTC: by then there is money again (AWS, "Budget period")."""
    first = moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + _PAST_ANY_MONTH).replace(day=1)


def begun(resource_id: str, owner: str, now: datetime) -> Resource:
    """A new item, of which nothing is known but who shares it."""
    return Resource(id=resource_id, owner=owner, made_at=now, changed_at=now)


def described(before: Resource, words: Words, now: datetime) -> Resource:
    """The item with new words. A new review date is a new promise, so its owner may be asked once more.

    What they allow is given anew when it is another permission, or was given in words that are not today's.
    """
    same_date = before.words is not None and before.words.review_on == words.review_on
    asked_at = before.owner_asked_at if same_date else None
    same_permission = before.words is not None and before.words.permission == words.permission
    agreed_at = before.agreed_at if same_permission and before.agreed_to == SHARING.reference else now
    return _next(before, now, words=words, owner_asked_at=asked_at, agreed_at=agreed_at, agreed_to=SHARING.reference)


def asked_for(before: Resource, name: str, now: datetime) -> Resource:
    """The item, waiting for a file under a name that nobody has used yet. A file that was offered before is dropped."""
    offer = Offer(key=f"{before.id}/{name}", asked_at=now)
    return _next(before, now, offer=offer, discarded=_with_offered(before))


def arrived(before: Resource, key: str, version: str, now: datetime) -> Resource:
    """The item once the file has come. Only the first version of the right object counts."""
    offer = before.offer
    if offer is None or offer.key != key or offer.version is not None:
        return before
    return _next(before, now, offer=_moved(offer, stage=Stage.CHECKING, version=version, arrived_at=now))


def awaits_verdict(resource: Resource, key: str, version: str | None) -> bool:
    """Whether a verdict on one version of one object is still of any use to the item."""
    offer = resource.offer
    return (
        offer is not None
        and (offer.key, offer.version) == (key, version)
        and offer.stage in {Stage.CHECKING, Stage.UNCHECKED}
    )


def refused(before: Resource, reason: Reason, now: datetime) -> Resource:
    """The item once its offered file is refused."""
    return _judged(before, now, stage=Stage.REFUSED, reason=reason)


def unchecked(before: Resource, now: datetime) -> Resource:
    """The item once it is plain that nobody can say whether its file is harmful. A verdict may still come."""
    return _judged(before, now, stage=Stage.UNCHECKED)


def passed(before: Resource, file: File, inspected: Inspected, now: datetime) -> Resource:
    """The item once its file is neither harmful nor of a wrong kind. What was found in it is for a person to see."""
    stage = Stage.HELD if inspected.findings else Stage.READY
    return _judged(before, now, stage=stage, file=file, findings=inspected.findings)


def published(before: Resource, now: datetime) -> Resource:
    """The item with its offered file in the place of any earlier one."""
    assert before.offer is not None
    assert before.offer.file is not None
    earlier = (before.file.key,) if before.file else ()
    return _next(
        before,
        now,
        status=Status.PUBLISHED,
        file=before.offer.file,
        offer=None,
        discarded=(*before.discarded, *earlier),
        published_at=now,
    )


def returned(before: Resource, note: str, now: datetime) -> Resource:
    """The item with its offered file given back to its sharer. What was published before stays."""
    assert before.offer is not None
    offer = _moved(before.offer, stage=Stage.RETURNED, note=note, file=None)
    return _next(before, now, offer=offer, discarded=_with_offered(before))


def ended(before: Resource, status: Status, now: datetime, *, note: str = "") -> Resource:
    """The item once its owner has withdrawn it or a coordinator has removed it. Every file of it goes."""
    published = (before.file.key,) if before.file else ()
    return _next(
        before,
        now,
        status=status,
        file=None,
        offer=None,
        discarded=(*_with_offered(before), *published),
        note=note,
    )


def tidied(before: Resource) -> Resource:
    """The item once its discarded files are deleted. Nothing that anybody sees has changed."""
    return before.model_copy(update={"version": before.version + 1, "discarded": ()})


def owner_asked(before: Resource, now: datetime) -> Resource:
    """The item once its owner has been asked whether it still holds."""
    return before.model_copy(update={"version": before.version + 1, "owner_asked_at": now})


def in_review(resource: Resource) -> bool:
    """Whether a coordinator can decide on it."""
    return resource.offer is not None and resource.offer.stage in IN_REVIEW


def may_offer(resource: Resource) -> bool:
    """Whether its owner can offer a file now: not before it has words, nor once it is over."""
    return resource.words is not None and not resource.is_over


def _judged(before: Resource, now: datetime, **how: object) -> Resource:
    assert before.offer is not None
    return _next(before, now, offer=_moved(before.offer, judged_at=now, **how))


def _moved(offer: Offer, **how: object) -> Offer:
    return offer.model_copy(update=how)


def _with_offered(resource: Resource) -> tuple[str, ...]:
    offered = resource.offer.file if resource.offer else None
    return (*resource.discarded, *((offered.key,) if offered else ()))


def _next(before: Resource, now: datetime, **how: object) -> Resource:
    return before.model_copy(update={"version": before.version + 1, "changed_at": now, **how})
