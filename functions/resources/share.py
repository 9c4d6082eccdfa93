"""Sharing: what a member does with an item of their own, from the first word to taking it back."""

from datetime import datetime

from functions.kernel import audit, tokens
from functions.kernel.errors import Clash, Invalid, NotFound, TooMany
from functions.resources import life
from functions.resources.model import Resource, Stage, Status, Words
from functions.resources.store import OFFER_LIMIT, Library

OVERTAKEN = "This item changed while you were looking at it. Open the page again, and try again"
ENOUGH_FOR_TODAY = "You have sent many files today. What you wrote is kept. Come back tomorrow, and send the rest."


def begin(owner: str, *, asked: str, library: Library, now: datetime) -> Resource:
    """Begin to share something, under the id ``asked`` that came with the form: pressing twice begins once.

    Raises ``NotFound`` when its owner has just left, or the id is somebody else's.
    """
    resource = life.begun(asked, owner, now)
    try:
        library.begin(resource)
    except Clash as clash:
        before = library.get(asked)
        if before is None or before.owner != owner:
            raise NotFound from clash
        return before
    return resource


def describe(resource: Resource, words: Words, *, by: str, library: Library, now: datetime) -> Resource:
    """Say what an item is, or say it in other words. An item that is published shows them at once.

    Once there are words, the item waits for its file. Raises ``Invalid`` when it changed meanwhile, and ``NotFound``.
    """
    _must_be_own(resource, by)
    if resource.words == words:
        return resource
    after = life.described(resource, words, now)
    if resource.words is None:
        return _ask(resource, after, by=by, library=library, now=now)
    _save(resource, after, "words changed", by=by, library=library, now=now)
    return after


def ask_for_file(resource: Resource, *, by: str, library: Library, now: datetime) -> Resource:
    """Wait for a file, in the place of any that was offered before. What is published stays until that is decided.

    Pressing twice waits once. Raises ``Invalid`` when the item changed meanwhile, ``TooMany`` when its owner has sent
    enough for a day, and ``NotFound``.
    """
    _must_be_own(resource, by)
    if not life.may_offer(resource):
        raise NotFound
    if resource.offer is not None and resource.offer.stage is Stage.AWAITED:
        return resource
    return _ask(resource, resource, by=by, library=library, now=now)


def withdraw(resource: Resource, *, by: str, library: Library, now: datetime) -> None:
    """Take an item back. From now on nobody finds it or gets its file. Withdrawing twice changes nothing more.

    Raises ``Invalid`` when it changed meanwhile, and ``NotFound``.
    """
    if resource.owner == by and resource.status is Status.WITHDRAWN:
        return
    _must_be_own(resource, by)
    after = life.ended(resource, Status.WITHDRAWN, now)
    _save(resource, after, "withdrawn", by=by, library=library, now=now)


def _ask(before: Resource, described: Resource, *, by: str, library: Library, now: datetime) -> Resource:
    after = life.asked_for(described, tokens.new_id(), now)
    try:
        library.save_asked(before, after, by, now)
    except Clash as clash:
        if clash.failed == (OFFER_LIMIT,):
            raise TooMany(ENOUGH_FOR_TODAY) from clash
        raise Invalid({"form": OVERTAKEN}) from clash
    return after


def _must_be_own(resource: Resource, by: str) -> None:
    if resource.owner != by or resource.is_over:
        raise NotFound


def _save(before: Resource, after: Resource, what: str, *, by: str, library: Library, now: datetime) -> None:
    line = audit.line(after.id, what, by=by, now=now, version=after.version)
    try:
        library.save(before, after, [line])
    except Clash as clash:
        raise Invalid({"form": OVERTAKEN}) from clash
