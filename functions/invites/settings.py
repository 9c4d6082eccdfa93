"""The environment that the invitation functions need."""

from functions.kernel.settings import WebSettings


class InvitesSettings(WebSettings):
    """Shared by the pages, the plan, the tick, the invitation of a new member and the hearing of mail that comes in."""

    events_sender: str
    """The address that invitations come from, and the organiser of every calendar entry."""
    warm_up: bool
    """Whether the first sends go out in waves. On a machine of one's own, no mail service watches."""
    reply_to: str
    """A mailbox that people read."""
    inbound_bucket: str
    """The bucket that mail to the address of the invitations comes into."""
