"""The web function of membership. Its pages are in the modules that ``PATHS`` names, loaded when first asked for."""

from functions.membership.routes import routes

handler = routes.handler
