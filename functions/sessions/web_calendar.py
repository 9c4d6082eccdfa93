"""A member's private calendar address, and the feed behind it."""

from datetime import timedelta

from functions.kernel import auth
from functions.kernel.auth import Access
from functions.kernel.errors import Invalid, NotFound
from functions.kernel.forms import read_form
from functions.kernel.http import Answer, Request, see_other
from functions.sessions import feed, forms
from functions.sessions.routes import moment_in_words, routes, settings
from functions.sessions.store import Feeds, Programme

CALENDAR = "text/calendar; charset=utf-8"
FEED_COOKIE = "__Host-calendar"
FEED_SHOWN_FOR = timedelta(minutes=10)
"""How long a new calendar address can be read again in the browser that made it."""


@routes.get("/account/calendar", Access.MEMBER)
def show_calendar(request: Request) -> Answer:
    """A member's private calendar address: whether there is one, and for a few minutes what it is."""
    feeds = Feeds(request.table)
    secret = request.cookies.get(FEED_COOKIE, "")
    mine = secret.startswith(f"{request.member.member_id}.") and feed.opens(secret, feeds=feeds)
    made_at = feeds.made_at(request.member.member_id)
    return request.page(
        "sessions/pages/calendar.jinja",
        address=feed.address(secret, settings().site_origin) if mine else None,
        made=moment_in_words(made_at) if made_at else None,
        back="/account",
    )


@routes.post("/account/calendar", Access.MEMBER)
def change_calendar(request: Request) -> Answer:
    """Make a new private address, or stop the one there is."""
    form = read_form(forms.FeedForm, request.fields)
    feeds, member_id = Feeds(request.table), request.member.member_id
    if form.value is None:
        raise Invalid(dict(form.errors))
    if form.value.action == "stop":
        feeds.remove(member_id)
        return see_other("/account/calendar", cookies=(auth.no_cookie(FEED_COOKIE),))
    secret = feed.make(member_id, feeds=feeds, now=request.now)
    # The table keeps a digest, so the address itself travels to the next page in a cookie that soon runs out.
    return see_other("/account/calendar", cookies=(auth.cookie(FEED_COOKIE, secret, lasts=FEED_SHOWN_FOR),))


@routes.get("/calendar/{secret}", Access.HOLDER)
def serve_feed(request: Request) -> Answer:
    """The whole term, for the calendar that holds the secret."""
    name = request.parameters["secret"]
    secret = name.removesuffix(feed.SUFFIX)
    if secret == name or not feed.opens(secret, feeds=Feeds(request.table)):
        raise NotFound
    body = feed.whole_term(Programme(request.table), settings(), request.now)
    return Answer(body, content_type=CALENDAR, headers={"cache-control": "private, max-age=900"})
