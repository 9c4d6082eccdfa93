"""The environment that the session functions need."""

from functions.kernel.http import WebSettings


class SessionsSettings(WebSettings):
    """Shared by the pages and by the job that makes sessions ahead."""

    calendar_domain: str
    """The right-hand side of every calendar entry's UID. It may never change: calendars match on it."""

    @property
    def organizer(self) -> str:
        """The organiser of every entry: the address on the events domain that invitations come from."""
        return f"events@{self.calendar_domain}"
