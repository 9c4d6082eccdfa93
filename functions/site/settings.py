"""The environment that the site function needs."""

from functions.kernel.settings import WebSettings


class SiteSettings(WebSettings):
    """For the pages that everybody can read."""

    version: str
    """The name of the bundle that answers."""
    reply_to: str
    """The mailbox that people read, shown on the contact page."""
