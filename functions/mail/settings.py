"""The environment that the mail functions need."""

from functions.kernel.settings import WebSettings


class MailSettings(WebSettings):
    """Shared by the pages and everything that sends mail or hears of it."""

    deployment: str
    """How the names of this deployment's sets begin at the mail service, which knows all those of an account."""
    account_sender: str
    """The address that service mail comes from. Its stream carries no list headers."""
    events_sender: str
    """The address that invitations come from, and the organiser of every calendar entry."""
    reply_to: str
    """A mailbox that people read."""
    mail_queue_url: str
    """The queue of service mail, for which somebody waits."""
    bulk_queue_url: str
    """The queue of subscription mail, of which there may be a lot at once."""
