"""The pages that everybody can read, the two that people land on after signing in, and the static files."""

from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import islice

from functions.kernel import glossary, keys, kinds, purposes
from functions.kernel.auth import Access
from functions.kernel.errors import NotFound
from functions.kernel.headers import ASKED_AGAIN
from functions.kernel.http import Answer, Request, Routes, json_answer, see_other
from functions.kernel.pages import read_asset
from functions.kernel.table import Table
from functions.kernel.text import showable
from functions.sessions.model import Session
from functions.sessions.store import Programme
from functions.site import programs
from functions.site.settings import SiteSettings

TEXT = "text/plain; charset=utf-8"
_NEXT = 3
_MOST_COUNTED = 1_000
_AHEAD = timedelta(days=60)
_LONGEST_QUESTION = 100


@cache
def settings() -> SiteSettings:
    """The environment, read once."""
    return SiteSettings.from_environment()


@cache
def table() -> Table:
    """The table, connected once."""
    return Table.connect(settings().table_name)


routes = Routes("site", settings, table)


def _coming(request: Request) -> list[Session]:
    """The sessions of the next weeks that go ahead, soonest first."""
    coming = Programme(request.table).between(request.now, request.now + _AHEAD)
    return [session for session in coming if session.goes_ahead]


def _shown(session: Session) -> dict[str, str]:
    return {"title": session.title, "when": session.when, "href": f"/sessions/{session.id}"}


@routes.get("/", Access.ANYONE)
def home(request: Request) -> Answer:
    """What the network is, and how to join it."""
    if request.visitor is not None:
        return see_other("/home")
    return request.page("site/pages/home.jinja", next_sessions=[*map(_shown, islice(_coming(request), _NEXT))])


@routes.get("/about", Access.ANYONE)
def about(request: Request) -> Answer:
    """Who we are."""
    return request.page("site/pages/about.jinja")


@routes.get("/ways-of-working", Access.ANYONE)
def ways_of_working(request: Request) -> Answer:
    """How the network stays a safe space."""
    return request.page("site/pages/ways_of_working.jinja")


@routes.get("/privacy", Access.ANYONE)
def privacy(request: Request) -> Answer:
    """What we keep, for how long and why, from the registries that the code itself goes by."""
    return request.page(
        "site/pages/privacy.jinja",
        kinds=kinds.KINDS,
        purposes=purposes.PURPOSES,
        bases=purposes.BASES,
        contact_email=settings().reply_to,
    )


@routes.get("/accessibility", Access.ANYONE)
def accessibility(request: Request) -> Answer:
    """How accessible the site is, and what to do when it is not."""
    return request.page("site/pages/accessibility.jinja", contact_email=settings().reply_to)


@routes.get("/contact", Access.ANYONE)
def contact(request: Request) -> Answer:
    """How to reach a person."""
    return request.page("site/pages/contact.jinja", contact_email=settings().reply_to)


@routes.get("/health", Access.ANYONE)
def health(request: Request) -> Answer:
    """Whether the pages and the table answer, and which version does. It says no more (security requirement 92)."""
    # Nothing need be there: a table that does not answer ends this in a 503, as on any page.
    request.table.get(keys.series("health"))
    return json_answer({"status": "ok", "version": settings().version})


@routes.get("/words", Access.ANYONE)
def words(request: Request) -> Answer:
    """The dictionary, or the part of it that somebody looks for."""
    wanted = showable(request.query.get("q", [""])[0])[:_LONGEST_QUESTION]
    page = request.page("site/pages/words.jinja", terms=glossary.like(wanted), wanted=wanted)
    # It is the longest of our pages, and seldom changes.
    return page if request.visitor else replace(page, headers={**page.headers, "cache-control": ASKED_AGAIN})


@routes.get("/home", Access.MEMBER)
def member_home(request: Request) -> Answer:
    """The next session, and the ways to everything else."""
    from functions.mail.store import Addresses  # noqa: PLC0415 - what most visitors see needs no mail.

    soonest = next(map(_shown, _coming(request)), None)
    bounces = Addresses(request.table).fails(request.member.address_digest) is not None
    return request.page("site/pages/member_home.jinja", next_session=soonest, mail_bounces=bounces)


@routes.get("/coordinate", Access.COORDINATOR)
def coordinate(request: Request) -> Answer:
    """What waits for a coordinator."""
    # The pages for everybody, which this function mostly answers, need nothing of these.
    from functions.membership.store import Applications  # noqa: PLC0415 - see above.
    from functions.resources.store import Library  # noqa: PLC0415 - see above.

    waiting = sum(1 for _ in Applications(request.table).waiting())
    return request.page(
        "site/pages/coordinate.jinja",
        applications_waiting=waiting,
        sessions_coming=len(_coming(request)),
        files_waiting=len(Library(request.table).in_review(_MOST_COUNTED)),
        complaints_waiting=sum(1 for _ in request.table.every(keys.WAITING, keys.COMPLAINTS_WAITING)),
    )


@routes.get("/robots.txt", Access.ANYONE)
def robots(request: Request) -> Answer:  # noqa: ARG001 - every route takes the request.
    """Which pages are for search engines."""
    return Answer(programs.ROBOTS, content_type=TEXT)


@routes.get("/.well-known/security.txt", Access.ANYONE)
def security(request: Request) -> Answer:
    """Where to report a weakness of the site."""
    text = programs.security_text(settings().site_origin, settings().reply_to, request.now)
    return Answer(text, content_type=TEXT)


@routes.get("/assets/{name}", Access.ANYONE)
def static_file(request: Request) -> Answer:
    """A static file. Its name changes with its content, so a browser may keep it for good (RFC 8246)."""
    squeezed = "gzip" in request.headers.get("accept-encoding", "")
    asset = read_asset(request.parameters["name"], squeezed=squeezed)
    if asset is None:
        raise NotFound
    headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
    if asset.encoding is not None:
        headers["content-encoding"] = asset.encoding
    return Answer(asset.body, content_type=asset.content_type, headers=headers)


@routes.get("/api/openapi.json", Access.PROGRAM)
def openapi(request: Request) -> Answer:  # noqa: ARG001 - every route takes the request.
    """The description of the interface for programs."""
    from functions.site.openapi import document  # noqa: PLC0415 - only this route pays for building it.

    return json_answer(document(settings().site_origin))


handler = routes.handler
