"""The environment that the invitation functions need."""

from functions.kernel.settings import Settings


class InvitesSettings(Settings):
    """Shared by the weekly plan and by the invitation of a new member."""

    table_name: str
    site_origin: str
    """How every link begins, without a slash at the end."""
    events_sender: str
    """The address that invitations come from, and the organiser of every calendar entry."""
