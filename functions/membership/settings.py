"""The environment that the membership functions need."""

from functions.kernel.http import WebSettings


class MembershipSettings(WebSettings):
    """Shared by the pages and by the job that settles decisions."""
