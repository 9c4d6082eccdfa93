"""The pages about sessions: the programme, the door, a member's calendar, and what coordinators do."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlencode

from functions.kernel import auth, tokens
from functions.kernel.auth import Access
from functions.kernel.errors import Invalid, NotFound
from functions.kernel.forms import Form, read_form
from functions.kernel.http import SECURITY_HEADERS, Answer, Request, Routes, json_answer, see_other
from functions.kernel.table import Table
from functions.kernel.when import clock_in_words, day_in_words, in_uk
from functions.sessions import edit, feed, forms
from functions.sessions.door import Door, door, opens_at
from functions.sessions.model import Session, public
from functions.sessions.settings import SessionsSettings
from functions.sessions.store import Feeds, Programme

CALENDAR = "text/calendar; charset=utf-8"
FEED_COOKIE = "__Host-calendar"
FEED_SHOWN_FOR = timedelta(minutes=10)
"""How long a new calendar address can be read again in the browser that made it."""
LONGEST_SESSION = timedelta(days=1)

# Chromium holds a form to form-action wherever its answer leads, and meeting services lead on to other hosts.
DOOR_POLICY = SECURITY_HEADERS["content-security-policy"].replace("form-action 'self'", "form-action 'self' https:")


@cache
def settings() -> SessionsSettings:
    """The environment, read once."""
    return SessionsSettings.from_environment()


@cache
def table() -> Table:
    """The table, connected once."""
    return Table.connect(settings().table_name)


routes = Routes("sessions", settings, table)


@routes.get("/sessions", Access.ANYONE)
def show_programme(request: Request) -> Answer:
    """What is coming. Titles and dates are for anybody, so that people can see what they would join."""
    return request.page("sessions/pages/programme.jinja", sessions=_coming(request))


@routes.get("/api/sessions", Access.PROGRAM)
def list_programme(request: Request) -> Answer:
    """The same for other programs."""
    coming = [public(session, settings().site_origin) for session in _coming(request)]
    return json_answer({"sessions": [each.model_dump(mode="json") for each in coming]})


@routes.get("/sessions/{id}", Access.ANYONE)
def show_session(request: Request) -> Answer:
    """One session. The same path with ``.ics`` is its calendar file, for members."""
    name = request.parameters["id"]
    if name.endswith(feed.SUFFIX):
        return _calendar_file(request, name.removesuffix(feed.SUFFIX))
    session = _session(request)
    over = request.now >= session.end
    return request.page("sessions/pages/session.jinja", session=session, over=over, back="/sessions")


def _calendar_file(request: Request, session_id: str) -> Answer:
    if request.visitor is None:
        return see_other("/sign-in?" + urlencode({"next": request.path}))
    session = _found(request, session_id)
    named = {"content-disposition": f'attachment; filename="session-{session.day}.ics"'}
    return Answer(feed.published([session], settings()), content_type=CALENDAR, headers=named)


@routes.get("/sessions/{id}/door", Access.MEMBER)
def show_door(request: Request) -> Answer:
    """The terms of the safe space while the door is open; otherwise when it opens, or why it does not."""
    return _at_the_door(request, _session(request))


@routes.post("/sessions/{id}/door", Access.MEMBER)
def go_in(request: Request) -> Answer:
    """Send a member who has agreed to the meeting. They agree each time, because people forget."""
    session = _session(request)
    form = read_form(forms.DoorForm, request.fields)
    if door(session, request.now) is not Door.OPEN or session.meeting_url is None:
        return see_other(request.path)
    if form.value is None:
        return _at_the_door(request, session, form)
    return see_other(session.meeting_url)


def _at_the_door(request: Request, session: Session, form: Form[forms.DoorForm] | None = None) -> Answer:
    page = request.page(
        "sessions/pages/door.jinja",
        session=session,
        door=door(session, request.now).name,
        opens=_moment_in_words(opens_at(session)),
        form=form or Form(),
        back=f"/sessions/{session.id}",
    )
    return replace(page, headers={"content-security-policy": DOOR_POLICY})


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
        made=_moment_in_words(made_at) if made_at else None,
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


@routes.get("/coordinate/sessions", Access.COORDINATOR)
def show_sessions_to_edit(request: Request) -> Answer:
    """What is coming, and a form to add a session."""
    return _sessions_to_edit(request, forms.blank(tokens.new_id()))


@routes.post("/coordinate/sessions", Access.COORDINATOR)
def add_session(request: Request) -> Answer:
    """Add a session that belongs to no series."""
    form = read_form(forms.NewSessionForm, request.fields)
    if form.value is None:
        return _sessions_to_edit(request, form)
    try:
        edit.add(form.value, by=request.member.member_id, programme=Programme(request.table), now=request.now)
    except Invalid as invalid:
        return _sessions_to_edit(request, form.refused(invalid.fields))
    return see_other("/coordinate/sessions?done=added")


def _sessions_to_edit(request: Request, form: Form[forms.NewSessionForm]) -> Answer:
    return request.page(
        "sessions/pages/coordinate_sessions.jinja",
        sessions=_coming(request),
        form=form,
        notice="The session is added." if _done(request, "added") else None,
        back="/coordinate",
    )


@routes.get("/coordinate/sessions/{id}", Access.COORDINATOR)
def show_session_to_edit(request: Request) -> Answer:
    """One session, to change it or call it off."""
    session = _session(request)
    return _session_to_edit(request, session, forms.filled(session))


@routes.post("/coordinate/sessions/{id}", Access.COORDINATOR)
def edit_session(request: Request) -> Answer:
    """Change a session, or call it off."""
    session = _session(request)
    form = read_form(forms.EditSessionForm, request.fields)
    if form.value is None:
        return _session_to_edit(request, session, form)
    try:
        edit.save(
            session,
            form.value,
            by=request.member.member_id,
            programme=Programme(request.table),
            now=request.now,
        )
    except Invalid as invalid:
        return _session_to_edit(request, session, form.refused(invalid.fields))
    return see_other(f"{request.path}?done=saved")


def _session_to_edit(request: Request, session: Session, form: Form[forms.EditSessionForm]) -> Answer:
    return request.page(
        "sessions/pages/coordinate_session.jinja",
        session=session,
        form=form,
        notice="The session is saved. The website and private calendars show it now."
        if _done(request, "saved")
        else None,
        back="/coordinate/sessions",
    )


def _coming(request: Request) -> list[Session]:
    """The sessions that are not over, in order of time."""
    since = request.now - LONGEST_SESSION
    return [session for session in Programme(request.table).between(since) if request.now < session.end]


def _session(request: Request) -> Session:
    return _found(request, request.parameters["id"])


def _found(request: Request, session_id: str) -> Session:
    session = Programme(request.table).get(session_id)
    if session is None:
        raise NotFound
    return session


def _done(request: Request, what: str) -> bool:
    """Whether this was just done. The address only picks one of our own sentences."""
    return request.method == "GET" and request.query.get("done") == [what]


def _moment_in_words(moment: datetime) -> str:
    local = in_uk(moment)
    return f"{clock_in_words(local.time())} on {day_in_words(local.date())} (UK time)"


handler = routes.handler
