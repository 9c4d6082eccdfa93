"""The web function of the library. Its pages are in the modules that ``PATHS`` names, loaded when first asked for."""

from functions.resources.routes import routes

handler = routes.handler
