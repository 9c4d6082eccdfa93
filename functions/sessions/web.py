"""The web function of sessions. Its pages are in the modules that ``PATHS`` names, loaded when first asked for."""

from functions.sessions.routes import routes

handler = routes.handler
