"""The web function of membership: each module below registers its pages on the one set of routes."""

from functions.membership import (
    web_account,
    web_address,
    web_agreement,
    web_api,
    web_complaints,
    web_join,
    web_review,
    web_second_factor,
    web_sign_in,
    web_still_you,
    web_vouch,
)
from functions.membership.routes import routes

__all__ = [
    "handler",
    "web_account",
    "web_address",
    "web_agreement",
    "web_api",
    "web_complaints",
    "web_join",
    "web_review",
    "web_second_factor",
    "web_sign_in",
    "web_still_you",
    "web_vouch",
]

handler = routes.handler
