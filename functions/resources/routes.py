"""The one set of routes that every page of the library registers on, and what several of them need."""

from functools import cache

from functions.kernel.errors import NotFound
from functions.kernel.http import Request, Routes
from functions.resources import PATHS
from functions.resources.bell import Bell
from functions.resources.catalogue import Catalogue
from functions.resources.connections import folder, settings, shelf, table
from functions.resources.model import Resource
from functions.resources.store import Library


@cache
def catalogue() -> Catalogue:
    """What the search looks in. It stays on this machine's disk from one request to the next."""
    return Catalogue(Library(table()), shelf(), folder() / "catalogue.sqlite")


@cache
def bell() -> Bell:
    """What hurries the search, connected once."""
    return Bell.connect(settings().index_queue_url)


routes = Routes("resources", settings, table, PATHS)


def library(request: Request) -> Library:
    """What members have shared."""
    return Library(request.table)


def may_see(resource: Resource, member_id: str, *, is_coordinator: bool) -> bool:
    """Whether somebody may know of an item (security requirement 14).

    Members see what is published. A coordinator also sees what may come to be, and its owner what has become of it.
    """
    if resource.owner == member_id:
        return True
    return resource.is_published or (is_coordinator and not resource.is_over and resource.words is not None)


def seen(request: Request) -> Resource:
    """The item that the address names, for somebody who may see it. Raises ``NotFound``, and says no more than that."""
    resource = library(request).get(request.parameters["id"])
    visitor = request.member
    if resource is None or not may_see(resource, visitor.member_id, is_coordinator=visitor.coordinates):
        raise NotFound
    return resource


def own(request: Request) -> Resource:
    """The item that the address names, for its owner, while something can still happen to it. Raises ``NotFound``."""
    return owned(request, library(request).get(request.parameters["id"]))


def owned(request: Request, resource: Resource | None) -> Resource:
    """An item that has been read, as ``own`` gives it. Raises ``NotFound``."""
    if resource is None or resource.owner != request.member.member_id or resource.is_over:
        raise NotFound
    return resource


def done(request: Request, sentences: dict[str, str]) -> str | None:
    """What to say was just done. The address only picks one of our own sentences."""
    (what,) = request.query.get("done", [""])[:1]
    return sentences.get(what) if request.method == "GET" else None
