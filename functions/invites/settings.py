"""The environment that the invitation functions need."""

from functions.kernel.settings import Settings


class InvitesSettings(Settings):
    """Shared by the weekly plan, the invitation of a new member and the hearing of mail that comes in."""

    table_name: str
    site_origin: str
    """How every link begins, without a slash at the end."""
    events_sender: str
    """The address that invitations come from, and the organiser of every calendar entry."""
    reply_to: str
    """A mailbox that people read."""
    inbound_bucket: str
    """The bucket that mail to the address of the invitations comes into."""
