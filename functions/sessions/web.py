"""The web function of sessions: each module below registers its pages on the one set of routes."""

from functions.sessions import web_calendar, web_coordinate, web_door, web_programme
from functions.sessions.routes import routes

__all__ = ["handler", "web_calendar", "web_coordinate", "web_door", "web_programme"]

handler = routes.handler
