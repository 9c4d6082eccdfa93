"""The pages for everybody who wants to come: the programme and one session."""

from urllib.parse import urlencode

from functions.kernel.auth import Access
from functions.kernel.http import Answer, Request, json_answer, see_other
from functions.sessions import feed
from functions.sessions.model import public
from functions.sessions.routes import coming, found, routes, session_of, settings
from functions.sessions.web_calendar import CALENDAR


@routes.get("/sessions", Access.ANYONE)
def show_programme(request: Request) -> Answer:
    """What is coming. Titles and dates are for anybody, so that people can see what they would join."""
    return request.page("sessions/pages/programme.jinja", sessions=coming(request))


@routes.get("/api/sessions", Access.PROGRAM)
def list_programme(request: Request) -> Answer:
    """The same for other programs."""
    planned = [public(session, settings().site_origin) for session in coming(request)]
    return json_answer({"sessions": [each.model_dump(mode="json") for each in planned]})


@routes.get("/sessions/{id}", Access.ANYONE)
def show_session(request: Request) -> Answer:
    """One session. The same path with ``.ics`` is its calendar file, for members."""
    name = request.parameters["id"]
    if name.endswith(feed.SUFFIX):
        return _calendar_file(request, name.removesuffix(feed.SUFFIX))
    session = session_of(request)
    over = request.now >= session.end
    return request.page("sessions/pages/session.jinja", session=session, over=over, back="/sessions")


def _calendar_file(request: Request, session_id: str) -> Answer:
    if request.visitor is None:
        return see_other("/sign-in?" + urlencode({"next": request.path}))
    session = found(request, session_id)
    named = {"content-disposition": f'attachment; filename="session-{session.day}.ics"'}
    return Answer(feed.published([session], settings()), content_type=CALENDAR, headers=named)
