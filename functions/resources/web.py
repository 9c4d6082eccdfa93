"""The web function of the library: each module below registers its pages on the one set of routes."""

from functions.resources import web_item, web_review, web_search, web_share
from functions.resources.routes import routes

__all__ = ["handler", "web_item", "web_review", "web_search", "web_share"]

handler = routes.handler
