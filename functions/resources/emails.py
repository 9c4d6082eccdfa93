"""The messages to somebody who shared something, one function each. Their words are in ``pages/emails/``."""

from collections.abc import Callable
from datetime import datetime

from functions.kernel import keys
from functions.kernel.table import Write
from functions.kernel.when import day_in_words
from functions.mail.model import Guard, Mail, mail_key, new_mail
from functions.mail.store import planned
from functions.membership.model import Member
from functions.resources import words
from functions.resources.model import Resource, Stage


def told(
    message: Callable[[Resource, Member, datetime], Mail], resource: Resource, owner: Member | None, now: datetime
) -> list[Write]:
    """The write that plans a message to whoever shared an item, unless they have left."""
    return [planned(message(resource, owner, now))] if owner is not None else []


def published(resource: Resource, owner: Member, now: datetime) -> Mail:
    """Members can find it now."""
    return _about("share-published", resource, owner, now)


def refused(resource: Resource, owner: Member, now: datetime) -> Mail:
    """The file cannot be taken: why, and how to save one that can."""
    assert resource.offer is not None
    assert resource.offer.reason is not None
    refusal = words.refusal(resource.offer.reason)
    return _about("share-refused", resource, owner, now, reason=refusal.why, advice=refusal.how)


def unchecked(resource: Resource, owner: Member, now: datetime) -> Mail:
    """Nobody can say whether the file is harmful."""
    return _about("share-refused", resource, owner, now, reason=words.stage(Stage.UNCHECKED).text, advice="")


def held(resource: Resource, owner: Member, now: datetime) -> Mail:
    """Something in the file is for a person to look at: what, and where, and never the thing itself."""
    assert resource.offer is not None
    return _about("share-held", resource, owner, now, found=[words.found(each) for each in resource.offer.findings])


def returned(resource: Resource, owner: Member, now: datetime) -> Mail:
    """A coordinator gives it back with a note."""
    assert resource.offer is not None
    return _about("share-returned", resource, owner, now, lines=resource.offer.note.splitlines())


def removed(resource: Resource, owner: Member, now: datetime) -> Mail:
    """A coordinator has taken it out."""
    return _about("share-removed", resource, owner, now, lines=resource.note.splitlines())


def check_date(resource: Resource, owner: Member, now: datetime) -> Mail:
    """Its review date has come, so its owner is asked whether it still holds."""
    assert resource.words is not None
    return _about("share-check-date", resource, owner, now, day=day_in_words(resource.words.review_on))


def _about(kind: str, resource: Resource, owner: Member, now: datetime, **context: object) -> Mail:
    assert resource.words is not None
    key = keys.resource(resource.id)
    return new_mail(
        kind,
        key=mail_key(kind, resource.id, owner.address_digest, resource.version),
        to_address=owner.address,
        to_name=owner.name,
        address_digest=owner.address_digest,
        owner=owner.id,
        context={"title": resource.words.title, "resource": resource.id, **context},
        guards=(Guard(pk=key.pk, sk=key.sk),),
        now=now,
    )
