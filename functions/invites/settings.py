"""The environment that the invitation functions need."""

from functions.kernel.http import WebSettings


class InvitesSettings(WebSettings):
    """Shared by the pages, the plan, the tick and the invitation of a new member."""

    events_sender: str
    """The address that invitations come from, and the organiser of every calendar entry."""
    warm_up: bool
    """Whether the first sends go out in waves. On a machine of one's own, no mail service watches."""
