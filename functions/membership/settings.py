"""The environment that the membership functions need."""

from functions.kernel.settings import WebSettings


class MembershipSettings(WebSettings):
    """Shared by the pages and by the job that settles decisions and finishes erasures."""

    library_bucket: str
    """The bucket in which the list of erasures is kept, apart from the table."""
