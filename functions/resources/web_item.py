"""One item of the library: what it is, how its owner's file fares, and the file itself."""

from contextlib import suppress

from functions.kernel.auth import Access
from functions.kernel.errors import Invalid, NotFound, Unavailable
from functions.kernel.forms import Form, read_form
from functions.kernel.headers import content_policy
from functions.kernel.http import Answer, Request, see_other
from functions.kernel.when import in_uk
from functions.resources import share
from functions.resources.connections import shelf
from functions.resources.forms import OwnerForm
from functions.resources.model import Resource
from functions.resources.naming import saved_as
from functions.resources.routes import bell, catalogue, done, library, routes, seen
from functions.resources.search.model import Query
from functions.resources.shown import Shown

MOST_BESIDE = 5
"""How many other items of the same topics stand beside one, for members to compare."""

DONE = {
    "described": "What you wrote is saved.",
    "withdrawn": "You have withdrawn this. Nobody finds it or gets its file any more.",
}


@routes.get("/library/{id}", Access.MEMBER)
def show_item(request: Request) -> Answer:
    """One item. Its owner also sees how the file they sent fares, and a coordinator the way to look after it."""
    return _item(request, seen(request), Form())


@routes.post("/library/{id}", Access.MEMBER)
def change_item(request: Request) -> Answer:
    """Take an item back, for its owner."""
    resource = seen(request)
    if resource.owner != request.member.member_id:
        raise NotFound
    form = read_form(OwnerForm, request.fields)
    if form.value is None:
        return _item(request, resource, form)
    try:
        share.withdraw(resource, by=request.member.member_id, library=library(request), now=request.now)
    except Invalid as invalid:
        return _item(request, resource, form.refused(invalid.fields))
    bell().ring()
    return see_other(f"{request.path}?done=withdrawn")


def _item(request: Request, resource: Resource, form: Form[OwnerForm]) -> Answer:
    today = in_uk(request.now).date()
    is_own = resource.owner == request.member.member_id
    return request.page(
        "resources/pages/item.jinja",
        policy=may_download(),
        one=Shown(resource, today, is_own=is_own),
        downloads=library(request).downloads(resource.id) if is_own and resource.is_published else None,
        beside=_beside(request, resource) if resource.is_published else [],
        sent="sent" in request.query,
        form=form,
        notice=done(request, DONE),
        back="/library",
    )


def may_download() -> str:
    """The policy of a page with a button that leads to a file."""
    return content_policy(forms=(shelf().library_origin,))


def _beside(request: Request, resource: Resource) -> list[Shown]:
    """Other items of the same topics. The page does without them when the search is not there."""
    assert resource.words is not None
    if not resource.words.topics:
        return []
    today = in_uk(request.now).date()
    found = None
    with suppress(Unavailable):
        # The item itself may be the first of them.
        found = catalogue().find(Query(topics=resource.words.topics), today, most=MOST_BESIDE + 1)
    others = [item for _, item in found.items if item.id != resource.id] if found else []
    return [Shown(each, today) for each in others[:MOST_BESIDE]]


@routes.get("/library/{id}/file", Access.MEMBER)
def get_file(request: Request) -> Answer:
    """The file, for somebody who opens its address. Nothing is counted, since no GET changes anything."""
    return _leads_to_file(request)


@routes.post("/library/{id}/file", Access.MEMBER)
def download(request: Request) -> Answer:
    """The file, counted. Who downloads what is written down nowhere."""
    answer = _leads_to_file(request)
    if not _wants_offered(request):
        # The count is for us: one that fails keeps nobody from the file.
        with suppress(Unavailable):
            library(request).count_download(request.parameters["id"])
    return answer


def _wants_offered(request: Request) -> bool:
    return request.query.get("offered") == ["1"]


def _leads_to_file(request: Request) -> Answer:
    """Send a browser to the file that members get or, where that is asked for, to the one that is offered.

    What is offered is for its owner and for coordinators, once it has passed. Raises ``NotFound``.
    """
    resource = seen(request)
    file = resource.file
    if _wants_offered(request):
        allowed = request.member.coordinates or resource.owner == request.member.member_id
        file = resource.offer.file if resource.offer and allowed else None
    if file is None or resource.words is None:
        raise NotFound
    return see_other(shelf().download(file, saved_as(resource.words.title, file.kind)))
