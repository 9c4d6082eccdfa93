"""The environment that the session functions need."""

from functions.kernel.settings import WebSettings


class SessionsSettings(WebSettings):
    """Shared by the pages and by the job that makes sessions ahead."""

    events_sender: str
    """The organiser of every calendar entry: the address that invitations come from. Its domain ends every entry's
    UID and may never change, because calendars match on it."""
